//! What rules say of a row, worked out by the database as it is read: the same as the crate `rules`, on whose
//! lists and numbers it rests. A test compares the two on the days on which they turn.
//!
//! Days within structured values are text, and texts of days compare as the days do: so nothing that was
//! stored ends a statement.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

use super::{Params, literal_text};
use crate::{
    read::{Dialect, Value},
    rules::{
        r06_timely,
        reporting::{Disease, Edition, diseases, special_codes},
    },
};

/// A day so many days ago.
fn ago(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// A day as the text that stands in structured values.
fn as_text(day: NaiveDate, params: &mut Params) -> String {
    params.bind(Value::Text(day.to_string()))
}

/// A member of a structured value, as text.
fn member(dialect: Dialect, object: &str, name: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("json_extract({}, '$.{name}')", if_begins(dialect, object, '{')),
        Dialect::Postgres => format!("({}::json ->> '{name}')", if_begins(dialect, object, '{')),
    }
}

/// A structured value, if it begins as one: of what is none nothing is read, and no statement fails.
fn if_begins(dialect: Dialect, value: &str, with: char) -> String {
    // SQLite fails on what is no JSON, and so would every statement that meets one such row.
    let is_valid = match dialect {
        Dialect::Sqlite => format!("json_valid({value}) AND "),
        Dialect::Postgres => String::new(),
    };
    format!("(CASE WHEN {is_valid}{value} LIKE '{with}%' THEN {value} END)")
}

/// The items of a stored list, for a FROM, as `item.value`.
fn items(dialect: Dialect, list: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("json_each({}) AS item", if_begins(dialect, list, '[')),
        Dialect::Postgres => {
            let list = if_begins(dialect, list, '[');
            format!("json_array_elements({list}::json) AS item (value)")
        }
    }
}

/// A member of an item of [`items`].
fn of_item(dialect: Dialect, name: &str) -> String {
    match dialect {
        // Of an item that is no object there is no member, as in PostgreSQL.
        Dialect::Sqlite => format!(
            "(CASE WHEN item.type = 'object' THEN json_extract(item.value, '$.{name}') END)"
        ),
        Dialect::Postgres => format!("(item.value ->> '{name}')"),
    }
}

/// Whether today is in a window of a list: from its first day until the day before its second.
pub fn within_any(list: &str, today: NaiveDate, params: &mut Params) -> String {
    let dialect = params.dialect();
    let today = as_text(today, params);
    let (from, until) = (of_item(dialect, "from"), of_item(dialect, "until"));
    format!(
        "EXISTS (SELECT 1 FROM {} WHERE {from} <= {today} AND ({until} IS NULL OR {until} > {today}))",
        items(dialect, list)
    )
}

/// whether a card was in time by the edition of its diagnosis; null for a correction, a disease without
/// a limit, and where no edition was in force.
pub fn timely([code, category, diagnosis, reported]: [String; 4], params: &mut Params) -> String {
    let dialect = params.dialect();
    let span = |hours: i64| match dialect {
        Dialect::Sqlite => {
            let (from, to) = (milliseconds(&diagnosis), milliseconds(&reported));
            format!("{to} - {from} BETWEEN 0 AND {}", hours * 3_600_000)
        }
        Dialect::Postgres => {
            format!("{reported} - {diagnosis} BETWEEN INTERVAL '0' AND INTERVAL '{hours} hours'")
        }
    };
    let mut verdicts = String::new();
    for hours in hours() {
        verdicts += &format!(" WHEN {hours} THEN COALESCE({}, FALSE)", span(hours));
    }
    let [before_first, before_second] = r06_timely::first_days().map(|day| {
        let midnight = day.and_time(NaiveTime::MIN).and_utc() - EAST_OF_GREENWICH;
        match dialect {
            Dialect::Sqlite => {
                format!("{} < {}", milliseconds(&diagnosis), EPOCH + midnight.timestamp_millis())
            }
            Dialect::Postgres => format!("{diagnosis} < {}", params.bind(Value::Instant(midnight))),
        }
    });
    format!(
        "CASE WHEN {category} = '2' THEN NULL WHEN {diagnosis} IS NULL THEN FALSE \
         WHEN {before_first} THEN NULL ELSE \
         CASE CASE WHEN {before_second} THEN {} ELSE {} END{verdicts} END END",
        limit(&code, Edition::E2006),
        limit(&code, Edition::E2015)
    )
}

