//! 传染病报告卡(艾滋病/性病专病): HIV/STI report (艾滋病防治条例 39; WS 375.10-2012).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: HIV/STI report.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stigmatized_disease_report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub stigmatized_disease_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub case_alias: Option<String>,
    pub free_treatment_enrolled: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub card_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub report_category: Option<String>,
    pub onset_date: Option<Date>,
    pub diagnosis_time: Option<DateTimeUtc>,
    pub reported_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reporting_org: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reporting_org_kind: Option<String>,
    pub audited_on: Option<Date>,
    pub missed_in_audit: Option<bool>,
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
            name: "StigmatizedDiseaseReport",
            single: "stigmatizedDiseaseReport",
            plural: "stigmatizedDiseaseReports",
            label_zh: "传染病报告卡(艾滋病/性病专病)",
            label_en: "HIV/STI report",
            standard: "艾滋病防治条例 39; WS 375.10-2012",
            group: Group::G20,
            class: Class::C4,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId)
                    .back("stigmatizedDiseaseReports", "专病报告卡"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::StigmatizedDiseaseCode => Field(field("stigmatizedDiseaseCode", Code, G20, C4, Mask::Redact, Health).label("特殊病种(艾滋病/性病)", "HIV/STI disease").steward("卫生计生(专病)").codes(&ICD_10).standard("B20-B24,Z21,A50-A64: physically separate type, never in the same list")),
            Column::CaseAlias => Field(field("caseAlias", String, G20, C4, Mask::Redact, Health).label("患者代号", "case alias").steward("卫生计生(专病)").standard("form note: 性病/AIDS可填写代号").identifies()),
            Column::FreeTreatmentEnrolled => Field(field("freeTreatmentEnrolled", Boolean, G20, C4, Mask::Redact, Health).label("免费治疗登记", "enrolled in free treatment").steward("卫生计生(专病)").standard("艾滋病/结核病 (seed B) -> by disease G20/G19")),
            Column::CardId => Field(field("cardId", String, G20, C4, Mask::Redact, Health).label("卡片编号", "report card number").steward("卫生计生(专病)").standard("a correction carries the number of the card that it corrects").identifies()),
            Column::ReportCategory => Field(field("reportCategory", Code, G20, C4, Mask::Plain, Health).label("报卡类别", "report category").steward("卫生计生(专病)").codes(&REPORT_CATEGORY).standard("1初次 2订正").only_roles(&["HA", "HI", "HX", "SU"])),
            Column::OnsetDate => Field(field("onsetDate", Date, G20, C4, Mask::Redact, Health).label("发病日期", "onset date").steward("卫生计生(专病)")),
            Column::DiagnosisTime => Field(field("diagnosisTime", DateTime, G20, C4, Mask::Redact, Health).label("诊断时间", "diagnosis time").steward("卫生计生(专病)").standard("as InfectiousDiseaseReport")),
            Column::ReportedAt => Field(field("reportedAt", DateTime, G20, C4, Mask::Plain, Health).label("报告(录卡)时间", "reported at").steward("卫生计生(专病)").standard("as InfectiousDiseaseReport").only_roles(&["HA", "HI", "HX", "SU"])),
            Column::ReportingOrg => Internal("read through reportingOrg, which generalizes disclosing organizations"),
            Column::ReportingOrgKind => Internal("decides how reportingOrg is generalized"),
            Column::AuditedOn => Field(field("auditedOn", Date, G20, C4, Mask::Redact, Health).label("漏报核查日期", "audited on").steward("卫生计生(专病)").standard("as InfectiousDiseaseReport")),
            Column::MissedInAudit => Field(field("missedInAudit", Boolean, G20, C4, Mask::Redact, Health).label("漏报核查结果", "found missed by an audit").steward("卫生计生(专病)").standard("as InfectiousDiseaseReport")),
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
            field("timely", Boolean, G20, C4, Mask::Plain, Gateway).label("及时报告", "reported in time").steward("derived").standard("derived: R-06").only_roles(&["HA", "HI", "HX", "SU"]).from(Timely { disease: col(Column::StigmatizedDiseaseCode), category: col(Column::ReportCategory), diagnosis: col(Column::DiagnosisTime), reported: col(Column::ReportedAt) }),
            field("reportingOrg", String, G20, C4, Mask::Redact, Health).label("报告单位", "reporting org").steward("卫生计生(专病)").from(Generalized { name: col(Column::ReportingOrg), kind: col(Column::ReportingOrgKind) }),
        ]
    }
}
