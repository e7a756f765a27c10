//! `audit show`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::{
    Form,
    line::line,
    whose::{Asked, Whose, exists},
};
use crate::{
    audit::{self, Look, Page},
    commands::{administer::Administrator, print},
};

/// Whose accesses, and how many.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    whose: Whose,
    /// How many accesses at most.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// Only accesses before this record.
    #[arg(long, value_name = "RECORD")]
    before: Option<i64>,
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// Prints who saw a person's data; the look itself is on record before.
pub(super) async fn run(
    administrator: &Administrator,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let Arguments { whose, limit, before, format } = arguments;
    let db = administrator.db();
    let by = if whose.id_number.is_some() { "idNumber" } else { "key" };
    let (person, accesses) = match whose.find(db).await? {
        Asked::Nobody => anyhow::bail!("say whose accesses: --person KEY, or --id-number -"),
        Asked::Unknown => (None, Vec::new()),
        Asked::Key(person) => {
            let page = Page { before, limit };
            let accesses = audit::accesses_of(db, person, page).await;
            (Some(person), accesses.context("cannot read the access records")?)
        }
    };
    let known = match person {
        Some(person) => exists(db, person).await?,
        None => false,
    };
    let asked = json!({ "by": by, "limit": limit, "before": before, "found": known });
    // Who was never heard of is the subject of nothing.
    let subject = person.filter(|_| known || !accesses.is_empty());
    administrator.look(Look { action: "audit.show", asked, person: subject }).await?;
    if accesses.is_empty() {
        if !known {
            eprintln!("no such person");
            return Ok(ExitCode::FAILURE);
        }
        eprintln!("no access to the data of this person is on record");
    }
    print(&accesses.iter().map(|access| line(access, format)).collect::<String>())
}
