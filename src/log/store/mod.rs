//! The log in the database: the head with its frontier, and the leaves and nodes that proofs need.

mod head;
mod leaves;

use sea_orm::DbErr;

pub use head::{Head, catch_up, head};
pub use leaves::{Leaves, forget, remember};

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The database could not be read.
    #[error("the log could not be read")]
    Database(#[from] DbErr),
    /// A record is not there, or its hash is none.
    #[error("record {0} is missing or unreadable; look with: migrant-gateway audit verify")]
    Missing(u64),
    /// The head is not there, or behind what is asked for.
    #[error("the log has {0} records and no more")]
    Behind(u64),
}
