//! 家庭成员关系: household membership (GB/T 4761-2008; FHIR RelatedPerson).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
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

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "HouseholdMember",
            single: "householdMember",
            plural: "householdMembers",
            label_zh: "家庭成员关系",
            label_en: "household membership",
            standard: "GB/T 4761-2008; FHIR RelatedPerson",
            group: Group::G10,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("householdMemberships", "家庭成员关系"),
                RelationSpec::to_many(
                    "household",
                    "同户成员",
                    Column::HouseholdId,
                    Column::HouseholdId,
                ),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId | Column::HouseholdId | Column::GuardianPersonId => Key,
            Column::Relation => Field(field("relation", Code, G10, C2, Mask::Category, Police).label("与户主关系", "relation").codes(&RELATION).standard("GB/T 4761: 0x本人或户主 1x配偶 2x子 3x女 4x孙 5x父母 6x祖父母 7x兄弟姐妹 8x其他")),
            Column::IsAccompanying => Field(field("isAccompanying", Boolean, G10, C2, Mask::AggregateOnly, Gateway).label("随迁标志", "accompanying family member").steward("collector").standard("农民工随迁家属")),
            Column::GuardianOf => Field(field("guardianOf", String, G10, C3, Mask::Name, Gateway).label("监护人", "guardian").steward("collector").standard("for <14 and incapacity; only where the guardian is in the caller's scope").identifies().names_person(Column::GuardianPersonId)),
            Column::GuardianRole => Field(field("guardianRole", Code, G10, C2, Mask::Plain, Gateway).label("监护人身份", "what the guardian is to the person").codes(&GUARDIAN_ROLE).steward("collector").standard("民法典 27, 28: 1配偶 2父母 3子女 4祖父母 5兄弟姐妹 6其他")),
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
            field("guardianOnFile", Boolean, G10, C2, Mask::Predicate, Gateway).label("有无监护人", "guardian on file").standard("derived; names nobody").from(Present(col(Column::GuardianOf))),
            field("householdRef", Id, G10, C1, Mask::Pseudonym, Gateway).label("家庭引用", "reference to the household, a pseudonym per department").standard("per-department pseudonym").from(Pseudonym { of: Household, key: col(Column::HouseholdId) }),
        ]
    }
}
