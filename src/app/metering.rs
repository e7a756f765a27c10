//! A request's way past the meter: whoever reads is counted before anything leaves.

use chrono::{DateTime, Utc};
use sea_orm::DbErr;

use super::Gateway;
use crate::{
    auth::Caller,
    error::{Code, GatewayError, Result},
    graphql::{context::Context, plan::Plan},
    policy::{Permit, Role},
    volume::{Category, Reading, Standing, Tally, explained},
};

impl Gateway {
    /// Settles what callers read with the database, and learns what they read elsewhere.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle_volume(&self) -> Result<(), DbErr> {
        self.volume.settle(&self.db, &self.audit, self.clock.now()).await
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
        // Contracts are clients'; whoever acts through one reads on their own account.
        let is_own = caller.officer.is_none() && self.verifier.is_own(&caller.issuer);
        let opened = self
            .volume
            .open((&self.db, &self.audit), caller.principal(), caller.role, is_own, now)
            .await;
        opened.map(Some).map_err(|error| {
            tracing::warn!(%error, "what a caller read cannot be looked up");
            GatewayError::new(Code::DatabaseUnavailable, "the database is unavailable")
        })
    }

    /// What is left to a caller in what a plan touches, or in everything where it touches nobody.
    pub(super) fn standing(&self, reading: &Reading, plan: &Plan, now: DateTime<Utc>) -> Standing {
        let touched = plan.touched();
        let of = if touched.tells_limits { [true; 3] } else { touched.all };
        self.volume.standing(reading, of, touched.tells_limits, now)
    }

    /// Counts an answer about these persons, or refuses it. What nothing explains counts apart from what something on
    /// file does.
    pub(super) async fn charge(
        &self,
        reading: &Reading,
        plan: &Plan,
        permit: &Permit,
        context: &Context<'_>,
        (tally, persons): (Tally, Vec<i64>),
    ) -> Result<()> {
        let touched = plan.touched();
        let is_list = touched.listed.contains(&true);
        // Whom a request only asks about, it asks about in the most sensitive of what it touches.
        let asked = if touched.all[Category::Health as usize] {
            Category::Health
        } else {
            Category::Identity
        };
        let counted = tally.count(&persons, asked, is_list);
        let now = context.now;
        let mut known = if self.volume.covers(reading, &counted, now) {
            Vec::new()
        } else {
            let role = permit.basis.role;
            explained(self.reader.as_ref(), context, role, counted.persons()).await?
        };
        known.sort_unstable();
        let is_explained = |person| known.binary_search(&person).is_ok();
        self.volume.charge(reading, &counted, is_explained, touched.all, now)
    }
}
