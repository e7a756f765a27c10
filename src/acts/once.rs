//! An act that is sent twice is done once: the caller names it by a key, and asks again by the same.

use chrono::{DateTime, Utc};
use entity::act_key::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};

use super::{ActContext, Actor, conflict, unavailable};
use crate::{
    error::Result,
    graphql::{ids::Identifiers, input::bad_input},
};

/// How long a key may be.
const LONGEST: usize = 64;

/// The key of an act, with a digest of what is asked for.
pub(super) struct Once {
    act: &'static str,
    key: String,
    digest: String,
}

impl Once {
    /// Reads the key; `asked` is all that the act is asked for.
    ///
    /// # Errors
    /// When it is missing, or not of printable ASCII.
    pub fn read(context: &ActContext<'_>, act: &'static str, asked: &[&str]) -> Result<Self> {
        let key = context.given.text("clientKey")?;
        let key = key.ok_or_else(|| bad_input("clientKey is required"))?;
        if key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(bad_input(format!(
                "clientKey is a text of your own of at most {LONGEST} printable characters, such as a UUID"
            )));
        }
        let digest = digest(context.identifiers, asked);
        Ok(Self { act, key, digest })
    }

    /// What the act made, where it was done already.
    ///
    /// # Errors
    /// When the key names another act, or the same with other arguments.
    #[expect(clippy::disallowed_methods, reason = "keys of acts are no personal data")]
    pub async fn done(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
    ) -> Result<Option<i64>> {
        let known = Entity::find()
            .filter(Column::Issuer.eq(&actor.issuer))
            .filter(Column::Subject.eq(&actor.subject))
            .filter(Column::ClientKey.eq(&self.key))
            .one(transaction)
            .await
            .map_err(unavailable)?;
        match known {
            None => Ok(None),
            Some(known) if known.act == self.act && known.digest == self.digest => {
                Ok(Some(known.target))
            }
            Some(_) => Err(conflict("this clientKey named something else before: use a new one")),
        }
    }

    /// Notes what the act made.
    pub async fn note(
        &self,
        actor: &Actor,
        target: i64,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let row = Model {
            issuer: actor.issuer.clone(),
            subject: actor.subject.clone(),
            client_key: self.key.clone(),
            act: self.act.to_owned(),
            digest: self.digest.clone(),
            target,
            at: now,
        };
        row.into_active_model().insert(transaction).await.map(drop).map_err(unavailable)
    }
}

/// A digest that nobody without the gateway's keys can try names and numbers against.
fn digest(identifiers: &Identifiers, asked: &[&str]) -> String {
    identifiers.pseudonym_of(asked)
}
