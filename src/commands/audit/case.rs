//! `audit case`: proposing, signing, looking into and closing audit cases.
//!
//! Listing needs no token: whoever runs this reads the database anyway. Acting does, so that two people
//! are two people here too.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use entity::audit_case::Model;
use serde_json::{Value as Json, json};

use super::whose::read_number;
use crate::{
    audit_case::{Status, store},
    clock::{Clock as _, SystemClock},
    commands::{
        grant::{Actor, ask},
        instant,
    },
    config::Config,
    rules::audit_case::REASONS,
};

/// From a proposal to the persons.
const EXAMPLE: &str = "\
Example, with the tokens of an officer and an auditor for P-ADM:
  migrant-gateway audit case propose --reason-code COMPLAINT --record 1207 \\
    --reason '本人投诉称其就诊情况被无关人员查询，需核实该次访问涉及何人' --token \"$OFFICER\"
  migrant-gateway audit case approve 1 --token \"$AUDITOR\"
  migrant-gateway audit case look 1 --token \"$OFFICER\"
  migrant-gateway audit case close 1 --token \"$OFFICER\"";

#[derive(Subcommand)]
#[command(after_help = EXAMPLE)]
pub enum Command {
    /// List the cases, the newest first.
    List,
    /// Propose a case. A second person has to sign it within 14 days; then it is in force for 30 days.
    /// Needs the token of a data protection officer.
    Propose {
        /// Why.
        #[arg(long, value_parser = PossibleValuesParser::new(REASONS.map(|(code, ..)| code)))]
        reason_code: String,
        /// Why, in words of at least 20 characters.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        concerns: Concerns,
        #[command(flatten)]
        actor: Actor,
    },
    /// Open a case that the person itself asked for. It is in force at once and opens accesses about that
    /// person alone, who sees everything at once. Reads the person's identity number from standard input.
    /// Needs the token of a data protection officer.
    Request {
        /// What names the request where it was made.
        #[arg(long)]
        request_ref: String,
        /// What there is to say about it.
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        concerns: Concerns,
        #[command(flatten)]
        actor: Actor,
    },
    /// Sign a case as the second person: another data protection officer, or an auditor. Needs a token.
    Approve(Named),
    /// Refuse a case as the second person. Needs a token.
    Reject(Named),
    /// Close a case before its time, or take a proposal back. Needs a token.
    Close(Named),
    /// Show whom the accesses of one's own case were about. The look is on record, and the persons see it
    /// when the case is over. Needs the token of the officer who proposed it.
    Look {
        /// Only this access.
        #[arg(long, value_name = "RECORD")]
        record: Option<i64>,
        /// How many persons at most.
        #[arg(long, default_value_t = 50)]
        first: i32,
        /// Those behind the person of this identifier, for the next page; with --after-record.
        #[arg(long, value_name = "ID", requires = "after_record")]
        after_person: Option<String>,
        /// Those behind this record and --after-person.
        #[arg(long, value_name = "RECORD", requires = "after_person")]
        after_record: Option<i64>,
        #[command(flatten)]
        named: Named,
    },
}

/// Which accesses a case concerns: these records, or those of a period.
#[derive(Args)]
#[group(skip)]
pub struct Concerns {
    /// A record, as protectedAccesses names it; repeat for several.
    #[arg(long = "record", value_name = "RECORD", required_unless_present = "from",
        conflicts_with_all = ["from", "until", "department", "purpose", "actor_ref"])]
    records: Vec<i64>,
    /// From this instant on (RFC 3339), within 31 days.
    #[arg(long, requires = "until")]
    from: Option<DateTime<Utc>>,
    /// Before this instant (RFC 3339).
    #[arg(long, requires = "from")]
    until: Option<DateTime<Utc>>,
    /// The caller's department: code.
    #[arg(long, requires = "from")]
    department: Option<String>,
    /// The purpose: code.
    #[arg(long, requires = "from")]
    purpose: Option<String>,
    /// The caller, by the pseudonym that protectedAccesses shows to this officer.
    #[arg(long, value_name = "PSEUDONYM", requires = "from")]
    actor_ref: Option<String>,
}

/// Which case.
#[derive(Args)]
pub struct Named {
    /// Its number.
    id: i64,
    #[command(flatten)]
    actor: Actor,
}

