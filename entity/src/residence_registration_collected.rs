//! 居住登记采集值: what each department collected of a stay itself, and when.

use sea_orm::entity::prelude::*;

/// One row: a department's own values of one stay, as they were from one instant to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residence_registration_collected")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The stay.
    pub residence_registration_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub residence_region_code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub residence_address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub admin_unit_code: Option<String>,
    pub arrival_date: Option<Date>,
    pub departure_date: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub expected_stay: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub move_reason: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub dwelling_type: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub migrant_definition: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub absences: Option<String>,
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
