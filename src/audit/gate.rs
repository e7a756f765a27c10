//! When a batch is large enough to be worth a commit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How long a record waits for company.
const AT_MOST: Duration = Duration::from_millis(1);

/// A commit costs the same for one record and for many, so it waits until as many records wait as
/// requests are still being answered: then one half reads while the other commits. A request that
/// is alone waits for nobody.
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
        self.tell();
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
    pub fn tell(&self) {
        if self.is_enough() {
            self.enough.notify_one();
        }
    }

    /// Waits until a commit is worth it, within bounds.
    pub async fn open(&self) {
        let deadline = Instant::now() + AT_MOST;
        // Told while a commit was under way, it may be less than enough by now.
        while !self.is_enough() {
            if timeout_at(deadline, self.enough.notified()).await.is_err() {
                return;
            }
        }
    }

    fn is_enough(&self) -> bool {
        4 * self.waiting.load(Ordering::Relaxed) >= 3 * self.serving.load(Ordering::Relaxed)
    }
}
