//! 家庭成员关系: household membership (GB/T 4761-2008; FHIR RelatedPerson).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
    provenance,
};

/// One row: household membership.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "household_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub household_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub relation: Option<String>,
    pub is_accompanying: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub guardian_of: Option<String>,
    pub guardian_person_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub guardian_role: Option<String>,
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
        Column::Id | Column::PersonId | Column::HouseholdId | Column::GuardianPersonId => {
            Sharing::Key
        }
        Column::Relation => Sharing::Field(
            field(
                "relation",
                Type::Code,
                Group::G10,
                Class::C2,
                Mask::Category,
                Department::Police,
            )
            .label("与户主关系", "relation")
            .dictionary("CAT", "公安")
            .standard(
                "GB/T 4761: 0x本人或户主 1x配偶 2x子 3x女 4x孙 5x父母 6x祖父母 7x兄弟姐妹 8x其他",
            ),
        ),
        Column::IsAccompanying => Sharing::Field(
            field(
                "isAccompanying",
                Type::Boolean,
                Group::G10,
                Class::C2,
                Mask::AggregateOnly,
                Department::Gateway,
            )
            .label("随迁标志", "accompanying family member")
            .dictionary("COUNT", "collector")
            .standard("农民工随迁家属"),
        ),
        Column::GuardianOf => Sharing::Field(
            field(
                "guardianOf",
                Type::String,
                Group::G10,
                Class::C3,
                Mask::Name,
                Department::Gateway,
            )
            .identifies()
            .label("监护人", "guardian")
            .dictionary("NAME1", "collector")
            .standard("for <14 and incapacity; only where the guardian is in the caller's scope")
            .names_person("guardian_person_id"),
        ),
        Column::GuardianRole => Sharing::Field(
            field(
                "guardianRole",
                Type::Code,
                Group::G10,
                Class::C2,
                Mask::Plain,
                Department::Gateway,
            )
            .label("监护人身份", "what the guardian is to the person")
            .dictionary("NONE", "collector")
            .standard("民法典 27, 28: 配偶/父母/子女/祖父母/兄弟姐妹/其他"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G10, Class::C2),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G10, Class::C2),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G10, Class::C2),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G10, Class::C2),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G10, Class::C2),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[
    Derived {
        field: field(
            "guardianOnFile",
            Type::Boolean,
            Group::G10,
            Class::C2,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("有无监护人", "guardian on file")
        .standard("derived; names nobody"),
        from: Derivation::Present("guardian_of"),
    },
    Derived {
        field: field(
            "householdRef",
            Type::Id,
            Group::G10,
            Class::C1,
            Mask::Pseudonym,
            Department::Gateway,
        )
        .label("家庭引用", "reference to the household, a pseudonym per department")
        .dictionary("PSEUDO", "gateway")
        .standard("per-department pseudonym"),
        from: Derivation::Pseudonym("household_id"),
    },
];
