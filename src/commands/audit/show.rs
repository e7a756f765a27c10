//! `audit show`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use sea_orm::DatabaseConnection;
use serde_json::json;

use super::Form;
use crate::{
    audit::{self, Access, Page},
    commands::print,
};

/// Whose accesses, and how many.
#[derive(Args)]
pub struct Arguments {
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
}

/// Prints who saw a person's data.
pub(super) async fn run(db: &DatabaseConnection, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { person, limit, before, format } = arguments;
    let accesses = audit::accesses_of(db, person, Page { before, limit })
        .await
        .context("cannot read the access records")?;
    if accesses.is_empty() {
        eprintln!("no access to the data of person {person} is on record");
    }
    print(&accesses.iter().map(|access| line(access, format)).collect::<String>())
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
