//! `limit` and `client volume`: how much of people's data callers may learn, as two people agreed.
//!
//! Reading needs no token: whoever runs this reads the database anyway. Acting does, so that two
//! people are two people here too.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use entity::limit_agreement::Model;
use serde_json::{Value as Json, json};

use super::{
    grant::{Actor, ask},
    instant,
    schema::parse_role,
};
use crate::{
    clock::{Clock as _, SystemClock},
    config::Config,
    db,
    policy::Role,
    volume::{Status, store},
};

/// What is answered of an agreement.
const AGREEMENT: &str = "{ id status }";

/// From a proposal to a limit that holds.
const EXAMPLE: &str = "\
Example, with the tokens of two people for P-ADM:
  migrant-gateway limit propose-role HV --health-day 60 --health-month 250 --law VACCINE-46 \\
    --reason '查漏补种期间每日核对接种档案的工作量（国家免疫规划）' --until 2026-12-31T00:00:00+08:00 --token \"$STEWARD\"
  migrant-gateway limit approve 1 --token \"$OFFICER\"";

#[derive(Subcommand)]
pub enum Command {
    /// List agreements and proposals, the newest first.
    List,
    /// List alarms: who read more than three times what is usual for the role, the newest first.
    Alarms {
        /// How many.
        #[arg(long, default_value_t = 50)]
        first: u64,
    },
    /// Propose a higher limit for a role, up to half of what is a crime (法释〔2017〕10号 5): 25, 250
    /// and 2500 persons of movement, health and identity. Needs a token.
    #[command(after_help = EXAMPLE)]
    ProposeRole {
        /// The role (HV).
        #[arg(value_parser = parse_role)]
        of: Role,
        #[command(flatten)]
        rows: Rows,
        #[command(flatten)]
        terms: Terms,
    },
    /// Propose that an organization's clinicians open more emergencies. Needs a token.
    ProposeEmergency {
        /// The code of the organization (220102-EMS).
        organization: String,
        /// How many patients a clinician has open at once [by default 3, at most 10].
        #[arg(long)]
        open_at_once: Option<u32>,
        /// How many emergencies the organization opens in 24 hours [by default 20, at most 200].
        #[arg(long)]
        opened_a_day: Option<u32>,
        #[command(flatten)]
        terms: Terms,
    },
    /// Sign a proposal as the second person: then it holds. Needs a token.
    Approve(Named),
    /// Refuse a proposal as the second person. Needs a token.
    Reject(Named),
    /// End an agreement at once, or take a proposal back. Needs a token.
    End(Named),
}

/// `client volume …`.
#[derive(Subcommand)]
pub enum Volume {
    /// Propose how many persons' data a client reads in 24 hours. Needs a token.
    Propose {
        /// The client's id.
        client: String,
        /// Persons whose address history it reads.
        #[arg(long)]
        movement: Option<u64>,
        /// Persons whose health data it reads.
        #[arg(long)]
        health: Option<u64>,
        /// Persons whose identity, residence or other data it reads.
        #[arg(long)]
        identity: Option<u64>,
        #[command(flatten)]
        terms: Terms,
    },
    /// List the contracted volumes of a client, or of all.
    List {
        /// The client's id.
        client: Option<String>,
    },
    /// Sign a proposal as the second person: then it holds. Needs a token.
    Approve(Named),
    /// Refuse a proposal as the second person. Needs a token.
    Reject(Named),
    /// End a contracted volume at once, or take a proposal back. Needs a token.
    End(Named),
}

/// How many persons, without a reason on file.
#[derive(Args)]
pub struct Rows {
    /// Whose address history is read in 24 hours [by default 5].
    #[arg(long)]
    movement_day: Option<u64>,
    /// Whose health data is read in 24 hours [by default 20].
    #[arg(long)]
    health_day: Option<u64>,
    /// Whose identity or residence is read in 24 hours [by default 100].
    #[arg(long)]
    identity_day: Option<u64>,
    /// Whose address history is read in 30 days [by default 12].
    #[arg(long)]
    movement_month: Option<u64>,
    /// Whose health data is read in 30 days [by default 100].
    #[arg(long)]
    health_month: Option<u64>,
    /// Whose identity or residence is read in 30 days [by default 1000].
    #[arg(long)]
    identity_month: Option<u64>,
}

/// On what an agreement rests, and how long it lasts.
#[derive(Args)]
pub struct Terms {
    /// The code of the law (RESPERMIT-8; see the table of laws in `grant export`).
    #[arg(long)]
    law: String,
    /// Why it is needed, in at least 20 characters.
    #[arg(long)]
    reason: String,
    /// From when on (RFC 3339) [default: at once].
    #[arg(long)]
    from: Option<DateTime<Utc>>,
    /// Until when (RFC 3339), within a year.
    #[arg(long)]
    until: DateTime<Utc>,
    #[command(flatten)]
    actor: Actor,
}

/// Which agreement.
#[derive(Args)]
pub struct Named {
    /// Its number.
    id: i64,
    #[command(flatten)]
    actor: Actor,
}

