//! 访问日志: one person's view of one access record; a database view over record and subjects.

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, ProtectedRows, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: somebody saw this person's data.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub actor: String,
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub organization: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub organization_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub purpose: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub fields: String,
    #[sea_orm(column_type = "Text")]
    pub role: String,
    #[sea_orm(column_type = "Text")]
    pub decision: String,
    pub grants_version: i64,
    pub protected: bool,
    pub subject_visible_from: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub case_reason: Option<String>,
}

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "AccessEvent",
            single: "accessEvent",
            plural: "accessEvents",
            label_zh: "访问日志",
            label_en: "access event",
            standard: "FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21",
            group: Group::G30,
            class: Class::C1,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: Some(ProtectedRows::Flagged(Column::Protected.as_str())),
            persons: Some("subjects"),
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("accessEvents", "访问日志"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::At => Field(field("at", DateTime, G30, C1, Mask::Plain, Gateway).label("访问时间", "accessed at").standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21")),
            Column::Actor => Field(field("actor", String, G30, C2, Mask::Name, Gateway).label("访问人", "actor").standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21")),
            Column::CollectingDepartment => Field(field("department", Code, G30, C1, Mask::Plain, Gateway).label("访问部门", "department of the actor").codes(&DEPARTMENTS).standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21")),
            Column::Organization => Internal("read through organization, which generalizes disclosing organizations"),
            Column::OrganizationKind => Internal("decides how organization is generalized"),
            Column::Purpose => Field(field("purpose", Code, G30, C1, Mask::Plain, Gateway).label("用途代码", "purpose").codes(&PURPOSES).standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21")),
            Column::SubjectVisibleFrom => Field(field("subjectVisibleFrom", DateTime, G30, C1, Mask::Plain, Gateway).label("对本人可见时间", "visible to the person from").standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21")),
            Column::CaseReason => Field(field("caseReason", Code, G30, C1, Mask::Plain, Gateway).label("审计案由", "why the data protection officer opened it, in an audit case").codes(&CASE_REASON).standard("PIPL 44, 48")),
            Column::Role => Internal("told to the person alone, in the sentence of me { whoLooked }"),
            Column::Decision => Internal("what came of the request; told in that sentence"),
            Column::GrantsVersion => Internal("by which grants it was decided; their law is told in that sentence"),
            Column::Protected => Internal("rows that tell of C4 are the person's alone"),
            Column::Fields => Field(field("fields", String, G30, C2, Mask::Plain, Gateway).label("字段清单", "fields and their levels").standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21")),
        }
    }

    #[rustfmt::skip]
    fn derived() -> Vec<Derived> {
        use rows::*;
        vec![
            field("organization", Code, G30, C1, Mask::organization_kind(Column::OrganizationKind), Gateway).label("访问机构", "organization of the actor").codes(&ORGANIZATION).standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21").whole_to_the_person().from(Generalized { name: col(Column::Organization), kind: col(Column::OrganizationKind) }),
            field("personRef", Id, G30, C1, Mask::Pseudonym, Gateway).label("人员引用(部门化名)", "reference to the person, a pseudonym per department").standard("HMAC-SM3(department key, person key)").from(Pseudonym { of: Person, key: col(Column::PersonId) }),
        ]
    }
}
