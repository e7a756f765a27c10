//! 慢性病/老年人/中医药: care of chronic disease and the elderly (WS 372.2, 372.4, 372.5; 国家基本公共卫生服务规范).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: care of chronic disease and the elderly.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chronic_care_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub programme: Option<String>,
    pub visit_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub control_class: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub blood_pressure: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub fasting_glucose: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medication_general: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medication_reproductive: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medication_infectious: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medication_stigmatized: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub medication_mental: Option<String>,
    pub self_care_score: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub tcm_constitution: Option<String>,
    pub next_visit_on: Option<Date>,
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
            name: "ChronicCareRecord",
            single: "chronicCareRecord",
            plural: "chronicCareRecords",
            label_zh: "慢性病/老年人/中医药",
            label_en: "care of chronic disease and the elderly",
            standard: "WS 372.2, 372.4, 372.5; 国家基本公共卫生服务规范",
            group: Group::G22,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("chronicCareRecords", "慢性病/老年人/中医药"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::Programme => Field(field("programme", Code, G22, C3, Mask::Redact, Health).label("管理项目", "programme").steward("社区").codes(&PROGRAMME).standard("1高血压 I10 2 2型糖尿病 E11 3老年人65+ 4中医药")),
            Column::VisitOn => Field(field("visitOn", Date, G22, C3, Mask::Redact, Health).label("随访/体检日期", "visited on").steward("社区").standard("day of this visit or yearly check")),
            Column::ControlClass => Field(field("controlClass", Code, G22, C3, Mask::Redact, Health).label("随访分类", "class of control").steward("社区").codes(&CONTROL_CLASS).standard("1控制满意 2控制不满意 3不良反应 4并发症 (form)")),
            Column::BloodPressure => Field(field("bloodPressure", Object(&structure::OBSERVATION), G22, C3, Mask::Redact, Health).label("血压", "blood pressure").steward("社区")),
            Column::FastingGlucose => Field(field("fastingGlucose", Object(&structure::OBSERVATION), G22, C3, Mask::Redact, Health).label("空腹血糖", "fasting glucose").steward("社区")),
            Column::MedicationGeneral => Internal("items of group G22; read through the list field"),
            Column::MedicationReproductive => Internal("items of group G18; read through the list field"),
            Column::MedicationInfectious => Internal("items of group G19; read through the list field"),
            Column::MedicationStigmatized => Internal("items of group G20; read through the list field"),
            Column::MedicationMental => Internal("items of group G21; read through the list field"),
            Column::SelfCareScore => Field(field("selfCareScore", Int, G22, C3, Mask::Redact, Health).label("老年人自理能力评估", "self-care score").steward("社区")),
            Column::TcmConstitution => Field(field("tcmConstitution", Code, G22, C3, Mask::Redact, Health).label("中医体质辨识", "constitution in Chinese medicine").steward("社区").codes(&TCM_CONSTITUTION).standard("1平和质 2气虚质 3阳虚质 4阴虚质 5痰湿质 6湿热质 7血瘀质 8气郁质 9特禀质")),
            Column::NextVisitOn => Field(field("nextVisitOn", Date, G22, C3, Mask::Redact, Health).label("下次随访", "next visit on").steward("社区")),
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
            field("medication", Objects(&structure::MEDICATION), G22, C3, Mask::Items, Health).label("用药", "medication").steward("社区").standard("drug name may reveal C4").from(parts([(Column::MedicationGeneral, G22), (Column::MedicationReproductive, G18), (Column::MedicationInfectious, G19), (Column::MedicationStigmatized, G20), (Column::MedicationMental, G21)])),
        ]
    }
}
