//! `token issue`: a token signed by the local key. `token key`: the keys of the authorization server.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use chrono::TimeDelta;

use clap::{Args, Subcommand};

use super::{
    instant,
    schema::{parse_purpose, parse_role},
};
use crate::{
    auth::{KeyStage, LocalKey, SigningKey, SigningKeys, TokenRequest},
    clock::{Clock, SystemClock},
    config::Config,
    policy::{Purpose, Role},
};

#[derive(Subcommand)]
pub enum Command {
    /// Print a token, and nothing else. `serve` accepts it when tokens.accept_local is true.
    Issue(Issue),
    /// The keys that the authorization server signs with (tokens.issuer_url).
    #[command(subcommand)]
    Key(Key),
}

#[derive(Subcommand)]
pub enum Key {
    /// Show every key with where it is in its life.
    List,
    /// Add a key that takes the place of the one that signs now. Servers that run follow.
    Rotate {
        /// How long the new key is published before it signs (30s, 5m, 1h): as long as others may
        /// keep the keys they fetched.
        #[arg(long, default_value = "5m", value_parser = parse_duration)]
        publish_for: Duration,
    },
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
    match command {
        Command::Issue(issue) => self::issue(config, issue),
        Command::Key(key) => self::key(config, &key),
    }
}

fn key(config: &Config, command: &Key) -> anyhow::Result<String> {
    anyhow::ensure!(
        config.keys.signing_pem.is_none(),
        "the signing key is configured (keys.signing_pem); replace it there"
    );
    let directory = config.signing_keys();
    let keys = SigningKeys::open_or_create(&directory, Arc::new(SystemClock))
        .with_context(|| format!("the signing keys in {}", directory.display()))?;
    if let Key::Rotate { publish_for } = command {
        let publish_for = TimeDelta::from_std(*publish_for).context("that is too long")?;
        keys.rotate(publish_for)
            .with_context(|| format!("no key can be added in {}", directory.display()))?;
    }
    Ok(keys.list().iter().map(|(key, stage)| line(key, *stage)).collect())
}

fn line(key: &SigningKey, stage: KeyStage) -> String {
    let from = instant(key.signs_from);
    let stage = match stage {
        KeyStage::Announced => format!("announced, signs from {from}"),
        KeyStage::Signing => format!("signing since {from}"),
        KeyStage::Retiring(until) => format!("retiring, published until {}", instant(until)),
        KeyStage::Ended => "ended, removed at the next rotation".to_owned(),
    };
    format!("{}  {stage}\n", key.key.kid())
}

fn issue(config: &Config, issue: Issue) -> anyhow::Result<String> {
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

pub fn parse_duration(text: &str) -> Result<Duration, String> {
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
