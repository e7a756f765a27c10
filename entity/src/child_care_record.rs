//! 儿童保健管理档案: child care record (WS 376.x-2013; seed B 二(五)).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: child care record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "child_care_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub birth_discharged_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub newborn_visits: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub health_checks: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub growth: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub feeding_guidance: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub birth_defect: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub birth_certificate_no: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub newborn_screening: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub checks_due: Option<String>,
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
            name: "ChildCareRecord",
            single: "childCareRecord",
            plural: "childCareRecords",
            label_zh: "儿童保健管理档案",
            label_en: "child care record",
            standard: "WS 376.x-2013; seed B 二(五)",
            group: Group::G17,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("childCareRecords", "儿童保健"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::BirthDischargedOn => Field(field("birthDischargedOn", Date, G17, C3, Mask::Redact, Health).label("出生出院日期", "discharged after birth on").steward("妇幼").standard("null = born at home: the birth date counts")),
            Column::NewbornVisits => Field(field("newbornVisits", Objects(&structure::VISIT), G17, C3, Mask::AggregateOnly, Health).label("新生儿家庭访视", "newborn visits").steward("社区").standard("(visitedOn, org)")),
            Column::HealthChecks => Field(field("healthChecks", Objects(&structure::VISIT), G17, C3, Mask::AggregateOnly, Health).label("定期健康检查", "health checks").steward("社区").standard("(visitedOn, org); due at 28 d, 3 6 8 12 18 24 30 36 m, 4 5 6 y")),
            Column::Growth => Field(field("growth", Objects(&structure::OBSERVATION), G17, C3, Mask::Redact, Health).label("生长发育监测", "growth").steward("社区").standard("身长/体重/头围")),
            Column::FeedingGuidance => Field(field("feedingGuidance", Objects(&structure::NOTE), G17, C3, Mask::Redact, Health).label("喂养与营养指导", "feeding guidance").steward("社区")),
            Column::BirthDefect => Field(field("birthDefect", Codes, G17, C4, Mask::Redact, Health).label("出生缺陷", "birth defects").codes(&ICD_10).steward("妇幼").standard("WS 377.6").only_roles(&["HM", "SU"])),
            Column::BirthCertificateNo => Field(field("birthCertificateNo", String, G17, C3, Mask::Redact, Health).label("出生医学证明编号", "birth certificate number").steward("妇幼").standard("WS 376.1").identifies()),
            Column::NewbornScreening => Field(field("newbornScreening", Objects(&structure::RESULT), G17, C3, Mask::Redact, Health).label("新生儿疾病筛查", "newborn screening").steward("妇幼").standard("WS 376.3")),
            Column::ChecksDue => Internal("read through childCheckDue: the windows in which a check is due"),
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
            field("childCheckDue", Boolean, G17, C3, Mask::Predicate, Gateway).label("应儿童健康检查", "a health check is due").steward("derived").standard("derived: rules §4 child checks").from(WithinAny(col(Column::ChecksDue))),
        ]
    }
}
