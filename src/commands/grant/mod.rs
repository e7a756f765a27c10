//! `grant …`: what is granted, what is proposed, and deciding on it.
//!
//! Reading needs no token: whoever runs this reads the database anyway. Acting does, so that two
//! people are two people here too.

mod act;
mod look;

use std::path::PathBuf;

pub use act::ask;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};

use super::schema::{parse_purpose, parse_role};
use crate::{
    catalogue::{Field, catalogue},
    clock::{Clock as _, SystemClock},
    config::Config,
    db,
    grants::{Status, cell::parse_target, store::Ledger},
    policy::{Position, Purpose, Role, Target},
};

#[derive(Subcommand)]
pub enum Command {
    /// Print the grants as a text file for review and version control: CSV, a line a cell, sorted.
    #[command(disable_version_flag = true)]
    Export {
        /// The version [default: the latest].
        #[arg(long)]
        version: Option<i64>,
    },
    /// Print what a text file would change, and every floor it would hit. Changes nothing.
    Plan {
        /// The file, as `grant export` prints it.
        file: PathBuf,
    },
    /// Propose that the grants be as a text file says. Needs a token.
    Propose {
        /// The file, as `grant export` prints it.
        file: PathBuf,
        /// Why it is needed, in at least 20 characters (PIPL 6, 28).
        #[arg(long)]
        necessity: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// List proposals, the newest first.
    List {
        /// Only those of which this has become.
        #[arg(long, value_parser = parse_status)]
        status: Option<Status>,
    },
    /// Show a proposal.
    Show {
        /// Its number.
        id: i64,
    },
    /// Sign a proposal; the last needed signature makes the version. Needs a token.
    Approve(Decision),
    /// End a proposal. Needs a token.
    Reject(Decision),
    /// Take one's own proposal back. Needs a token.
    Withdraw(Decision),
    /// Take a grant away at once. Needs a token.
    Revoke {
        #[command(flatten)]
        cell: CellName,
        /// Why.
        #[arg(long, default_value = "")]
        note: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Propose the grants as they were at a version. Needs a token.
    #[command(disable_version_flag = true)]
    Restore {
        /// The version.
        version: i64,
        /// Why it is needed, in at least 20 characters (PIPL 6, 28).
        #[arg(long)]
        necessity: String,
        #[command(flatten)]
        actor: Actor,
    },
    /// Print what a proposal would do: fields, floors, persons, recorded queries.
    Impact {
        /// Its number.
        id: i64,
    },
    /// Say whether a role may use a field for a purpose, and why (not).
    Explain {
        /// The role (GG).
        #[arg(value_parser = parse_role)]
        role: Role,
        /// The purpose (P-RES).
        #[arg(value_parser = parse_purpose)]
        purpose: Purpose,
        /// The field (Person.name).
        #[arg(value_parser = parse_field)]
        field: &'static Field,
        /// Where in a request.
        #[arg(long, value_enum, default_value_t)]
        position: FieldPosition,
        /// At which instant (RFC 3339) [default: now].
        #[arg(long)]
        at: Option<DateTime<Utc>>,
    },
    /// Print every field of every role and purpose.
    Matrix {
        /// The form.
        #[arg(long, value_enum, default_value_t)]
        format: Form,
        /// At which instant (RFC 3339) [default: now].
        #[arg(long)]
        at: Option<DateTime<Utc>>,
    },
    /// List the roles and purposes that can select or count a field.
    Who {
        /// The field (Person.name).
        #[arg(value_parser = parse_field)]
        field: &'static Field,
    },
    /// List the fields that nobody can select or count.
    Nobody,
    /// List the versions, the newest first.
    History,
    /// Print the cells that differ between two versions.
    Diff {
        /// The one.
        from: i64,
        /// The other.
        to: i64,
    },
}

/// A decision on a proposal.
#[derive(Args)]
pub struct Decision {
    /// The number of the proposal.
    id: i64,
    /// What there is to say about it.
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    actor: Actor,
}

/// Which cell.
#[derive(Args)]
pub struct CellName {
    /// The role that sees it (GG).
    #[arg(value_parser = parse_role)]
    of: Role,
    /// The purpose (P-RES).
    #[arg(value_parser = parse_purpose)]
    purpose: Purpose,
    /// The group or field (G02, Person.name).
    #[arg(value_parser = parse_target)]
    target: Target,
}

/// Who acts.
#[derive(Args)]
pub struct Actor {
    /// The token of a steward, for P-ADM.
    #[arg(long, env = "MIGRANT_GATEWAY_TOKEN", hide_env_values = true)]
    token: String,
    /// Refuse unless the token is this subject's.
    #[arg(long = "as", value_name = "SUBJECT")]
    subject: Option<String>,
    /// Refuse unless the token is of this role.
    #[arg(long, value_parser = parse_role)]
    role: Option<Role>,
}

/// Where in a request a field may stand.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum FieldPosition {
    /// In a selection.
    #[default]
    Select,
    /// In `where`.
    Filter,
    /// In `orderBy`.
    Order,
    /// In `groupBy` of counts.
    Group,
}

/// The form of the matrix.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Form {
    /// Comma-separated values with a header, every field.
    #[default]
    Csv,
    /// Tables of what can be seen.
    Markdown,
    /// One JSON object a line, every field.
    Json,
}

/// Runs the command; what it prints.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<String> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await?;
    anyhow::ensure!(
        pending.is_empty(),
        "the grants are in the database, which is not up to date; run: migrant-gateway migrate"
    );
    let now = SystemClock.now();
    let ledger = Ledger::load(&db).await?;
    let look = look::Look { config, db: &db, ledger: &ledger, now };
    match command {
        Command::Export { version } => look.export(version),
        Command::Plan { file } => look.plan(&file),
        Command::List { status } => look.list(status).await,
        Command::Show { id } => look.show(id).await,
        Command::Impact { id } => look.impact(id).await,
        Command::Explain { role, purpose, field, position, at } => {
            Ok(look.explain(role, purpose, field, position.into(), at))
        }
        Command::Matrix { format, at } => Ok(look.matrix(format, at)),
        Command::Who { field } => Ok(look.who(field)),
        Command::Nobody => Ok(look.nobody()),
        Command::History => look.history().await,
        Command::Diff { from, to } => look.diff(from, to),
        Command::Propose { file, necessity, actor } => {
            let cells = look.wanted(&file)?;
            act::propose(config, &actor, &necessity, &cells).await
        }
        Command::Restore { version, necessity, actor } => {
            act::restore(config, &actor, version, &necessity).await
        }
        Command::Approve(decision) => act::decide(config, "approve", decision).await,
        Command::Reject(decision) => act::decide(config, "reject", decision).await,
        Command::Withdraw(decision) => act::decide(config, "withdraw", decision).await,
        Command::Revoke { cell, note, actor } => act::revoke(config, &actor, &cell, &note).await,
    }
}

impl From<FieldPosition> for Position {
    fn from(place: FieldPosition) -> Self {
        match place {
            FieldPosition::Select => Position::Select,
            FieldPosition::Filter => Position::Filter,
            FieldPosition::Order => Position::Order,
            FieldPosition::Group => Position::Group,
        }
    }
}

fn parse_field(text: &str) -> Result<&'static Field, String> {
    catalogue()
        .fields()
        .iter()
        .find(|field| field.path() == text)
        .ok_or_else(|| "not a field of the catalogue, as Person.name is".to_owned())
}

fn parse_status(text: &str) -> Result<Status, String> {
    Status::parse(text).ok_or_else(|| {
        let codes: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
        format!("not a status; they are {}", codes.join(", "))
    })
}
