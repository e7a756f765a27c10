//! A request's way past the meter: whoever reads is counted before anything leaves.

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::Gateway;
use crate::{
    auth::Caller,
    catalogue::catalogue,
    error::{Code, GatewayError, Result},
    graphql::{context::Context, plan::Touched},
    policy::{Permit, Position, Role},
    volume::{Category, Reading, Standing, Stay, Tally, ended, explained, stay_end},
};

impl Gateway {
    /// Settles what callers read with the database, and learns what they read elsewhere.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle_volume(&self) -> Result<(), DbErr> {
        self.volume.settle(&self.db, &self.audit, self.clock.now()).await
    }

    /// Whether what callers read is settled, or can be now: without that nobody is answered for long.
    pub async fn is_metering(&self) -> bool {
        !self.volume.is_stale() || self.settle_volume().await.is_ok()
    }

    /// The account that a request counts on; none where a person reads its own data.
    pub(super) async fn account(
        &self,
        caller: &Caller,
        now: DateTime<Utc>,
    ) -> Result<Option<Reading>> {
        if caller.role == Role::SU {
            return Ok(None);
        }
        // Contracts are clients'; whoever acts through one reads on their own account, unless nobody
        // but the client says that they do.
        let is_client = caller.officer.is_none() || caller.is_asserted();
        let is_own = is_client && self.verifier.is_own(&caller.issuer);
        let opened = self
            .volume
            .open((&self.db, &self.audit), caller.account(), caller.role, is_own, now)
            .await;
        opened.map(Some).map_err(|error| {
            tracing::warn!(%error, "what a caller read cannot be looked up");
            GatewayError::new(Code::DatabaseUnavailable, "the database is unavailable")
        })
    }

    /// What is left to a caller in what a request touches, or in everything where it asks for that.
    pub(super) fn standing(
        &self,
        reading: &Reading,
        touched: &Touched,
        now: DateTime<Utc>,
    ) -> Standing {
        let of = if touched.tells_limits { [true; 3] } else { touched.all };
        self.volume.standing(reading, of, touched.tells_limits, now)
    }

    /// Counts an answer about these persons, or refuses it. What nothing explains counts apart from what something on
    /// file does.
    pub(super) async fn charge(
        &self,
        reading: &Reading,
        touched: &Touched,
        (caller, permit): (&Caller, &Permit),
        context: &Context<'_>,
        (mut tally, persons): (Tally, Vec<i64>),
    ) -> Result<()> {
        let is_list = touched.listed.contains(&true);
        self.count_ended(&mut tally, permit).await?;
        // Whom a request only asks about, it asks about in the most sensitive of what it touches.
        let asked = if touched.all[Category::Health as usize] {
            Category::Health
        } else {
            Category::Identity
        };
        let on_lists = tally.take_explained();
        let counted = tally.count(&persons, asked, is_list);
        let now = context.now;
        let mut known = if self.volume.covers(reading, &counted, now) {
            Vec::new()
        } else {
            let role = permit.basis.role;
            let who = (&*caller.recorded(), role);
            explained(self.reader.as_ref(), context, who, counted.persons()).await?
        };
        known.extend(on_lists);
        known.sort_unstable();
        let is_explained = |person| known.binary_search(&person).is_ok();
        self.volume.charge(reading, &counted, is_explained, touched.all, now)
    }

    /// Counts those stays as movement that are over although the answer does not tell: who asks for
    /// them one at a time, and never for their end, learns where somebody lived before all the same.
    /// Of whoever may not ask by the end nothing depends on it.
    async fn count_ended(&self, tally: &mut Tally, permit: &Permit) -> Result<()> {
        let stays = tally.take_stays();
        let end = catalogue().field(stay_end());
        let may_ask = permit.may(end, Position::Select) || permit.may(end, Position::Filter);
        if stays.is_empty() || !may_ask {
            return Ok(());
        }
        let keys = stays.iter().map(|stay| stay.key).collect();
        let ended = ended(self.reader.as_ref(), keys).await?;
        for Stay { key, person, is_listed } in stays {
            if ended.contains(&key) {
                tally.add(Category::Movement, person, is_listed);
            }
        }
        Ok(())
    }
}
