//! When a batch is large enough to be worth a commit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How long a record waits for company.
const AT_MOST: Duration = Duration::from_millis(1);

/// A commit costs about the same for one record and for many, so it waits until half of the requests
/// that are being answered wait for it: then the other half reads while it is under way. A request
/// that is alone waits for nobody.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Requests that will leave a record, from their beginning to its commit.
    serving: AtomicUsize,
    /// Records in the queue.
    waiting: AtomicUsize,
    enough: Notify,
}

impl Gate {
    /// A request began.
    pub fn enter(&self) {
        self.serving.fetch_add(1, Ordering::Relaxed);
    }

    /// A request ended.
    pub fn leave(&self) {
        self.serving.fetch_sub(1, Ordering::Relaxed);
        self.notify();
    }

    /// A record is about to be queued.
    pub fn queue(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// Records left the queue.
    pub fn unqueue(&self, records: usize) {
        self.waiting.fetch_sub(records, Ordering::Relaxed);
    }

    /// Wakes the writer if there is enough for it.
    pub fn notify(&self) {
        if self.is_enough() {
            self.enough.notify_one();
        }
    }

    /// Waits until a commit is worth it, within bounds.
    pub async fn open(&self) {
        self.open_by(Instant::now() + AT_MOST).await;
    }

    async fn open_by(&self, deadline: Instant) {
        // Told while a commit was under way, it may be less than enough by now.
        while !self.is_enough() {
            if timeout_at(deadline, self.enough.notified()).await.is_err() {
                return;
            }
        }
    }

    fn is_enough(&self) -> bool {
        2 * self.waiting.load(Ordering::Relaxed) >= self.serving.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    /// A gate before which so many requests are being answered and one record waits.
    fn gate(serving: usize) -> Gate {
        let gate = Gate::default();
        for _ in 0..serving {
            gate.enter();
        }
        gate.queue();
        gate
    }

    #[tokio::test]
    async fn a_lone_request_waits_for_nobody() {
        assert!(gate(1).open().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_record_that_no_request_announced_waits_for_nobody() {
        assert!(gate(0).open().now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_batch_waits_for_company() {
        let gate = gate(4);
        let mut open = Box::pin(gate.open_by(Instant::now() + LONG));
        assert!(open.as_mut().now_or_never().is_none());
        gate.queue();
        gate.notify();
        assert!(open.now_or_never().is_some(), "two of four are enough");
    }

    #[tokio::test]
    async fn no_batch_waits_longer_than_the_bound() {
        let gate = gate(4);
        // A word from before the last commit is no reason to open.
        gate.enough.notify_one();
        let begun = Instant::now();
        gate.open().await;
        let waited = begun.elapsed();
        assert!(waited >= AT_MOST, "{waited:?}");
        // Timers are late on a machine that has other things to do, but not by so much.
        assert!(waited < Duration::from_secs(1), "{waited:?}");
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_does_not_hold_the_others_back() {
        let gate = gate(3);
        let mut open = Box::pin(gate.open_by(Instant::now() + LONG));
        assert!(open.as_mut().now_or_never().is_none());
        gate.leave();
        assert!(open.now_or_never().is_some());
    }

    #[tokio::test]
    async fn records_that_left_the_queue_are_no_company() {
        let gate = gate(3);
        gate.queue();
        gate.queue();
        gate.unqueue(3);
        gate.queue();
        assert!(gate.open_by(Instant::now() + LONG).now_or_never().is_none());
    }
}
