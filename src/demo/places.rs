//! Where people live: the counties and their communities, the big city more often than the rest.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::administrative_unit::Model as Unit;

use super::dice::Dice;
use super::organizations::{Kind, organizations};

/// The county whose organizations the demo's tokens act for; it is never empty.
const SHOWCASE: &str = "220102";

/// The units in force on a day, by identifier.
pub fn in_force(units: &[Unit], today: NaiveDate) -> Vec<Unit> {
    let mut units: Vec<Unit> =
        units.iter().filter(|unit| unit.is_valid_on(today)).cloned().collect();
    units.sort_by_key(|unit| unit.id);
    units
}

/// A county-level unit with its communities and organizations.
pub(super) struct County {
    pub id: i64,
    /// Whether it shows every kind of record.
    pub is_showcase: bool,
    pub code: String,
    pub name: String,
    pub communities: Vec<Unit>,
    organizations: HashMap<Kind, i64>,
}

impl County {
    /// The key of its organization of a kind; of the province's where counties have none.
    pub fn organization(&self, kind: Kind) -> Option<i64> {
        self.organizations.get(&kind).copied()
    }

    /// The name of its organization of a kind.
    pub fn organization_name(&self, kind: Kind) -> String {
        format!("{}{}", self.name, kind.label_zh())
    }
}

/// One community and the county it is in.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub county: &'a County,
    pub community: &'a Unit,
}

impl Place<'_> {
    /// The community's twelve digits; the county's code where communities have none.
    pub fn region_code(&self) -> &str {
        self.digits().unwrap_or(&self.county.code)
    }

    /// The community's twelve digits, if it has them.
    pub fn digits(&self) -> Option<&str> {
        let code = &self.community.code;
        let numbered = code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit());
        numbered.then_some(code)
    }
}

/// All places.
pub(super) struct Places {
    counties: Vec<County>,
    /// The index of a county and how often people live there.
    weights: Vec<(usize, u32)>,
    showcase: usize,
}

impl Places {
    /// The places of these units, all of them in force.
    ///
    /// # Panics
    ///
    /// When no unit is a county: nobody could live anywhere.
    pub fn new(units: &[Unit]) -> Self {
        let organizations: HashMap<String, i64> =
            organizations(units).into_iter().map(|found| (found.code, found.id)).collect();
        let keys = |unit: &Unit, kinds: &[Kind]| -> Vec<(Kind, i64)> {
            let key = |kind: &Kind| organizations.get(&format!("{}-{}", unit.code, kind.code()));
            kinds.iter().filter_map(|kind| Some((*kind, *key(kind)?))).collect()
        };
        let of_province: Vec<(Kind, i64)> = units
            .iter()
            .filter(|unit| unit.level == "province")
            .flat_map(|unit| keys(unit, &Kind::OF_PROVINCE))
            .collect();
        let mut counties: Vec<County> = units
            .iter()
            .filter(|unit| unit.level == "county")
            .map(|unit| County {
                id: unit.id,
                is_showcase: false,
                code: unit.code.clone(),
                name: unit.name.clone(),
                communities: communities(unit, units),
                organizations: keys(unit, &Kind::OF_COUNTIES)
                    .into_iter()
                    .chain(of_province.iter().copied())
                    .collect(),
            })
            .collect();
        assert!(!counties.is_empty(), "no county-level unit is in force");
        let weights =
            counties.iter().enumerate().map(|(at, county)| (at, weight(&county.code))).collect();
        let showcase = counties.iter().position(|county| county.code == SHOWCASE).unwrap_or(0);
        counties[showcase].is_showcase = true;
        Self { counties, weights, showcase }
    }

    /// All counties.
    pub fn counties(&self) -> &[County] {
        &self.counties
    }

    /// A community of the county that shows every kind of record.
    pub fn showcase(&self, dice: &mut Dice) -> Place<'_> {
        self.within(self.showcase, dice)
    }

    /// A community anywhere.
    pub fn anywhere(&self, dice: &mut Dice) -> Place<'_> {
        let county = if dice.chance(110) { self.showcase } else { dice.weighted(&self.weights) };
        self.within(county, dice)
    }

    fn within(&self, county: usize, dice: &mut Dice) -> Place<'_> {
        let county = &self.counties[county];
        Place { county, community: dice.pick(&county.communities) }
    }
}

/// The communities below a county; the county itself where it has none.
fn communities(county: &Unit, units: &[Unit]) -> Vec<Unit> {
    let below = |unit: &&Unit| {
        unit.level == "community" && (county.id..=county.subtree_end).contains(&unit.id)
    };
    let found: Vec<Unit> = units.iter().filter(below).cloned().collect();
    if found.is_empty() { vec![county.clone()] } else { found }
}

/// How often people live in a county: 长春 draws most of the province's migrants.
fn weight(code: &str) -> u32 {
    match code {
        _ if code.starts_with("2201") || code.starts_with("CC-") => 40,
        "JL-GZL" => 30,
        "JL-MHK" => 20,
        _ if code.starts_with("2202") => 14,
        _ => 8,
    }
}
