//! 疾病应急救助: emergency medical aid (社会救助暂行办法 32; seed A 三(三)).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: emergency medical aid.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "emergency_medical_aid")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub case_no: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub identity_status: Option<String>,
    pub admitted_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub diagnosis_group: Option<String>,
    pub cost_amount: Option<i64>,
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
            name: "EmergencyMedicalAid",
            single: "emergencyMedicalAid",
            plural: "emergencyMedicalAids",
            label_zh: "疾病应急救助",
            label_en: "emergency medical aid",
            standard: "社会救助暂行办法 32; seed A 三(三)",
            group: Group::G24,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("emergencyMedicalAids", "疾病应急救助"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::CaseNo => Field(field("caseNo", String, G24, C2, Mask::Plain, Health).label("救助编号", "case number").steward("医疗机构").coarse(Mask::Redact).identifies()),
            Column::IdentityStatus => Field(field("identityStatus", Code, G24, C2, Mask::Plain, Health).label("身份状态", "identity of the patient").steward("医疗机构").codes(&IDENTITY_STATUS).standard("1已知 2身份不明 3无力支付")),
            Column::AdmittedAt => Field(field("admittedAt", DateTime, G24, C3, Mask::YearMonth, Health).label("入院时间", "admitted at").steward("医疗机构").coarse(Mask::Redact)),
            Column::DiagnosisGroup => Field(field("diagnosisGroup", Code, G24, C3, Mask::Redact, Health).label("病种大类", "group of the diagnosis").steward("医疗机构").codes(&DIAGNOSIS_GROUP).standard("ICD-10 chapter only")),
            Column::CostAmount => Field(field("costAmount", Money, G24, C2, Mask::AggregateOnly, Health).label("救助金额", "amount of aid (yuan)").steward("基金").style("SUM")),
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
            field("awaitingIdentification", Boolean, G24, C2, Mask::Predicate, Gateway).label("待查明身份", "awaits identification").steward("derived").standard("derived: identityStatus 身份不明; told to PO only inside IdentifyUnknownPatient (domain 4.6)").from(Equals(col(Column::IdentityStatus), "2")),
        ]
    }
}
