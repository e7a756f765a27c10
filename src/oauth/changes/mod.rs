//! What administrators do to clients: each commits together with its record.

mod authority;
mod credential;
mod register;
mod revoke;
mod suspend;

use chrono::{DateTime, Utc};
use entity::{oauth_client, sharing::Department};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

pub use authority::Authority;
pub use credential::{AddCredential, EndCredential, NewCredential};
pub use register::Register;
pub use revoke::Revoke;
pub use suspend::{Resume, Suspend};

use crate::error::{Code, GatewayError};

/// The longest id of a client, in bytes.
pub(super) const LONGEST_ID: usize = 64;

fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the clients cannot be read or written")
}

/// The row of a client that must be there, for whoever administers it.
async fn own_client(
    transaction: &DatabaseTransaction,
    id: &str,
    by: &Authority,
    now: DateTime<Utc>,
) -> Result<oauth_client::Model, GatewayError> {
    let row = client(transaction, id).await?;
    by.require(department(&row)?, &row.unit, transaction, now).await?;
    Ok(row)
}

fn department(row: &oauth_client::Model) -> Result<Department, GatewayError> {
    let message = "the client is of no known department";
    Department::parse(&row.department).ok_or_else(|| GatewayError::new(Code::Conflict, message))
}

/// The row of a client that must be there.
#[expect(clippy::disallowed_methods, reason = "clients are no personal data")]
async fn client(
    transaction: &DatabaseTransaction,
    id: &str,
) -> Result<oauth_client::Model, GatewayError> {
    let row = oauth_client::Entity::find_by_id(id).one(transaction).await.map_err(unavailable)?;
    row.ok_or_else(|| GatewayError::new(Code::NotFound, "there is no client of this id"))
}
