//! 对监护人关闭: what a clinician closed to the guardians of a minor, for the minor's safety.

use sea_orm::entity::prelude::*;

/// One row: one closing, from the clinician's act on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guardian_closing")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The minor.
    pub person_id: i64,
    /// The group of fields that is closed; all there is of the minor without.
    #[sea_orm(column_type = "Text", nullable)]
    pub field_group: Option<String>,
    /// The organization that closed it, which alone opens it again before its end.
    pub organization_id: i64,
    /// The clinician.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The issuer that knows the clinician by this name.
    #[sea_orm(column_type = "Text")]
    pub issuer: String,
    /// The clinician's role code.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// Why.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// From when on.
    pub closed_at: DateTimeUtc,
    /// Until when.
    pub valid_until: DateTimeUtc,
    /// When it was opened again before its end.
    pub reopened_at: Option<DateTimeUtc>,
    /// By whom.
    #[sea_orm(column_type = "Text", nullable)]
    pub reopened_by: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
