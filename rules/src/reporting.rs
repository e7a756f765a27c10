//! Notifiable diseases and the limits of their reports by edition (传染病信息报告管理规范).
//!
//! R-06 judges cards by it ([`crate::r06_timely`]), the field `timely` is worked out by it when it is read, and
//! the demonstration makes up cards by it.

use std::sync::LazyLock;

use chrono::TimeDelta;

use crate::rows;

/// An edition of the reporting rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// 2006.
    E2006,
    /// 2015.
    E2015,
}

/// A notifiable disease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disease {
    /// Chinese name.
    pub name: &'static str,
    /// A, B or C (甲, 乙, 丙).
    pub class: &'static str,
    /// The ICD-10 codes it covers.
    pub codes: Vec<&'static str>,
    /// The field group its reports belong to: `G19` or `G20`.
    pub group: &'static str,
    limits: [TimeDelta; 2],
}

impl Disease {
    /// The class in Chinese.
    pub fn class_zh(&self) -> &'static str {
        match self.class {
            "A" => "甲",
            "B" => "乙",
            _ => "丙",
        }
    }

    /// How long after the diagnosis a report is in time.
    pub fn limit(&self, edition: Edition) -> TimeDelta {
        self.limits[edition as usize]
    }

    /// How much of a code this disease accounts for: the length of its longest matching code.
    fn matches(&self, code: &str) -> usize {
        let covers = |listed: &str| match listed.split_once('-') {
            Some((first, last)) => {
                code.get(..3).filter(|head| (first..=last).contains(head)).map_or(0, str::len)
            }
            None => code.strip_prefix(listed).map_or(0, |_| listed.len()),
        };
        self.codes.iter().map(|listed| covers(listed)).max().unwrap_or(0)
    }
}

#[expect(
    clippy::expect_used,
    reason = "the list has a limit in hours in each row, and a test reads it"
)]
static DISEASES: LazyLock<Vec<Disease>> = LazyLock::new(|| {
    let hours = |text: &str| TimeDelta::hours(text.parse().expect("a limit in hours"));
    rows(include_str!("../data/notifiable_diseases.csv"))
        .map(|row| Disease {
            name: row[0],
            class: row[1],
            codes: row[2].split(';').collect(),
            limits: [hours(row[3]), hours(row[4])],
            group: row[5],
        })
        .collect()
});

/// All notifiable diseases.
pub fn diseases() -> &'static [Disease] {
    &DISEASES
}

/// The code of H7N9, which shares J09 with the other avian influenza.
const H7N9: &str = "J09-H7N9";

/// Former codes of dengue, with the present one.
const FORMER: [&str; 2] = ["A90", "A91"];
const DENGUE: &str = "A97";

/// Codes that another disease is found by than their digits say, as patterns of SQL (`LIKE`).
pub fn special_codes() -> Vec<(&'static str, &'static Disease)> {
    [(H7N9, H7N9), ("A90%", FORMER[0]), ("A91%", FORMER[1])]
        .into_iter()
        .filter_map(|(pattern, code)| Some((pattern, disease(code)?)))
        .collect()
}

/// The notifiable disease an ICD-10 code belongs to; the most specific where several match. H7N9 shares
/// J09 with the other avian influenza and has a code of its own here; the former codes of dengue stand
/// for the present one.
pub fn disease(code: &str) -> Option<&'static Disease> {
    let code = code.trim();
    if code.eq_ignore_ascii_case(H7N9) {
        return diseases().iter().find(|disease| disease.name.contains("H7N9"));
    }
    let code = match code.get(..3) {
        Some(former) if FORMER.contains(&former) => DENGUE,
        _ => code,
    };
    let mut best = (0, None);
    for disease in diseases() {
        let length = disease.matches(code);
        if length > best.0 {
            best = (length, Some(disease));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_forty_rows_of_three_classes() {
        assert_eq!(diseases().len(), 40);
        let count = |class| diseases().iter().filter(|disease| disease.class == class).count();
        assert_eq!((count("A"), count("B"), count("C")), (2, 27, 11));
    }

    #[test]
    fn a_code_finds_its_most_specific_disease() {
        assert_eq!(disease("A22.1").unwrap().name, "肺炭疽");
        assert_eq!(disease("A22.0").unwrap().name, "炭疽(非肺)");
        assert_eq!(disease("A16.2").unwrap().name, "肺结核");
        assert_eq!(disease("B22.7").unwrap().group, "G20");
        assert_eq!(disease("B20").unwrap().group, "G20");
        assert!(disease("I10").is_none());
        assert!(disease("").is_none());
    }

    #[test]
    fn limits_follow_disease_and_edition() {
        let polio = disease("A80.9").unwrap();
        assert_eq!(polio.limit(Edition::E2006), TimeDelta::hours(2));
        assert_eq!(polio.limit(Edition::E2015), TimeDelta::hours(24));
        assert_eq!(disease("A20").unwrap().limit(Edition::E2015), TimeDelta::hours(2));
    }
}
