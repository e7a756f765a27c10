//! `client`: partner systems that get tokens, and what they prove themselves with.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use entity::{oauth_credential, sharing::Department};

use super::{
    administer::Administrator,
    instant, limit,
    schema::{parse_purpose, parse_role},
    token::parse_duration,
};
use crate::{
    clock::{Clock, SystemClock},
    config::Config,
    oauth::{
        self, AddCredential, Authority, Client, EndCredential, NewCredential, NewSecret, Register,
        Resume, Suspend, public_jwk,
    },
    policy::{Purpose, Role},
};

/// From nothing to a client that can ask.
const EXAMPLE: &str = "\
Example:
  migrant-gateway client register chc-220102 --name '南关区社区卫生服务中心' \\
    --role HC --unit 220102 --organization 220102-CHC
  migrant-gateway client secret add chc-220102 > chc-220102.secret";

#[derive(Subcommand)]
pub enum Command {
    /// Let a partner system in. It proves itself with a secret or a key: see `secret` and `key`.
    #[command(after_help = EXAMPLE)]
    Register(NewClient),
    /// Show all clients, one a line.
    List,
    /// Show a client and its credentials, those that have ended too.
    Show {
        /// The client's id.
        client: String,
    },
    /// Stop a client: it gets no tokens, and those it has are refused within a second.
    Suspend {
        /// The client's id.
        client: String,
    },
    /// Let a suspended client go on.
    Resume {
        /// The client's id.
        client: String,
    },
    /// Contracted volumes: how many persons' data clients read, as two people agreed.
    #[command(subcommand)]
    Volume(limit::Volume),
    /// Secrets that both sides know.
    #[command(subcommand)]
    Secret(Secret),
    /// Public keys of clients that sign assertions.
    #[command(subcommand)]
    Key(Key),
    /// What clients prove themselves with, of either sort.
    #[command(subcommand)]
    Credential(Credential),
}

#[derive(Args)]
pub struct NewClient {
    /// The id the client names itself by: letters, digits, hyphens, dots, underscores.
    client: String,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// A role, by code (HC) or name (health.community_clinician); may be given several times, all of
    /// one department.
    #[arg(long = "role", value_parser = parse_role, required = true)]
    roles: Vec<Role>,
    /// A purpose (P-IMM); may be given several times [default: all purposes of the roles].
    #[arg(long = "purpose", value_parser = parse_purpose)]
    purposes: Vec<Purpose>,
    /// The code of the administrative unit (220102).
    #[arg(long)]
    unit: String,
    /// The code of the organization it acts for (220102-CHC); roles with a caseload need one.
    #[arg(long)]
    organization: Option<String>,
}

#[derive(Subcommand)]
pub enum Secret {
    /// Make a secret and print it, this once. Others of the client go on holding.
    Add {
        /// The client's id.
        client: String,
        #[command(flatten)]
        validity: Validity,
    },
}

#[derive(Subcommand)]
pub enum Key {
    /// Add a public key: ES256 (P-256), EdDSA (Ed25519) or RS256 (2048 bits or more).
    Add {
        /// The client's id.
        client: String,
        /// A file with one JWK (RFC 7517), without its private part.
        #[arg(long, value_name = "FILE")]
        jwk: PathBuf,
        #[command(flatten)]
        validity: Validity,
    },
}

#[derive(Subcommand)]
pub enum Credential {
    /// End a secret or key, at once or after a while.
    End {
        /// The client's id.
        client: String,
        /// Its number, as `client show` tells it.
        credential: i64,
        /// How long it holds still: 10m, 24h.
        #[arg(long = "in", value_parser = parse_duration, value_name = "DURATION")]
        after: Option<Duration>,
    },
}

#[derive(Args)]
pub struct Validity {
    /// How long it holds: 24h, 8760h [default: until it is ended].
    #[arg(long, value_parser = parse_duration, value_name = "DURATION")]
    valid_for: Option<Duration>,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let administrator = Administrator::open(config).await?;
    let by = Authority::Operator;
    let text = match command {
        Command::Volume(command) => limit::of_client(config, command).await?,
        Command::Register(client) => register(&administrator, client).await?,
        Command::List => list(&administrator).await?,
        Command::Show { client } => show(&administrator, &client).await?,
        Command::Suspend { client } => {
            administrator.commit("client.suspend", Suspend { client, by }).await?
        }
        Command::Resume { client } => {
            administrator.commit("client.resume", Resume { client, by }).await?
        }
        Command::Secret(Secret::Add { client, validity }) => {
            add_secret(&administrator, client, &validity).await?
        }
        Command::Key(Key::Add { client, jwk, validity }) => {
            let text = std::fs::read_to_string(&jwk)
                .with_context(|| format!("cannot read {}", jwk.display()))?;
            add_key(&administrator, client, &text, &validity).await?
        }
        Command::Credential(Credential::End { client, credential, after }) => {
            let at = after.map(in_future).transpose()?;
            let end = EndCredential { client, credential, at, by };
            administrator.commit("client.credential.end", end).await?
        }
    };
    administrator.close().await;
    super::print(&text)
}

