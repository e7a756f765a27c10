//! 社会救助(民政/医疗救助): social assistance case (社会救助暂行办法 27-30, 48, 58, 61).

use sea_orm::entity::prelude::*;

use crate::{
    sharing::{
        Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
        provenance,
    },
    structure,
};

/// One row: social assistance case.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assistance_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub assistance_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub applicant_authorization: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub income_check_result: Option<String>,
    pub benefit_amount: Option<i64>,
    pub decision_on: Option<Date>,
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
        Column::AssistanceType => Sharing::Field(
            field(
                "assistanceType",
                Type::Code,
                Group::G25,
                Class::C3,
                Mask::Redact,
                Department::CivilAffairs,
            )
            .label("救助类型", "assistance type")
            .dictionary("PRED", "民政")
            .standard("低保/特困/医疗救助/临时救助/流浪乞讨救助"),
        ),
        Column::ApplicantAuthorization => Sharing::Field(
            field(
                "applicantAuthorization",
                Type::Object(&structure::AUTHORIZATION),
                Group::G25,
                Class::C2,
                Mask::Plain,
                Department::CivilAffairs,
            )
            .label("核对授权", "applicant's authorization of the means test")
            .dictionary("NONE", "民政")
            .standard("Art 58: 根据...家庭的请求、委托"),
        ),
        Column::IncomeCheckResult => Sharing::Field(
            field(
                "incomeCheckResult",
                Type::Code,
                Group::G25,
                Class::C3,
                Mask::Redact,
                Department::CivilAffairs,
            )
            .label("经济状况核对结论", "result of the means test")
            .dictionary("PRED", "民政")
            .standard("pass/fail only, never source rows"),
        ),
        Column::BenefitAmount => Sharing::Field(
            field(
                "benefitAmount",
                Type::Money,
                Group::G25,
                Class::C3,
                Mask::AggregateOnly,
                Department::CivilAffairs,
            )
            .label("救助金额", "benefit amount (yuan)")
            .dictionary("SUM", "民政"),
        ),
        Column::DecisionOn => Sharing::Field(
            field(
                "decisionOn",
                Type::Date,
                Group::G25,
                Class::C2,
                Mask::YearMonth,
                Department::CivilAffairs,
            )
            .label("审批日期", "decision on")
            .dictionary("YM", "民政"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G25, Class::C3),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G25, Class::C3),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G25, Class::C3),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G25, Class::C3),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G25, Class::C3),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[
    Derived {
        field: field(
            "receivesAssistance",
            Type::Boolean,
            Group::G25,
            Class::C3,
            Mask::Predicate,
            Department::CivilAffairs,
        )
        .label("是否获得救助", "receives assistance")
        .standard("社会救助暂行办法 27-30"),
        from: Derivation::Present("decision_on"),
    },
    Derived {
        field: field(
            "incomeCheckPassed",
            Type::Boolean,
            Group::G25,
            Class::C3,
            Mask::Predicate,
            Department::CivilAffairs,
        )
        .label("经济状况核对是否通过", "means test passed")
        .standard("社会救助暂行办法 58"),
        from: Derivation::Equals("income_check_result", "pass"),
    },
];
