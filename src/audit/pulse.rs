//! Whether records can be committed at this moment.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, MutexGuard};

/// How long a commit speaks for what comes after it. Long enough that nobody who only asks makes
/// the disk busy, short enough that what goes wrong is known at once.
const SPEAKS_FOR: Duration = Duration::from_millis(100);

/// What a probe writes while all is well.
const LITTLE: usize = 64;

/// What it writes after a failure, so that it does not fit where records did not.
const MUCH: usize = 64 * 1024;

/// The outcome of the last commit.
#[derive(Debug)]
pub(super) struct Pulse {
    begin: Instant,
    /// Milliseconds from `begin` to the beginning of the last commit that succeeded.
    committed: AtomicU64,
    /// Whether the last commit succeeded; so it does before the first.
    well: AtomicBool,
    asking: Mutex<()>,
}

impl Default for Pulse {
    fn default() -> Self {
        let asking = Mutex::default();
        Self { begin: Instant::now(), committed: AtomicU64::new(0), well: true.into(), asking }
    }
}

impl Pulse {
    /// A commit that began at this instant came to its end.
    pub fn beat(&self, begun: Instant, succeeded: bool) {
        if succeeded {
            let millis = u64::try_from((begun - self.begin).as_millis()).unwrap_or(u64::MAX);
            self.committed.fetch_max(millis.max(1), Ordering::Relaxed);
        }
        self.well.store(succeeded, Ordering::Relaxed);
    }

    /// Whether a commit succeeded just now.
    pub fn is_fresh(&self) -> bool {
        match self.committed.load(Ordering::Relaxed) {
            0 => false,
            millis => {
                let since = Duration::from_millis(millis) + SPEAKS_FOR;
                self.well.load(Ordering::Relaxed) && self.begin.elapsed() < since
            }
        }
    }

    /// How many bytes it takes to show that records fit.
    pub fn room(&self) -> usize {
        if self.well.load(Ordering::Relaxed) { LITTLE } else { MUCH }
    }

    /// Turns are taken in asking: whoever waits may be told by the answer to who came before.
    pub async fn alone(&self) -> MutexGuard<'_, ()> {
        self.asking.lock().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_known_before_the_first_commit() {
        assert!(!Pulse::default().is_fresh());
    }

    #[test]
    fn a_commit_speaks_for_a_moment() {
        let pulse = Pulse::default();
        pulse.beat(Instant::now(), true);
        assert!(pulse.is_fresh());
        std::thread::sleep(SPEAKS_FOR + Duration::from_millis(5));
        assert!(!pulse.is_fresh());
    }

    #[test]
    fn after_a_failure_nothing_is_well_until_a_commit_succeeds() {
        let pulse = Pulse::default();
        pulse.beat(Instant::now(), true);
        pulse.beat(Instant::now(), false);
        assert!(!pulse.is_fresh());
        assert_eq!(pulse.room(), MUCH);
        pulse.beat(Instant::now(), true);
        assert!(pulse.is_fresh());
        assert_eq!(pulse.room(), LITTLE);
    }
}
