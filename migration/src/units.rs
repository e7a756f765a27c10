//! The tree of administrative units of Jilin province, numbered in preorder.
//!
//! An identifier has eleven digits below the province: two for the prefecture, three each for the
//! county, the street and the community. A unit's descendants are then the identifiers from its own
//! to `subtree_end`. A county addressed by the province itself takes a prefecture's two digits,
//! from 90 on.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::DbErr;
use serde::Deserialize;

use crate::seed;

/// One unit under one parent.
#[derive(Clone, Debug)]
pub struct Unit {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub level: Level,
    pub kind: String,
    pub parent_id: Option<i64>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// GB/T 2260 or statistical codes.
    pub areas: Vec<String>,
}

impl Unit {
    /// The largest identifier below.
    pub fn subtree_end(&self) -> i64 {
        self.id + self.level.size() - 1
    }
}

/// The levels of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Province,
    Prefecture,
    County,
    Street,
    Community,
}

impl Level {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Level::Province => "province",
            Level::Prefecture => "prefecture",
            Level::County => "county",
            Level::Street => "street",
            Level::Community => "community",
        }
    }

    /// How many identifiers a unit of this level spans.
    pub fn size(self) -> i64 {
        match self {
            Level::Province => 100_000_000_000,
            Level::Prefecture => 1_000_000_000,
            Level::County => 1_000_000,
            Level::Street => 1_000,
            Level::Community => 1,
        }
    }
}

#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    level: Level,
    kind: String,
    parent_code: String,
    /// The digits of its own level in the identifier.
    slot: i64,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    areas: String,
}

/// All units, parents before children.
pub fn units() -> Result<Vec<Unit>, DbErr> {
    let mut units: Vec<Unit> = Vec::new();
    // Only a unit without units of its own in the file has more than one row.
    let mut by_code: HashMap<String, (i64, Level)> = HashMap::new();
    for row in seed::rows::<Row>(include_str!("../data/administrative_units.csv"))? {
        let parent = match row.parent_code.as_str() {
            "" => None,
            code => Some(*by_code.get(code).ok_or_else(|| seed::error(format!("no unit {code}")))?),
        };
        let digits = match parent {
            Some((_, Level::Province)) => Level::Prefecture,
            _ => row.level,
        };
        let unit = Unit {
            id: parent.map_or(0, |(id, _)| id) + row.slot * digits.size(),
            level: row.level,
            kind: row.kind,
            parent_id: parent.map(|(id, _)| id),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            areas: seed::parts(&row.areas).map(str::to_owned).collect(),
            code: row.code,
            name: row.name,
        };
        by_code.insert(unit.code.clone(), (unit.id, unit.level));
        let below = if unit.level == Level::County { streets(&unit) } else { Vec::new() };
        units.push(unit);
        units.extend(below);
    }
    Ok(units)
}

// Streets and communities are stand-ins computed here, two of each under every unit above: the real
// ones are some ten thousand, change every year, and come with an installation's own import.
fn streets(county: &Unit) -> Vec<Unit> {
    let mut units = Vec::new();
    for (slot, ordinal) in [(1, "第一"), (2, "第二")] {
        let name = format!("{}{ordinal}街道", county.name);
        let street = child(county, Level::Street, slot, name, "street_office");
        let communities = [(1, "第一"), (2, "第二")].map(|(slot, ordinal)| {
            let name = format!("{}{ordinal}社区", street.name);
            child(&street, Level::Community, slot, name, "residents_committee")
        });
        units.push(street);
        units.extend(communities);
    }
    units
}

fn child(parent: &Unit, level: Level, slot: i64, name: String, kind: &str) -> Unit {
    let numeric = parent.code.bytes().all(|byte| byte.is_ascii_digit());
    let separator = if numeric { "" } else { "-" };
    Unit {
        id: parent.id + slot * level.size(),
        code: format!("{}{separator}{slot:03}", parent.code),
        name,
        level,
        kind: kind.to_owned(),
        parent_id: Some(parent.id),
        valid_from: parent.valid_from,
        valid_until: parent.valid_until,
        areas: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_below(unit: &Unit, ancestor: &Unit, by_id: &HashMap<i64, &Unit>) -> bool {
        let mut next = unit.parent_id;
        while let Some(id) = next {
            if id == ancestor.id {
                return true;
            }
            next = by_id[&id].parent_id;
        }
        false
    }

    #[test]
    fn descendants_are_exactly_the_identifiers_of_the_interval() {
        let units = units().unwrap();
        let by_id: HashMap<i64, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
        assert_eq!(by_id.len(), units.len(), "identifiers are unique");
        for ancestor in &units {
            for unit in units.iter().filter(|unit| unit.id != ancestor.id) {
                let inside = (ancestor.id..=ancestor.subtree_end()).contains(&unit.id);
                let below = is_below(unit, ancestor, &by_id);
                assert_eq!(inside, below, "{} {} and {}", unit.id, unit.name, ancestor.name);
            }
        }
    }

    #[test]
    fn units_come_in_preorder() {
        let units = units().unwrap();
        assert!(units.is_sorted_by(|a, b| a.id < b.id));
    }

    #[test]
    fn units_without_a_national_code_stand_where_the_province_addresses_them() {
        let units = units().unwrap();
        let parents = |code: &str| -> Vec<String> {
            let of = |unit: &Unit| units.iter().find(|parent| Some(parent.id) == unit.parent_id);
            let rows = units.iter().filter(|unit| unit.code == code);
            rows.map(|unit| of(unit).unwrap().code.clone()).collect()
        };
        assert_eq!(parents("JL-CBS"), ["220000"]);
        assert_eq!(parents("JL-MHK"), ["220000"]);
        assert_eq!(parents("JL-GZL"), ["220100", "220300"]);
        assert_eq!(parents("CC-JKQ"), ["220100"]);
        assert_eq!(parents("220581"), [""; 0]);
        assert_eq!(parents("220102001002"), ["220102001"]);
        assert_eq!(parents("JL-CBS-001-001"), ["JL-CBS-001"]);
        let cbs = units.iter().find(|unit| unit.code == "JL-CBS").unwrap();
        assert_eq!(cbs.areas, ["222426120", "220621120", "220621121"]);
    }

    #[test]
    fn a_code_names_one_unit_on_any_day() {
        let units = units().unwrap();
        for (place, unit) in units.iter().enumerate() {
            for other in units[place + 1..].iter().filter(|other| other.code == unit.code) {
                let ends_before = |a: &Unit, b: &Unit| {
                    a.valid_until.zip(b.valid_from).is_some_and(|(until, from)| until <= from)
                };
                assert!(ends_before(unit, other) || ends_before(other, unit), "{}", unit.code);
            }
        }
    }
}
