//! 预防接种档案(卡/证): immunization card (WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization).

use sea_orm::entity::prelude::*;

use crate::sharing::{
    Class, Derived, Group, KindSpec, RelationSpec, Shared, Sharing, Subject, rows,
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
    #[sea_orm(column_type = "Text", nullable)]
    pub file_due: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub managing_unit_code: Option<String>,
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
            name: "ImmunizationCard",
            single: "immunizationCard",
            plural: "immunizationCards",
            label_zh: "预防接种档案(卡/证)",
            label_en: "immunization card",
            standard: "WS 375.12-2012; 疫苗管理法 46-48; FHIR Immunization",
            group: Group::G15,
            class: Class::C3,
            subject: Subject::person(Column::PersonId),
            ended_by: None,
            protected: None,
            persons: None,
            relations: vec![
                RelationSpec::to_person(Column::PersonId).back("immunizationCards", "预防接种档案"),
            ],
        }
    }

    #[rustfmt::skip]
    fn sharing(column: Column) -> Sharing {
        use rows::*;
        match column {
            Column::Id | Column::PersonId => Key,
            Column::CardNumber => Field(field("cardNumber", String, G15, C3, Mask::Redact, Health).label("接种证编号", "card number").identifies()),
            Column::CardCreatedOn => Field(field("cardCreatedOn", Date, G15, C3, Mask::YearMonth, Health).label("建卡日期", "card created on")),
            Column::ScheduleEdition => Field(field("scheduleEdition", Codes, G15, C1, Mask::Plain, Gateway).label("免疫程序版本", "schedule editions").steward("derived").codes(&SCHEDULE_EDITION).standard("derived, one for each series: SERIES:EDITION by nip_cohorts.csv")),
            Column::FileDue => Internal("read through vaccinationFileDue: the windows in which a card is due that is none here yet"),
            Column::ManagingUnitCode => Internal("which unit has the card: R-03 asks whether that is one of the county"),
            Column::Contraindication => Field(field("contraindication", String, G15, C4, Mask::Redact, Health).label("接种禁忌", "contraindication").standard("may reveal HIV/immunodeficiency -> C4").only_roles(&["HV", "SU"])),
            Column::AdverseEvent => Field(field("adverseEvent", Objects(&structure::ADVERSE_EVENT), G15, C3, Mask::Redact, Health).label("疑似异常反应", "suspected adverse events")),
            Column::Reminder => Field(field("reminder", Objects(&structure::REMINDER), G15, C3, Mask::Redact, Health).label("接种提醒", "reminders sent").standard("预约/通知单/电话/手机短信; text carries no vaccine or disease name")),
            Column::PendingDoses => Internal("every dose not yet given with its due date; read through dueDoses"),
            Column::NextDueOn => Internal("the earliest pending due date; read through hasDueDoses and vaccinationDue"),
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
            field("vaccinationFileDue", Boolean, G15, C3, Mask::Predicate, Gateway).label("应建预防接种档案", "vaccination file due").steward("derived").standard("derived: R-03").from(WithinAny(col(Column::FileDue))),
            field("dueDoses", Objects(&structure::DUE_DOSE), G27, C3, Mask::Redact, Gateway).label("应种未种", "doses due and not given").steward("derived").style("DUE?").standard("derived from schedule").from(DueDoses(col(Column::PendingDoses))),
            field("hasDueDoses", Boolean, G27, C3, Mask::Predicate, Gateway).label("有无应种未种", "has doses due").standard("R-08").from(Reached(col(Column::NextDueOn))),
            field("vaccinationDue", Boolean, G15, C3, Mask::Predicate, Gateway).label("是否应接种", "vaccination is due").standard("DUE?").from(Reached(col(Column::NextDueOn))),
        ]
    }
}
