//! 疫情事件: outbreak (传染病防治法; seed B 二(四)).
//!
//! Few cases are persons, so counts of the kind are published tables alone: no field of it is public.

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, Shared, Sharing, Subject, rows};

/// One row: outbreak.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbreak_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub setting: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub unit_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub disease_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub disease_class: Option<String>,
    pub first_onset_on: Option<Date>,
    pub last_onset_on: Option<Date>,
    pub cases: Option<i32>,
    pub closed_on: Option<Date>,
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
            name: "OutbreakEvent",
            single: "outbreakEvent",
            plural: "outbreakEvents",
            label_zh: "疫情事件",
            label_en: "outbreak",
            standard: "传染病防治法; seed B 二(四)",
            group: Group::G19,
            class: Class::C1,
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
            Column::Setting => Field(field("setting", Code, G19, C1, Mask::Plain, Health).label("聚集场所类型", "kind of setting").codes(&SETTING).standard("1建筑工地 2商贸市场 3生产加工企业 9其他; list of InfectiousDiseaseReport.settingType")),
            Column::UnitCode => Field(field("unit", Code, G19, C1, Mask::Plain, Health).label("所在管理单元", "unit").codes(&ADMIN_UNIT).standard("no subject; scope j")),
            Column::DiseaseCode => Field(field("diseaseCode", Code, G19, C1, Mask::coarser(Column::DiseaseClass), Health).label("疾病", "disease").style("CLASS").codes(&ICD_10).standard("list of InfectiousDiseaseReport.diseaseCode; never one of G20")),
            Column::DiseaseClass => Internal("the class of the disease, which stands in where it is masked"),
            Column::FirstOnsetOn => Field(field("firstOnsetOn", Date, G19, C1, Mask::YearMonth, Health).label("首例发病日期", "first onset on")),
            Column::LastOnsetOn => Field(field("lastOnsetOn", Date, G19, C1, Mask::YearMonth, Health).label("末例发病日期", "last onset on")),
            Column::Cases => Field(field("cases", Int, G19, C1, Mask::Redact, Health).label("病例数", "number of cases").standard("not fewer than the linked cards")),
            Column::ClosedOn => Field(field("closedOn", Date, G19, C1, Mask::YearMonth, Health).label("结案日期", "closed on").standard("null = open")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
