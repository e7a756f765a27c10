//! 审计案件: what opens, to one data protection officer, whom accesses that tell of C4 were about.

use sea_orm::entity::prelude::*;

/// One row: one case, from its proposal on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_case")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// audit, or request where the person itself asked.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Why, by a code of a closed list.
    #[sea_orm(column_type = "Text")]
    pub reason_code: String,
    /// Why, in words: for those who sign.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// What names the person's request elsewhere.
    #[sea_orm(column_type = "Text", nullable)]
    pub request_ref: Option<String>,
    /// The person who asked.
    pub person_id: Option<i64>,
    /// The records that it concerns, as a JSON array of their places in the chain.
    #[sea_orm(column_type = "Text")]
    pub records: String,
    /// The key of the officer's administrative unit.
    pub unit_id: i64,
    /// The subject of the officer who proposed it, to whom alone it opens anything.
    #[sea_orm(column_type = "Text")]
    pub officer: String,
    /// The issuer that knows the officer by this name.
    #[sea_orm(column_type = "Text")]
    pub officer_issuer: String,
    /// When.
    pub proposed_at: DateTimeUtc,
    /// From when on nobody may sign it any more.
    pub lapses_at: DateTimeUtc,
    /// approved or rejected.
    #[sea_orm(column_type = "Text", nullable)]
    pub decision: Option<String>,
    /// The subject of who decided; never the officer's, but where the person asked.
    #[sea_orm(column_type = "Text", nullable)]
    pub decider: Option<String>,
    /// Their role code.
    #[sea_orm(column_type = "Text", nullable)]
    pub decider_role: Option<String>,
    /// When: it is in force from then on.
    pub decided_at: Option<DateTimeUtc>,
    /// Until when it is in force.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was closed before its time.
    pub closed_at: Option<DateTimeUtc>,
    /// By whom.
    #[sea_orm(column_type = "Text", nullable)]
    pub closed_by: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
