//! Contracted volumes of the demonstration's callers: each is a client that two people let read as much
//! as anybody pastes in a day.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::TimeDelta;

use super::{DemoRequest, requests};
use crate::{
    audit::{AuditWriter, Change, Draft, Fields, Made, Outcome, Subjects},
    clock::{Clock, SystemClock},
    grants::{approval::Signer, ownership::steward},
    graphql::DocumentHash,
    oauth::{Authority, Client, Register},
    policy::Role,
    volume::{Amounts, Decide, Kind, Propose, Verdict},
};

/// Persons of each category that a caller of the demonstration reads in 24 hours.
const PERSONS: u64 = 1_000_000;

/// How long the contracts hold: longer than the tokens.
const LIFE: TimeDelta = TimeDelta::days(30);

/// The `sub` of the tokens of a role's request.
pub fn subject(role: Role) -> String {
    format!("demo.{}", role.name())
}

/// Registers whoever makes the demonstration's requests as clients with their volumes, each step on the
/// chain like any other; `subject` names them. A person needs none for its own data.
///
/// # Errors
/// When a change is refused or cannot be recorded.
pub async fn register(
    audit: &AuditWriter,
    grants_version: i64,
    subject: impl Fn(Role) -> String,
) -> anyhow::Result<()> {
    for request in requests().iter().filter(|request| request.role != Role::SU) {
        contract((audit, grants_version), request, subject(request.role))
            .await
            .with_context(|| format!("the volume of {}", request.role))?;
    }
    Ok(())
}

async fn contract(
    chain: (&AuditWriter, i64),
    request: &DemoRequest,
    id: String,
) -> anyhow::Result<()> {
    let department = request.role.department();
    let client = Client {
        id,
        name: format!("演示 {}", request.role.label_zh()),
        department,
        organization: request.organization.map(str::to_owned),
        unit: request.unit.to_owned(),
        roles: vec![request.role],
        purposes: vec![request.purpose],
        suspended: false,
    };
    let made = Made::default();
    let role = steward(department);
    let propose = Propose {
        signer: Signer { subject: "demo.steward".to_owned(), role },
        kind: Kind::Contract,
        target: client.id.clone(),
        amounts: Amounts {
            movement_day: Some(PERSONS),
            health_day: Some(PERSONS),
            identity_day: Some(PERSONS),
            ..Amounts::default()
        },
        law: "PIPL-54".to_owned(),
        reason: "演示用：虚构人口的请求可整日重复粘贴，不涉及任何真实个人".to_owned(),
        valid_from: None,
        valid_until: SystemClock.now() + LIFE,
        made: made.clone(),
    };
    commit(chain, "client.register", Register { client, by: Authority::Operator }).await?;
    commit(chain, "limit.propose", propose).await?;
    let decide = Decide {
        signer: Signer { subject: "demo.officer".to_owned(), role: Role::DP },
        agreement: made.get().context("no number was given out")?,
        verdict: Verdict::Approve,
    };
    commit(chain, "limit.approve", decide).await
}

async fn commit(
    (audit, grants_version): (&AuditWriter, i64),
    operation: &str,
    change: impl Change + 'static,
) -> anyhow::Result<()> {
    let nobody = || "-".to_owned();
    let draft = Draft {
        at: SystemClock.now(),
        caller: "demo".to_owned(),
        token_id: nobody(),
        role: nobody(),
        department: nobody(),
        unit: nobody(),
        organization: None,
        purpose: None,
        operation: Some(operation.to_owned()),
        document_hash: DocumentHash::of("").hex(),
        grants_version,
        decision: Outcome::Allowed,
        fields: Fields::default(),
        protected: false,
        row_count: 0,
        subjects: Subjects::default(),
    };
    audit.change(draft, Arc::new(change)).await?;
    Ok(())
}
