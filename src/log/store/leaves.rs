//! Leaves and nodes of the tree, from the records and from what is remembered of them.
//!
//! Roots of subtrees of 2^8, 2^16, … leaves are remembered in `access_node`, off the way of any
//! commit: a proof over millions of records then reads some hundred hashes. They are no authority:
//! whoever signs or hands out what was made of them verifies it, and makes it of the records alone
//! where it does not hold.
#![expect(
    clippy::disallowed_types,
    reason = "the tree is kept beside the records, and tells of nobody"
)]

use std::ops::Range;

use entity::access_node;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, EntityTrait, QueryResult, Set, Statement, Value,
    sea_query::OnConflict,
};

use super::LogError;
use crate::{
    log::{
        proofs::complete_subtrees,
        tree::{Frontier, Hash, leaf},
    },
    secrets::{hex, unhex},
};

/// How many hashes are read at a time.
const PAGE: u64 = 8192;

/// How many roots are remembered at a time.
const AT_ONCE: u64 = 32;

/// Each remembered root is over so many (as a power of two) of those below.
const STEP: u32 = 8;

const LEAVES: &str =
    "SELECT seq, hash FROM access_record WHERE seq > $1 AND seq <= $2 ORDER BY seq";
const NODES: &str = "SELECT position AS seq, hash FROM access_node WHERE height = $1 \
    AND position >= $2 AND position < $3 ORDER BY position";
const LAST: &str = "SELECT MAX(position) AS seq FROM access_node WHERE height = $1";

/// Reads the tree.
pub struct Leaves<'a> {
    db: &'a DatabaseConnection,
    remembering: bool,
}

impl<'a> Leaves<'a> {
    /// Reads records alone.
    pub fn new(db: &'a DatabaseConnection) -> Self {
        Self { db, remembering: false }
    }

    /// Reads what is remembered, and records where nothing is.
    pub fn remembering(db: &'a DatabaseConnection) -> Self {
        Self { db, remembering: true }
    }

    /// The root of the first `size` records.
    ///
    /// # Errors
    /// When the database cannot be read, or a record is missing.
    pub async fn root(&self, size: u64) -> Result<Hash, LogError> {
        self.span(0..size).await
    }

    /// The roots of spans: a proof.
    ///
    /// # Errors
    /// As [`root`](Self::root).
    pub async fn roots(&self, spans: Vec<Range<u64>>) -> Result<Vec<Hash>, LogError> {
        let mut roots = Vec::with_capacity(spans.len());
        for span in spans {
            roots.push(self.span(span).await?);
        }
        Ok(roots)
    }

    /// The hash of a record: what its leaf is made of.
    ///
    /// # Errors
    /// As [`root`](Self::root).
    pub async fn record(&self, index: u64) -> Result<Hash, LogError> {
        let rows = self.rows(LEAVES, [index.into(), (index + 1).into()]).await?;
        rows.first().and_then(hash_of).ok_or(LogError::Missing(index + 1))
    }

    /// Hears the leaf of each record of a span in turn, in constant memory.
    ///
    /// # Errors
    /// As [`root`](Self::root).
    pub async fn each(&self, span: Range<u64>, mut hear: impl FnMut(Hash)) -> Result<(), LogError> {
        let mut next = span.start;
        while next < span.end {
            let end = span.end.min(next + PAGE);
            let rows = self.rows(LEAVES, [next.into(), end.into()]).await?;
            for row in &rows {
                let seq: i64 = row.try_get_by_index(0)?;
                let hash = hash_of(row).filter(|_| u64::try_from(seq) == Ok(next + 1));
                hear(leaf(&hash.ok_or(LogError::Missing(next + 1))?));
                next += 1;
            }
            if next < end {
                return Err(LogError::Missing(next + 1));
            }
        }
        Ok(())
    }

    async fn span(&self, span: Range<u64>) -> Result<Hash, LogError> {
        // Counted from its own beginning, a span is a tree like any other.
        let mut tree = Frontier::default();
        for (begin, height) in complete_subtrees(span) {
            tree.push_subtree(height, self.subtree(begin, height).await?);
        }
        Ok(tree.root())
    }

