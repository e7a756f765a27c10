//! Recomputes the whole chain, and names the first record that is not as it was written.

use chrono::DateTime;
use entity::{access_head, access_record, access_subject};
use sea_orm::{DatabaseConnection, DbErr};

use super::chain::ChainKey;
use super::diagnosis::{ChainPosition, diagnose};
use super::rows;
use super::subjects::{self, Subjects};
use crate::log::checkpoint::Checkpoint;
use crate::log::tree::{Frontier, Hash, leaf};
use crate::secrets::{Secrets, unhex};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every record up to the head, and every subject, is as it was written.
    Intact {
        /// How many records there are.
        records: u64,
        /// The hash of the last one, to be kept elsewhere.
        head: String,
    },
    /// The chain does not hold.
    Broken {
        /// The first record concerned.
        seq: i64,
        /// What happened to it.
        finding: Finding,
    },
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A column holds another value.
    Altered,
    /// The record was removed.
    Missing,
    /// The record is not one the gateway wrote.
    Inserted,
    /// The record belongs elsewhere.
    OutOfOrder,
    /// Subjects were added, removed, or changed.
    SubjectsAltered,
    /// The record is as it was written, and its instant lies before the one of the record in front
    /// of it.
    RunsBackwards,
    /// Records were cut off the end, or the head was edited.
    HeadMismatch,
    /// The frontier kept with the head is not that of the records.
    TreeAltered,
    /// The log ends before what a checkpoint was signed over.
    Behind,
    /// The log does not begin with what a checkpoint was signed over.
    Forked,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The records could not be read.
    #[error("the access records could not be read")]
    Database(#[from] DbErr),
}

/// Verifies the records as [`verify_against`] does, against nothing that was kept elsewhere.
///
/// # Errors
/// As there.
pub async fn verify(
    db: &DatabaseConnection,
    secrets: &Secrets,
    progress: impl FnMut(u64, u64),
) -> Result<Verdict, VerifyError> {
    verify_against(db, secrets, &[], progress).await
}

/// Verifies the records up to the head at this moment, in constant memory; gateways may go on
/// writing. `against` are checkpoints that were kept elsewhere. `progress` hears of records done and
/// in total.
///
/// # Errors
/// When the database cannot be read. A chain that does not hold is a verdict, not an error.
pub async fn verify_against(
    db: &DatabaseConnection,
    secrets: &Secrets,
    against: &[Checkpoint],
    mut progress: impl FnMut(u64, u64),
) -> Result<Verdict, VerifyError> {
    let key = ChainKey::derive(secrets);
    let Some(head) = rows::head(db).await? else {
        let last = rows::last_seq::<access_record::Entity>(db, access_record::Column::Seq).await?;
        return Ok(broken(last.unwrap_or(0), Finding::HeadMismatch));
    };
    let total = u64::try_from(head.seq).unwrap_or(0);
    let mut subjects = Subjects::new(db, head.seq);
    let mut place = ChainPosition::start();
    let mut last = DateTime::UNIX_EPOCH;
    let mut trees = Trees::new(against, &key, &head);
    let mut after = None;
    loop {
        let page = rows::page(db, after, head.seq).await?;
        for row in &page {
            let Some(record) = place.followed_by(&key, row) else {
                let (seq, finding) = diagnose(db, &key, &place, Some(row), head.seq).await?;
                return Ok(broken(seq, finding));
            };
            if let Some(seq) = subjects.fault_of(record).await? {
                return Ok(broken(seq, Finding::SubjectsAltered));
            }
            if record.at < last && record.seq >= head.ordered_from {
                return Ok(broken(record.seq, Finding::RunsBackwards));
            }
            last = record.at;
            place = ChainPosition { seq: record.seq, hash: record.hash.clone() };
            if let Some(finding) = trees.fault_of(&place.hash) {
                return Ok(broken(place.seq, finding));
            }
        }
        if page.is_empty() {
            break;
        }
        after = Some(place.seq);
        progress(place.seq.unsigned_abs(), total);
    }

    if place.seq < head.seq {
        let (seq, finding) = diagnose(db, &key, &place, None, head.seq).await?;
        return Ok(broken(seq, finding));
    }
    if place.seq != head.seq || place.hash != head.hash {
        return Ok(broken(place.seq, Finding::HeadMismatch));
    }
    if let Some(seq) = subjects.next_seq().await? {
        return Ok(broken(seq, Finding::SubjectsAltered));
    }
    if let Some((seq, finding)) = beyond_head(db, &key, &place).await? {
        return Ok(broken(seq, finding));
    }
    if let Some((seq, finding)) = trees.fault_at_end() {
        return Ok(broken(seq, finding));
    }
    Ok(Verdict::Intact { records: total, head: head.hash })
}

