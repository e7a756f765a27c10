//! `token issue`: a token signed by the local key.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::schema::{parse_purpose, parse_role};
use crate::{
    auth::{LocalKey, TokenRequest},
    clock::{Clock, SystemClock},
    config::Config,
    policy::{Purpose, Role},
};

#[derive(Subcommand)]
pub enum Command {
    /// Print a token, and nothing else. `serve` accepts it when tokens.accept_local is true.
    Issue(Issue),
}

#[derive(Args)]
pub struct Issue {
    /// The role, by code (HC) or name (health.community_clinician).
    #[arg(long, value_parser = parse_role)]
    role: Role,
    /// The code of the administrative unit (220102).
    #[arg(long)]
    unit: String,
    /// The code of the organization (220102-CHC); roles with a caseload need one.
    #[arg(long)]
    organization: Option<String>,
    /// A purpose (P-IMM); may be given several times [default: all purposes of the role].
    #[arg(long = "purpose", value_parser = parse_purpose)]
    purposes: Vec<Purpose>,
    /// The key of the person, for the role SU.
    #[arg(long)]
    person: Option<i64>,
    /// How long it is valid: 90s, 15m, 12h; at most 24h.
    #[arg(long, default_value = "15m", value_parser = parse_duration)]
    ttl: Duration,
    /// Whom it is issued to, as access records name it [default: the role's name].
    #[arg(long)]
    subject: Option<String>,
}

pub fn run(config: &Config, command: Command) -> anyhow::Result<String> {
    let Command::Issue(issue) = command;
    let key = LocalKey::open_or_create(&config.signing_key())?;
    let request = TokenRequest {
        issuer: config.tokens.local_issuer.clone(),
        audience: config.tokens.audience.clone(),
        subject: issue.subject.unwrap_or_else(|| issue.role.name().to_owned()),
        role: issue.role,
        unit: issue.unit,
        organization: issue.organization,
        purposes: issue.purposes,
        person: issue.person,
        ttl: issue.ttl,
    };
    Ok(key.issue(&request, SystemClock.now())? + "\n")
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let invalid = || "write a number and a unit: 90s, 15m or 12h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(invalid)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(invalid()),
    };
    let number: u64 = number.parse().map_err(|_| invalid())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(invalid)
}
