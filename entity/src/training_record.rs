//! 职业技能培训: skills training record (seed A 三(一)).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: skills training record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "training_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub course: Option<String>,
    pub trained_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub certificate: Option<String>,
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
            name: "TrainingRecord",
            single: "trainingRecord",
            plural: "trainingRecords",
            label_zh: "职业技能培训",
            label_en: "skills training record",
            standard: "seed A 三(一)",
            group: Group::G28,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("trainingRecords", "职业技能培训"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::Course => Field(field("course", String, G28, C2, Mask::Plain, MigrantWorkers).label("培训项目", "course")),
            Column::TrainedOn => Field(field("trainedOn", Date, G28, C2, Mask::YearMonth, MigrantWorkers).label("培训日期", "trained on")),
            Column::Certificate => Field(field("certificate", Code, G28, C2, Mask::Plain, MigrantWorkers).label("证书", "certificate").codes(&CERTIFICATE).standard("0无 1初级 2中级 3高级 4技师 5高级技师 6专项能力 7培训合格 (choice)")),
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
            field("trained", Boolean, G28, C2, Mask::Predicate, Gateway).label("已参加培训", "has been trained").steward("derived").standard("a record exists").from(Present(col(Column::TrainedOn))),
        ]
    }
}
