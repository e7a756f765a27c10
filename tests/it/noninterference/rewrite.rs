//! Other values for old ones, as SQL of either database: any other, or one that keeps what is told.

use super::{
    columns::{Column, Stored},
    scope::FOURTEEN,
    uses::Keep,
};
use crate::support::Backend;
use migrant_gateway::catalogue::catalogue;

/// A number that follows neither the order nor the values of anything.
const MIXED: &str = "((t0.id * 7919 + 13) % 1009)";

/// The months in which a day of the model's rules lies: today, and three and six months ago.
const MONTHS_OF_RULES: &str = "(5, 8, 11)";

/// Kinds of organization that disclose, each with the next.
const DISCLOSING: [(&str, &str); 4] = [
    ("psychiatric_hospital", "infectious_hospital"),
    ("infectious_hospital", "detoxification"),
    ("detoxification", "reproductive_hospital"),
    ("reproductive_hospital", "psychiatric_hospital"),
];

/// The condition that a column names a kind of organization that discloses.
pub fn discloses(column: &str) -> String {
    let kinds = DISCLOSING.map(|(kind, _)| format!("'{kind}'")).join(", ");
    format!("t0.{column} IN ({kinds})")
}

/// Any other value; a value where there was none, and sometimes none where there was one.
pub fn other(backend: Backend, column: &Column) -> String {
    let old = format!("t0.{}", column.name);
    let new = match column.stored {
        Stored::Text => format!(
            "CASE WHEN substr({old}, 1, 1) IN ('[', '{{') THEN '[\"Z' || {MIXED} || '\"]' \
             ELSE '别的 ' || {MIXED} END"
        ),
        Stored::Int => format!("{old} + 1 + {MIXED}"),
        Stored::Bool => format!("NOT COALESCE({old}, TRUE)"),
        Stored::Date => match backend {
            Backend::Sqlite => format!("date('1991-02-03', '+' || {MIXED} || ' days')"),
            Backend::Postgres => format!("DATE '1991-02-03' + {MIXED}::int"),
        },
        Stored::Instant => match backend {
            Backend::Sqlite => {
                format!(
                    "strftime('%Y-%m-%dT%H:%M:%S+00:00', '1991-02-03', '+' || {MIXED} || ' hours')"
                )
            }
            Backend::Postgres => {
                format!("TIMESTAMPTZ '1991-02-03 00:00:00+00' + {MIXED} * INTERVAL '1 hour'")
            }
        },
    };
    if column.nullable {
        format!("CASE WHEN t0.id % 5 = 0 AND {old} IS NOT NULL THEN NULL ELSE {new} END")
    } else {
        new
    }
}

/// Another value of which the same is told.
pub fn alike(backend: Backend, column: &Column, keep: Keep) -> String {
    let old = format!("t0.{}", column.name);
    match keep {
        Keep::Exact | Keep::UnlessDisclosing(_) => old,
        Keep::Presence => {
            let other = other(backend, &Column { nullable: false, ..*column });
            format!("CASE WHEN {old} IS NULL THEN NULL ELSE {other} END")
        }
        Keep::Prefix(length) => format!(
            "CASE WHEN length({old}) > {length} THEN substr({old}, 1, {length}) || {MIXED} \
             ELSE {old} END"
        ),
        Keep::Phone => format!(
            "CASE WHEN length({old}) >= 8 THEN substr({old}, 1, 3) || (1000 + {MIXED}) || \
             substr({old}, length({old}) - 1) ELSE {old} END"
        ),
        Keep::HanOrOther => format!(
            "CASE WHEN {old} = '01' THEN {old} WHEN {old} = '11' THEN '12' \
             WHEN {old} IS NOT NULL THEN '11' END"
        ),
        Keep::Equals(text) => format!(
            "CASE WHEN {old} = '{text}' OR {old} IS NULL THEN {old} ELSE '别的 ' || {MIXED} END"
        ),
        Keep::Month => same_month(backend, column.stored, &old),
        Keep::Fourteen => {
            let years = "(1 + t0.id % 9)";
            let earlier = match backend {
                Backend::Sqlite => format!("date({old}, '-' || {years} || ' years')"),
                Backend::Postgres => format!("({old} - {years} * INTERVAL '1 year')::date"),
            };
            let young = same_month(backend, column.stored, &old);
            format!("CASE WHEN {old} <= '{FOURTEEN}' THEN {earlier} ELSE {young} END")
        }
        Keep::Guardianship => {
            format!("CASE WHEN t0.birth_date > '{FOURTEEN}' THEN NOT {old} ELSE {old} END")
        }
        Keep::CategoryOf(list) => {
            let found = catalogue().code_list(list).expect("a list");
            let codes: Vec<_> =
                found.entries().iter().map(|entry| (&entry.code, &entry.category)).collect();
            let next = |place: usize| {
                let after = codes[place + 1..].iter().chain(&codes[..place]);
                after.clone().find(|other| other.1 == codes[place].1).unwrap_or(&codes[place]).0
            };
            let cases: Vec<String> = (0..codes.len())
                .map(|place| format!("WHEN '{}' THEN '{}'", codes[place].0, next(place)))
                .collect();
            format!("CASE {old} {} ELSE {old} END", cases.join(" "))
        }
        Keep::DisclosingKind => {
            let kinds: Vec<String> = DISCLOSING
                .iter()
                .map(|(kind, next)| format!("WHEN {old} = '{kind}' THEN '{next}'"))
                .collect();
            format!("CASE {} ELSE {old} END", kinds.join(" "))
        }
    }
}

/// A date so many days on or back, by the sign.
type Moved<'a> = Box<dyn Fn(&str) -> String + 'a>;

/// A fortnight on or back, within the month (of Shanghai), but for months that rules look into.
fn same_month(backend: Backend, stored: Stored, old: &str) -> String {
    let (month, day, moved): (String, String, Moved<'_>) = match (backend, stored) {
        (Backend::Sqlite, stored) => {
            let local = if stored == Stored::Instant { ", '+8 hours'" } else { "" };
            let part = |code| format!("CAST(strftime('{code}', {old}{local}) AS INTEGER)");
            let format = match stored {
                Stored::Instant => "%Y-%m-%dT%H:%M:%S+00:00",
                _ => "%Y-%m-%d",
            };
            let moved = move |sign: &str| format!("strftime('{format}', {old}, '{sign}14 days')");
            (part("%m"), part("%d"), Box::new(moved))
        }
        (Backend::Postgres, stored) => {
            let local = match stored {
                Stored::Instant => format!("({old} AT TIME ZONE 'Asia/Shanghai')"),
                _ => old.to_owned(),
            };
            let fortnight = match stored {
                Stored::Instant => "INTERVAL '14 days'",
                _ => "14",
            };
            let moved = move |sign: &str| format!("{old} {sign} {fortnight}");
            let part = |name| format!("EXTRACT({name} FROM {local})");
            (part("MONTH"), part("DAY"), Box::new(moved))
        }
    };
    format!(
        "CASE WHEN {month} IN {MONTHS_OF_RULES} THEN {old} WHEN {day} <= 14 THEN {} ELSE {} END",
        moved("+"),
        moved("-"),
    )
}
