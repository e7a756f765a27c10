//! 预防接种记录(剂次): vaccine dose given (WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization).

use sea_orm::entity::prelude::*;

use crate::{
    immunization_card,
    sharing::{Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows},
};

/// One row: vaccine dose given.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "immunization_dose")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub card_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub vaccine_code: Option<String>,
    pub dose_number: Option<i32>,
    pub occurrence_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub lot_number: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub manufacturer: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub site: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub performer_org: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub performer_org_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub campaign_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub adverse_event: Option<String>,
    pub withdrawn: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub campaign_ref: Option<String>,
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
            name: "ImmunizationDose",
            single: "immunizationDose",
            plural: "immunizationDoses",
            label_zh: "预防接种记录(剂次)",
            label_en: "vaccine dose given",
            standard: "WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization",
            group: Group::G15,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_one(
                    "card",
                    "预防接种档案",
                    Column::CardId,
                    immunization_card::Column::Id,
                )
                .back("doses", "接种剂次"),
                RelationSpec::to_person(Column::PersonId),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId | Column::CardId => Key,
            Column::VaccineCode => Field(field("vaccineCode", Code, G15, C3, Mask::Redact, Health).label("疫苗", "vaccine code").style("DUE?").codes(&VACCINE_CODE).standard("NIP abbreviations HepB BCG IPV bOPV DTaP DT MMR(MR) JE-L JE-I MPSV-A MPSV-AC HepA-L HepA-I")),
            Column::DoseNumber => Field(field("doseNumber", Int, G15, C3, Mask::Redact, Health).label("剂次", "dose number").style("DUE?").standard("1..5")),
            Column::OccurrenceDate => Field(field("occurrenceDate", Date, G15, C3, Mask::YearMonth, Health).label("接种日期", "occurrence date")),
            Column::LotNumber => Field(field("lotNumber", String, G15, C1, Mask::Plain, Health).label("批号", "lot number").standard("追溯码 (疫苗法 10, 46)")),
            Column::Manufacturer => Field(field("manufacturer", String, G15, C0, Mask::Plain, Health).label("上市许可持有人", "marketing authorization holder")),
            Column::Site => Field(field("site", Code, G15, C3, Mask::Redact, Health).label("接种部位", "site").codes(&INJECTION_SITE)),
            Column::PerformerOrg => Internal("read through performerOrg, which generalizes disclosing organizations"),
            Column::PerformerOrgKind => Internal("decides how performerOrg is generalized"),
            Column::CampaignType => Field(field("campaignType", Code, G15, C1, Mask::Plain, Health).label("接种类型", "campaign type").codes(&CAMPAIGN_TYPE).standard("1常规 2查漏补种 3补充免疫 4群体性 5应急")),
            Column::AdverseEvent => Field(field("adverseEvent", Objects(&structure::ADVERSE_EVENT), G15, C3, Mask::Redact, Health).label("疑似异常反应", "adverse events")),
            Column::Withdrawn => Field(field("withdrawn", Boolean, G15, C3, Mask::Redact, Health).label("已更正作废", "withdrawn by a correction").standard("set by a correction; a withdrawn dose is not counted")),
            Column::CampaignRef => Field(field("campaignRef", String, G15, C1, Mask::Plain, Health).label("接种活动", "campaign ref").standard("ImmunizationCampaign, or null")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }

    #[rustfmt::skip]
    fn derived() -> Vec<Derived> {
        use rows::*;
        vec![
            field("performerOrg", String, G15, C2, Mask::Plain, Health).label("接种单位", "performer org").from(Generalized { name: col(Column::PerformerOrg), kind: col(Column::PerformerOrgKind) }),
        ]
    }
}
