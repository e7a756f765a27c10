//! 严重精神障碍管理: severe mental disorder record (精神卫生法 4, 24, 47, 55; WS 372.3-2012).

use sea_orm::entity::prelude::*;

use crate::{
    sharing::{
        Class, Department, Derived, Group, Mask, Provenance, Sharing, Type, field, provenance,
    },
    structure,
};

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
        Column::Diagnosis => Sharing::Field(
            field("diagnosis", Type::Code, Group::G21, Class::C4, Mask::Redact, Department::Health)
                .label("诊断", "diagnosis")
                .dictionary("REDACT", "精防")
                .standard("ICD-10"),
        ),
        Column::ConsentToManagement => Sharing::Field(
            field(
                "consentToManagement",
                Type::Object(&structure::MANAGEMENT_CONSENT),
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("知情同意", "consent to management")
            .dictionary("REDACT", "精防")
            .standard("参加管理治疗网络知情同意书"),
        ),
        Column::DangerLevel => Sharing::Field(
            field(
                "dangerLevel",
                Type::Int,
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("危险性评估", "danger level")
            .dictionary("REDACT", "精防")
            .standard("0-5"),
        ),
        Column::Symptoms => Sharing::Field(
            field("symptoms", Type::Codes, Group::G21, Class::C4, Mask::Redact, Department::Health)
                .label("目前症状", "symptoms")
                .dictionary("REDACT", "精防")
                .standard("form list 1-12"),
        ),
        Column::Insight => Sharing::Field(
            field("insight", Type::Code, Group::G21, Class::C4, Mask::Redact, Department::Health)
                .label("自知力", "insight")
                .dictionary("REDACT", "精防")
                .standard("1完全 2不全 3缺失"),
        ),
        Column::MedicationAdherence => Sharing::Field(
            field(
                "medicationAdherence",
                Type::Code,
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("服药依从性", "medication adherence")
            .dictionary("REDACT", "精防")
            .standard("1规律 2间断 3不用药 4医嘱勿需"),
        ),
        Column::DangerousBehaviours => Sharing::Field(
            field(
                "dangerousBehaviours",
                Type::Objects(&structure::BEHAVIOUR_COUNT),
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("危险行为", "dangerous behaviours")
            .dictionary("REDACT", "精防")
            .standard("轻度滋事/肇事/肇祸/自伤/自杀未遂"),
        ),
        Column::Restraint => Sharing::Field(
            field("restraint", Type::Code, Group::G21, Class::C4, Mask::Redact, Department::Health)
                .label("关锁情况", "restraint")
                .dictionary("REDACT", "精防")
                .standard("1无 2关锁 3已解除 -> triggers patient-protection task"),
        ),
        Column::RehabGuidance => Sharing::Field(
            field(
                "rehabGuidance",
                Type::Objects(&structure::NOTE),
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("康复指导", "rehab guidance")
            .dictionary("REDACT", "精防")
            .standard("seed A"),
        ),
        Column::FollowUpOn => Sharing::Field(
            field(
                "followUpOn",
                Type::Date,
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("随访日期", "follow-up on")
            .dictionary("REDACT", "精防")
            .standard("≥4/年; unstable ≤2周, stable ≤3月"),
        ),
        Column::LostToFollowUp => Sharing::Field(
            field(
                "lostToFollowUp",
                Type::Code,
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("失访原因", "reason lost to follow-up")
            .dictionary("REDACT", "精防")
            .standard(
                "1外出务工 2迁居 3走失 4连续3次未访到 5其他 (1,2 = the migrant hand-over case)",
            ),
        ),
        Column::SafetyEscort => Sharing::Field(
            field(
                "safetyEscort",
                Type::Object(&structure::EVENT),
                Group::G21,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("护送就医请求", "request for a safety escort")
            .dictionary("REDACT", "精防")
            .standard("push only, see 4.6"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G21, Class::C4),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G21, Class::C4),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G21, Class::C4),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G21, Class::C4),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G21, Class::C4),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[];
