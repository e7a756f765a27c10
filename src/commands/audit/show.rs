//! `audit show`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::{
    line::line,
    paging::Paging,
    whose::{Asked, Whose, exists},
};
use crate::{
    audit::{self, Look},
    commands::{administer::Administrator, print},
};

/// Whose accesses, and how many.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    paging: Paging,
}

/// Prints who saw a person's data; the look itself is on record before.
pub(super) async fn run(
    administrator: &Administrator,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let Arguments { whose, paging } = arguments;
    let page = paging.page();
    let db = administrator.db();
    let by = if whose.id_number.is_some() { "idNumber" } else { "key" };
    let (person, accesses) = match whose.find(db).await? {
        Asked::Nobody => anyhow::bail!("say whose accesses: --person KEY, or --id-number -"),
        Asked::Unknown => (None, Vec::new()),
        Asked::Key(person) => {
            let accesses = audit::accesses_of(db, person, page).await;
            (Some(person), accesses.context("cannot read the access records")?)
        }
    };
    let known = match person {
        Some(person) => exists(db, person).await?,
        None => false,
    };
    let asked = json!({ "by": by, "limit": page.limit, "before": page.before, "found": known });
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
    print(&accesses.iter().map(|access| line(access, paging.format)).collect::<String>())
}
