//! Time comes from here and nowhere else, so that tests can set it to the second.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use parking_lot::Mutex;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// A shared clock.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// Starts at `instant`.
    pub fn at(instant: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(instant)))
    }

    /// Moves on by `delta`.
    pub fn advance(&self, delta: TimeDelta) {
        let mut now = self.0.lock();
        *now += delta;
    }

    /// Jumps to `instant`.
    pub fn set(&self, instant: DateTime<Utc>) {
        *self.0.lock() = instant;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock()
    }
}

/// The day it is in Asia/Shanghai (UTC+8 without daylight saving since 1992) at an instant.
#[expect(clippy::expect_used, reason = "eight hours are a valid offset")]
pub fn day_in_shanghai(instant: DateTime<Utc>) -> NaiveDate {
    let shanghai = FixedOffset::east_opt(8 * 3600).expect("eight hours are a valid offset");
    instant.with_timezone(&shanghai).date_naive()
}
