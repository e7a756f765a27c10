//! 留守关爱: care of the left-behind (未成年人保护法 43, 91; seed A 三(五)).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: care of the left-behind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "left_behind_care")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub person_kind: Option<String>,
    pub caregiver_person_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub caregiver: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub visit: Option<String>,
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
            name: "LeftBehindCare",
            single: "leftBehindCare",
            plural: "leftBehindCares",
            label_zh: "留守关爱",
            label_en: "care of the left-behind",
            standard: "未成年人保护法 43, 91; seed A 三(五)",
            group: Group::G26,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("leftBehindCares", "留守关爱"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId | Column::CaregiverPersonId => Key,
            Column::PersonKind => Field(field("personKind", Code, G26, C3, Mask::Redact, CivilAffairs).label("留守类别", "left-behind child or elderly person").style("PRED").codes(&LEFT_BEHIND_KIND).standard("1留守儿童 2留守老人")),
            Column::Caregiver => Field(field("caregiver", String, G26, C3, Mask::Name, CivilAffairs).label("受委托照护人", "caregiver").coarse(Mask::Stars).names_person(Column::CaregiverPersonId).identifies()),
            Column::Visit => Field(field("visit", Objects(&structure::VISIT), G26, C2, Mask::AggregateOnly, CivilAffairs).label("关爱走访", "visits").steward("社区")),
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
            field("leftBehind", Boolean, G26, C3, Mask::Predicate, CivilAffairs).label("是否留守", "is left behind").standard("未成年人保护法 43").from(Present(col(Column::PersonKind))),
        ]
    }
}
