//! 限额约定: a volume of a client, a higher limit of a role, or more emergencies, as two people agreed.

use sea_orm::entity::prelude::*;

/// One row: one agreement, from its proposal on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "limit_agreement")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// contract, role or emergency.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The id of the client, the code of the role, the code of the organization.
    #[sea_orm(column_type = "Text")]
    pub target: String,
    /// The numbers, as a JSON object.
    #[sea_orm(column_type = "Text")]
    pub amounts: String,
    /// The code of the legal basis.
    #[sea_orm(column_type = "Text")]
    pub law: String,
    /// Why it is needed.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// From when on it holds.
    pub valid_from: DateTimeUtc,
    /// Until when.
    pub valid_until: DateTimeUtc,
    /// The subject of who proposed it.
    #[sea_orm(column_type = "Text")]
    pub proposer: String,
    /// Their role code.
    #[sea_orm(column_type = "Text")]
    pub proposer_role: String,
    /// When.
    pub proposed_at: DateTimeUtc,
    /// From when on nobody may sign it any more.
    pub lapses_at: DateTimeUtc,
    /// approved or rejected.
    #[sea_orm(column_type = "Text", nullable)]
    pub decision: Option<String>,
    /// The subject of who decided; never the proposer's.
    #[sea_orm(column_type = "Text", nullable)]
    pub decider: Option<String>,
    /// Their role code.
    #[sea_orm(column_type = "Text", nullable)]
    pub decider_role: Option<String>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// When it was ended before its time.
    pub ended_at: Option<DateTimeUtc>,
    /// By whom.
    #[sea_orm(column_type = "Text", nullable)]
    pub ended_by: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
