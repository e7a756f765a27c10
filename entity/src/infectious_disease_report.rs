//! 传染病报告卡: infectious disease report (传染病防治法 30; 传染病信息报告管理规范; WS 375.10-2012).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Department, Derived, Group, Mask, Provenance, Sharing, Type, field, provenance,
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
    pub timely: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub setting_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub outbreak_event_ref: Option<String>,
    pub missed_in_audit: Option<bool>,
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
        Column::CardId => Sharing::Field(field("cardId", Type::String, Group::G19, Class::C2, Mask::Redact, Department::Health).identifies().label("卡片编号", "report card number").dictionary("REDACT", "卫生计生")),
        Column::ReportCategory => Sharing::Field(field("reportCategory", Type::Code, Group::G19, Class::C1, Mask::Plain, Department::Health).label("报卡类别", "report category").dictionary("NONE", "卫生计生").standard("1初次 2订正")),
        Column::DiseaseCode => Sharing::Field(field("diseaseCode", Type::Code, Group::G19, Class::C3, Mask::Coarser("disease_class"), Department::Health).label("疾病", "disease code").dictionary("CLASS", "卫生计生").standard("ICD-10 + class 甲/乙/丙 (table 7.4)")),
        Column::DiseaseClass => Sharing::Internal("class 甲/乙/丙, the mask of diseaseCode"),
        Column::CaseClassification => Sharing::Field(field("caseClassification", Type::Code, Group::G19, Class::C3, Mask::Redact, Department::Health).label("病例分类", "case classification").dictionary("REDACT", "卫生计生").standard("疑似/临床诊断/确诊/病原携带者")),
        Column::PatientBelongsTo => Sharing::Field(field("patientBelongsTo", Type::Code, Group::G19, Class::C2, Mask::Plain, Department::Health).label("病例属于", "where the patient belongs").dictionary("NONE", "卫生计生").standard("CV02.01.104: 本县区/本市其他县区/本省其他地市/外省/港澳台/外籍 (NOT the same as 流动人口)")),
        Column::PopulationGroup => Sharing::Field(field("populationGroup", Type::Code, Group::G19, Class::C2, Mask::Category, Department::Health).label("人群分类", "population group on the report card").dictionary("CAT", "卫生计生").standard("CV02.01.202 幼托儿童..民工..不详")),
        Column::OnsetDate => Sharing::Field(field("onsetDate", Type::Date, Group::G19, Class::C3, Mask::YearMonth, Department::Health).label("发病日期", "onset date").dictionary("YM", "卫生计生")),
        Column::DiagnosisTime => Sharing::Field(field("diagnosisTime", Type::DateTime, Group::G19, Class::C3, Mask::Redact, Department::Health).label("诊断时间", "diagnosis time").dictionary("REDACT", "卫生计生").standard("to the hour: needed for timeliness")),
        Column::DeathDate => Sharing::Field(field("deathDate", Type::Date, Group::G19, Class::C3, Mask::YearMonth, Department::Health).label("死亡日期", "death date").dictionary("YM", "卫生计生")),
        Column::ReportedAt => Sharing::Field(field("reportedAt", Type::DateTime, Group::G19, Class::C1, Mask::YearMonth, Department::Health).label("报告(录卡)时间", "reported at").dictionary("YM", "卫生计生")),
        Column::ReportingOrg => Sharing::Field(field("reportingOrg", Type::String, Group::G19, Class::C1, Mask::Coarser("reporting_org_kind"), Department::Health).label("报告单位", "reporting org").dictionary("CAT", "卫生计生")),
        Column::ReportingOrgKind => Sharing::Internal("the mask of reportingOrg"),
        Column::Timely => Sharing::Field(field("timely", Type::Boolean, Group::G19, Class::C1, Mask::AggregateOnly, Department::Gateway).label("及时报告", "reported in time").dictionary("COUNT", "derived").standard("derived: ≤2h or ≤24h")),
        Column::SettingType => Sharing::Field(field("settingType", Type::Code, Group::G19, Class::C2, Mask::AggregateOnly, Department::Health).label("聚集场所类型", "setting type").dictionary("COUNT", "卫生计生").standard("建筑工地/商贸市场/生产加工企业 (seed B)")),
        Column::OutbreakEventRef => Sharing::Field(field("outbreakEventRef", Type::String, Group::G19, Class::C1, Mask::Plain, Department::Health).label("疫情事件", "outbreak event ref").dictionary("YM", "卫生计生")),
        Column::MissedInAudit => Sharing::Field(field("missedInAudit", Type::Boolean, Group::G19, Class::C1, Mask::AggregateOnly, Department::Health).label("漏报核查", "found missed by an audit").dictionary("COUNT", "卫生计生").standard("漏报调查 result; needed for report rate")),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G19, Class::C3),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G19, Class::C3),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G19, Class::C3),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G19, Class::C3),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G19, Class::C3),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[];
