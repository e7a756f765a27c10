//! Who a person is by verified identity (实名): the identity number that an issuer says, or the issuer's own
//! name for the person, which an operator linked to it.

mod changes;
mod find;
mod setup;

use sea_orm::DbErr;

pub use changes::{Link, Unlink};
pub use find::{find, of_number};
pub use setup::{Digests, linked};

use crate::error::{Code, GatewayError};

fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the identities cannot be read or written")
}
