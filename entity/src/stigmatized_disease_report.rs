//! 传染病报告卡(艾滋病/性病专病): HIV/STI report (艾滋病防治条例 39; WS 375.10-2012).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derived, Group, Mask, Provenance, Sharing, Type, field, provenance,
};

/// One row: HIV/STI report.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stigmatized_disease_report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub stigmatized_disease_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub case_alias: Option<String>,
    pub free_treatment_enrolled: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// How the table relates to others.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::person::Entity",
        from = "Column::PersonId",
        to = "super::person::Column::Id"
    )]
    Person,
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// How each column is shared.
pub fn sharing(column: &Column) -> Sharing {
    match column {
        Column::Id | Column::PersonId => Sharing::Key,
        Column::StigmatizedDiseaseCode => Sharing::Field(
            field(
                "stigmatizedDiseaseCode",
                Type::Code,
                Group::G20,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("特殊病种(艾滋病/性病)", "HIV/STI disease")
            .dictionary("REDACT", "卫生计生(专病)")
            .standard("B20-B24,Z21,A50-A64: physically separate type, never in the same list"),
        ),
        Column::CaseAlias => Sharing::Field(
            field(
                "caseAlias",
                Type::String,
                Group::G20,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .identifies()
            .label("患者代号", "case alias")
            .dictionary("REDACT", "卫生计生(专病)")
            .standard("form note: 性病/AIDS可填写代号"),
        ),
        Column::FreeTreatmentEnrolled => Sharing::Field(
            field(
                "freeTreatmentEnrolled",
                Type::Boolean,
                Group::G20,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("免费治疗登记", "enrolled in free treatment")
            .dictionary("REDACT", "卫生计生(专病)")
            .standard("艾滋病/结核病 (seed B) -> by disease G20/G19"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G20, Class::C4),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G20, Class::C4),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G20, Class::C4),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G20, Class::C4),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G20, Class::C4),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[];
