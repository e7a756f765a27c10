//! `audit prove`: that a record is in the log, and that the log only grew.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use sea_orm::DatabaseConnection;

use super::checkpoint::{keeper, summary};
use crate::{
    audit::{Receipt, Receipts},
    commands::print,
    config::Config,
    custody,
    log::{
        checkpoint::{Checkpoint, Signed},
        keeper::Keeper,
        note::Kind,
        proof_text::{ConsistencyProof, ReceiptProof},
        proofs::{consistency, inclusion, is_consistent},
        store::Leaves,
    },
};

/// What is to be proven.
#[derive(Args)]
pub struct Arguments {
    /// The receipt of a record: the value of X-Access-Record.
    #[arg(required_unless_present = "from", conflicts_with_all = ["from", "to"])]
    receipt: Option<Receipt>,
    /// Prove the record in the log of this checkpoint [default: the newest that is kept].
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    checkpoint: Option<PathBuf>,
    /// Prove that the log begins with what it was with so many records.
    #[arg(long, value_name = "SIZE", requires = "to")]
    from: Option<u64>,
    /// The log with so many records.
    #[arg(long, value_name = "SIZE", requires = "from")]
    to: Option<u64>,
}

pub(super) async fn run(
    config: &Config,
    db: &DatabaseConnection,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let keeper = keeper(config, db).await?;
    match (arguments.receipt, arguments.from, arguments.to) {
        (Some(receipt), ..) => {
            let place = Receipts::new(&custody::examine(config, db).await?).open(&receipt).context(
                "this gateway gave no such receipt: one character is wrong, or it was given under \
                 another master secret",
            )?;
            let signed = match arguments.checkpoint {
                Some(file) => read(&keeper, &file)?,
                None => keeper.checkpoint().await?,
            };
            let proof = inclusion_of(&keeper, receipt, place, &signed).await?;
            eprintln!("the record is in {}", summary(&signed));
            print(&proof.to_string())
        }
        (None, Some(from), Some(to)) => {
            let proof = consistency_of(&keeper, from, to).await?;
            eprintln!("the log with {to} records begins with what it was with {from}");
            print(&proof.to_string())
        }
        _ => anyhow::bail!("name a receipt, or --from and --to"),
    }
}

fn read(keeper: &Keeper, file: &PathBuf) -> anyhow::Result<Signed> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Signed::open(&text, &keeper.signer.verifier(Kind::Plain))
        .with_context(|| file.display().to_string())
}

/// Proves what it returns: what was remembered of the tree is no authority.
async fn inclusion_of(
    keeper: &Keeper,
    receipt: Receipt,
    place: i64,
    signed: &Signed,
) -> anyhow::Result<ReceiptProof> {
    let size = signed.checkpoint.size;
    let index = u64::try_from(place - 1).context("records are counted from 1")?;
    anyhow::ensure!(
        index < size,
        "the record is younger than the checkpoint, which covers {size} records: take a newer one"
    );
    let mut proof =
        ReceiptProof { receipt, index, path: Vec::new(), checkpoint: signed.note.to_string() };
    for leaves in [Leaves::remembering(&keeper.db), Leaves::new(&keeper.db)] {
        proof.path = leaves.roots(inclusion(index, size)).await?;
        if proof.verify(&keeper.signer.verifier(Kind::Plain)).is_ok() {
            return Ok(proof);
        }
    }
    anyhow::bail!(
        "the record of this receipt is not in the log of the checkpoint: the log was altered, \
         rebuilt or forked; look with: migrant-gateway audit verify"
    )
}

async fn consistency_of(keeper: &Keeper, from: u64, to: u64) -> anyhow::Result<ConsistencyProof> {
    anyhow::ensure!(from <= to, "--from is not larger than --to");
    // Whatever is signed of the past is consistent with what was signed already.
    let newest = keeper.checkpoint().await?;
    let size = newest.checkpoint.size;
    anyhow::ensure!(to <= size, "the log has {size} records");
    for leaves in [Leaves::remembering(&keeper.db), Leaves::new(&keeper.db)] {
        let root = leaves.root(to).await?;
        let on = leaves.roots(consistency(to, size)).await?;
        let path = leaves.roots(consistency(from, to)).await?;
        let older = leaves.root(from).await?;
        if is_consistent((to, &root), (size, &newest.checkpoint.root), &on)
            && is_consistent((from, &older), (to, &root), &path)
        {
            let signed = if to == size {
                newest
            } else {
                let origin = newest.checkpoint.origin;
                Checkpoint { origin, size: to, root }.sign_past(&keeper.signer)
            };
            return Ok(ConsistencyProof { from, path, checkpoint: signed.note.to_string() });
        }
    }
    anyhow::bail!(
        "the records do not make the log that was signed: it was altered, rebuilt or forked; look \
         with: migrant-gateway audit verify"
    )
}
