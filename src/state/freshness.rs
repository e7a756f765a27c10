//! When a gateway last knew that it was current, and what each request goes by.
//!
//! A process that stood still, because it was stopped or its machine was, goes on where it was: its
//! clocks tell it how long that took. So every request keeps in mind by which look it is answered,
//! and before anything of it leaves that look must be a short time ago, or another one must have
//! found nothing new.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use crate::{
    audit::{Applied, ChainKey, Change},
    error::{Code, GatewayError},
};

/// The longest that a look at grants and clients counts, whatever is configured.
pub const AT_MOST: Duration = Duration::from_millis(1500);

/// When a gateway last looked, and how often it found something new.
#[derive(Debug)]
pub struct Freshness {
    begin: Instant,
    /// Milliseconds from `begin` to the last look that succeeded; zero before the first.
    looked: AtomicU64,
    /// How often grants or refusals were found to be others.
    epoch: AtomicU64,
    bound: Duration,
}

/// What a request is answered by.
#[derive(Clone, Copy, Debug)]
pub struct Basis {
    looked: u64,
    epoch: u64,
}

impl Freshness {
    /// Of a gateway that looks no longer ago than `bound`, once it has begun to look.
    pub fn new(bound: Duration) -> Self {
        Self { begin: Instant::now(), looked: AtomicU64::new(0), epoch: AtomicU64::new(0), bound }
    }

    /// A look that began at this instant succeeded.
    pub fn confirm(&self, at: Instant) {
        let millis = u64::try_from((at - self.begin).as_millis()).unwrap_or(u64::MAX);
        self.looked.fetch_max(millis.max(1), Ordering::Release);
    }

    /// What requests are answered by is other than it was.
    pub fn renew(&self) {
        self.epoch.fetch_add(1, Ordering::Release);
    }

    /// Whether the last look is too long ago to answer by what it found.
    pub fn is_stale(&self) -> bool {
        self.is_past(self.looked.load(Ordering::Acquire))
    }

    /// What a request that begins now is answered by.
    pub fn basis(&self) -> Basis {
        // In this order: a request never takes what was found for newer than it is.
        let looked = self.looked.load(Ordering::Acquire);
        Basis { looked, epoch: self.epoch.load(Ordering::Acquire) }
    }

    /// Whether a request has outlived the look it goes by.
    pub fn is_outlived(&self, basis: Basis) -> bool {
        self.is_past(basis.looked)
    }

    /// Whether nothing new was found since.
    pub fn is_unchanged(&self, basis: Basis) -> bool {
        self.epoch.load(Ordering::Acquire) == basis.epoch
    }

    fn is_past(&self, looked: u64) -> bool {
        match looked {
            0 => false,
            looked => self.begin.elapsed() > self.bound + Duration::from_millis(looked),
        }
    }
}

/// Sees that changes are made only while what their request goes by still holds.
#[derive(Clone)]
pub struct Guard {
    freshness: Arc<Freshness>,
    basis: Basis,
}

/// A change with its guard.
struct Guarded {
    guard: Guard,
    change: Arc<dyn Change>,
}

impl Guard {
    /// Guards the changes of a request.
    pub fn new(freshness: Arc<Freshness>, basis: Basis) -> Self {
        Self { freshness, basis }
    }

    /// The change, made only while the guard allows.
    pub fn over(&self, change: Arc<dyn Change>) -> Arc<dyn Change> {
        Arc::new(Guarded { guard: self.clone(), change })
    }

    /// Asked under the lock of the record, and so without a look: where the request has outlived
    /// its own, another one was made meanwhile and found nothing new.
    fn allows(&self) -> bool {
        let Self { freshness, basis } = self;
        !freshness.is_outlived(*basis) || (!freshness.is_stale() && freshness.is_unchanged(*basis))
    }
}

#[async_trait]
impl Change for Guarded {
    async fn examine(
        &self,
        transaction: &DatabaseTransaction,
        key: &ChainKey,
    ) -> Result<(), GatewayError> {
        self.change.examine(transaction, key).await
    }

    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        if self.guard.allows() { self.change.apply(transaction, now).await } else { Err(changed()) }
    }
}

/// The refusal of a gateway that cannot look.
pub fn unknown() -> GatewayError {
    GatewayError::new(
        Code::PolicyStale,
        "the gateway cannot learn whether its grants are the current ones",
    )
}

/// The refusal of a request during which something changed that it was answered by.
pub fn changed() -> GatewayError {
    GatewayError::new(
        Code::PolicyStale,
        "what is shared changed while the request was being answered; send it again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_gateway_that_never_began_to_look_is_not_stale() {
        assert!(!Freshness::new(Duration::ZERO).is_stale());
    }

    #[test]
    fn a_gateway_is_stale_when_its_last_look_is_longer_ago_than_the_bound() {
        let freshness = Freshness::new(LONG);
        freshness.confirm(Instant::now());
        assert!(!freshness.is_stale());
        let strict = Freshness::new(Duration::ZERO);
        strict.confirm(Instant::now());
        std::thread::sleep(Duration::from_millis(5));
        assert!(strict.is_stale());
        strict.confirm(Instant::now() + LONG);
        assert!(!strict.is_stale());
    }

    #[test]
    fn a_change_is_made_only_while_its_request_goes_by_what_is_current() {
        let mut freshness = Freshness::new(AT_MOST);
        freshness.confirm(Instant::now());
        let basis = freshness.basis();
        let allows = |freshness: &Freshness| {
            let copy = Freshness {
                begin: freshness.begin,
                looked: freshness.looked.load(Ordering::Relaxed).into(),
                epoch: freshness.epoch.load(Ordering::Relaxed).into(),
                bound: freshness.bound,
            };
            Guard::new(Arc::new(copy), basis).allows()
        };
        assert!(allows(&freshness));
        freshness.begin -= AT_MOST + Duration::from_millis(100);
        assert!(!allows(&freshness), "nobody looked since");
        freshness.confirm(Instant::now());
        assert!(allows(&freshness));
        freshness.renew();
        assert!(!allows(&freshness));
    }

    #[test]
    fn a_request_remembers_the_look_it_goes_by() {
        let mut freshness = Freshness::new(AT_MOST);
        freshness.confirm(Instant::now());
        let basis = freshness.basis();
        assert!(!freshness.is_outlived(basis));
        freshness.begin -= AT_MOST + Duration::from_millis(100);
        freshness.confirm(Instant::now());
        assert!(!freshness.is_stale(), "somebody looked meanwhile");
        assert!(freshness.is_outlived(basis));
        assert!(freshness.is_unchanged(basis));
        freshness.renew();
        assert!(!freshness.is_unchanged(basis));
    }
}
