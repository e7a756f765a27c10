//! What stands in the tables, beside what the acts on the chain made.
//!
//! Every act tells the rows that it wrote ([`image`]). Replayed in order, over what the gateway came
//! with, they say what must stand in the tables of policy: a row that no act explains was written by
//! hand, and so was one that differs.

mod acts;
mod compare;
mod expected;
mod found;
pub mod image;
mod limitation;
mod seeds;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, TransactionTrait,
};

pub use compare::{Finding, Kind};

use crate::{
    audit::ChainKey,
    clock::{Clock as _, SystemClock},
    error::{Code, GatewayError},
    secrets::Secrets,
};
use expected::Expected;

/// The tables that acts alone write, or that nothing writes once the gateway is installed. Persons'
/// consents are imported, too: of them only those that acts made are compared.
const TABLES: [&str; 14] = [
    image::LAW,
    image::GRANT,
    image::VERSION,
    image::PROPOSAL,
    image::DECISION,
    image::CLIENT,
    image::CREDENTIAL,
    image::REVOKED_TOKEN,
    image::AGREEMENT,
    image::AUDIT_CASE,
    image::CLOSING,
    image::IDENTITY,
    image::SUBJECT_REQUEST,
    image::ACCESS_REQUEST,
];

/// What a replay found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many acts there are.
    pub acts: u64,
    /// How many of them are of before acts told their rows: what they made is compared as far as they
    /// tell it.
    pub partial: u64,
    /// How many rows were compared.
    pub rows: u64,
    /// What does not agree.
    pub findings: Vec<Finding>,
}

/// Replays all acts. Gateways may go on writing: all is read at one moment.
///
/// # Errors
/// When the database cannot be read.
pub async fn replay(
    db: &DatabaseConnection,
    secrets: &Secrets,
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, DbErr> {
    let key = ChainKey::derive(secrets);
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    // On SQLite a transaction sees one moment from its first read on.
    let snapshot = is_postgres.then_some(IsolationLevel::RepeatableRead);
    let moment = db.begin_with_config(snapshot, None).await?;
    let mut expected = Expected::seeded();
    let mut report = Report::default();
    let mut acts = acts::Acts::all(&moment).await?;
    while let Some(page) = acts.next(&moment, &key).await? {
        for act in page {
            report.acts += 1;
            match act {
                Ok(act) => report.partial += u64::from(!expected.apply(&act)),
                Err(seq) => report.findings.push(Finding::of_record(seq)),
            }
        }
        progress(acts.done(), acts.total());
    }
    expected.end();
    let now = SystemClock.now();
    for table in TABLES.into_iter().chain([image::BREAK_GLASS, image::CONSENT]) {
        let mut comparison = compare::Comparison::new(table, expected.take(table), now);
        found::each(&moment, table, |image| comparison.take(image)).await?;
        report.rows += comparison.rows;
        report.findings.extend(comparison.end());
    }
    moment.rollback().await?;
    Ok(report)
}

/// Refuses a decision on a proposal that is not the one that was proposed, or whose decisions are not
/// those that were made. Runs under the lock of the chain's head.
///
/// # Errors
/// [`Code::RecordMismatch`] where the tables tell another thing than the chain.
pub async fn require_as_proposed(
    transaction: &DatabaseTransaction,
    key: &ChainKey,
    proposal: i64,
) -> Result<(), GatewayError> {
    let acts = acts::Acts::of_grants(transaction).await.map_err(unread)?;
    let tables = [image::PROPOSAL, image::DECISION];
    require(disagreements(transaction, key, acts, proposal, &tables).await, "proposal")
}

/// The same of an agreement on a limit.
///
/// # Errors
/// As [`require_as_proposed`].
pub async fn require_as_agreed(
    transaction: &DatabaseTransaction,
    key: &ChainKey,
    agreement: i64,
) -> Result<(), GatewayError> {
    let acts = acts::Acts::of_limits(transaction).await.map_err(unread)?;
    require(
        disagreements(transaction, key, acts, agreement, &[image::AGREEMENT]).await,
        "agreement",
    )
}

/// The same of an audit case, before anybody signs it, looks inside it or closes it.
///
/// # Errors
/// As [`require_as_proposed`].
pub async fn require_as_case(
    transaction: &DatabaseTransaction,
    key: &ChainKey,
    case: i64,
) -> Result<(), GatewayError> {
    let acts = acts::Acts::of_cases(transaction).await.map_err(unread)?;
    require(disagreements(transaction, key, acts, case, &[image::AUDIT_CASE]).await, "audit case")
}

fn require(findings: Result<Vec<Finding>, DbErr>, what: &str) -> Result<(), GatewayError> {
    let findings = findings.map_err(unread)?;
    let Some(finding) = findings.first() else { return Ok(()) };
    tracing::error!(%finding, "what is to be signed is not what the chain tells");
    let message = format!(
        "the {what} is not what was proposed and decided: {finding}. Nobody signs it; it was \
         altered in the database"
    );
    Err(GatewayError::new(Code::RecordMismatch, message))
}

fn unread(error: DbErr) -> GatewayError {
    tracing::error!(%error, "the acts on what is to be signed cannot be read");
    GatewayError::new(Code::DatabaseUnavailable, "the database is unavailable")
}

async fn disagreements(
    transaction: &DatabaseTransaction,
    key: &ChainKey,
    mut acts: acts::Acts,
    number: i64,
    tables: &[&'static str],
) -> Result<Vec<Finding>, DbErr> {
    let mut expected = Expected::default();
    let mut findings = Vec::new();
    let target = number.to_string();
    while let Some(page) = acts.next(transaction, key).await? {
        for act in page {
            match act {
                Ok(act) if act.target == target && act.is_of_number() => {
                    expected.apply(&act);
                }
                Ok(_) => {}
                Err(seq) => findings.push(Finding::of_record(seq)),
            }
        }
    }
    let now = SystemClock.now();
    for table in tables {
        let mut comparison = compare::Comparison::new(table, expected.take(table), now);
        found::of_number(transaction, table, number, |image| comparison.take(image)).await?;
        findings.extend(comparison.end());
    }
    Ok(findings)
}
