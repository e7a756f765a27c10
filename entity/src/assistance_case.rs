//! 社会救助(民政/医疗救助): social assistance case (社会救助暂行办法 27-30, 48, 58, 61).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
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

/// Where the kind leads stands in [`Shared::kind`].
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Shared for Entity {
    fn kind() -> KindSpec {
        KindSpec {
            name: "AssistanceCase",
            single: "assistanceCase",
            plural: "assistanceCases",
            label_zh: "社会救助(民政/医疗救助)",
            label_en: "social assistance case",
            standard: "社会救助暂行办法 27-30, 48, 58, 61",
            group: Group::G25,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("assistanceCases", "社会救助"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::AssistanceType => Field(field("assistanceType", Code, G25, C3, Mask::Redact, CivilAffairs).label("救助类型", "assistance type").codes(&ASSISTANCE_TYPE).style("PRED").standard("1低保 2特困 3医疗救助 4临时救助 5流浪乞讨救助")),
            Column::ApplicantAuthorization => Field(field("applicantAuthorization", Object(&structure::AUTHORIZATION), G25, C2, Mask::Plain, CivilAffairs).label("核对授权", "applicant's authorization of the means test").standard("Art 58: 根据...家庭的请求、委托")),
            Column::IncomeCheckResult => Field(field("incomeCheckResult", Code, G25, C3, Mask::Redact, CivilAffairs).label("经济状况核对结论", "result of the means test").style("PRED").codes(&INCOME_CHECK_RESULT).standard("pass/fail only, never source rows")),
            Column::BenefitAmount => Field(field("benefitAmount", Money, G25, C3, Mask::AggregateOnly, CivilAffairs).label("救助金额", "benefit amount (yuan)").style("SUM")),
            Column::DecisionOn => Field(field("decisionOn", Date, G25, C2, Mask::YearMonth, CivilAffairs).label("审批日期", "decision on")),
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
            field("receivesAssistance", Boolean, G25, C3, Mask::Predicate, CivilAffairs).label("是否获得救助", "receives assistance").standard("社会救助暂行办法 27-30").from(Present(col(Column::DecisionOn))),
            field("incomeCheckPassed", Boolean, G25, C3, Mask::Predicate, CivilAffairs).label("经济状况核对是否通过", "means test passed").standard("社会救助暂行办法 58").from(Equals(col(Column::IncomeCheckResult), "pass")),
        ]
    }
}
