//! 孕产妇保健管理档案: maternal care record (WS 377.4-2013; 母婴保健法实施办法 18).

use sea_orm::entity::prelude::*;

use crate::{
    sharing::{
        Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
        provenance,
    },
    structure,
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
        Column::PregnancyRef => Sharing::Field(
            field(
                "pregnancyRef",
                Type::Id,
                Group::G16,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("孕次档案", "pregnancy ref")
            .dictionary("REDACT", "妇幼"),
        ),
        Column::LmpDate => Sharing::Field(
            field("lmpDate", Type::Date, Group::G16, Class::C4, Mask::Redact, Department::Health)
                .label("末次月经", "last menstrual period")
                .dictionary("REDACT", "妇幼"),
        ),
        Column::EstimatedDueDate => Sharing::Field(
            field(
                "estimatedDueDate",
                Type::Date,
                Group::G16,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("预产期", "estimated due date")
            .dictionary("REDACT", "妇幼"),
        ),
        Column::GestationalWeeksAtRegistration => Sharing::Field(
            field(
                "gestationalWeeksAtRegistration",
                Type::Int,
                Group::G16,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("建卡孕周", "gestational weeks at registration")
            .dictionary("EARLY?", "妇幼")
            .standard("≤12周+6天 = 早孕建卡"),
        ),
        Column::Gravidity => Sharing::Field(
            field("gravidity", Type::Int, Group::G16, Class::C4, Mask::Redact, Department::Health)
                .label("孕次", "number of pregnancies")
                .dictionary("REDACT", "妇幼")
                .standard("reveals terminations"),
        ),
        Column::Parity => Sharing::Field(
            field("parity", Type::Int, Group::G16, Class::C4, Mask::Redact, Department::Health)
                .label("产次", "number of births")
                .dictionary("REDACT", "妇幼"),
        ),
        Column::FolicAcid => Sharing::Field(
            field(
                "folicAcid",
                Type::Boolean,
                Group::G16,
                Class::C4,
                Mask::AggregateOnly,
                Department::Health,
            )
            .label("叶酸补服", "folic acid")
            .dictionary("COUNT", "妇幼"),
        ),
        Column::AntenatalVisits => Sharing::Field(
            field(
                "antenatalVisits",
                Type::Objects(&structure::VISIT),
                Group::G16,
                Class::C4,
                Mask::AggregateOnly,
                Department::Health,
            )
            .label("产前检查/孕期保健", "antenatal visits")
            .dictionary("COUNT", "妇幼")
            .standard("≥5 visits"),
        ),
        Column::HighRiskScreening => Sharing::Field(
            field(
                "highRiskScreening",
                Type::Code,
                Group::G16,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("高危筛查", "high risk screening")
            .dictionary("REDACT", "妇幼"),
        ),
        Column::Delivery => Sharing::Field(
            field(
                "delivery",
                Type::Object(&structure::DELIVERY),
                Group::G16,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("分娩", "delivery")
            .dictionary("REDACT", "妇幼")
            .standard("date, place CV02.01.102, mode CV02.10.003, outcome"),
        ),
        Column::PregnancyOutcome => Sharing::Field(
            field(
                "pregnancyOutcome",
                Type::Code,
                Group::G18,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("妊娠终止方式", "pregnancy outcome")
            .dictionary("REDACT", "妇幼")
            .standard("CV02.10.002"),
        ),
        Column::PostpartumVisits => Sharing::Field(
            field(
                "postpartumVisits",
                Type::Objects(&structure::VISIT),
                Group::G16,
                Class::C4,
                Mask::AggregateOnly,
                Department::Health,
            )
            .label("产后访视", "postpartum visits")
            .dictionary("COUNT", "妇幼")
            .standard("3-7天 after discharge; 42天"),
        ),
        Column::PmtctHiv => Sharing::Field(
            field(
                "pmtctHiv",
                Type::Object(&structure::PMTCT),
                Group::G20,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("预防母婴传播-艾滋病", "prevention of mother-to-child transmission: HIV")
            .dictionary("REDACT", "妇幼/专病")
            .standard("AIDS Reg 43"),
        ),
        Column::PmtctSyphilis => Sharing::Field(
            field(
                "pmtctSyphilis",
                Type::Object(&structure::PMTCT),
                Group::G20,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("预防母婴传播-梅毒", "prevention of mother-to-child transmission: syphilis")
            .dictionary("REDACT", "妇幼/专病"),
        ),
        Column::PmtctHepB => Sharing::Field(
            field(
                "pmtctHepB",
                Type::Object(&structure::PMTCT),
                Group::G20,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("预防母婴传播-乙肝", "prevention of mother-to-child transmission: hepatitis B")
            .dictionary("REDACT", "妇幼/专病"),
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G16, Class::C4),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G16, Class::C4),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G16, Class::C4),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G16, Class::C4),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G16, Class::C4),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[Derived {
    field: field(
        "earlyRegistration",
        Type::Boolean,
        Group::G16,
        Class::C4,
        Mask::Predicate,
        Department::Health,
    )
    .label("早孕建卡", "registered within 12 weeks and 6 days")
    .standard("EARLY?"),
    from: Derivation::AtMost("gestational_weeks_at_registration", 12),
}];
