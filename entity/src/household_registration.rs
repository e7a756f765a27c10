//! 户籍登记: household registration (hukou) (户口登记条例; GB/T 2260).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derived, Group, Mask, Provenance, Sharing, Type, field, provenance,
};

/// One row: household registration (hukou).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "household_registration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub hukou_region_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub hukou_address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub hukou_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub registration_kind: Option<String>,
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
        Column::HukouRegionCode => Sharing::Field(
            field(
                "hukouRegionCode",
                Type::Code,
                Group::G07,
                Class::C2,
                Mask::County,
                Department::Police,
            )
            .label("户籍地行政区划", "region of household registration")
            .dictionary("COUNTY", "公安")
            .coarse(Mask::Redact)
            .standard("GB/T 2260 (effective-dated!)"),
        ),
        Column::HukouAddress => Sharing::Field(
            field(
                "hukouAddress",
                Type::String,
                Group::G07,
                Class::C2,
                Mask::Coarser("hukou_region_code"),
                Department::Police,
            )
            .identifies()
            .label("户籍详细地址", "address of household registration")
            .dictionary("COUNTY", "公安")
            .coarse(Mask::Redact),
        ),
        Column::HukouType => Sharing::Field(
            field("hukouType", Type::Code, Group::G07, Class::C3, Mask::Redact, Department::Police)
                .label("户口性质", "kind of household registration")
                .dictionary("REDACT", "公安 (特定身份; drives discrimination)")
                .standard("农业/非农业/居民户口 (2014 unified registration: 统一城乡户口登记制度)"),
        ),
        Column::RegistrationKind => Sharing::Field(
            field(
                "registrationKind",
                Type::Code,
                Group::G09,
                Class::C1,
                Mask::Plain,
                Department::Gateway,
            )
            .label("常住类型", "resident or migrant")
            .dictionary("NONE", "derived")
            .standard("health form: 1户籍 2非户籍"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G07, Class::C2),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G07, Class::C2),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G07, Class::C2),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G07, Class::C2),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G07, Class::C2),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[];
