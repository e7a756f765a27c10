//! Whom and what the verifier refuses, from the tables.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{oauth_client, revoked_token};
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter};

use crate::auth::Refused;

/// How far the clocks of gateways may be apart: for so long a token or assertion that has expired
/// here is kept in mind for those where it has not.
pub(super) const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// Reads the suspended clients of the gateway's own issuer, where it has one, and the revoked
/// tokens of every issuer.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "clients and tokens are no personal data")]
pub async fn refused(
    db: &DatabaseConnection,
    issuer: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Refused, DbErr> {
    let mut refused = Refused::default();
    let tokens = revoked_token::Entity::find()
        .filter(revoked_token::Column::ExpiresAt.gt(now - CLOCKS_DIFFER))
        .all(db);
    for token in tokens.await? {
        refused.revoked.entry(token.issuer).or_default().insert(token.jti);
    }
    if let Some(issuer) = issuer {
        let clients =
            oauth_client::Entity::find().filter(oauth_client::Column::Suspended.eq(true)).all(db);
        let ids = clients.await?.into_iter().map(|client| client.client_id).collect();
        refused.suspended.insert(issuer.to_owned(), ids);
    }
    Ok(refused)
}