    async fn subtree(&self, begin: u64, height: u32) -> Result<Hash, LogError> {
        let mut step = if self.remembering { height - height % STEP } else { 0 };
        while step > 0 {
            let (from, count) = (begin >> step, 1 << (height - step));
            if let Some(nodes) = self.nodes(step, from..from + count).await? {
                let mut tree = Frontier::default();
                nodes.into_iter().for_each(|node| tree.push(node));
                return Ok(tree.root());
            }
            step -= STEP;
        }
        let mut tree = Frontier::default();
        self.each(begin..begin + (1 << height), |leaf| tree.push(leaf)).await?;
        Ok(tree.root())
    }

    /// Remembered roots; none where one of them is not there.
    async fn nodes(&self, height: u32, span: Range<u64>) -> Result<Option<Vec<Hash>>, LogError> {
        let values = [u64::from(height).into(), span.start.into(), span.end.into()];
        let rows = self.rows(NODES, values).await?;
        let nodes: Option<Vec<Hash>> = rows.iter().map(hash_of).collect();
        Ok(nodes.filter(|nodes| nodes.len() as u64 == span.end - span.start))
    }

    async fn rows<const N: usize>(
        &self,
        sql: &str,
        values: [Number; N],
    ) -> Result<Vec<QueryResult>, LogError> {
        let values = values.map(|Number(number)| Value::from(number));
        let backend = self.db.get_database_backend();
        Ok(self.db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?)
    }
}

/// A number as databases count.
struct Number(i64);

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// By its place: finding a column by its name takes longer than anything else here.
fn hash_of(row: &QueryResult) -> Option<Hash> {
    unhex(&row.try_get_by_index::<String>(1).ok()?)
}

/// Remembers the roots of the subtrees that became complete with the first `size` records.
///
/// # Errors
/// When the database cannot be read or written, or a record is missing.
pub async fn remember(db: &DatabaseConnection, size: u64) -> Result<(), LogError> {
    let leaves = Leaves::remembering(db);
    let mut height = STEP;
    while size >> height > 0 {
        let last = leaves.rows(LAST, [u64::from(height).into()]).await?;
        let last: Option<i64> = last.first().and_then(|row| row.try_get("", "seq").ok()).flatten();
        let mut next = last.and_then(|last| u64::try_from(last + 1).ok()).unwrap_or(0);
        while next < size >> height {
            let end = (size >> height).min(next + AT_ONCE);
            keep(db, height, next, leaves.roots_of(next..end, height).await?).await?;
            next = end;
        }
        height += STEP;
    }
    Ok(())
}

/// Forgets what is remembered, where it was found to be wrong.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget(db: &DatabaseConnection) -> Result<(), LogError> {
    access_node::Entity::delete_many().exec(db).await?;
    Ok(())
}

async fn keep(
    db: &DatabaseConnection,
    height: u32,
    first: u64,
    roots: Vec<Hash>,
) -> Result<(), LogError> {
    use access_node::Column::{Hash, Height, Position};
    let nodes = (first..).zip(roots).map(|(position, root)| access_node::ActiveModel {
        height: Set(i64::from(height)),
        position: Set(Number::from(position).0),
        hash: Set(hex(&root)),
    });
    // Of two gateways that remember at the same time, either is right.
    let either = OnConflict::columns([Height, Position]).update_column(Hash).to_owned();
    access_node::Entity::insert_many(nodes).on_conflict(either).exec_without_returning(db).await?;
    Ok(())
}

