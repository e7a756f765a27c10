//! 计划生育服务: family planning service (WS 377.3-2013; 人口与计划生育法 14, 19-21, 36; seed B 二(六)).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: family planning service.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "family_planning_service")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub contraceptive_method: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub supply_issued: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub procedure: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pre_pregnancy_exam: Option<String>,
    pub pre_pregnancy_exam_on: Option<Date>,
    pub pre_pregnancy_exam_until: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub birth_defect_intervention: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub guidance_given: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reward_benefit: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub marital_childbearing_cert: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub service_requests: Option<String>,
    pub pregnancy_intention_on: Option<Date>,
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
            name: "FamilyPlanningService",
            single: "familyPlanningService",
            plural: "familyPlanningServices",
            label_zh: "计划生育服务",
            label_en: "family planning service",
            standard: "WS 377.3-2013; 人口与计划生育法 14, 19-21, 36; seed B 二(六)",
            group: Group::G18,
            class: Class::C4,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("familyPlanningServices", "计划生育服务"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::ContraceptiveMethod => Field(field("contraceptiveMethod", Code, G18, C4, Mask::Redact, Health).label("避孕方法", "contraceptive method").steward("计生技术").codes(&CONTRACEPTIVE_METHOD).standard("0未避孕 1男性绝育 2女性绝育 3宫内节育器 4皮下埋植 5口服及注射 6避孕套 7外用药 9其他")),
            Column::SupplyIssued => Field(field("supplyIssued", Objects(&structure::SUPPLY), G18, C4, Mask::AggregateOnly, Health).label("免费药具发放", "free supplies issued").steward("计生").standard("(issuedOn, item, quantity) to a named person only; anonymous events: Facility.dispensed")),
            Column::Procedure => Field(field("procedure", Objects(&structure::PROCEDURE), G18, C4, Mask::Redact, Health).label("计划生育手术", "procedures").steward("计生技术").standard("上环/取环/结扎/流产")),
            Column::PrePregnancyExam => Field(field("prePregnancyExam", Object(&structure::EXAM), G18, C4, Mask::Redact, Health).label("免费孕前优生健康检查", "free examination before pregnancy").steward("计生技术").style("DONE?").standard("(examinedOn, partnerExamined Boolean)")),
            Column::PrePregnancyExamOn => Internal("read through prePregnancyExamDone: the day of the last examination"),
            Column::PrePregnancyExamUntil => Internal("read through prePregnancyExamDone: the day on which that examination is twelve months old"),
            Column::BirthDefectIntervention => Field(field("birthDefectIntervention", Objects(&structure::GIVEN), G18, C3, Mask::AggregateOnly, Health).label("出生缺陷知识干预", "teaching on birth defects").steward("计生").standard("(givenOn)")),
            Column::GuidanceGiven => Field(field("guidanceGiven", Objects(&structure::GIVEN), G18, C3, Mask::AggregateOnly, Health).label("技术指导咨询", "guidance given").steward("计生").standard("(givenOn)")),
            Column::RewardBenefit => Field(field("rewardBenefit", Objects(&structure::BENEFIT), G18, C3, Mask::Redact, Health).label("奖励优待", "rewards and benefits").steward("计生")),
            Column::MaritalChildbearingCert => Field(field("maritalChildbearingCert", Object(&structure::CERT), G18, C4, Mask::Redact, Health).label("婚育证明", "certificate of marriage and childbearing").steward("计生").standard("2009 Reg 7; REPEALED 2021-09: legacy, read-only, not shared").only_roles(&["SU"])),
            Column::ServiceRequests => Field(field("serviceRequests", Objects(&structure::SERVICE_REQUEST), G18, C4, Mask::Redact, Health).label("免费服务申请", "free services asked for").steward("计生").standard("(service 1放置宫内节育器 2取出宫内节育器 3人工终止妊娠 4引产 5绝育 6避孕药具 9其他免费技术服务, requestedOn, providedOn); what the woman asked for, T7")),
            Column::PregnancyIntentionOn => Field(field("pregnancyIntentionOn", Date, G18, C4, Mask::Redact, Health).label("孕育意愿登记日期", "intention of pregnancy registered on").steward("计生").standard("registered at the couple's own request (孕前优生检查报名); valid 12 months; T11, T12")),
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
            field("prePregnancyExamDone", Boolean, G18, C4, Mask::Predicate, Gateway).label("已做孕前优生检查", "examined before pregnancy within twelve months").steward("derived").standard("derived: prePregnancyExam in the last 12 months").from(Within { from: col(Column::PrePregnancyExamOn), until: col(Column::PrePregnancyExamUntil) }),
        ]
    }
}