/// An instant in SQLite as a number, whichever way it is spelled: milliseconds of the Julian day.
fn milliseconds(instant: &str) -> String {
    format!("CAST(ROUND(julianday({instant}) * 86400000) AS INTEGER)")
}

/// The first instant of 1970 as such a number.
const EPOCH: i64 = 210_866_760_000_000;

/// By how much days begin earlier in Asia/Shanghai.
const EAST_OF_GREENWICH: TimeDelta = TimeDelta::hours(8);

/// The limits that there are, in hours.
fn hours() -> Vec<i64> {
    let of = |disease: &Disease| {
        [Edition::E2006, Edition::E2015].map(|edition| disease.limit(edition).num_hours())
    };
    let mut hours: Vec<i64> = diseases().iter().flat_map(of).collect();
    hours.sort_unstable();
    hours.dedup();
    hours
}

/// The limit of a disease in hours: by the most specific code that covers it.
fn limit(code: &str, edition: Edition) -> String {
    let hours = |disease: &Disease| disease.limit(edition).num_hours();
    let mut sql = "CASE".to_owned();
    for (special, disease) in special_codes() {
        sql += &format!(" WHEN {code} LIKE {} THEN {}", literal_text(special), hours(disease));
    }
    let mut codes: Vec<(&str, i64)> = diseases()
        .iter()
        .flat_map(|disease| disease.codes.iter().map(move |code| (*code, hours(disease))))
        .collect();
    // Of several that cover a code the longest counts, and of those the first.
    let length = |code: &str| code.split_once('-').map_or(code.len(), |(first, _)| first.len());
    codes.sort_by_key(|(code, _)| std::cmp::Reverse(length(code)));
    for (listed, hours) in codes {
        sql += &match listed.split_once('-') {
            Some((first, last)) => format!(
                " WHEN substr({code}, 1, 3) BETWEEN {} AND {} THEN {hours}",
                literal_text(first),
                literal_text(last)
            ),
            None => format!(
                " WHEN substr({code}, 1, {}) = {} THEN {hours}",
                listed.len(),
                literal_text(listed)
            ),
        };
    }
    sql + " END"
}

/// Whether an identity number passes its checks (GB 11643-1999); null where there is none.
pub fn valid_id_number(column: &str, dialect: Dialect) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let number = format!("upper(trim({column}))");
    let are_digits = |text: &str| match dialect {
        Dialect::Sqlite => format!("{text} NOT GLOB '*[^0-9]*'"),
        Dialect::Postgres => format!("{text} !~ '[^0-9]'"),
    };
    let part = |from: usize, length: usize| format!("substr({number}, {from}, {length})");
    let sum: Vec<String> = WEIGHTS
        .iter()
        .zip(1..)
        .map(|(weight, place)| format!("CAST({} AS INTEGER) * {weight}", part(place, 1)))
        .collect();
    let checked =
        format!("substr('10X98765432', ({}) % 11 + 1, 1) = {}", sum.join(" + "), part(18, 1));
    format!(
        "CASE WHEN {column} IS NULL OR trim({column}) = '' THEN NULL \
         WHEN length({number}) = 18 AND {} THEN {} AND {} <> '000' AND {checked} \
         WHEN length({number}) = 15 AND {} THEN {} ELSE FALSE END",
        are_digits(&part(1, 17)),
        is_day(&part(7, 4), &part(11, 2), &part(13, 2)),
        part(15, 3),
        are_digits(&number),
        is_day(&format!("'19' || {}", part(7, 2)), &part(9, 2), &part(11, 2)),
    )
}

/// Whether digits of a year, a month and a day are a day of the calendar.
fn is_day(year: &str, month: &str, day: &str) -> String {
    let year = format!("CAST({year} AS INTEGER)");
    format!(
        "({month} BETWEEN '01' AND '12' AND {day} BETWEEN '01' AND \
         CASE WHEN {month} IN ('04', '06', '09', '11') THEN '30' WHEN {month} <> '02' THEN '31' \
         WHEN {year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0) THEN '29' ELSE '28' END)"
    )
}

