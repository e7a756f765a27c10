//! 预防接种档案(卡/证): immunization card (WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization).

use sea_orm::entity::prelude::*;

use crate::{
    sharing::{
        Class, Department, Derivation, Derived, Group, Mask, Provenance, Sharing, Type, field,
        provenance,
    },
    structure,
};

/// One row: immunization card.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "immunization_card")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub card_number: Option<String>,
    pub card_created_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub schedule_edition: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub contraindication: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub adverse_event: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reminder: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub pending_doses: Option<String>,
    pub next_due_on: Option<Date>,
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
    #[sea_orm(has_many = "super::immunization_dose::Entity")]
    ImmunizationDose,
}

impl Related<super::person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl Related<super::immunization_dose::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ImmunizationDose.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// How each column is shared.
pub fn sharing(column: &Column) -> Sharing {
    match column {
        Column::Id | Column::PersonId => Sharing::Key,
        Column::CardNumber => Sharing::Field(
            field(
                "cardNumber",
                Type::String,
                Group::G15,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .identifies()
            .label("接种证编号", "card number")
            .dictionary("REDACT", "卫生计生"),
        ),
        Column::CardCreatedOn => Sharing::Field(
            field(
                "cardCreatedOn",
                Type::Date,
                Group::G15,
                Class::C3,
                Mask::YearMonth,
                Department::Health,
            )
            .label("建卡日期", "card created on")
            .dictionary("YM", "卫生计生"),
        ),
        Column::ScheduleEdition => Sharing::Field(
            field(
                "scheduleEdition",
                Type::Code,
                Group::G15,
                Class::C1,
                Mask::Plain,
                Department::Gateway,
            )
            .label("免疫程序版本", "schedule edition")
            .dictionary("NONE", "gateway")
            .standard("2008/2016/2021/2025"),
        ),
        Column::Contraindication => Sharing::Field(
            field(
                "contraindication",
                Type::String,
                Group::G15,
                Class::C4,
                Mask::Redact,
                Department::Health,
            )
            .label("接种禁忌", "contraindication")
            .dictionary("REDACT", "卫生计生")
            .standard("may reveal HIV/immunodeficiency -> C4")
            .only_roles(&["HV", "SU"]),
        ),
        Column::AdverseEvent => Sharing::Field(
            field(
                "adverseEvent",
                Type::Objects(&structure::ADVERSE_EVENT),
                Group::G15,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .label("疑似异常反应", "suspected adverse events")
            .dictionary("REDACT", "卫生计生"),
        ),
        Column::Reminder => Sharing::Field(
            field(
                "reminder",
                Type::Objects(&structure::REMINDER),
                Group::G15,
                Class::C3,
                Mask::Redact,
                Department::Health,
            )
            .label("接种提醒", "reminders sent")
            .dictionary("REDACT", "卫生计生")
            .standard("预约/通知单/电话/手机短信; text carries no vaccine or disease name"),
        ),
        Column::PendingDoses => {
            Sharing::Internal("every dose not yet given with its due date; read through dueDoses")
        }
        Column::NextDueOn => Sharing::Internal(
            "the earliest pending due date; read through hasDueDoses and vaccinationDue",
        ),
        Column::SourceSystem => provenance(Provenance::SourceSystem, Group::G15, Class::C3),
        Column::CollectingDepartment => provenance(Provenance::CollectedBy, Group::G15, Class::C3),
        Column::CollectedAt => provenance(Provenance::CollectedAt, Group::G15, Class::C3),
        Column::RecordedAt => provenance(Provenance::RecordedAt, Group::G15, Class::C3),
        Column::UpdatedAt => provenance(Provenance::UpdatedAt, Group::G15, Class::C3),
    }
}

/// What is shown beyond columns.
pub const DERIVED: &[Derived] = &[
    Derived {
        field: field(
            "dueDoses",
            Type::Objects(&structure::DUE_DOSE),
            Group::G27,
            Class::C3,
            Mask::Redact,
            Department::Gateway,
        )
        .label("应种未种", "doses due and not given")
        .dictionary("DUE?", "gateway")
        .standard("derived from schedule"),
        from: Derivation::DueDoses("pending_doses"),
    },
    Derived {
        field: field(
            "hasDueDoses",
            Type::Boolean,
            Group::G27,
            Class::C3,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("有无应种未种", "has doses due")
        .standard("R-08"),
        from: Derivation::Reached("next_due_on"),
    },
    Derived {
        field: field(
            "vaccinationDue",
            Type::Boolean,
            Group::G15,
            Class::C3,
            Mask::Predicate,
            Department::Gateway,
        )
        .label("是否应接种", "vaccination is due")
        .standard("DUE?"),
        from: Derivation::Reached("next_due_on"),
    },
];