async fn register(administrator: &Administrator, new: NewClient) -> anyhow::Result<String> {
    let department = new.roles.first().map_or(Department::Gateway, |role| role.department());
    let all = || new.roles.iter().flat_map(|role| Purpose::of(*role)).collect();
    let mut purposes: Vec<Purpose> =
        if new.purposes.is_empty() { all() } else { new.purposes.clone() };
    purposes.sort_unstable();
    purposes.dedup();
    let client = Client {
        id: new.client,
        name: new.name,
        department,
        organization: new.organization,
        unit: new.unit,
        roles: new.roles,
        purposes,
        suspended: false,
    };
    administrator.commit("client.register", Register { client, by: Authority::Operator }).await
}

async fn add_secret(
    administrator: &Administrator,
    client: String,
    validity: &Validity,
) -> anyhow::Result<String> {
    let secret = NewSecret::generate()?;
    let add = AddCredential {
        client,
        what: NewCredential::Secret { selector: secret.selector, hash: secret.hash },
        valid_from: None,
        valid_until: validity.valid_for.map(in_future).transpose()?,
        by: Authority::Operator,
    };
    // On standard error, so that the secret alone can be kept: `client secret add X > FILE`.
    eprint!("{}", administrator.commit("client.credential.add", add).await?);
    eprintln!("this is shown once; only its hash is kept:");
    Ok(format!("{}\n", *secret.text))
}

async fn add_key(
    administrator: &Administrator,
    client: String,
    jwk: &str,
    validity: &Validity,
) -> anyhow::Result<String> {
    public_jwk(jwk).context(
        "the file holds no public key that can verify assertions: one JWK of ES256, EdDSA or RS256, \
         without its private part",
    )?;
    let add = AddCredential {
        client,
        what: NewCredential::Key(jwk.to_owned()),
        valid_from: None,
        valid_until: validity.valid_for.map(in_future).transpose()?,
        by: Authority::Operator,
    };
    administrator.commit("client.credential.add", add).await
}

fn in_future(after: Duration) -> anyhow::Result<DateTime<Utc>> {
    let after = TimeDelta::from_std(after).ok();
    after.and_then(|after| SystemClock.now().checked_add_signed(after)).context("that is too long")
}

async fn list(administrator: &Administrator) -> anyhow::Result<String> {
    let rows = oauth::clients(administrator.db()).await.context("cannot read the clients")?;
    let lines = rows.into_iter().map(|row| {
        let state = if row.suspended { "suspended" } else { "active" };
        let whence = row.organization.as_deref().unwrap_or(&row.unit);
        format!(
            "{}  {state}  {} ({whence})  roles {}  purposes {}  {}\n",
            row.client_id, row.department, row.roles, row.purposes, row.name
        )
    });
    Ok(lines.collect())
}

async fn show(administrator: &Administrator, id: &str) -> anyhow::Result<String> {
    let row = oauth::client(administrator.db(), id).await.context("cannot read the clients")?;
    let row = row.with_context(|| format!("there is no client {id}"))?;
    let registered = instant(row.registered_at);
    let client = Client::of(row).context("the client is of no known department")?;
    let credentials = oauth::credentials(administrator.db(), id).await?;
    let credentials: String = credentials.iter().map(credential_line).collect();
    let client = serde_json::to_string_pretty(&client.to_json())?;
    Ok(format!("{client}\nregistered {registered}\n{credentials}"))
}

fn credential_line(credential: &oauth_credential::Model) -> String {
    let until = match credential.valid_until {
        None => "until it is ended".to_owned(),
        Some(until) if until <= SystemClock.now() => format!("ended {}", instant(until)),
        Some(until) => format!("until {}", instant(until)),
    };
    let kid = credential.kid.as_deref().unwrap_or("-");
    let from = instant(credential.valid_from);
    format!("#{}  {}  {kid}  from {from}  {until}\n", credential.id, credential.kind)
}
