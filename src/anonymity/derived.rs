//! Values as an answer shows them, worked out in memory from a row of the generator.

use chrono::{DateTime, NaiveDate, Utc};
use entity::sharing::{Computed, Finished, Mask, Type};
use sea_orm::Value;

use crate::{
    catalogue::{Field, Source},
    graphql::{
        derivation::windows_on,
        mask,
        sql::{CLINIC, DISCLOSING},
    },
    rules::{
        age::{AGE_OF_CONSENT, is_under},
        calendar::age,
        citizen_id::CitizenId,
        r06_timely,
        residence::{months_complete, whole_months},
    },
};

/// A row: the value of a column.
pub type Row<'r> = &'r dyn Fn(&str) -> Value;

/// What is shown of a field; none where there is no value.
pub fn value(
    field: &Field,
    mask: Option<Mask>,
    parts: &[&str],
    row: Row<'_>,
    today: NaiveDate,
) -> Option<String> {
    match (field.source, mask) {
        (
            _,
            Some(
                style @ (Mask::Coarser(column)
                | Mask::OrganizationKind(column)
                | Mask::StreetOf(column)),
            ),
        ) => mask::text(style, &text(&row(column))?),
        (Source::Column(column), Some(Mask::AgeBand)) => {
            computed(Computed::AgeBand(column), row, today)
        }
        (Source::Column(column), mask) => masked(field.spec.ty, mask, &row(column)),
        (Source::Computed(value), _) => computed(value, row, today),
        (Source::Finished(value), _) => finished(value, parts, row, today),
    }
}

fn computed(value: Computed, row: Row<'_>, today: NaiveDate) -> Option<String> {
    let yes = |is: bool| Some(is.to_string());
    match value {
        Computed::AgeBand(column) => Some(band(day(&row(column))?, today).to_owned()),
        Computed::UnderGuardianship { birth_date, incapacitated } => {
            let young = is_under(AGE_OF_CONSENT, day(&row(birth_date)), today);
            yes(young || text(&row(incapacitated)).as_deref() == Some("true"))
        }
        Computed::Equals(column, value) => yes(text(&row(column))? == value),
        Computed::Present(column) => yes(text(&row(column)).is_some()),
        Computed::Reached(column) => yes(day(&row(column)).is_some_and(|day| day <= today)),
        Computed::Within { from, until } => {
            let began = day(&row(from)).is_some_and(|from| from <= today);
            yes(began && day(&row(until)).is_none_or(|until| until > today))
        }
        Computed::MonthsAtLeast { from, until, months } => {
            let open = day(&row(until)).is_none_or(|until| until > today);
            yes(months_complete(day(&row(from))?, today, months) && open)
        }
        Computed::ValidIdNumber(column) => yes(CitizenId::parse(&text(&row(column))?).is_ok()),
        Computed::Timely { disease, category, diagnosis, reported } => {
            let [code, category] = [disease, category].map(|column| text(&row(column)));
            let [diagnosis, reported] = [diagnosis, reported].map(|column| instant(&row(column)));
            r06_timely::of_card(code.as_deref(), category.as_deref(), diagnosis, reported)
                .map(|timely| timely.to_string())
        }
        Computed::WithinAny(column) => {
            let windows = text(&row(column)).and_then(|text| serde_json::from_str(&text).ok());
            yes(windows.is_some_and(|windows| !windows_on(&windows, today).is_empty()))
        }
        // Those who know nobody by name never see what these are worked out of: they count as apart as that.
        Computed::EarlyRegistration { .. }
        | Computed::InAntenatalCare { .. }
        | Computed::VisitsAtLeast { .. }
        | Computed::PostpartumVisitDue { .. }
        | Computed::NewbornVisitDue { .. } => {
            let all: Vec<String> =
                value.columns().into_iter().filter_map(|column| text(&row(column))).collect();
            (!all.is_empty()).then(|| all.join("/"))
        }
        Computed::InForce { given, expires, withdrawn } => {
            let open = |column| instant(&row(column)).is_none_or(|at| at.date_naive() > today);
            yes(instant(&row(given))?.date_naive() <= today && open(expires) && open(withdrawn))
        }
        Computed::Generalized { name, kind } => match text(&row(kind)) {
            Some(kind) if DISCLOSING.contains(&kind.as_str()) => Some(CLINIC.to_owned()),
            _ => text(&row(name)),
        },
    }
}

fn finished(value: Finished, parts: &[&str], row: Row<'_>, today: NaiveDate) -> Option<String> {
    match value {
        Finished::Months { from, until } => {
            let until = day(&row(until)).unwrap_or(today).min(today);
            Some(whole_months(day(&row(from))?, until).to_string())
        }
        Finished::DueDoses(column) => text(&row(column)),
        Finished::CodesToday(column) => {
            let windows = serde_json::from_str(&text(&row(column))?).ok()?;
            let codes = windows_on(&windows, today).into_iter();
            Some(codes.filter_map(|window| window["code"].as_str()).collect::<Vec<_>>().join(" "))
        }
        Finished::Parts(_) => {
            let all: Vec<String> = parts.iter().filter_map(|part| text(&row(part))).collect();
            (!all.is_empty()).then(|| all.concat())
        }
        // Another one for every person: it tells of nobody by itself.
        Finished::Pseudonym { .. } => None,
    }
}

fn masked(ty: Type, mask: Option<Mask>, value: &Value) -> Option<String> {
    match (mask, ty) {
        (None, _) => text(value),
        (Some(mask), Type::Date) => mask::date(mask, day(value)?),
        (Some(mask), Type::DateTime) => mask::instant(mask, instant(value)?),
        (Some(mask), _) => mask::text(mask, &text(value)?),
    }
}

/// A value as text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => value.map(|value| value.to_string()),
        Value::Int(value) => value.map(|value| value.to_string()),
        Value::BigInt(value) => value.map(|value| value.to_string()),
        Value::String(value) => value.as_ref().map(|value| value.to_string()),
        Value::ChronoDate(value) => value.map(|value| value.to_string()),
        Value::ChronoDateTimeUtc(value) => value.map(|value| value.to_string()),
        _ => None,
    }
}

/// A value as a day.
pub fn day(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::ChronoDate(day) => *day,
        _ => None,
    }
}

fn instant(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::ChronoDateTimeUtc(instant) => *instant,
        _ => None,
    }
}

fn years(birth: NaiveDate, today: NaiveDate) -> u32 {
    age(birth, today).unwrap_or(0)
}

fn band(birth: NaiveDate, today: NaiveDate) -> &'static str {
    match years(birth, today) {
        ..7 => "0-6",
        7..14 => "7-13",
        14..18 => "14-17",
        18..50 => "18-49",
        50..65 => "50-64",
        65.. => "65+",
    }
}
