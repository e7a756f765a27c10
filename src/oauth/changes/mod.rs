//! What administrators do to clients: each commits together with its record.

mod credential;
mod register;
mod revoke;
mod suspend;

use entity::oauth_client;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

pub use credential::{AddCredential, EndCredential};
pub use register::Register;
pub use revoke::Revoke;
pub use suspend::{Resume, Suspend};

use crate::error::{Code, GatewayError};

/// The longest id of a client, in bytes.
pub(super) const LONGEST_ID: usize = 64;

fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the clients cannot be read or written")
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
