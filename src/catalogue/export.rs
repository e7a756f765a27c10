//! The catalogue as a document: JSON, CSV or Markdown, one entry a field.

use clap::ValueEnum;
use entity::sharing::{FieldSpec, Type};
use serde::Serialize;

use super::{Catalogue, Field, catalogue};

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON array of objects.
    #[default]
    Json,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
    /// A Markdown table.
    Markdown,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    kind: &'static str,
    field: &'static str,
    #[serde(rename = "type")]
    ty: String,
    nullable: bool,
    group: &'static str,
    class: &'static str,
    owner: &'static str,
    mask: &'static str,
    label_zh: &'static str,
    label_en: &'static str,
    standard: &'static str,
    table: &'static str,
    column: String,
}

/// Writes every field of the catalogue.
#[expect(clippy::expect_used, reason = "entries are plain strings, which are JSON")]
pub fn export(format: Format) -> String {
    let entries: Vec<Entry> =
        catalogue().fields().iter().map(|field| entry(catalogue(), field)).collect();
    match format {
        Format::Json => {
            let mut text =
                serde_json::to_string_pretty(&entries).expect("entries are plain strings");
            text.push('\n');
            text
        }
        Format::Csv => table(&entries, ",", |cell| {
            if cell.contains([',', '"', '\n']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            }
        }),
        Format::Markdown => {
            let body = table(&entries, " | ", |cell| cell.replace('|', "\\|"));
            let mut lines = body.lines();
            let header = lines.next().unwrap_or_default();
            let rule = header.split(" | ").map(|_| "---").collect::<Vec<_>>().join(" | ");
            std::iter::once(header)
                .chain([rule.as_str()])
                .chain(lines)
                .map(|line| format!("| {line} |\n"))
                .collect()
        }
    }
}

const HEADER: [&str; 13] = [
    "kind", "field", "type", "nullable", "group", "class", "owner", "mask", "labelZh", "labelEn",
    "standard", "table", "column",
];

fn table(entries: &[Entry], separator: &str, escape: impl Fn(&str) -> String) -> String {
    let mut text = HEADER.join(separator) + "\n";
    for entry in entries {
        let cells = [
            entry.kind,
            entry.field,
            &entry.ty,
            if entry.nullable { "true" } else { "false" },
            entry.group,
            entry.class,
            entry.owner,
            entry.mask,
            entry.label_zh,
            entry.label_en,
            entry.standard,
            entry.table,
            &entry.column,
        ];
        text += &cells.map(&escape).join(separator);
        text.push('\n');
    }
    text
}

fn entry(catalogue: &Catalogue, field: &Field) -> Entry {
    let kind = catalogue.kind(field.kind);
    let FieldSpec {
        name, ty, group, class, mask_style, steward, label_zh, label_en, standard, ..
    } = field.spec;
    Entry {
        kind: kind.name,
        field: name,
        ty: type_name(ty),
        nullable: true,
        group: group.code(),
        class: class.code(),
        owner: steward,
        mask: mask_style,
        label_zh,
        label_en,
        standard: if standard.is_empty() { kind.standard } else { standard },
        table: kind.table,
        column: field.source.columns().join("+"),
    }
}

/// The GraphQL type of a value shown in full.
pub fn type_name(ty: Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Code => "Code".to_owned(),
        Type::Id => "ID".to_owned(),
        Type::Boolean => "Boolean".to_owned(),
        Type::Int => "Int".to_owned(),
        Type::Money => "Money".to_owned(),
        Type::Rate => "Rate".to_owned(),
        Type::Date => "Date".to_owned(),
        Type::DateTime => "DateTime".to_owned(),
        Type::Codes => "[Code!]".to_owned(),
        Type::Strings => "[String!]".to_owned(),
        Type::Object(structure) => structure.name.to_owned(),
        Type::Objects(structure) => format!("[{}!]", structure.name),
    }
}
