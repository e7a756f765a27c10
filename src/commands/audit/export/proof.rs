//! The last line of an export: what ties its records to the chain and to the log's newest checkpoint.

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    audit::Proof,
    log::{
        keeper::Keeper,
        note::{Kind, Note, VerifierKey},
        range::{Taken, around},
        store::Leaves,
        tree::Hash,
    },
};

/// What is told of an export behind its records.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// What ties the records to the chain.
    #[serde(flatten)]
    pub proof: Proof,
    /// From when on records were asked for.
    pub from: Option<DateTime<Utc>>,
    /// Before when.
    pub to: Option<DateTime<Utc>>,
    /// The place of the export's own record.
    pub export_record: i64,
    /// SHA-256 of all before this line, in hex.
    pub digest: String,
    /// What ties them to the log's checkpoint; none where the log was never signed.
    pub log: Option<InLog>,
}

/// That the records are in the log, and that the lines are the gateway's.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InLog {
    /// The newest checkpoint, a signed note with the cosignatures of witnesses.
    pub checkpoint: String,
    /// The roots of the complete subtrees before the first record, in base64, from left to right.
    pub before: Vec<String>,
    /// Those behind the last one.
    pub after: Vec<String>,
    /// What the log's key says of the lines, a signed note: their digest, number and period.
    pub seal: String,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ending {
    /// What it tells.
    pub proof: Told,
}

impl Told {
    /// What is signed of the lines. It begins otherwise than any checkpoint, so that neither is taken
    /// for the other.
    pub fn sealed(&self) -> String {
        let optional = |at: Option<DateTime<Utc>>| at.map_or("-".to_owned(), |at| at.to_rfc3339());
        let place = |place: Option<i64>| place.map_or("-".to_owned(), |place| place.to_string());
        let Proof { records, first_record, last_record, .. } = &self.proof;
        format!(
            "migrant-gateway audit export\nsha256 {}\nrecords {records}\nfirst {}\nlast {}\n\
             from {}\nto {}\n",
            self.digest,
            place(*first_record),
            place(*last_record),
            optional(self.from),
            optional(self.to),
        )
    }

    /// The leaves of the records; none where there are no records.
    pub fn range(&self) -> Option<std::ops::Range<u64>> {
        let first = u64::try_from(self.proof.first_record?).ok()?.checked_sub(1)?;
        Some(first..u64::try_from(self.proof.last_record?).ok()?)
    }

    /// Signs the log as it is now, and proves the records in it.
    ///
    /// # Errors
    /// When the log cannot be read, or does not hold the records.
    pub async fn prove(&mut self, keeper: &Keeper) -> anyhow::Result<()> {
        let signed = keeper.cosign(keeper.checkpoint().await?).await?;
        let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
        let range = self.range().unwrap_or(size..size);
        let (before, after) = around(&range, size);
        for leaves in [Leaves::remembering(&keeper.db), Leaves::new(&keeper.db)] {
            let (before, after) =
                (leaves.roots(before.clone()).await?, leaves.roots(after.clone()).await?);
            let mut taken = Taken::begin(range.start, &before).context("too many records")?;
            leaves.each(range.clone(), |leaf| taken.take(leaf)).await?;
            // What was remembered of the tree is no authority.
            if taken.root(size, &after) == Some(root) {
                let text = self.sealed();
                let signatures = vec![keeper.signer.sign(&text)];
                self.log = Some(InLog {
                    checkpoint: signed.note.to_string(),
                    before: written(&before),
                    after: written(&after),
                    seal: Note { text, signatures }.to_string(),
                });
                return Ok(());
            }
        }
        anyhow::bail!(
            "the records are not in the log that was signed: it was altered, rebuilt or forked; look \
             with: migrant-gateway audit verify"
        )
    }
}

impl InLog {
    /// Whether the log's key signed this of the lines.
    pub fn seals(&self, sealed: &str, key: &VerifierKey) -> bool {
        let note = self.seal.parse::<Note>();
        note.is_ok_and(|note| {
            note.text == sealed
                && matches!(note.verified_by(&key.of_kind(Kind::Plain)), Ok(Some(_)))
        })
    }
}

fn written(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

/// Hashes as they are written.
pub fn read(hashes: &[String]) -> Option<Vec<Hash>> {
    hashes.iter().map(|hash| STANDARD.decode(hash).ok()?.try_into().ok()).collect()
}
