//! 严重精神障碍管理: severe mental disorder record (精神卫生法 4, 24, 47, 55; WS 372.3-2012).

use sea_orm::entity::prelude::*;

use crate::sharing::{Class, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows};

/// One row: severe mental disorder record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "severe_mental_disorder_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub diagnosis: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub consent_to_management: Option<String>,
    pub danger_level: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub symptoms: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub insight: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medication_adherence: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub dangerous_behaviours: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub restraint: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub rehab_guidance: Option<String>,
    pub follow_up_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub lost_to_follow_up: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub safety_escort: Option<String>,
    pub managed_since: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub condition_class: Option<String>,
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
            name: "SevereMentalDisorderRecord",
            single: "severeMentalDisorderRecord",
            plural: "severeMentalDisorderRecords",
            label_zh: "严重精神障碍管理",
            label_en: "severe mental disorder record",
            standard: "精神卫生法 4, 24, 47, 55; WS 372.3-2012",
            group: Group::G21,
            class: Class::C4,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("severeMentalDisorderRecords", "严重精神障碍管理"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::Diagnosis => Field(field("diagnosis", Code, G21, C4, Mask::Redact, Health).label("诊断", "diagnosis").steward("精防").codes(&ICD_10).standard("ICD-10")),
            Column::ConsentToManagement => Field(field("consentToManagement", Object(&structure::MANAGEMENT_CONSENT), G21, C4, Mask::Redact, Health).label("知情同意", "consent to management").steward("精防").standard("参加管理治疗网络知情同意书")),
            Column::DangerLevel => Field(field("dangerLevel", Int, G21, C4, Mask::Redact, Health).label("危险性评估", "danger level").steward("精防").standard("0-5")),
            Column::Symptoms => Field(field("symptoms", Codes, G21, C4, Mask::Redact, Health).label("目前症状", "symptoms").codes(&SYMPTOM).steward("精防").standard("form list 1-12")),
            Column::Insight => Field(field("insight", Code, G21, C4, Mask::Redact, Health).label("自知力", "insight").steward("精防").codes(&INSIGHT).standard("1完全 2不全 3缺失")),
            Column::MedicationAdherence => Field(field("medicationAdherence", Code, G21, C4, Mask::Redact, Health).label("服药依从性", "medication adherence").steward("精防").codes(&MEDICATION_ADHERENCE).standard("1规律 2间断 3不用药 4医嘱勿需")),
            Column::DangerousBehaviours => Field(field("dangerousBehaviours", Objects(&structure::BEHAVIOUR_COUNT), G21, C4, Mask::Redact, Health).label("危险行为", "dangerous behaviours").steward("精防").standard("轻度滋事/肇事/肇祸/自伤/自杀未遂")),
            Column::Restraint => Field(field("restraint", Code, G21, C4, Mask::Redact, Health).label("关锁情况", "restraint").steward("精防").codes(&RESTRAINT).standard("1无 2关锁 3已解除 -> triggers patient-protection task")),
            Column::RehabGuidance => Field(field("rehabGuidance", Objects(&structure::NOTE), G21, C4, Mask::Redact, Health).label("康复指导", "rehab guidance").steward("精防").standard("seed A")),
            Column::FollowUpOn => Field(field("followUpOn", Date, G21, C4, Mask::Redact, Health).label("随访日期", "follow-up on").steward("精防").standard("≥4/年; unstable ≤2周, stable ≤3月")),
            Column::LostToFollowUp => Field(field("lostToFollowUp", Code, G21, C4, Mask::Redact, Health).label("失访原因", "reason lost to follow-up").steward("精防").codes(&LOST_TO_FOLLOW_UP).standard("1外出务工 2迁居 3走失 4连续3次未访到 5其他 (1,2 = the migrant hand-over case)")),
            Column::SafetyEscort => Field(field("safetyEscort", Object(&structure::EVENT), G21, C4, Mask::Redact, Health).label("护送就医请求", "request for a safety escort").steward("精防").standard("push only, see 4.6")),
            Column::ManagedSince => Field(field("managedSince", Date, G21, C4, Mask::Redact, Health).label("纳入管理日期", "managed since").steward("精防").standard("X2: in management ≥6 months")),
            Column::ConditionClass => Field(field("conditionClass", Code, G21, C4, Mask::Redact, Health).label("病情分类", "class of the condition").steward("精防").codes(&CONDITION_CLASS).standard("1稳定 2基本稳定 3不稳定; the doctor's class on the follow-up form; interval of rules §4")),
            Column::SourceSystem => History(SourceSystem),
            Column::CollectingDepartment => History(CollectedBy),
            Column::CollectedAt => History(CollectedAt),
            Column::RecordedAt => History(RecordedAt),
            Column::UpdatedAt => History(UpdatedAt),
        }
    }
}
