//! 接入方: a partner system that gets tokens of this gateway.

use sea_orm::entity::prelude::*;

/// One row: one client.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oauth_client")]
pub struct Model {
    /// The id the client names itself by.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub client_id: String,
    /// What people call it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Department code.
    #[sea_orm(column_type = "Text")]
    pub department: String,
    /// The code of the organization it acts for.
    #[sea_orm(column_type = "Text", nullable)]
    pub organization: Option<String>,
    /// The code of its administrative unit.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
    /// Role codes, separated by spaces.
    #[sea_orm(column_type = "Text")]
    pub roles: String,
    /// Purpose codes, separated by spaces.
    #[sea_orm(column_type = "Text")]
    pub purposes: String,
    /// Whether it gets no tokens and the ones it has are refused.
    pub suspended: bool,
    /// When it was registered.
    pub registered_at: DateTimeUtc,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
