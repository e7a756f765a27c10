//! 孕产妇保健管理档案: maternal care record (WS 377.4-2013; 母婴保健法实施办法 18).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
};

/// One row: maternal care record.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "maternal_care_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub pregnancy_ref: Option<String>,
    pub lmp_date: Option<Date>,
    pub estimated_due_date: Option<Date>,
    pub gestational_weeks_at_registration: Option<i32>,
    pub gravidity: Option<i32>,
    pub parity: Option<i32>,
    pub folic_acid: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub antenatal_visits: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub high_risk_screening: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub delivery: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pregnancy_outcome: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub postpartum_visits: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pmtct_hiv: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pmtct_syphilis: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pmtct_hep_b: Option<String>,
    pub registered_on: Option<Date>,
    pub high_risk_plan: Option<bool>,
    pub ended_on: Option<Date>,
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
            name: "MaternalCareRecord",
            single: "maternalCareRecord",
            plural: "maternalCareRecords",
            label_zh: "孕产妇保健管理档案",
            label_en: "maternal care record",
            standard: "WS 377.4-2013; 母婴保健法实施办法 18",
            group: Group::G16,
            class: Class::C4,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("maternalCareRecords", "孕产妇保健"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::PregnancyRef => Field(field("pregnancyRef", Id, G16, C4, Mask::Redact, Health).label("孕次档案", "pregnancy ref").steward("妇幼")),
            Column::LmpDate => Field(field("lmpDate", Date, G16, C4, Mask::Redact, Health).label("末次月经", "last menstrual period").steward("妇幼")),
            Column::EstimatedDueDate => Field(field("estimatedDueDate", Date, G16, C4, Mask::YearMonth, Health).label("预产期", "estimated due date").steward("妇幼")),
            Column::GestationalWeeksAtRegistration => Field(field("gestationalWeeksAtRegistration", Int, G16, C4, Mask::Redact, Health).label("建卡孕周", "gestational weeks at registration").steward("妇幼").style("EARLY?").standard("≤12周+6天 = 早孕建卡")),
            Column::Gravidity => Field(field("gravidity", Int, G16, C4, Mask::Redact, Health).label("孕次", "number of pregnancies").steward("妇幼").standard("reveals terminations")),
            Column::Parity => Field(field("parity", Int, G16, C4, Mask::Redact, Health).label("产次", "number of births").steward("妇幼")),
            Column::FolicAcid => Field(field("folicAcid", Boolean, G16, C4, Mask::AggregateOnly, Health).label("叶酸补服", "folic acid").steward("妇幼")),
            Column::AntenatalVisits => Field(field("antenatalVisits", Objects(&structure::VISIT), G16, C4, Mask::AggregateOnly, Health).label("产前检查/孕期保健", "antenatal visits").steward("妇幼").standard("≥5 visits")),
            Column::HighRiskScreening => Field(field("highRiskScreening", Code, G16, C4, Mask::Redact, Health).label("高危筛查", "high risk screening").codes(&HIGH_RISK_SCREENING).steward("妇幼")),
            Column::Delivery => Field(field("delivery", Object(&structure::DELIVERY), G16, C4, Mask::Redact, Health).label("分娩", "delivery").steward("妇幼").standard("date, place CV02.01.102, mode CV02.10.003, outcome")),
            Column::PregnancyOutcome => Field(field("pregnancyOutcome", Code, G18, C4, Mask::Redact, Health).label("妊娠终止方式", "pregnancy outcome").codes(&PREGNANCY_OUTCOME).steward("妇幼").standard("CV02.10.002")),
            Column::PostpartumVisits => Field(field("postpartumVisits", Objects(&structure::VISIT), G16, C4, Mask::AggregateOnly, Health).label("产后访视", "postpartum visits").steward("妇幼").standard("3-7天 after discharge; 42天")),
            Column::PmtctHiv => Field(field("pmtctHiv", Object(&structure::PMTCT), G20, C4, Mask::Redact, Health).label("预防母婴传播-艾滋病", "prevention of mother-to-child transmission: HIV").steward("妇幼/专病").standard("AIDS Reg 43")),
            Column::PmtctSyphilis => Field(field("pmtctSyphilis", Object(&structure::PMTCT), G20, C4, Mask::Redact, Health).label("预防母婴传播-梅毒", "prevention of mother-to-child transmission: syphilis").steward("妇幼/专病")),
            Column::PmtctHepB => Field(field("pmtctHepB", Object(&structure::PMTCT), G20, C4, Mask::Redact, Health).label("预防母婴传播-乙肝", "prevention of mother-to-child transmission: hepatitis B").steward("妇幼/专病")),
            Column::RegisteredOn => Field(field("registeredOn", Date, G16, C4, Mask::Redact, Health).label("建卡日期", "registered on").steward("妇幼").standard("gestationalWeeksAtRegistration = full weeks from lmpDate to it")),
            Column::HighRiskPlan => Field(field("highRiskPlan", Boolean, G16, C4, Mask::Redact, Health).label("高危管理方案", "plan for high risk on file").steward("妇幼").standard("a management plan is on file; X10")),
            Column::EndedOn => Field(field("endedOn", Date, G18, C4, Mask::Redact, Health).label("妊娠终止日期", "pregnancy ended on").steward("妇幼").standard("any end of the pregnancy; closes the antenatal list; written under P-FP")),
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
            field("earlyRegistration", Boolean, G16, C4, Mask::Predicate, Health).label("早孕建卡", "registered within 12 weeks and 6 days").standard("EARLY?").from(EarlyRegistration { weeks: col(Column::GestationalWeeksAtRegistration), lmp: col(Column::LmpDate), registered: col(Column::RegisteredOn) }),
            field("antenatalVisitsComplete", Boolean, G16, C4, Mask::Predicate, Gateway).label("产检次数达标", "antenatal visits complete").steward("derived").standard("derived: ≥5 visits").from(VisitsAtLeast { visits: col(Column::AntenatalVisits), count: 5 }),
            field("inAntenatalCare", Boolean, G16, C4, Mask::Predicate, Gateway).label("孕期保健中", "in antenatal care").steward("derived").standard("derived: an open record on the day").from(InAntenatalCare { registered: col(Column::RegisteredOn), ended: col(Column::EndedOn), delivery: col(Column::Delivery) }),
            field("postpartumVisitDue", Boolean, G16, C4, Mask::Predicate, Gateway).label("应产后访视", "a visit after birth is due").steward("derived").standard("derived: rules §4 maternal visits").from(PostpartumVisitDue { delivery: col(Column::Delivery), visits: col(Column::PostpartumVisits) }),
            field("newbornVisitDue", Boolean, G16, C4, Mask::Predicate, Gateway).label("应新生儿访视", "a visit to the newborn is due").steward("derived").standard("derived: rules §4 child checks").from(NewbornVisitDue { delivery: col(Column::Delivery), visits: col(Column::PostpartumVisits) }),
        ]
    }
}
