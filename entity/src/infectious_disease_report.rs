//! 传染病报告卡: infectious disease report (传染病防治法 30; 传染病信息报告管理规范; WS 375.10-2012).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: infectious disease report.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "infectious_disease_report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub card_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub report_category: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub disease_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub disease_class: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub case_classification: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub patient_belongs_to: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub population_group: Option<String>,
    pub onset_date: Option<Date>,
    pub diagnosis_time: Option<DateTimeUtc>,
    pub death_date: Option<Date>,
    pub reported_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reporting_org: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reporting_org_kind: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub setting_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub outbreak_event_ref: Option<String>,
    pub missed_in_audit: Option<bool>,
    pub free_treatment_enrolled: Option<bool>,
    pub audited_on: Option<Date>,
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
            name: "InfectiousDiseaseReport",
            single: "infectiousDiseaseReport",
            plural: "infectiousDiseaseReports",
            label_zh: "传染病报告卡",
            label_en: "infectious disease report",
            standard: "传染病防治法 30; 传染病信息报告管理规范; WS 375.10-2012",
            group: Group::G19,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("infectiousDiseaseReports", "传染病报告卡"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::CardId => Field(field("cardId", String, G19, C2, Mask::Redact, Health).label("卡片编号", "report card number").identifies()),
            Column::ReportCategory => Field(field("reportCategory", Code, G19, C1, Mask::Plain, Health).label("报卡类别", "report category").codes(&REPORT_CATEGORY).standard("1初次 2订正")),
            Column::DiseaseCode => Field(field("diseaseCode", Code, G19, C3, Mask::coarser(Column::DiseaseClass), Health).label("疾病", "disease code").style("CLASS").codes(&ICD_10).standard("ICD-10 + class 甲/乙/丙 (table 7.4)")),
            Column::DiseaseClass => Internal("class 甲/乙/丙, the mask of diseaseCode"),
            Column::CaseClassification => Field(field("caseClassification", Code, G19, C3, Mask::Redact, Health).label("病例分类", "case classification").codes(&CASE_CLASSIFICATION).standard("1疑似 2临床诊断 3确诊 4病原携带者")),
            Column::PatientBelongsTo => Field(field("patientBelongsTo", Code, G19, C2, Mask::Plain, Health).label("病例属于", "where the patient belongs").codes(&PATIENT_BELONGS_TO).standard("CV02.01.104: 本县区/本市其他县区/本省其他地市/外省/港澳台/外籍 (NOT the same as 流动人口)")),
            Column::PopulationGroup => Field(field("populationGroup", Code, G19, C2, Mask::CategoryOf("population-groups"), Health).label("人群分类", "population group on the report card").codes(&POPULATION_GROUP).standard("CV02.01.202 幼托儿童..民工..不详")),
            Column::OnsetDate => Field(field("onsetDate", Date, G19, C3, Mask::YearMonth, Health).label("发病日期", "onset date")),
            Column::DiagnosisTime => Field(field("diagnosisTime", DateTime, G19, C3, Mask::Redact, Health).label("诊断时间", "diagnosis time").standard("to the hour: needed for timeliness")),
            Column::DeathDate => Field(field("deathDate", Date, G19, C3, Mask::YearMonth, Health).label("死亡日期", "death date")),
            Column::ReportedAt => Field(field("reportedAt", DateTime, G19, C1, Mask::YearMonth, Health).label("报告(录卡)时间", "reported at")),
            Column::ReportingOrg => Internal("read through reportingOrg, which generalizes disclosing organizations"),
            Column::ReportingOrgKind => Internal("decides how reportingOrg is generalized"),
            Column::SettingType => Field(field("settingType", Code, G19, C2, Mask::AggregateOnly, Health).label("聚集场所类型", "setting type").codes(&SETTING).standard("1建筑工地 2商贸市场 3生产加工企业 9其他 (seed B)")),
            Column::OutbreakEventRef => Field(field("outbreakEventRef", String, G19, C1, Mask::Plain, Health).label("疫情事件", "outbreak event ref")),
            Column::MissedInAudit => Field(field("missedInAudit", Boolean, G19, C1, Mask::AggregateOnly, Health).label("漏报核查结果", "found missed by an audit").standard("漏报调查 result; needed for report rate")),
            Column::FreeTreatmentEnrolled => Field(field("freeTreatmentEnrolled", Boolean, G19, C3, Mask::Redact, Health).label("免费治疗登记", "enrolled in free treatment").standard("肺结核 only (seed B 二(四))")),
            Column::AuditedOn => Field(field("auditedOn", Date, G19, C1, Mask::AggregateOnly, Health).label("漏报核查日期", "audited on").standard("day of the audit that found the case; null = not in an audit. T2: denominator = rows with auditedOn in the period")),
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
            field("timely", Boolean, G19, C1, Mask::AggregateOnly, Gateway).label("及时报告", "reported in time").steward("derived").standard("derived: R-06; null = no limit for the disease").from(Timely { disease: col(Column::DiseaseCode), category: col(Column::ReportCategory), diagnosis: col(Column::DiagnosisTime), reported: col(Column::ReportedAt) }),
            field("reportingOrg", String, G19, C1, Mask::organization_kind(Column::ReportingOrgKind), Health).label("报告单位", "reporting org").standard("org name can itself disclose (specialist hospital)").from(Generalized { name: col(Column::ReportingOrg), kind: col(Column::ReportingOrgKind) }),
        ]
    }
}
