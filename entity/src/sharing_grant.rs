//! 授权: what a role may see, for a purpose, on a legal basis; append-only.

use sea_orm::entity::prelude::*;

/// One row: one grant at the version that introduced it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sharing_grant")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The version of the grant set that brought this row; later rows for the same cell replace it.
    pub version: i64,
    /// Role code.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// Group code.
    #[sea_orm(column_type = "Text")]
    pub field_group: String,
    /// `Kind.field` when the grant is for one field.
    #[sea_orm(column_type = "Text", nullable)]
    pub field: Option<String>,
    /// none, aggregate, predicate, masked or full.
    #[sea_orm(column_type = "Text")]
    pub level: String,
    /// j, c, o, x, k, b or s.
    #[sea_orm(column_type = "Text", nullable)]
    pub scope: Option<String>,
    /// Purpose code.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// The law it rests on.
    pub legal_basis_id: i64,
    /// Whether rows of persons under 14 are within it (PIPL 31).
    pub covers_minors: bool,
    /// In force from this instant.
    pub valid_from: DateTimeUtc,
    /// Dead from this instant.
    pub valid_until: Option<DateTimeUtc>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
