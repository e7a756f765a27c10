//! Values that are not simply a column: what the database works out as an expression, and what the
//! gateway finishes, from the columns that are read for it to the value that is written. What each is
//! made of stands in its declaration ([`Computed`], [`Finished`]).

use chrono::NaiveDate;
use entity::sharing::{Computed, Finished, Group, Referent};
use serde_json::Value as Json;

use super::{
    context::Context,
    plan::Member,
    shape::project,
    sql::{CLINIC, Params, generalized, literal_text, ruled},
    write,
};
use crate::{
    read::{Rows, Value},
    rules::{
        age::{AGE_OF_CONSENT, is_under_sql},
        consent,
        residence::whole_months,
    },
};

/// The SQL of what the database works out of columns of `alias`.
pub fn expression(
    computed: Computed,
    alias: &str,
    context: &Context<'_>,
    params: &mut Params,
) -> String {
    let today = context.today;
    let of = |column: &str| format!("{alias}.{column}");
    match computed {
        Computed::AgeBand(column) => {
            let birth = of(column);
            let bands = [(7, "0-6"), (14, "7-13"), (18, "14-17"), (50, "18-49"), (65, "50-64")];
            let mut sql = format!("CASE WHEN {birth} IS NULL THEN NULL");
            for (years, band) in bands {
                let bound = day(context.born_by(years), params);
                sql += &format!(" WHEN {birth} > {bound} THEN '{band}'");
            }
            sql + " ELSE '65+' END"
        }
        Computed::UnderGuardianship { birth_date, incapacitated } => {
            let adult = day(context.born_by(AGE_OF_CONSENT), params);
            let is_minor = is_under_sql(&of(birth_date), &adult);
            format!("({is_minor} OR {alias}.{incapacitated})")
        }
        Computed::Equals(column, value) => {
            format!("({alias}.{column} = {})", literal_text(value))
        }
        Computed::Present(column) => format!("({alias}.{column} IS NOT NULL)"),
        Computed::Reached(column) => {
            format!("COALESCE({alias}.{column} <= {}, FALSE)", day(today, params))
        }
        Computed::Within { from, until } => {
            let today = day(today, params);
            format!(
                "COALESCE({alias}.{from} <= {today} AND ({alias}.{until} IS NULL \
                 OR {alias}.{until} > {today}), FALSE)"
            )
        }
        Computed::MonthsAtLeast { from, until, months } => {
            let since = day(context.since_months(months), params);
            let today = day(today, params);
            format!(
                "({alias}.{from} <= {since} AND ({alias}.{until} IS NULL \
                 OR {alias}.{until} > {today}))"
            )
        }
        Computed::InForce { given, expires, withdrawn } => {
            let now = params.bind(Value::Instant(context.now));
            let [given, expires, withdrawn] = [given, expires, withdrawn].map(of);
            format!("({})", consent::is_in_force_sql(&given, &expires, &withdrawn, &now))
        }
        Computed::Generalized { name, kind } => generalized(alias, kind, name, CLINIC),
        Computed::WithinAny(list) => ruled::within_any(&of(list), today, params),
        Computed::Timely { disease, category, diagnosis, reported } => {
            ruled::timely([disease, category, diagnosis, reported].map(of), params)
        }
        Computed::ValidIdNumber(column) => ruled::valid_id_number(&of(column), params.dialect()),
        Computed::EarlyRegistration { weeks, lmp, registered } => {
            ruled::early_registration([weeks, lmp, registered].map(of), params.dialect())
        }
        Computed::InAntenatalCare { registered, ended, delivery } => {
            ruled::in_antenatal_care([registered, ended, delivery].map(of), today, params)
        }
        Computed::VisitsAtLeast { visits, count } => {
            ruled::visits_at_least(&of(visits), count, today, params)
        }
        Computed::PostpartumVisitDue { delivery, visits } => {
            ruled::postpartum_visit_due(&of(delivery), &of(visits), today, params)
        }
        Computed::NewbornVisitDue { delivery, visits } => {
            ruled::newborn_visit_due(&of(delivery), &of(visits), today, params)
        }
    }
}

fn day(day: NaiveDate, params: &mut Params) -> String {
    params.bind(Value::Date(day))
}

/// What the gateway finishes: the places of its columns in the rows that were read.
#[derive(Debug)]
pub enum Finish {
    /// A pseudonym of a key.
    Pseudonym { of: Referent, key: usize },
    /// Whole months between two dates.
    Months { from: usize, until: usize },
    /// Due doses, of which some members are shown.
    DueDoses { doses: usize, members: Vec<Member> },
    /// The codes whose windows hold today.
    CodesToday { windows: usize },
    /// A list put together from the parts that may be read: of codes, or of structured values of which
    /// some members are shown.
    Parts { parts: Vec<usize>, members: Option<Vec<Member>> },
}

