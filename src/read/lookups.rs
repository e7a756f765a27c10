//! Lookups by key that ask the same of the same rows go to PostgreSQL as one statement.
//!
//! The same: text and parameters but for the key are equal, so that callers who share a statement
//! have one permit, unit and organization. Each gets the row of its own key, and no other.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio_postgres::Row;

use super::{ReadError, Statement};
use crate::threads;

/// Most keys of one statement.
const MOST: usize = 64;

type Found = Result<Option<Arc<Row>>, ReadError>;

/// The lookups of each serving thread that were not sent yet.
pub(super) struct Lookups(Vec<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    groups: Vec<Group>,
    next: u64,
}

/// Lookups that go together.
pub(super) struct Group {
    number: u64,
    pub statement: Statement,
    waiters: Vec<(i64, oneshot::Sender<Found>)>,
}

impl Lookups {
    /// None yet.
    pub fn new() -> Self {
        Self((0..threads::count()).map(|_| Mutex::default()).collect())
    }

    /// Adds a lookup. Whoever gets a number began a group, and must take and send it.
    pub fn add(&self, statement: Statement, key: i64) -> (oneshot::Receiver<Found>, Option<u64>) {
        let (waiter, found) = oneshot::channel();
        let mut queue = self.0[threads::current()].lock();
        let open = |group: &&mut Group| group.waiters.len() < MOST && group.statement == statement;
        if let Some(group) = queue.groups.iter_mut().find(open) {
            group.waiters.push((key, waiter));
            return (found, None);
        }
        let number = queue.next;
        queue.next += 1;
        queue.groups.push(Group { number, statement, waiters: vec![(key, waiter)] });
        (found, Some(number))
    }

    /// Closes a group.
    pub fn take(&self, number: u64) -> Option<Group> {
        let groups = &mut self.0[threads::current()].lock().groups;
        let place = groups.iter().position(|group| group.number == number)?;
        Some(groups.swap_remove(place))
    }
}

impl Group {
    /// The keys looked up.
    pub fn keys(&self) -> Vec<i64> {
        let mut keys: Vec<i64> = self.waiters.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Gives everybody the row of its key, which stands in the first column.
    pub fn answer(self, rows: Result<Vec<Row>, ReadError>) {
        let rows = rows.map(|rows| rows.into_iter().map(Arc::new).collect::<Vec<_>>());
        for (key, waiter) in self.waiters {
            let found = match &rows {
                Ok(rows) => Ok(rows.iter().find(|row| row.get::<_, i64>(0) == key).cloned()),
                Err(error) => Err(*error),
            };
            // Who went away does not need it.
            let _ = waiter.send(found);
        }
    }
}
