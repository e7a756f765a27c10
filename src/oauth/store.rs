//! Clients and credentials as they are in the tables, and assertions that were used.

use chrono::{DateTime, Utc};
use entity::{oauth_client, oauth_credential, used_assertion};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use super::{Client, Kind, refused::CLOCKS_DIFFER};

/// A client and the credentials that hold.
pub struct Registered {
    /// The client.
    pub client: Client,
    /// Its credentials that hold now.
    pub credentials: Vec<oauth_credential::Model>,
}

impl Registered {
    /// The credentials of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &oauth_credential::Model> {
        self.credentials.iter().filter(move |credential| credential.kind == kind.code())
    }
}

/// The client with this id, and those of its credentials that hold now.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn registered(
    db: &DatabaseConnection,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<Registered>, DbErr> {
    let row = client(db, id).await?;
    // Asked for in any case: whether there is such a client does not show in the time it takes.
    let mut credentials = credentials(db, id).await?;
    credentials.retain(|credential| {
        credential.valid_from <= now && credential.valid_until.is_none_or(|until| now < until)
    });
    Ok(row.and_then(Client::of).map(|client| Registered { client, credentials }))
}

/// All clients, by their ids.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "clients are no personal data")]
pub async fn clients(db: &DatabaseConnection) -> Result<Vec<oauth_client::Model>, DbErr> {
    oauth_client::Entity::find().order_by_asc(oauth_client::Column::ClientId).all(db).await
}

/// The client of an id.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "clients are no personal data")]
pub async fn client(
    db: &DatabaseConnection,
    id: &str,
) -> Result<Option<oauth_client::Model>, DbErr> {
    oauth_client::Entity::find_by_id(id).one(db).await
}

/// All credentials of a client, those that have ended too, in the order in which they were added.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "credentials are no personal data")]
pub async fn credentials(
    db: &DatabaseConnection,
    id: &str,
) -> Result<Vec<oauth_credential::Model>, DbErr> {
    oauth_credential::Entity::find()
        .filter(oauth_credential::Column::ClientId.eq(id))
        .order_by_asc(oauth_credential::Column::Id)
        .all(db)
        .await
}

/// Uses an assertion up, for all gateways over the database; false where it was used before.
///
/// # Errors
/// When the database cannot be written: nobody knows then, so the assertion must not count.
pub(super) async fn use_up(
    db: &DatabaseConnection,
    client: &str,
    jti: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    used_assertion::Entity::delete_many()
        .filter(used_assertion::Column::ExpiresAt.lte(now - CLOCKS_DIFFER))
        .exec(db)
        .await?;
    let used = used_assertion::ActiveModel {
        client_id: Set(client.to_owned()),
        jti: Set(jti.to_owned()),
        expires_at: Set(expires_at),
    };
    let columns = [used_assertion::Column::ClientId, used_assertion::Column::Jti];
    let inserted = used_assertion::Entity::insert(used)
        .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted == 1)
}
