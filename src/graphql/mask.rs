//! Masks: what is left of a value at the level `masked`, applied where the value is read.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use entity::sharing::{Mask, Type, category};

use crate::clock::day_in_shanghai;

/// The GraphQL type a masked value has.
pub fn masked_type(mask: Mask, ty: Type) -> Option<&'static str> {
    match (mask, ty) {
        (Mask::Year, _) => Some("Year"),
        (Mask::Quarter, Type::Date | Type::DateTime) => Some("YearQuarter"),
        (Mask::YearMonth, Type::Date | Type::DateTime) => Some("YearMonth"),
        (
            Mask::Coarser(_)
            | Mask::OrganizationKind(_)
            | Mask::StreetOf(_)
            | Mask::Province
            | Mask::County
            | Mask::Street
            | Mask::Community
            | Mask::HanOrOther
            | Mask::AgeBand,
            _,
        ) => Some("Code"),
        _ => None,
    }
}

/// What a mask leaves of a text.
pub fn text(mask: Mask, value: &str) -> Option<String> {
    match mask {
        Mask::Name => value.chars().next().map(|first| format!("{first}**")),
        Mask::Stars => Some("**".to_owned()),
        Mask::IdProvince => value.get(..2).map(|province| format!("{province}{}", "*".repeat(16))),
        Mask::Phone => phone(value),
        Mask::Province => Some(prefix(value, 2)),
        Mask::County => Some(prefix(value, 6)),
        Mask::Street | Mask::StreetOf(_) => Some(prefix(value, 9)),
        Mask::Community => Some(prefix(value, 12)),
        Mask::Category => value.chars().next().map(String::from),
        Mask::CategoryOf(list) => category(list, value).map(str::to_owned),
        Mask::HanOrOther => Some(if value == "01" { "1" } else { "2" }.to_owned()),
        // The database made a band of the date.
        Mask::AgeBand
        | Mask::Plain
        | Mask::Predicate
        | Mask::Pseudonym
        | Mask::Items
        | Mask::Coarser(_)
        | Mask::OrganizationKind(_) => Some(value.to_owned()),
        Mask::Redact | Mask::AggregateOnly | Mask::Year | Mask::Quarter | Mask::YearMonth => None,
    }
}

/// What a mask leaves of a day.
pub fn date(mask: Mask, value: NaiveDate) -> Option<String> {
    match mask {
        Mask::Year => Some(format!("{:04}", value.year())),
        Mask::YearMonth => Some(format!("{:04}-{:02}", value.year(), value.month())),
        Mask::Quarter => Some(format!("{:04}-Q{}", value.year(), value.month0() / 3 + 1)),
        Mask::Plain => Some(value.to_string()),
        _ => None,
    }
}

/// What a mask leaves of an instant.
pub fn instant(mask: Mask, value: DateTime<Utc>) -> Option<String> {
    date(mask, day_in_shanghai(value))
}

/// First three and last two digits; stars of fixed number, so that the length tells nothing. A
/// number too short to hide anything is hidden whole.
fn phone(value: &str) -> Option<String> {
    let digits: Vec<char> = value.chars().collect();
    if digits.len() < 8 {
        return Some("*".repeat(11));
    }
    let first: String = digits[..3].iter().collect();
    let last: String = digits[digits.len() - 2..].iter().collect();
    Some(format!("{first}******{last}"))
}

fn prefix(value: &str, length: usize) -> String {
    value.chars().take(length).collect()
}
