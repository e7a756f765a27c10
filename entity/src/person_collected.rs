//! 人员采集值: what each department collected of a person itself, and when.

use sea_orm::entity::prelude::*;

/// One row: a department's own values of one person, as they were from one instant to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_collected")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The person.
    pub person_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub id_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub id_number: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub sex: Option<String>,
    pub birth_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub ethnicity: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub nationality: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone_collected_by: Option<String>,
    pub phone_collected_at: Option<DateTimeUtc>,
    pub phone_updated_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub emergency_contact: Option<String>,
    pub emergency_contact_person_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub emergency_contact_relation: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub marital_status: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub education: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub vital_status: Option<String>,
    pub legally_incapacitated: Option<bool>,
    #[sea_orm(column_type = "Text", nullable)]
    pub former_names: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub former_id_numbers: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub id_missing_reason: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_system: String,
    /// Whose values these are.
    #[sea_orm(column_type = "Text")]
    pub collecting_department: String,
    pub collected_at: DateTimeUtc,
    pub recorded_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// What the source system calls the record.
    #[sea_orm(column_type = "Text", nullable)]
    pub source_record_id: Option<String>,
    /// The exchange batch that brought them; null where none did.
    #[sea_orm(column_type = "Text", nullable)]
    pub batch: Option<String>,
    /// From when they were the department's own here.
    pub applied_at: DateTimeUtc,
    /// Until when; null while they are.
    pub replaced_at: Option<DateTimeUtc>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
