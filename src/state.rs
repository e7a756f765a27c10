//! Keeps a gateway at the current version of what is administered, on every instance at once.
//!
//! Every change moves a number in the database. PostgreSQL tells all gateways of it at once; each
//! also looks for itself, so that one whose connection dropped follows within the second. Where the
//! last look is too long ago, a request looks before it is answered, and is not where that fails.
#![expect(clippy::disallowed_types, reason = "reads numbers of versions")]

mod freshness;
mod lookout;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use self::lookout::VERSION;

pub use freshness::{AT_MOST, Basis, Freshness, Guard, changed, unknown};
pub use lookout::Lookout;

/// What of the database gateways keep in memory, as numbers that only grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// Of all changes.
    pub changes: i64,
    /// Of the grants; moves alone when somebody writes them by hand.
    pub grants: i64,
}

impl Version {
    /// The version in the database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn read(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let statement = Statement::from_string(db.get_database_backend(), VERSION);
        let row = db.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the state of the gateway".into()))?;
        Ok(Self::of(row.try_get("", "changes")?, row.try_get("", "grants")?))
    }

    /// What was read; what there is none of yet counts as zero.
    fn of(changes: Option<i64>, grants: Option<i64>) -> Self {
        Self { changes: changes.unwrap_or_default(), grants: grants.unwrap_or_default() }
    }
}
