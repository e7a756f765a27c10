//! 单独同意: separate consent (PIPL 14-17, 29-31).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, ProtectedRows, RelationSpec, Shared, Sharing, Subject, rows,
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

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "Consent",
            single: "consent",
            plural: "consents",
            label_zh: "单独同意",
            label_en: "separate consent",
            standard: "PIPL 14-17, 29-31",
            group: Group::G31,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: Some(ProtectedRows::OfGroup(Column::FieldGroup.as_str())),
            persons: None,
            relations: vec![RelationSpec::to_person(Column::PersonId).back("consents", "单独同意")],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::Artefact => Field(field("artefact", String, G31, C2, Mask::Redact, Subject).label("授权书编号", "consent artefact number").standard("PIPL 14").identifies()),
            Column::Purpose => Field(field("purpose", Code, G31, C2, Mask::Plain, Subject).label("用途", "purpose").codes(&PURPOSES).standard("PIPL 17")),
            Column::RecipientDepartment => Field(field("recipientDepartment", Code, G31, C2, Mask::Plain, Subject).label("接收部门", "recipient department").codes(&DEPARTMENTS).standard("PIPL 23")),
            Column::FieldGroup => Field(field("fieldGroup", Code, G31, C2, Mask::Plain, Subject).label("字段组", "field group").codes(&FIELD_GROUPS).standard("PIPL 23")),
            Column::GivenAt => Field(field("givenAt", DateTime, G31, C2, Mask::YearMonth, Subject).label("同意时间", "given at").standard("PIPL 14").coarse(Mask::Quarter)),
            Column::ExpiresAt => Field(field("expiresAt", DateTime, G31, C2, Mask::YearMonth, Subject).label("到期时间", "expires at").standard("PIPL 14").coarse(Mask::Year)),
            Column::WithdrawnAt => Field(field("withdrawnAt", DateTime, G31, C2, Mask::YearMonth, Subject).label("撤回时间", "withdrawn at").standard("PIPL 15").coarse(Mask::Year)),
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
            field("active", Boolean, G31, C2, Mask::Predicate, Subject).label("同意是否有效", "consent in force").standard("PIPL 15").from(InForce { given: col(Column::GivenAt), expires: col(Column::ExpiresAt), withdrawn: col(Column::WithdrawnAt) }),
        ]
    }
}
