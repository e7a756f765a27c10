//! 居住证: residence permit (居住证暂行条例 3, 4, 8, 10).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
    provenance,
};

/// One row: residence permit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residence_permit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub permit_number: Option<String>,
    pub issue_date: Option<Date>,
    pub endorsed_until: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub permit_status: Option<String>,
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
        Column::PermitNumber => Sharing::Field(
            field(
                "permitNumber",
                Type::String,
                Group::G09,
                Class::C2,
                Mask::Redact,
                Department::Police,
            )
            .identifies()
            .label("居住证编号", "permit number")
            .dictionary("REDACT", "公安"),
        ),
        Column::IssueDate => Sharing::Field(
            field(
                "issueDate",
                Type::Date,
                Group::G09,
                Class::C2,
                Mask::YearMonth,
                Department::Police,
            )
            .label("签发日期", "issue date")
            .dictionary("YM", "公安")
            .coarse(Mask::Redact),
        ),
        Column::EndorsedUntil => Sharing::Field(
            field(
                "endorsedUntil",
                Type::Date,
                Group::G09,
                Class::C2,
                Mask::YearMonth,
                Department::Police,
            )
            .label("签注有效期", "endorsed until")
            .dictionary("YM", "公安")
            .coarse(Mask::Redact)
            .standard("endorsed once a year; lapse = 使用功能中止"),
        ),
        Column::PermitStatus => Sharing::Field(
            field(
                "permitStatus",
                Type::Code,
                Group::G09,
                Class::C1,
                Mask::Redact,
                Department::Police,
            )
            .label("居住证状态", "permit status")
            .dictionary("PRED", "公安")
            .standard("有效/中止/注销"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G09, Class::C2),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G09, Class::C2),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G09, Class::C2),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G09, Class::C2),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G09, Class::C2),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[Derived {
    field: field(
        "permitActive",
        Type::Boolean,
        Group::G09,
        Class::C1,
        Mask::Predicate,
        Department::Police,
    )
    .label("居住证是否有效", "permit in force")
    .coarse(Mask::Redact)
    .standard("居住证暂行条例 10"),
    from: Derivation::Equals("permit_status", "有效"),
}];
