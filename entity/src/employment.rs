//! 就业: employment (GB/T 6565; GB/T 4754; GB/T 2261.4; GB 32100).

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows};

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

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "Employment",
            single: "employment",
            plural: "employments",
            label_zh: "就业",
            label_en: "employment",
            standard: "GB/T 6565; GB/T 4754; GB/T 2261.4; GB 32100",
            group: Group::G11,
            class: Class::C2,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![RelationSpec::to_person(Column::PersonId).back("employments", "就业")],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::EmploymentStatus => Field(field("employmentStatus", Code, G11, C2, Mask::Category, MigrantWorkers).label("从业状况", "employment status").codes(&EMPLOYMENT_STATUS).standard("GB/T 2261.4-2003")),
            Column::Occupation => Field(field("occupation", Code, G11, C2, Mask::Category, MigrantWorkers).label("职业", "occupation").style("CAT major").codes(&OCCUPATION).standard("GB/T 6565-2015 (report-card 人群分类 is a different list)")),
            Column::Industry => Field(field("industry", Code, G11, C2, Mask::Category, MigrantWorkers).label("行业", "industry").codes(&INDUSTRY).standard("GB/T 4754")),
            Column::EmployerName => Field(field("employerName", String, G11, C2, Mask::Redact, Gateway).label("工作单位", "employer name").steward("collector").standard("AIDS Reg 39 and MH Law 4 name 工作单位 as confidential for those groups")),
            Column::EmployerCode => Field(field("employerCode", String, G11, C1, Mask::Redact, Gateway).label("统一社会信用代码", "unified social credit code").steward("-").standard("GB 32100-2015, 18 chars, mod-31 check")),
            Column::HasLaborContract => Field(field("hasLaborContract", Boolean, G11, C2, Mask::AggregateOnly, MigrantWorkers).label("劳动合同", "has labor contract")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
