//! What subjects are kept as, and which are linked.
#![expect(clippy::disallowed_methods, reason = "lists what operators linked, by digests")]

use entity::person_identity::{Column, Entity, Model};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder,
};
use sha2::Sha256;

use crate::secrets::{Secrets, hex};

/// Makes the digests of subjects: under a key, because a subject may be a number that can be guessed.
#[derive(Clone)]
pub struct Digests(Hmac<Sha256>);

impl Digests {
    /// Derives the key.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    pub fn new(secrets: &Secrets) -> Self {
        let key = secrets.key::<32>("person-identities");
        Self(
            <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_slice())
                .expect("HMAC takes keys of any length"),
        )
    }

    /// The digest of what an issuer calls somebody, in hex.
    pub fn of(&self, issuer: &str, value: &str) -> String {
        let mut mac = self.0.clone();
        for part in [issuer, value] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}

/// The identities of an issuer, or of all, that are linked now.
///
/// # Errors
/// When the database cannot be read.
pub async fn linked(db: &impl ConnectionTrait, issuer: Option<&str>) -> Result<Vec<Model>, DbErr> {
    let mut linked = Entity::find().filter(Column::UnlinkedAt.is_null());
    if let Some(issuer) = issuer {
        linked = linked.filter(Column::Issuer.eq(issuer));
    }
    linked.order_by_asc(Column::Id).all(db).await
}