impl Leaves<'_> {
    /// The roots of subtrees that follow each other, of which nothing is remembered yet.
    async fn roots_of(&self, span: Range<u64>, height: u32) -> Result<Vec<Hash>, LogError> {
        let mut roots = Vec::new();
        let mut tree = Frontier::default();
        let mut grow = |hash| {
            tree.push(hash);
            if tree.size() == 1 << STEP {
                roots.push(std::mem::take(&mut tree).root());
            }
        };
        let below = height - STEP;
        if below == 0 {
            self.each(span.start << STEP..span.end << STEP, grow).await?;
        } else {
            for part in span.start << STEP..span.end << STEP {
                grow(self.subtree(part << below, below).await?);
            }
        }
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::ChainKey;
    use crate::{
        audit::tests::store::{Store, draft, secrets},
        log::{
            proofs::{consistency, inclusion, is_consistent, is_included},
            store::{catch_up, head},
        },
    };

    const SIZE: i64 = 1100;

    async fn filled(store: &Store) -> Vec<Hash> {
        let writer = store.writer();
        futures_util::future::join_all((1..=SIZE).map(|n| writer.record(draft(n)))).await;
        writer.close().await;
        let mut all = Vec::new();
        Leaves::new(&store.db).each(0..SIZE.unsigned_abs(), |leaf| all.push(leaf)).await.unwrap();
        all
    }

    fn tree(leaves: &[Hash]) -> Hash {
        let mut tree = Frontier::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        tree.root()
    }

    async fn assert_proofs(reader: &Leaves<'_>, all: &[Hash]) {
        let size = all.len() as u64;
        let root = tree(all);
        assert_eq!(reader.root(size).await.unwrap(), root);
        for index in [0, 1, 255, 256, 600, size - 1] {
            let path = reader.roots(inclusion(index, size)).await.unwrap();
            let leaf = all[usize::try_from(index).unwrap()];
            assert!(is_included(&leaf, index, size, &path, &root), "{index}");
        }
        for from in [1, 255, 256, 512, 700, size] {
            let path = reader.roots(consistency(from, size)).await.unwrap();
            let first = tree(&all[..usize::try_from(from).unwrap()]);
            assert!(is_consistent((from, &first), (size, &root), &path), "{from}");
        }
    }

    #[tokio::test]
    async fn the_frontier_is_that_of_the_records_and_proofs_hold() {
        for store in Store::all("the_frontier_is_that_of_the_records").await {
            let all = filled(&store).await;
            let kept = head(&store.db, &ChainKey::derive(&secrets())).await.unwrap();
            assert_eq!((kept.seq, kept.tree.root()), (SIZE, tree(&all)));
            assert_proofs(&Leaves::new(&store.db), &all).await;
            assert_proofs(&Leaves::remembering(&store.db), &all).await;
            remember(&store.db, 600).await.unwrap();
            remember(&store.db, SIZE.unsigned_abs()).await.unwrap();
            assert_proofs(&Leaves::remembering(&store.db), &all).await;
            // Remembered roots are really used, and never by who reads records alone.
            store.execute(&format!("UPDATE access_node SET hash = '{}'", "0".repeat(64))).await;
            let remembered = Leaves::remembering(&store.db).root(1024).await.unwrap();
            assert_ne!(remembered, tree(&all[..1024]));
            assert_proofs(&Leaves::new(&store.db), &all).await;
            forget(&store.db).await.unwrap();
            assert_proofs(&Leaves::remembering(&store.db), &all).await;
        }
    }

    #[tokio::test]
    async fn a_frontier_that_is_not_kept_or_was_altered_is_made_of_the_records() {
        for store in Store::all("a_frontier_that_is_not_kept").await {
            let all = filled(&store).await;
            let key = ChainKey::derive(&secrets());
            for lost in [
                "UPDATE access_head SET tree_size = 0, tree = ''",
                "UPDATE access_head SET tree_size = 1024",
                "UPDATE access_head SET tree = replace(tree, '0', '1')",
                "UPDATE access_head SET tree = 'x'",
            ] {
                store.execute(lost).await;
                assert_eq!(head(&store.db, &key).await.unwrap().tree.root(), tree(&all), "{lost}");
                catch_up(&store.db, &key).await.unwrap();
                let whole = "SELECT seq, hash FROM access_head \
                             WHERE tree_size = seq AND length(tree) > 64";
                let reader = Leaves::new(&store.db);
                assert_eq!(reader.rows(whole, []).await.unwrap().len(), 1, "{lost}");
            }
            store.execute("DELETE FROM access_record WHERE seq = 7").await;
            store.execute("UPDATE access_head SET tree_size = 0, tree = ''").await;
            assert!(matches!(head(&store.db, &key).await, Err(LogError::Missing(7))));
        }
    }
}