/// Runs `audit case …`; what it prints.
pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<String> {
    match command {
        Command::List => list(config).await,
        Command::Propose { reason_code, reason, concerns, actor } => {
            let query = format!(
                "mutation($reason: String!, $records: [Int!], $scope: AuditCaseScope) {{ made: \
                 proposeAuditCase(reasonCode: {reason_code}, reason: $reason, records: $records, \
                 scope: $scope) {{ id status records }} }}"
            );
            let mut variables = concerns.variables();
            variables["reason"] = json!(reason);
            let made = ask(config, &actor, query, variables).await?;
            Ok(format!("{}, to be signed by a second person\n", told(&made)))
        }
        Command::Request { request_ref, note, concerns, actor } => {
            let query = "mutation($number: String!, $request: String!, $note: String!, \
                $records: [Int!], $scope: AuditCaseScope) { made: openRequestCase(idNumber: $number, \
                requestRef: $request, note: $note, records: $records, scope: $scope) \
                { id status records } }";
            let mut variables = concerns.variables();
            variables["number"] = json!(read_number()?);
            variables["request"] = json!(request_ref);
            variables["note"] = json!(note);
            let made = ask(config, &actor, query.to_owned(), variables).await?;
            Ok(format!("{}\n", told(&made)))
        }
        Command::Approve(named) => act(config, "approveAuditCase", &named).await,
        Command::Reject(named) => act(config, "rejectAuditCase", &named).await,
        Command::Close(named) => act(config, "closeAuditCase", &named).await,
        Command::Look { record, first, after_person, after_record, named } => {
            let query = "mutation($id: Int!, $record: Int, $first: Int!, $afterRecord: Int, \
                $afterPerson: ID) { made: lookIntoAuditCase(id: $id, record: $record, first: $first, \
                afterRecord: $afterRecord, afterPerson: $afterPerson) \
                { record at personId name idNumber } }";
            let variables = json!({
                "id": named.id, "record": record, "first": first,
                "afterRecord": after_record, "afterPerson": after_person,
            });
            let seen = ask(config, &named.actor, query.to_owned(), variables).await?;
            Ok(seen.as_array().into_iter().flatten().map(person).collect())
        }
    }
}

impl Concerns {
    fn variables(&self) -> Json {
        let scope = self.from.map(|from| {
            json!({
                "from": from, "until": self.until, "department": self.department,
                "purpose": self.purpose, "actorRef": self.actor_ref,
            })
        });
        let records = (!self.records.is_empty()).then_some(&self.records);
        json!({ "records": records, "scope": scope })
    }
}

async fn act(config: &Config, field: &str, named: &Named) -> anyhow::Result<String> {
    let query = format!("mutation($id: Int!) {{ made: {field}(id: $id) {{ id status records }} }}");
    let made = ask(config, &named.actor, query, json!({ "id": named.id })).await?;
    Ok(format!("{}\n", told(&made)))
}

fn told(made: &Json) -> String {
    let status = made["status"].as_str().unwrap_or_default();
    let status = status.to_lowercase().replace('_', " ");
    let accesses = made["records"].as_array().map_or(0, Vec::len);
    format!("audit case {} is {status}: {accesses} accesses", made["id"])
}

fn person(seen: &Json) -> String {
    let text = |member: &str| seen[member].as_str().unwrap_or("-");
    format!(
        "#{}  {}  {}  {}  {}\n",
        seen["record"],
        text("at"),
        text("personId"),
        text("name"),
        text("idNumber")
    )
}

async fn list(config: &Config) -> anyhow::Result<String> {
    let db = super::current(config).await?;
    let rows = store::cases(&db, (i64::MIN, i64::MAX)).await.context("cannot read the cases")?;
    let now = SystemClock.now();
    Ok(rows.iter().map(|row| line(row, now)).collect())
}

fn line(row: &Model, now: DateTime<Utc>) -> String {
    let second = match (&row.decider, &row.decider_role) {
        (Some(decider), Some(role)) => format!(", {decider} ({role})"),
        _ => String::new(),
    };
    let until = row.expires_at.map_or_else(|| "-".to_owned(), instant);
    format!(
        "#{}  {}  {} {}  {} accesses  {} until {until}  {}{second}\n",
        row.id,
        Status::of(row, now).code(),
        row.kind,
        row.reason_code,
        store::records(row).len(),
        instant(row.proposed_at),
        row.officer,
    )
}
