//! 单独同意: separate consent (PIPL 14-17, 29-31).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
    provenance,
};

/// One row: separate consent.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text")]
    pub artefact: String,
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    #[sea_orm(column_type = "Text")]
    pub recipient_department: String,
    #[sea_orm(column_type = "Text")]
    pub field_group: String,
    pub given_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub withdrawn_at: Option<DateTimeUtc>,
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
        Column::Artefact => Sharing::Field(
            field(
                "artefact",
                Type::String,
                Group::G31,
                Class::C2,
                Mask::Redact,
                Department::Subject,
            )
            .identifies()
            .label("授权书编号", "consent artefact number")
            .standard("PIPL 14"),
        ),
        Column::Purpose => Sharing::Field(
            field("purpose", Type::Code, Group::G31, Class::C2, Mask::Plain, Department::Subject)
                .label("用途", "purpose")
                .standard("PIPL 17"),
        ),
        Column::RecipientDepartment => Sharing::Field(
            field(
                "recipientDepartment",
                Type::Code,
                Group::G31,
                Class::C2,
                Mask::Plain,
                Department::Subject,
            )
            .label("接收部门", "recipient department")
            .standard("PIPL 23"),
        ),
        Column::FieldGroup => Sharing::Field(
            field(
                "fieldGroup",
                Type::Code,
                Group::G31,
                Class::C2,
                Mask::Plain,
                Department::Subject,
            )
            .label("字段组", "field group")
            .standard("PIPL 23"),
        ),
        Column::GivenAt => Sharing::Field(
            field(
                "givenAt",
                Type::DateTime,
                Group::G31,
                Class::C2,
                Mask::YearMonth,
                Department::Subject,
            )
            .label("同意时间", "given at")
            .coarse(Mask::Quarter)
            .standard("PIPL 14"),
        ),
        Column::ExpiresAt => Sharing::Field(
            field(
                "expiresAt",
                Type::DateTime,
                Group::G31,
                Class::C2,
                Mask::YearMonth,
                Department::Subject,
            )
            .label("到期时间", "expires at")
            .coarse(Mask::Year)
            .standard("PIPL 14"),
        ),
        Column::WithdrawnAt => Sharing::Field(
            field(
                "withdrawnAt",
                Type::DateTime,
                Group::G31,
                Class::C2,
                Mask::YearMonth,
                Department::Subject,
            )
            .label("撤回时间", "withdrawn at")
            .coarse(Mask::Year)
            .standard("PIPL 15"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G31, Class::C2),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G31, Class::C2),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G31, Class::C2),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G31, Class::C2),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G31, Class::C2),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[Derived {
    field: field(
        "active",
        Type::Boolean,
        Group::G31,
        Class::C2,
        Mask::Predicate,
        Department::Subject,
    )
    .label("同意是否有效", "consent in force")
    .standard("PIPL 15"),
    from: Derivation::InForce {
        given: "given_at",
        expires: "expires_at",
        withdrawn: "withdrawn_at",
    },
}];
