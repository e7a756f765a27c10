//! What records are linked with, and what of the log is not to be written on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, Utc};

use super::Head;
use crate::audit::chain::ChainKey;
use crate::audit::own::Own;
use crate::audit::receipt::Recorded;

/// The key of the chain, and what this gateway knows of the log.
#[derive(Clone)]
pub(super) struct Pen {
    pub key: ChainKey,
    own: Arc<Own>,
    /// Whether a head was found whose frontier does not cover all records.
    is_behind: Arc<AtomicBool>,
}

/// The head as it is kept, and what else was read under its lock.
pub(super) struct Kept {
    pub seq: i64,
    pub hash: String,
    pub tree_size: i64,
    pub tree: String,
    /// The instant of the last record.
    pub at: Option<DateTime<Utc>>,
    /// The hash of the record at the place that [`Pen::last`] names.
    pub own: Option<String>,
}

impl Pen {
    pub fn new(key: ChainKey, own: Arc<Own>) -> Self {
        Self { key, own, is_behind: Arc::default() }
    }

    /// The last record that this gateway wrote; the place 0 where there is none.
    pub fn last(&self) -> Recorded {
        self.own.last().unwrap_or(Recorded { place: 0, hash: String::new() })
    }

    /// The head to write on; `last` is what was looked for.
    ///
    /// # Errors
    /// When the log is not the one that this gateway wrote, or its frontier must be made first.
    pub fn head(&self, kept: Kept, last: &Recorded) -> Result<Head, &'static str> {
        if last.place > 0 && !self.own.accepts(last, kept.seq, kept.own.as_deref()) {
            return Err("the access records are behind what this gateway wrote");
        }
        let tree = self
            .key
            .open_tree(kept.tree_size, &kept.tree)
            // Nothing is kept of no records.
            .or((kept.seq == 0).then(Default::default))
            .filter(|tree| i64::try_from(tree.size()) == Ok(kept.seq));
        let Some(tree) = tree else {
            self.is_behind.store(true, Ordering::Relaxed);
            return Err("the tree of the access records is behind them");
        };
        // The first record follows none; a chain whose last record is gone is for `verify` to tell
        // of.
        let at = kept.at.unwrap_or(DateTime::UNIX_EPOCH);
        Ok(Head { seq: kept.seq, hash: kept.hash, at, tree })
    }

    /// Whether the frontier must be made first. Said once.
    pub fn is_behind(&self) -> bool {
        self.is_behind.swap(false, Ordering::Relaxed)
    }
}
