//! The matrix as a document: CSV, or Markdown for reading.

use serde_json::json;

use super::Line;
use crate::{
    anonymity::Standings,
    catalogue::catalogue,
    policy::{Purpose, Role},
};

const HEADER: [&str; 16] = [
    "role",
    "purpose",
    "kind",
    "field",
    "group",
    "class",
    "level",
    "mask",
    "scope",
    "covers_minors",
    "select_filter_order_group",
    "refusal",
    "legal_basis",
    "grant_version",
    "k5_percent",
    "k5_note",
];

/// Comma-separated values with a header (RFC 4180): every field of every role and purpose.
#[expect(clippy::expect_used, reason = "writing to memory does not fail; every cell is text")]
pub fn csv(lines: impl Iterator<Item = Line>, standings: &Standings) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let complete = "writing to memory does not fail";
    writer.write_record(HEADER).expect(complete);
    for line in lines {
        let spec = &line.field.spec;
        let version = line.version.map(|version| version.to_string()).unwrap_or_default();
        let (percent, note) = standing(&line, standings);
        writer
            .write_record([
                line.role.code(),
                line.purpose.code(),
                catalogue().kind(line.field.kind).name,
                spec.name,
                spec.group.code(),
                spec.class.code(),
                line.level.code(),
                line.mask.unwrap_or_default(),
                line.rows.map_or("", |rows| rows.scope.code()),
                line.rows.map_or("", |rows| if rows.covers_minors { "true" } else { "false" }),
                &positions(&line),
                line.refusal.map_or("", |refusal| refusal.code()),
                line.law.as_deref().unwrap_or_default(),
                &version,
                percent.as_deref().unwrap_or_default(),
                note,
            ])
            .expect(complete);
    }
    let bytes = writer.into_inner().expect(complete);
    String::from_utf8(bytes).expect("every cell is text")
}

/// One JSON object a line: every field of every role and purpose.
pub fn json(lines: impl Iterator<Item = Line>, standings: &Standings) -> String {
    let text = |line: Line| {
        let spec = &line.field.spec;
        let (percent, note) = standing(&line, standings);
        json!({
            "role": line.role.code(),
            "purpose": line.purpose.code(),
            "kind": catalogue().kind(line.field.kind).name,
            "field": spec.name,
            "group": spec.group.code(),
            "class": spec.class.code(),
            "level": line.level.code(),
            "mask": line.mask,
            "scope": line.rows.map(|rows| rows.scope.code()),
            "coversMinors": line.rows.map(|rows| rows.covers_minors),
            "positions": positions(&line),
            "refusal": line.refusal.map(|refusal| refusal.code()),
            "legalBasis": line.law,
            "grantVersion": line.version,
            "k5Percent": percent,
            "k5Note": note,
        })
    };
    lines.map(|line| format!("{}\n", text(line))).collect()
}

/// Markdown: a table for each role and purpose, of the fields that can be selected or counted.
pub fn markdown(lines: impl Iterator<Item = Line>, standings: &Standings) -> String {
    let mut text = String::new();
    let mut under: Option<(Role, Purpose)> = None;
    for line in lines.filter(Line::is_visible) {
        let (role, purpose) = (line.role, line.purpose);
        if under != Some((role, purpose)) {
            under = Some((role, purpose));
            text += &format!(
                "\n## {role} {} · {purpose} {}\n\n{}\
                 | field | level | mask | scope | under 14 | may | legal basis | version |\n\
                 |---|---|---|---|---|---|---|---|\n",
                role.label_en(),
                purpose.label_en(),
                sentence(standing(&line, standings)),
            );
        }
        let version = line.version.map(|version| version.to_string()).unwrap_or_default();
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {version} |\n",
            line.field.path(),
            line.level.code(),
            line.mask.unwrap_or_default(),
            line.rows.map_or("", |rows| rows.scope.code()),
            line.rows.map_or("", |rows| if rows.covers_minors { "yes" } else { "no" }),
            positions(&line),
            line.law.as_deref().unwrap_or_default(),
        );
    }
    text.trim_start().to_owned()
}

/// The share of persons with four others like them, and what there is to say about it.
fn standing(line: &Line, standings: &Standings) -> (Option<String>, &'static str) {
    let Some(standing) = standings.get(&(line.role, line.purpose)) else { return (None, "") };
    let note = match (standing.duty, standing.names_persons) {
        (Some(duty), _) => duty,
        (None, true) => "names persons: masked values only",
        (None, false) => "",
    };
    (standing.crowd.percent(), note)
}

fn sentence((percent, note): (Option<String>, &str)) -> String {
    let Some(percent) = percent else { return String::new() };
    let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
    format!("k ≥ 5: {percent} % of persons share all of it with at least four others{note}.\n\n")
}

/// `SFOG`: the initials of the positions in which the field may stand, dots for the others.
fn positions(line: &Line) -> String {
    ['S', 'F', 'O', 'G']
        .into_iter()
        .zip(line.positions)
        .map(|(initial, may)| if may { initial } else { '.' })
        .collect()
}
