//! `audit verify`, `audit show` and `audit acts`.

use std::{io::IsTerminal as _, process::ExitCode};

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget};
use sea_orm::DatabaseConnection;
use serde_json::json;

use crate::{
    audit::{self, Access, Act, Finding, Page, Verdict},
    config::Config,
    db,
    secrets::Secrets,
};

#[derive(Subcommand)]
pub enum Command {
    /// Recompute the chain; name the first record altered, missing, inserted or out of order.
    ///
    /// Exits with 0 when the chain is intact and with 2 when it is not.
    Verify,
    /// Show who saw a person's data, when, for what purpose, which fields; newest first.
    Show {
        /// The key of the person.
        #[arg(long)]
        person: i64,
        /// How many accesses at most.
        #[arg(long, default_value_t = 50)]
        limit: u64,
        /// Only accesses before this record.
        #[arg(long, value_name = "RECORD")]
        before: Option<i64>,
        /// The form.
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
    /// Show what administrators changed: who, when, what, before and after; newest first.
    Acts {
        /// How many acts at most.
        #[arg(long, default_value_t = 50)]
        limit: u64,
        /// Only acts before this record.
        #[arg(long, value_name = "RECORD")]
        before: Option<i64>,
        /// The form.
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
}

/// The form of a list.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    match command {
        Command::Verify => verify(config, &db).await,
        Command::Show { person, limit, before, format } => {
            require_current(&db).await?;
            let accesses = audit::accesses_of(&db, person, Page { before, limit })
                .await
                .context("cannot read the access records")?;
            if accesses.is_empty() {
                eprintln!("no access to the data of person {person} is on record");
            }
            super::print(&accesses.iter().map(|access| line(access, format)).collect::<String>())
        }
        Command::Acts { limit, before, format } => {
            require_current(&db).await?;
            let acts = audit::acts(&db, Page { before, limit })
                .await
                .context("cannot read the access records")?;
            if acts.is_empty() {
                eprintln!("no administrative act is on record");
            }
            super::print(&acts.iter().map(|act| act_line(act, format)).collect::<String>())
        }
    }
}

async fn require_current(db: &DatabaseConnection) -> anyhow::Result<()> {
    anyhow::ensure!(
        db::pending_migrations(db).await?.is_empty(),
        "the database is not up to date; run: migrant-gateway migrate"
    );
    Ok(())
}

async fn verify(config: &Config, db: &DatabaseConnection) -> anyhow::Result<ExitCode> {
    let path = config.master_key();
    anyhow::ensure!(
        path.is_file(),
        "there is no master secret at {}; the chain can only be recomputed with the one it was \
         written with (set keys.directory)",
        path.display()
    );
    let secrets = Secrets::open_or_create(&path)?;
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let verdict = audit::verify(db, &secrets, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    match verdict {
        Verdict::Intact { records, head } => {
            super::print(&format!("intact: {records} records, head {head}\n"))
        }
        Verdict::Broken { seq, finding } => {
            super::print(&format!("broken at record {seq}: {}\n", describe(finding)))?;
            Ok(ExitCode::from(2))
        }
    }
}

fn describe(finding: Finding) -> &'static str {
    match finding {
        Finding::Altered => {
            "altered: a column holds another value than was written (with another master secret \
             than the chain was written with, every record looks so)"
        }
        Finding::Missing => "missing: the record was removed",
        Finding::Inserted => "inserted: the gateway did not write this record",
        Finding::OutOfOrder => "out of order: the record belongs elsewhere",
        Finding::SubjectsAltered => "altered: its persons are not those that were written",
        Finding::HeadMismatch => "cut off: records are missing at the end, or the head was edited",
    }
}

fn line(access: &Access, form: Form) -> String {
    let Access { seq, at, caller, role, department, organization, purpose, fields, .. } = access;
    let purpose = purpose.as_deref().unwrap_or("-");
    match form {
        Form::Json => {
            json!({
                "record": seq, "at": at, "caller": caller, "role": role,
                "department": department, "unit": access.unit, "organization": organization,
                "purpose": purpose, "fields": fields, "decision": access.decision,
            })
            .to_string()
                + "\n"
        }
        Form::Text => {
            let fields = if fields.is_empty() { "(identifier only)" } else { fields };
            let whence = organization.as_deref().unwrap_or(&access.unit);
            format!(
                "#{seq}  {at}  {role} ({department}) {caller}, {whence}, for {purpose}\n    \
                 {fields}\n"
            )
        }
    }
}

fn act_line(act: &Act, form: Form) -> String {
    let Act { seq, at, caller, role, action, target, before, after } = act;
    match form {
        Form::Json => {
            json!({
                "record": seq, "at": at, "caller": caller, "role": role,
                "action": action, "target": target, "before": before, "after": after,
            })
            .to_string()
                + "\n"
        }
        Form::Text => format!(
            "#{seq}  {at}  {role} {caller}: {action} {target}\n    before {before}\n    after  \
             {after}\n"
        ),
    }
}
