//! The head of the log: how many records there are, the last one's hash, and the frontier.
#![expect(
    clippy::disallowed_types,
    reason = "the tree is kept beside the records, and tells of nobody"
)]

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::{Leaves, LogError};
use crate::{audit::chain::ChainKey, log::tree::Frontier};

/// How often the frontier is made anew where others write at the same time.
const ATTEMPTS: usize = 20;

const READ: &str = "SELECT seq, hash, tree_size, tree FROM access_head WHERE id = 1";

/// The head of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many records there are.
    pub seq: i64,
    /// The hash of the last one, in hex.
    pub hash: String,
    /// The tree over them.
    pub tree: Frontier,
}

struct Kept {
    seq: i64,
    hash: String,
    tree_size: i64,
    sealed: String,
}

/// The head, with a frontier that covers all records: where what is kept does not, because an older
/// version wrote them or somebody altered it, the rest is read from the records, a page at a time.
///
/// # Errors
/// When the database cannot be read, or a record is missing.
pub async fn head(db: &DatabaseConnection, key: &ChainKey) -> Result<Head, LogError> {
    let kept = read(db).await?;
    let tree = tree_of(db, key, &kept).await?;
    Ok(Head { seq: kept.seq, hash: kept.hash, tree })
}

/// Keeps a frontier that covers all records, in constant memory and without holding anybody up.
///
/// # Errors
/// When the database cannot be read or written, or a record is missing.
pub async fn catch_up(db: &DatabaseConnection, key: &ChainKey) -> Result<(), LogError> {
    for _ in 0..ATTEMPTS {
        let kept = read(db).await?;
        if kept.tree(key).size() == number(kept.seq) {
            return Ok(());
        }
        let tree = tree_of(db, key, &kept).await?;
        // Only where nobody else did meanwhile, or moved the head with a frontier of their own.
        let keep = Statement::from_sql_and_values(
            db.get_database_backend(),
            "UPDATE access_head SET tree_size = $1, tree = $2 \
             WHERE id = 1 AND tree_size = $3 AND tree = $4",
            [
                kept.seq.into(),
                key.seal_tree(&tree).into(),
                kept.tree_size.into(),
                kept.sealed.into(),
            ],
        );
        db.execute_raw(keep).await?;
    }
    Ok(())
}

impl Kept {
    /// The frontier as far as it is one that a gateway wrote.
    fn tree(&self, key: &ChainKey) -> Frontier {
        key.open_tree(self.tree_size, &self.sealed)
            .filter(|tree| tree.size() <= number(self.seq))
            .unwrap_or_default()
    }
}

async fn read(db: &DatabaseConnection) -> Result<Kept, LogError> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), READ)).await?;
    let row = row.ok_or(LogError::Behind(0))?;
    Ok(Kept {
        seq: row.try_get("", "seq")?,
        hash: row.try_get("", "hash")?,
        tree_size: row.try_get("", "tree_size")?,
        sealed: row.try_get("", "tree")?,
    })
}

async fn tree_of(
    db: &DatabaseConnection,
    key: &ChainKey,
    kept: &Kept,
) -> Result<Frontier, LogError> {
    let mut tree = kept.tree(key);
    Leaves::new(db).each(tree.size()..number(kept.seq), |leaf| tree.push(leaf)).await?;
    Ok(tree)
}

fn number(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0)
}
