//! `audit search`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use entity::{administrative_unit, sharing::Department};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use serde_json::json;

use super::{
    bar,
    line::line,
    paging::Paging,
    span::Span,
    whose::{Asked, Whose},
};
use crate::{
    audit::{self, Look, Outcome, Search},
    commands::{
        administer::Administrator,
        print,
        schema::{parse_purpose, parse_role},
    },
    error::Code,
    policy::{Purpose, Role},
};

/// What is asked for; what is not said does not matter.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    span: Span,
    /// The caller's department: code or Chinese name.
    #[arg(long, value_parser = parse_department)]
    department: Option<Department>,
    /// The caller's role.
    #[arg(long, value_parser = parse_role)]
    role: Option<Role>,
    /// The purpose.
    #[arg(long, value_parser = parse_purpose)]
    purpose: Option<Purpose>,
    /// The caller's unit, or one above it.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// The caller: the subject of its tokens.
    #[arg(long, value_name = "SUBJECT")]
    caller: Option<String>,
    /// `allowed`, or the code of a refusal.
    #[arg(long, value_name = "CODE", value_parser = parse_decision)]
    decision: Option<Outcome>,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    paging: Paging,
}

/// Prints the accesses that fit, newest first; the look itself is on record before.
pub(super) async fn run(
    administrator: &Administrator,
    arguments: Arguments,
) -> anyhow::Result<ExitCode> {
    let (page, format) = (arguments.paging.page(), arguments.paging.format);
    let db = administrator.db();
    if let Some(unit) = &arguments.unit {
        require_unit(db, unit).await?;
    }
    let person = match arguments.whose.find(db).await? {
        Asked::Nobody => None,
        Asked::Key(person) => Some(person),
        Asked::Unknown => {
            let asked = json!({ "by": "idNumber", "found": false });
            administrator.look(Look { action: "audit.search", asked, person: None }).await?;
            eprintln!("no such person");
            return Ok(ExitCode::FAILURE);
        }
    };
    let search = Search {
        period: arguments.span.period(),
        department: arguments.department.map(|department| department.code().to_owned()),
        role: arguments.role.map(|role| role.code().to_owned()),
        purpose: arguments.purpose.map(|purpose| purpose.code().to_owned()),
        unit: arguments.unit,
        caller: arguments.caller,
        decision: arguments.decision,
        person,
    };
    let bar = bar();
    let found = audit::search(db, &search, page, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let found = found.await.context("cannot read the access records")?;
    bar.finish_and_clear();
    let asked = json!({
        "from": search.period.from, "to": search.period.to, "department": search.department,
        "role": search.role, "purpose": search.purpose, "unit": search.unit,
        "caller": search.caller, "decision": search.decision.map(Outcome::as_str), "ofPerson": person.is_some(),
        "limit": page.limit, "before": page.before, "found": found.len(),
    });
    administrator.look(Look { action: "audit.search", asked, person }).await?;
    if found.is_empty() {
        eprintln!("no access that fits is on record");
    }
    print(&found.iter().map(|access| line(access, format)).collect::<String>())
}

#[expect(clippy::disallowed_methods, reason = "units are public")]
async fn require_unit(db: &DatabaseConnection, code: &str) -> anyhow::Result<()> {
    let named = administrative_unit::Entity::find()
        .filter(administrative_unit::Column::Code.eq(code))
        .count(db)
        .await
        .context("cannot read the units")?;
    anyhow::ensure!(named > 0, "there is no unit {code}");
    Ok(())
}

fn parse_decision(text: &str) -> Result<Outcome, String> {
    Outcome::parse(text).ok_or_else(|| {
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        format!("decisions are {} and {}", Outcome::Allowed, codes.join(", "))
    })
}

fn parse_department(text: &str) -> Result<Department, String> {
    let named = |department: &Department| {
        department.code().eq_ignore_ascii_case(text) || department.label_zh() == text
    };
    Department::ALL.into_iter().find(named).ok_or_else(|| {
        let codes = Department::ALL.map(Department::code).join(", ");
        format!("the departments are {codes}")
    })
}
