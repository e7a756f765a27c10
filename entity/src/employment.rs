//! 就业: employment (GB/T 6565; GB/T 4754; GB/T 2261.4; GB 32100).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derived, Group, Mask, Provenance, Sharing, Type, field, provenance,
};

/// One row: employment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub employment_status: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub occupation: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub industry: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub employer_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub employer_code: Option<String>,
    pub has_labor_contract: Option<bool>,
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
        Column::EmploymentStatus => Sharing::Field(
            field(
                "employmentStatus",
                Type::Code,
                Group::G11,
                Class::C2,
                Mask::Category,
                Department::MigrantWorkers,
            )
            .label("从业状况", "employment status")
            .dictionary("CAT", "农民工办")
            .standard("GB/T 2261.4-2003"),
        ),
        Column::Occupation => Sharing::Field(
            field(
                "occupation",
                Type::Code,
                Group::G11,
                Class::C2,
                Mask::Category,
                Department::MigrantWorkers,
            )
            .label("职业", "occupation")
            .dictionary("CAT major", "农民工办")
            .standard("GB/T 6565-2015 (report-card 人群分类 is a different list)"),
        ),
        Column::Industry => Sharing::Field(
            field(
                "industry",
                Type::Code,
                Group::G11,
                Class::C2,
                Mask::Category,
                Department::MigrantWorkers,
            )
            .label("行业", "industry")
            .dictionary("CAT", "农民工办")
            .standard("GB/T 4754"),
        ),
        Column::EmployerName => Sharing::Field(
            field(
                "employerName",
                Type::String,
                Group::G11,
                Class::C2,
                Mask::Redact,
                Department::Gateway,
            )
            .label("工作单位", "employer name")
            .dictionary("REDACT", "collector")
            .standard("AIDS Reg 39 and MH Law 4 name 工作单位 as confidential for those groups"),
        ),
        Column::EmployerCode => Sharing::Field(
            field(
                "employerCode",
                Type::String,
                Group::G11,
                Class::C1,
                Mask::Redact,
                Department::Gateway,
            )
            .label("统一社会信用代码", "unified social credit code")
            .dictionary("REDACT", "-")
            .standard("GB 32100-2015, 18 chars, mod-31 check"),
        ),
        Column::HasLaborContract => Sharing::Field(
            field(
                "hasLaborContract",
                Type::Boolean,
                Group::G11,
                Class::C2,
                Mask::AggregateOnly,
                Department::MigrantWorkers,
            )
            .label("劳动合同", "has labor contract")
            .dictionary("COUNT", "农民工办"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G11, Class::C2),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G11, Class::C2),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G11, Class::C2),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G11, Class::C2),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G11, Class::C2),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[];
