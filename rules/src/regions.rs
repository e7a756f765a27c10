//! Counties: in the sense of GB/T 2260, and with the management units that the seeds address.
//!
//! Source: `regions_jilin.csv` (GB/T 2260 with the years of its changes), `admin_units_jilin.csv`.

use std::sync::LazyLock;

use chrono::Datelike;

use crate::{calendar::Day, table};

/// What counts as a county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// Management units count as counties: 长白山管委会, 梅河口, 公主岭 (editions HEALTH and GW, stays).
    Health,
    /// The county of GB/T 2260 alone (edition FP-2009).
    Gbt2260,
}

/// A county, by the code it has today, or by the code of its management unit. One that changed its
/// code is one county at all times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct County(String);

impl County {
    /// Its code: six digits, or that of a management unit.
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// A code that a county had until the end of a year.
struct Change {
    old: String,
    new: String,
    year: i32,
}

/// The codes that a management unit covers.
struct Unit {
    code: String,
    covers: Vec<String>,
    /// A statistical unit is a part of a city, and no county.
    is_statistical: bool,
}

static CHANGES: LazyLock<Vec<Change>> = LazyLock::new(|| {
    let successor = |note: &str| {
        let is_code = |text: &&str| text.len() == 6 && text.starts_with("22");
        note.split(|c: char| !c.is_ascii_digit()).find(is_code).map(str::to_owned)
    };
    table::rows(include_str!("../data/regions_jilin.csv"))
        .into_iter()
        .filter_map(|row| {
            let year = row[5].parse().ok()?;
            Some(Change { old: row[0].to_owned(), new: successor(&row[6])?, year })
        })
        .collect()
});

/// A code of GB/T 2260 with the years in which it stood.
struct Place {
    code: String,
    from: Option<i32>,
    until: Option<i32>,
}

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    table::rows(include_str!("../data/regions_jilin.csv"))
        .into_iter()
        .map(|row| Place {
            code: row[0].to_owned(),
            from: row[4].parse().ok(),
            until: row[5].parse().ok(),
        })
        .collect()
});

static UNITS: LazyLock<Vec<Unit>> = LazyLock::new(|| {
    table::rows(include_str!("../data/admin_units_jilin.csv"))
        .into_iter()
        .map(|row| Unit {
            is_statistical: &row[2] == "statistical unit",
            covers: row[3].split(';').map(str::to_owned).collect(),
            code: row[0].to_owned(),
        })
        .collect()
});

/// Whether a text can be the code of a place: 6, 9 or 12 digits, or the code of a management unit.
pub fn is_code(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && matches!(text.len(), 6 | 9 | 12)) || UNITS.iter().any(|unit| unit.code == text)
}

/// The management unit that is a county in HEALTH's sense: by its own code, or the longest code it
/// covers.
fn management_unit(code: &str) -> Option<&'static str> {
    let covered = |unit: &&Unit| unit.code == code || longest(unit, code) > 0;
    let units = UNITS.iter().filter(|unit| !unit.is_statistical);
    units.filter(covered).max_by_key(|unit| longest(unit, code)).map(|unit| &*unit.code)
}

fn longest(unit: &Unit, code: &str) -> usize {
    unit.covers.iter().filter(|own| code.starts_with(&***own)).map(String::len).max().unwrap_or(0)
}

/// The first six digits of a place; those of the area of a management unit named by its own code,
/// where it is one area.
fn six(code: &str) -> Option<&str> {
    let unit = UNITS.iter().find(|unit| unit.code == code);
    let code = match unit {
        // 长白山管委会 lies in two counties: its own code alone does not say in which.
        Some(unit) if unit.covers.iter().any(|own| own.len() > 6) => return None,
        Some(unit) => unit.covers.last()?,
        None => code,
    };
    code.get(..6)
}

/// The county of a place. None where the place is not on the mainland, or no county is known of it:
/// a province or a prefecture.
pub fn county(code: &str, sense: Sense) -> Option<County> {
    if sense == Sense::Health
        && let Some(unit) = management_unit(code)
    {
        return Some(County(unit.to_owned()));
    }
    let six = six(code).filter(|six| is_mainland(six) && !six.ends_with("00"))?;
    let latest = CHANGES.iter().find(|change| change.old == six);
    Some(County(latest.map_or(six, |change| &change.new).to_owned()))
}

fn is_mainland(code: &str) -> bool {
    !["71", "81", "82"].iter().any(|outside| code.starts_with(outside)) && !code.starts_with('0')
}

