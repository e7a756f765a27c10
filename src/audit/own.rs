//! What this gateway wrote last, and whether the log was found to have lost it.
//!
//! Who restores the database to an earlier state, or cuts records off, leaves a chain that holds.
//! The gateway knows better: what it has committed must be there as long as it runs.
#![expect(clippy::disallowed_types, reason = "this module keeps the records")]

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};

use super::receipt::Recorded;

const LOOK: &str = "SELECT (SELECT seq FROM access_head WHERE id = 1) AS head, \
    (SELECT hash FROM access_record WHERE seq = $1) AS hash";

/// What one gateway knows of the log.
#[derive(Debug, Default)]
pub struct Own {
    last: Mutex<Option<Recorded>>,
    lost: AtomicBool,
}

impl Own {
    /// The last record that this gateway wrote, or found at its start.
    pub fn last(&self) -> Option<Recorded> {
        self.last.lock().clone()
    }

    /// A record was committed, or found.
    pub fn knows(&self, recorded: Recorded) {
        let mut last = self.last.lock();
        if last.as_ref().is_none_or(|last| last.place < recorded.place) {
            *last = Some(recorded);
        }
    }

    /// Whether the log was found without what this gateway wrote. Never again it is not: what was
    /// answered meanwhile would be lost in its turn.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// The log is not the one that this gateway wrote.
    pub fn lose(&self, why: &str) {
        if !self.lost.swap(true, Ordering::Relaxed) {
            tracing::error!(
                why,
                "the access records are not those that this gateway wrote: somebody restored or cut \
                 the database; nothing is answered until the gateway is restarted"
            );
        }
    }

    /// Looks whether the log still has what this gateway wrote.
    ///
    /// # Errors
    /// When the database cannot be read; that says nothing of the log.
    pub async fn look(&self, db: &DatabaseConnection) -> Result<(), DbErr> {
        // Known before it is looked for: what is committed meanwhile only adds to it.
        let Some(last) = self.last() else { return Ok(()) };
        let backend = db.get_database_backend();
        let look = Statement::from_sql_and_values(backend, LOOK, [last.place.into()]);
        let row = db.query_one_raw(look).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the head of the log".into()))?;
        let head: Option<i64> = row.try_get("", "head")?;
        let hash: Option<String> = row.try_get("", "hash")?;
        self.accepts(&last, head.unwrap_or(0), hash.as_deref());
        Ok(())
    }

    /// Whether a log with this head can be the one that this gateway wrote. `at` is the hash of the
    /// record at the place of [`last`](Self::last), where there is one.
    pub fn accepts(&self, last: &Recorded, head: i64, at: Option<&str>) -> bool {
        if head < last.place {
            self.lose("the log ends before the last record");
        } else if at != Some(last.hash.as_str()) {
            self.lose("another record stands in the place of the last one");
        }
        !self.is_lost()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(place: i64, hash: &str) -> Recorded {
        Recorded { place, hash: hash.to_owned() }
    }

    #[test]
    fn a_log_that_goes_on_is_accepted() {
        let own = Own::default();
        own.knows(recorded(5, "five"));
        own.knows(recorded(3, "three"));
        let last = own.last().unwrap();
        assert_eq!(last, recorded(5, "five"));
        assert!(own.accepts(&last, 5, Some("five")));
        assert!(own.accepts(&last, 9, Some("five")));
    }

    #[test]
    fn a_log_that_lost_a_record_is_refused_for_good() {
        for (head, at) in [(4, Some("five")), (4, None), (5, Some("other")), (9, None)] {
            let own = Own::default();
            let last = recorded(5, "five");
            assert!(!own.accepts(&last, head, at), "{head} {at:?}");
            assert!(!own.accepts(&last, 9, Some("five")), "for good");
        }
    }
}
