//! 访问日志: one person's view of one access record; a database view over record and subjects.

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Department, Group, Mask, Sharing, Type, field};
use crate::sharing::{Derivation, Derived};

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
    pub purpose: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub fields: String,
    pub protected: bool,
    pub subject_visible_from: DateTimeUtc,
}

/// How the view relates to tables.
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
    let log = |name, ty, class, mask, zh, en| {
        Sharing::Field(
            field(name, ty, Group::G30, class, mask, Department::Gateway)
                .label(zh, en)
                .standard("FHIR AuditEvent; IHE BALP; PIPL 54-56; 网络安全法 21"),
        )
    };
    match column {
        Column::Id | Column::PersonId => Sharing::Key,
        Column::At => log("at", Type::DateTime, Class::C1, Mask::Plain, "访问时间", "accessed at"),
        Column::Actor => log("actor", Type::String, Class::C2, Mask::Name, "访问人", "actor"),
        Column::CollectingDepartment => log(
            "department",
            Type::Code,
            Class::C1,
            Mask::Plain,
            "访问部门",
            "department of the actor",
        ),
        Column::Organization => log(
            "organization",
            Type::Code,
            Class::C1,
            Mask::Plain,
            "访问机构",
            "organization of the actor",
        ),
        Column::Purpose => {
            log("purpose", Type::Code, Class::C1, Mask::Plain, "用途代码", "purpose")
        }
        Column::SubjectVisibleFrom => log(
            "subjectVisibleFrom",
            Type::DateTime,
            Class::C1,
            Mask::Plain,
            "对本人可见时间",
            "visible to the person from",
        ),
        Column::Protected => Sharing::Internal("rows that tell of C4 are the person's alone"),
        Column::Fields => log(
            "fields",
            Type::String,
            Class::C2,
            Mask::Plain,
            "字段清单",
            "fields and their levels",
        ),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[Derived {
    field: field(
        "personRef",
        Type::Id,
        Group::G30,
        Class::C1,
        Mask::Pseudonym,
        Department::Gateway,
    )
    .label("人员引用(部门化名)", "reference to the person, a pseudonym per department")
    .standard("HMAC-SM3(department key, person key)"),
    from: Derivation::Pseudonym("person_id"),
}];