/// Whether a code stood in GB/T 2260 on a day, or is a management unit's or of its areas. In the year of a
/// change both codes do. Of other provinces no list is at hand: their codes pass.
pub fn is_valid_on(code: &str, on: Day) -> bool {
    if !is_code(code) {
        return false;
    }
    let Some(six) = code.get(..6).filter(|six| six.starts_with("22")) else { return true };
    let is_zone = UNITS.iter().any(|unit| unit.is_statistical && unit.covers[0] == six);
    is_zone
        || PLACES.iter().any(|place| {
            place.code == six
                && place.from.is_none_or(|year| year <= on.year())
                && place.until.is_none_or(|year| on.year() <= year)
        })
}

/// Whether two places lie in different counties; none where that is not known.
pub fn differ(one: &str, other: &str, sense: Sense) -> Option<bool> {
    match (county(one, sense), county(other, sense)) {
        (Some(one), Some(other)) => Some(one != other),
        // A province or a prefecture tells when the other place lies outside it.
        _ => {
            let [one, other] = [six(one)?, six(other)?];
            if !is_mainland(one) || !is_mainland(other) {
                return None;
            }
            let [a, b] = [one, other].map(|code| code.trim_end_matches("00"));
            (!a.starts_with(b) && !b.starts_with(a)).then_some(true)
        }
    }
}

/// The code of GB/T 2260 that a county has on a day; in the year of a change the old one.
fn code_on(county: &County, on: Day) -> &str {
    let former = CHANGES.iter().find(|change| change.new == county.0 && on.year() <= change.year);
    former.map_or(&county.0, |change| &change.old)
}

/// Whether a code is a district's: 01–20 as its last two digits, and the four development zones of
/// 长春 (220171–220174), which have codes of the statistical bureau.
fn is_district(code: &str) -> bool {
    let last = code.get(4..6).and_then(|last| last.parse::<u8>().ok());
    let is_zone = || UNITS.iter().any(|unit| unit.is_statistical && unit.covers[0] == code);
    last.is_some_and(|last| (1..=20).contains(&last)) || is_zone()
}

/// Whether two counties of GB/T 2260 are both districts of one prefecture-level city on a day.
pub fn are_districts_of_one_city(one: &County, other: &County, on: Day) -> bool {
    let [one, other] = [one, other].map(|county| code_on(county, on));
    is_district(one) && is_district(other) && one.get(..4) == other.get(..4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::day;

    fn health(code: &str) -> String {
        county(code, Sense::Health).unwrap().0
    }

    fn gbt(code: &str) -> County {
        county(code, Sense::Gbt2260).unwrap()
    }

    #[test]
    fn a_management_unit_is_a_county_for_health_and_none_for_the_standard() {
        assert_eq!(health("222426120001"), "JL-CBS");
        assert_eq!(health("220621121"), "JL-CBS");
        assert_eq!(health("222426101"), "222426");
        assert_eq!(gbt("222426120001").code(), "222426");
        assert_eq!((health("220581").as_str(), gbt("220581").code()), ("JL-MHK", "220581"));
        assert_eq!(health("220381001"), health("220184002"));
        assert_eq!(health("220171001"), "220171");
        assert_eq!(county("JL-CBS", Sense::Gbt2260), None);
        assert_eq!(county("JL-GZL", Sense::Gbt2260), Some(gbt("220381")));
    }

    #[test]
    fn a_county_that_changed_its_code_is_one_county() {
        for (old, new) in
            [("220181", "220113"), ("220724", "220781"), ("220625", "220605"), ("220381", "220184")]
        {
            assert_eq!(gbt(old), gbt(new));
            assert_eq!(health(old), health(new));
        }
        assert_eq!(CHANGES.len(), 4);
    }

    #[test]
    fn a_district_is_one_by_the_code_of_the_day_and_in_the_year_of_change_by_the_old() {
        let (jiutai, chaoyang) = (gbt("220113"), gbt("220104"));
        assert!(!are_districts_of_one_city(&jiutai, &chaoyang, day("2014-12-31")));
        assert!(are_districts_of_one_city(&jiutai, &chaoyang, day("2015-01-01")));
        assert!(are_districts_of_one_city(&gbt("220171001"), &chaoyang, day("2015-01-01")));
        assert!(!are_districts_of_one_city(&gbt("220202"), &chaoyang, day("2015-01-01")));
        assert!(!are_districts_of_one_city(&gbt("220184"), &chaoyang, day("2021-01-01")));
    }

    #[test]
    fn a_place_above_the_county_tells_only_of_what_lies_outside_it() {
        let differ = |one, other| differ(one, other, Sense::Health);
        assert_eq!(differ("220000", "220104"), None);
        assert_eq!(differ("230000", "220104"), Some(true));
        assert_eq!(differ("220200", "220104"), Some(true));
        assert_eq!(differ("710000", "220104"), None);
        assert_eq!(differ("220104", "220104001002"), Some(false));
    }
}
