//! 授权申请: what somebody asked a department to share, where a refusal said that it can be requested.

use sea_orm::entity::prelude::*;

/// One row: a draft that the owner's stewards see.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_request")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Who asked: the subject of the token, or the acting officer.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The issuer that knows them by this name.
    #[sea_orm(column_type = "Text")]
    pub issuer: String,
    /// What the asking program named it.
    #[sea_orm(column_type = "Text")]
    pub client_key: String,
    /// The role that asked.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// What for.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// `Kind.field`.
    #[sea_orm(column_type = "Text")]
    pub field: String,
    /// Why it was refused, by code.
    #[sea_orm(column_type = "Text")]
    pub refusal: String,
    /// Why it is needed.
    #[sea_orm(column_type = "Text")]
    pub necessity: String,
    /// The role of the stewards who decide.
    #[sea_orm(column_type = "Text")]
    pub steward: String,
    /// When.
    pub requested_at: DateTimeUtc,
    /// `proposed` or `declined`.
    #[sea_orm(column_type = "Text", nullable)]
    pub decision: Option<String>,
    /// The proposal that was made of it.
    pub proposal_id: Option<i64>,
    /// What the steward had to say.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTimeUtc>,
    /// By whom.
    #[sea_orm(column_type = "Text", nullable)]
    pub decided_by: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