/// Runs `limit …`; what it prints.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<String> {
    match command {
        Command::List => list(config, |_| true).await,
        Command::Alarms { first } => alarms(config, first).await,
        Command::ProposeRole { of, rows, terms } => {
            let amounts = json!({
                "movementDay": rows.movement_day, "movementMonth": rows.movement_month,
                "healthDay": rows.health_day, "healthMonth": rows.health_month,
                "identityDay": rows.identity_day, "identityMonth": rows.identity_month,
            });
            propose(config, "ROLE", of.code(), amounts, &terms).await
        }
        Command::ProposeEmergency { organization, open_at_once, opened_a_day, terms } => {
            let amounts = json!({ "openAtOnce": open_at_once, "openedADay": opened_a_day });
            propose(config, "EMERGENCY", &organization, amounts, &terms).await
        }
        Command::Approve(named) => act(config, "approveLimit", &named).await,
        Command::Reject(named) => act(config, "rejectLimit", &named).await,
        Command::End(named) => act(config, "endLimit", &named).await,
    }
}

/// Runs `client volume …`; what it prints.
pub async fn of_client(config: &Config, command: Volume) -> anyhow::Result<String> {
    match command {
        Volume::Propose { client, movement, health, identity, terms } => {
            let amounts = json!({
                "movementDay": movement, "healthDay": health, "identityDay": identity,
            });
            propose(config, "CONTRACT", &client, amounts, &terms).await
        }
        Volume::List { client } => {
            let is_asked = |row: &Model| {
                row.kind == "contract" && client.as_ref().is_none_or(|client| *client == row.target)
            };
            list(config, is_asked).await
        }
        Volume::Approve(named) => act(config, "approveLimit", &named).await,
        Volume::Reject(named) => act(config, "rejectLimit", &named).await,
        Volume::End(named) => act(config, "endLimit", &named).await,
    }
}

async fn propose(
    config: &Config,
    kind: &str,
    target: &str,
    amounts: Json,
    terms: &Terms,
) -> anyhow::Result<String> {
    let query = format!(
        "mutation($target: String!, $amounts: LimitAmountsInput!, $law: String!, $reason: String!, \
         $from: DateTime, $until: DateTime!) {{ made: proposeLimit(kind: {kind}, target: $target, \
         amounts: $amounts, law: $law, reason: $reason, validFrom: $from, validUntil: $until) \
         {AGREEMENT} }}"
    );
    let variables = json!({
        "target": target, "amounts": amounts, "law": terms.law, "reason": terms.reason,
        "from": terms.from, "until": terms.until,
    });
    let made = ask(config, &terms.actor, query, variables).await?;
    Ok(format!("{}, to be signed by a second person\n", told(&made)))
}

async fn act(config: &Config, field: &str, named: &Named) -> anyhow::Result<String> {
    let query = format!("mutation($id: Int!) {{ made: {field}(id: $id) {AGREEMENT} }}");
    let made = ask(config, &named.actor, query, json!({ "id": named.id })).await?;
    Ok(format!("{}\n", told(&made)))
}

fn told(made: &Json) -> String {
    let status = made["status"].as_str().unwrap_or_default();
    format!("agreement {} is {}", made["id"], status.to_lowercase().replace('_', " "))
}

async fn list(config: &Config, is_asked: impl Fn(&Model) -> bool) -> anyhow::Result<String> {
    let db = open(config).await?;
    let rows = store::agreements(&db).await.context("cannot read the agreements")?;
    let now = SystemClock.now();
    Ok(rows.iter().filter(|row| is_asked(row)).map(|row| line(row, now)).collect())
}

fn line(row: &Model, now: DateTime<Utc>) -> String {
    let second = match (&row.decider, &row.decider_role) {
        (Some(decider), Some(role)) => format!(", {decider} ({role})"),
        _ => String::new(),
    };
    format!(
        "#{}  {}  {} {}  {}  {}  {} to {}  {} ({}){second}\n",
        row.id,
        Status::of(row, now).code(),
        row.kind,
        row.target,
        row.amounts,
        row.law,
        instant(row.valid_from),
        instant(row.valid_until),
        row.proposer,
        row.proposer_role,
    )
}

async fn alarms(config: &Config, first: u64) -> anyhow::Result<String> {
    let db = open(config).await?;
    let rows = store::alarms(&db, first).await.context("cannot read the alarms")?;
    let line = |row: &entity::volume_alarm::Model| {
        format!(
            "{}  {} ({})  {}  {}  {} persons in 24 hours, usually {}\n",
            instant(row.at),
            row.subject,
            row.issuer,
            row.role,
            row.category,
            row.rows,
            row.usual
        )
    };
    Ok(rows.iter().map(line).collect())
}

async fn open(config: &Config) -> anyhow::Result<sea_orm::DatabaseConnection> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await?;
    anyhow::ensure!(
        pending.is_empty(),
        "the database is not up to date; run: migrant-gateway migrate"
    );
    Ok(db)
}