/// The columns that a value is finished with: asking for one gives its place in the rows.
pub trait Columns {
    /// A column in the rows that show the field.
    fn column(&mut self, column: &'static str) -> usize;
    /// A key, in the same rows.
    fn key(&mut self, column: &'static str) -> usize;
    /// The parts of a list that may be read, each in the rows that show it.
    fn parts(&mut self, parts: &'static [(&'static str, Group)]) -> Vec<usize>;
}

impl Finish {
    /// Reads the columns that a value is finished with. `members` are those asked for of structured
    /// values; none where the values are codes.
    pub fn of(
        finished: Finished,
        members: Option<Vec<Member>>,
        columns: &mut impl Columns,
    ) -> Self {
        match finished {
            Finished::Pseudonym { of, key } => Self::Pseudonym { of, key: columns.key(key) },
            Finished::Months { from, until } => {
                Self::Months { from: columns.column(from), until: columns.column(until) }
            }
            Finished::DueDoses(column) => Self::DueDoses {
                doses: columns.column(column),
                members: members.unwrap_or_default(),
            },
            Finished::CodesToday(column) => Self::CodesToday { windows: columns.column(column) },
            Finished::Parts(parts) => Self::Parts { parts: columns.parts(parts), members },
        }
    }

    /// Writes the value of a row.
    pub fn write(&self, out: &mut Vec<u8>, rows: &Rows, row: usize, context: &Context<'_>) {
        match self {
            Self::Pseudonym { of, key } => {
                let pseudonym = rows.int(row, *key);
                let pseudonym = pseudonym.map(|key| context.identifiers.pseudonym(of.word(), key));
                write::optional(out, pseudonym, |out, pseudonym| write::text(out, &pseudonym));
            }
            Self::Months { from, until } => {
                let until = rows.date(row, *until).unwrap_or(context.today).min(context.today);
                let months = rows.date(row, *from).map(|from| whole_months(from, until));
                write::optional(out, months, |out, months| write::int(out, months.into()));
            }
            Self::DueDoses { doses, members } => {
                let doses = due(rows, row, *doses, context.today);
                write::optional(out, doses, |out, doses| project(&doses, members, out));
            }
            Self::CodesToday { windows } => {
                let windows = write::stored(rows, row, *windows);
                write::optional(out, windows, |out, windows| {
                    let today = windows_on(&windows, context.today).into_iter();
                    write::json(out, &today.map(|window| window["code"].clone()).collect());
                });
            }
            Self::Parts { parts, members } => {
                let items = joined(rows, row, parts).map(Json::Array);
                write::optional(out, items, |out, items| match members {
                    Some(members) => project(&items, members, out),
                    None => write::json(out, &items),
                });
            }
        }
    }
}

/// The windows of a list that hold on a day: from their first day until the day before their second.
pub fn windows_on(windows: &Json, day: NaiveDate) -> Vec<&Json> {
    let day = day.to_string();
    let holds = |window: &&Json| {
        window["from"].as_str().is_some_and(|from| from <= &*day)
            && window["until"].as_str().is_none_or(|until| &*day < until)
    };
    windows.as_array().into_iter().flatten().filter(holds).collect()
}

/// The doses of a pending list that are due on a day.
fn due(rows: &Rows, row: usize, column: usize, today: NaiveDate) -> Option<Json> {
    let is_due = |dose: &Json| {
        dose["dueOn"]
            .as_str()
            .and_then(|due| due.parse::<NaiveDate>().ok())
            .is_some_and(|due| due <= today)
    };
    match write::stored(rows, row, column) {
        Some(Json::Array(doses)) => Some(doses.into_iter().filter(is_due).collect()),
        _ => None,
    }
}

/// Whether an item says that there is none (1 无): of past diseases and operations, which are structured values.
fn is_none(item: &Json) -> bool {
    item.as_object().is_some_and(|members| members.len() == 1) && item["code"] == "1"
}

/// The items of all parts, sorted, so that their order does not tell which part they came from.
/// Absent parts and empty ones look alike.
fn joined(rows: &Rows, row: usize, columns: &[usize]) -> Option<Vec<Json>> {
    let mut items: Vec<Json> = Vec::new();
    for column in columns {
        if let Some(Json::Array(part)) = write::stored(rows, row, *column) {
            items.extend(part);
        }
    }
    // That there is none of one sort says nothing where there is one of another.
    if items.len() > 1 {
        items.retain(|item| !is_none(item));
    }
    items.sort_by_cached_key(|item| match item {
        // Dated items by date, codes by themselves.
        Json::Object(members) => {
            (members.get("on").map(Json::to_string).unwrap_or_default(), item.to_string())
        }
        other => (String::new(), other.to_string()),
    });
    (!items.is_empty()).then_some(items)
}
