//! `roles`, `purposes`, `groups`, `reasons`, `organizations`, `units`, `laws`, `code-lists`: what anybody may
//! know. Organizations, units and laws are those of the database; the rest needs none.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::print;
use crate::{
    catalogue::catalogue,
    config::Config,
    db,
    directory::Directory,
    graphql::code_lists,
    published::{self, Table},
};

/// The form of a list.
#[derive(Clone, Copy, Default, ValueEnum)]
pub enum Format {
    /// A table for reading.
    #[default]
    Text,
    /// A JSON array of objects, as `/catalogue` answers it.
    Json,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

#[derive(Args)]
pub struct Arguments {
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Args)]
pub struct CodeLists {
    /// The codes of this list: its name (sex), or its standard ("GB/T 2261.1"); without it all lists.
    name: Option<String>,
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Prints a list that the program has.
pub fn run(name: &str, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let table = published::list(name, &Directory::default()).context("there is no such list")?;
    print(&form(&table, arguments.format))
}

/// Prints a list that the database has.
pub async fn registered(
    name: &str,
    arguments: &Arguments,
    config: &Config,
) -> anyhow::Result<ExitCode> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await?;
    anyhow::ensure!(
        pending.is_empty(),
        "{name} are in the database, which is not up to date; run: migrant-gateway migrate"
    );
    let registers = Directory::load(&db).await.context("cannot read the registers")?;
    let table = published::list(name, &registers).context("there is no such list")?;
    print(&form(&table, arguments.format))
}

/// Prints the code lists, or the codes of one.
pub fn code_lists(arguments: &CodeLists) -> anyhow::Result<ExitCode> {
    let Some(name) = &arguments.name else {
        return run("code-lists", &Arguments { format: arguments.format });
    };
    let list = catalogue().code_list(name).with_context(|| {
        format!("there is no code list {name}; `migrant-gateway code-lists` names all")
    })?;
    anyhow::ensure!(
        !list.is_of_register() || !list.entries().is_empty(),
        "the codes of {} are in the database; run: migrant-gateway units, or organizations",
        list.name
    );
    let codes = code_lists::codes(list, &Directory::default());
    const COLUMNS: &[&str] = &["code", "labelZh", "labelEn", "validFrom", "validUntil"];
    let rows = codes.as_array().into_iter().flatten();
    let row = |entry: &serde_json::Value| {
        COLUMNS.iter().map(|column| entry[*column].clone()).collect::<Vec<_>>()
    };
    let about = list.about();
    let table = Table {
        title_zh: about.map_or("", |about| &about.title_zh),
        title_en: about.map_or("", |about| &about.title_en),
        columns: COLUMNS,
        rows: rows.map(row).collect(),
    };
    let source = about.map_or("", |about| &about.source);
    let text = match arguments.format {
        Format::Text => format!("{}\n{source}\n", form(&table, Format::Text)),
        other => form(&table, other),
    };
    print(&text)
}

fn form(table: &Table, format: Format) -> String {
    match format {
        Format::Text => table.text(),
        Format::Json => format!("{:#}\n", table.json()),
        Format::Csv => table.csv(),
    }
}
