//! `audit acts`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use sea_orm::DatabaseConnection;
use serde_json::json;

use super::Form;
use crate::{
    audit::{self, Act, Page},
    commands::print,
};

/// How many acts, and from where.
#[derive(Args)]
pub struct Arguments {
    /// How many acts at most.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// Only acts before this record.
    #[arg(long, value_name = "RECORD")]
    before: Option<i64>,
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// Prints what administrators changed.
pub(super) async fn run(db: &DatabaseConnection, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { limit, before, format } = arguments;
    let acts =
        audit::acts(db, Page { before, limit }).await.context("cannot read the access records")?;
    if acts.is_empty() {
        eprintln!("no administrative act is on record");
    }
    print(&acts.iter().map(|act| line(act, format)).collect::<String>())
}

fn line(act: &Act, form: Form) -> String {
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
