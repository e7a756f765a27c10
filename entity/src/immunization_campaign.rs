//! 群体性/补充接种活动: immunization campaign (疫苗管理法 48).

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, Shared, Sharing, Subject, rows};

/// One row: immunization campaign.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "immunization_campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub vaccine_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub target_group: Option<String>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub target_count: Option<i32>,
    pub done_count: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub decision_ref: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "ImmunizationCampaign",
            single: "immunizationCampaign",
            plural: "immunizationCampaigns",
            label_zh: "群体性/补充接种活动",
            label_en: "immunization campaign",
            standard: "疫苗管理法 48",
            group: Group::G15,
            class: Class::C0,
            subject: Subject::unit(Column::UnitId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::UnitId => Key,
            Column::UnitCode => Field(field("unit", Code, G15, C0, Mask::Plain, Health).label("活动范围(管理单元)", "area").codes(&ADMIN_UNIT).standard("no subject; scope j")),
            Column::VaccineCode => Field(field("vaccineCode", Code, G15, C0, Mask::Plain, Health).label("疫苗", "vaccine").codes(&VACCINE_CODE).standard("list of ImmunizationDose.vaccineCode")),
            Column::Kind => Field(field("kind", Code, G15, C0, Mask::Plain, Health).label("活动类型", "kind of campaign").codes(&CAMPAIGN_KIND).standard("2查漏补种 3补充免疫 4群体性 5应急 (values of campaignType)")),
            Column::TargetGroup => Field(field("targetGroup", String, G15, C0, Mask::Plain, Health).label("目标人群", "target group").standard("age range and place in words; names nobody")),
            Column::StartsOn => Field(field("startsOn", Date, G15, C0, Mask::Plain, Health).label("开始日期", "starts on")),
            Column::EndsOn => Field(field("endsOn", Date, G15, C0, Mask::Plain, Health).label("结束日期", "ends on")),
            Column::TargetCount => Field(field("targetCount", Int, G15, C1, Mask::AggregateOnly, Health).label("应种人数", "number to be vaccinated").standard("count of the plan")),
            Column::DoneCount => Field(field("doneCount", Int, G15, C1, Mask::AggregateOnly, Health).label("实种人数", "number vaccinated").standard("count of doses with this campaignRef, not below it")),
            Column::DecisionRef => Field(field("decisionRef", String, G15, C0, Mask::Plain, Health).label("决定文号", "number of the decision").standard("who decided it")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