/// What the tree over the records must have been at sizes that somebody remembers.
struct Trees {
    tree: Frontier,
    /// Largest first.
    expected: Vec<(u64, Hash, Finding)>,
    is_kept: bool,
}

impl Trees {
    fn new(against: &[Checkpoint], key: &ChainKey, head: &access_head::Model) -> Self {
        let signed = |checkpoint: &Checkpoint| (checkpoint.size, checkpoint.root, Finding::Forked);
        let mut expected: Vec<_> = against.iter().map(signed).collect();
        let kept = key.open_tree(head.tree_size, &head.tree);
        // Nothing is kept yet of records that an older version wrote.
        let is_kept = kept.is_some() || (head.tree_size == 0 && head.tree.is_empty());
        expected.extend(kept.map(|tree| (tree.size(), tree.root(), Finding::TreeAltered)));
        expected.sort_by_key(|one| std::cmp::Reverse(one.0));
        Self { tree: Frontier::default(), expected, is_kept }
    }

    /// Takes the next record, whose hash is a link of the chain.
    fn fault_of(&mut self, hash: &str) -> Option<Finding> {
        self.tree.push(leaf(&unhex(hash).unwrap_or_default()));
        self.fault()
    }

    /// The record at which something else is expected, after the last one.
    fn fault_at_end(&mut self) -> Option<(i64, Finding)> {
        let seq = |size| i64::try_from(size).unwrap_or(i64::MAX);
        // Checkpoints of no records are compared with no records.
        if let Some(finding) = self.fault() {
            return Some((seq(self.tree.size()), finding));
        }
        match self.expected.last() {
            Some((_, _, Finding::TreeAltered)) => {
                Some((seq(self.tree.size()), Finding::TreeAltered))
            }
            Some(_) => Some((seq(self.tree.size() + 1), Finding::Behind)),
            None => (!self.is_kept).then(|| (seq(self.tree.size()), Finding::TreeAltered)),
        }
    }

    fn fault(&mut self) -> Option<Finding> {
        while let Some((_, root, finding)) =
            self.expected.pop_if(|(size, ..)| *size <= self.tree.size())
        {
            // Those of no records come up with the first: the empty tree has one root.
            let empty = root == crate::log::tree::empty();
            if self.tree.root() != root && !empty {
                return Some(finding);
            }
        }
        None
    }
}

/// Looks for rows that no head covers. What is there is read before the head is read again, so that
/// records written meanwhile are not taken for foreign ones.
async fn beyond_head(
    db: &DatabaseConnection,
    key: &ChainKey,
    place: &ChainPosition,
) -> Result<Option<(i64, Finding)>, DbErr> {
    let last_record =
        rows::last_seq::<access_record::Entity>(db, access_record::Column::Seq).await?;
    let last_subject =
        rows::last_seq::<access_subject::Entity>(db, access_subject::Column::Seq).await?;
    let Some(head) = rows::head(db).await? else {
        return Ok(Some((place.seq, Finding::HeadMismatch)));
    };
    if last_record.is_some_and(|last| last > head.seq)
        && let Some(row) = rows::first_after(db, head.seq).await?
    {
        // Nobody without the key can write on, so what rightly follows shows a head set back.
        let set_back = place.followed_by(key, &row).is_some();
        let finding = if set_back { Finding::HeadMismatch } else { Finding::Inserted };
        return Ok(Some((row.seq, finding)));
    }
    if last_subject.is_some_and(|last| last > head.seq)
        && let Some(seq) = subjects::first_after(db, head.seq).await?
    {
        return Ok(Some((seq, Finding::SubjectsAltered)));
    }
    Ok(None)
}

fn broken(seq: i64, finding: Finding) -> Verdict {
    Verdict::Broken { seq, finding }
}
