//! `rules`: the rules of the domain with their editions. They tell of nobody, so everybody may read
//! them.

use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use super::shape::Shape;
use crate::rules::RULES;

/// `Rule`.
pub const SHAPE: &Shape = &Shape {
    name: "Rule",
    description: "规则版本: an edition of a rule of the domain",
    members: &[
        ("id", "String", None),
        ("titleZh", "String", None),
        ("titleEn", "String", None),
        ("edition", "String", None),
        ("validFrom", "Date", None),
        ("validUntil", "Date", None),
        ("inForce", "Boolean", None),
        ("confirmed", "Boolean", None),
        ("text", "String", None),
        ("source", "String", None),
    ],
};

/// Every edition of every rule, and whether it is in force on a day.
pub fn describe(today: NaiveDate) -> Json {
    let editions = RULES.iter().flat_map(|rule| rule.editions.iter().map(move |own| (rule, own)));
    editions
        .map(|(rule, edition)| {
            json!({
                "id": rule.id,
                "titleZh": rule.title_zh,
                "titleEn": rule.title_en,
                "edition": edition.id,
                "validFrom": edition.from,
                "validUntil": edition.until,
                "inForce": edition.is_in_force(today),
                "confirmed": edition.confirmed,
                "text": rule.text,
                "source": edition.source,
            })
        })
        .collect()
}