/// Whether a pregnancy was registered by twelve full weeks, and so by day 90.
pub fn early_registration([weeks, lmp, registered]: [String; 3], dialect: Dialect) -> String {
    let days = match dialect {
        Dialect::Sqlite => format!("julianday({registered}) - julianday({lmp})"),
        Dialect::Postgres => format!("{registered} - {lmp}"),
    };
    format!("COALESCE({weeks} <= 12, {days} <= 90)")
}

/// Whether a pregnancy is registered by today and has not ended.
pub fn in_antenatal_care(
    [registered, ended, delivery]: [String; 3],
    today: NaiveDate,
    params: &mut Params,
) -> String {
    let delivered = member(params.dialect(), &delivery, "deliveredOn");
    let day = params.bind(Value::Date(today));
    let text = as_text(today, params);
    format!(
        "(COALESCE({registered} <= {day}, FALSE) AND COALESCE({ended} > {day}, TRUE) \
         AND COALESCE({delivered} > {text}, TRUE))"
    )
}

/// Whether so many visits were made by today.
pub fn visits_at_least(visits: &str, count: u32, today: NaiveDate, params: &mut Params) -> String {
    let dialect = params.dialect();
    let today = as_text(today, params);
    let (items, on) = (items(dialect, visits), of_item(dialect, "visitedOn"));
    format!("((SELECT COUNT(*) FROM {items} WHERE {on} <= {today}) >= {count})")
}

/// The delivery of a row: its day, and the day from which days are counted, which is that of the discharge,
/// or of a birth at home the delivery.
struct Delivery {
    on: String,
    counted_from: String,
}

fn delivery_of(dialect: Dialect, delivery: &str) -> Delivery {
    let of = |name| member(dialect, delivery, name);
    let (on, place, discharged) = (of("deliveredOn"), of("placeKind"), of("dischargedOn"));
    let counted_from =
        format!("COALESCE(CASE WHEN {place} = '4' THEN NULL ELSE {discharged} END, {on})");
    Delivery { on, counted_from }
}

/// That a visit of a kind was made from a day on, by today: the check on day 42, or another one.
fn is_visited(dialect: Dialect, visits: &str, is_check: bool, from: &str, today: &str) -> String {
    let (on, kind) = (of_item(dialect, "visitedOn"), of_item(dialect, "kind"));
    let negation = if is_check { "" } else { "NOT " };
    format!(
        "EXISTS (SELECT 1 FROM {} WHERE {on} BETWEEN {from} AND {today} \
         AND {negation}COALESCE({kind}, '') = '2')",
        items(dialect, visits)
    )
}

/// Whether a visit to the mother is due: the first from three days after the discharge on, the check on day 42.
pub fn postpartum_visit_due(
    delivery: &str,
    visits: &str,
    today: NaiveDate,
    params: &mut Params,
) -> String {
    let dialect = params.dialect();
    let Delivery { on, counted_from } = delivery_of(dialect, delivery);
    let [now, first, check] = [0, 3, 42].map(|days| as_text(ago(today, days), params));
    let [visited, checked] =
        [false, true].map(|is_check| is_visited(dialect, visits, is_check, &on, &now));
    format!(
        "COALESCE({on} <= {now} AND ({counted_from} <= {first} AND NOT {visited} \
         OR {on} <= {check} AND NOT {checked}), FALSE)"
    )
}

/// Whether the visit to the newborn is due: from seven days after the discharge until the child is 28 days old.
pub fn newborn_visit_due(
    delivery: &str,
    visits: &str,
    today: NaiveDate,
    params: &mut Params,
) -> String {
    let dialect = params.dialect();
    let Delivery { on, counted_from } = delivery_of(dialect, delivery);
    let [now, due, oldest] = [0, 7, 28].map(|days| as_text(ago(today, days), params));
    let visited = is_visited(dialect, visits, false, &on, &now);
    format!(
        "COALESCE({on} BETWEEN {oldest} AND {now} AND {counted_from} <= {due} AND NOT {visited}, FALSE)"
    )
}
