//! Rules of law and of standards that decide on records: pure functions of records, editions and a day,
//! each with its source.
//!
//! Nothing here knows the gateway: no database, no caller, no clock. So whoever changes a rule builds
//! and tests this crate alone, in seconds: `cargo test -p rules`. What is said in SQL, too, stands in
//! the gateway's own `src/rules/`, which hands these on.
//!
//! A rule is a [`rule::Rule`]: one file each, with the fields that it reads. A [`case::Case`] is given in
//! the data dictionary's names; of it only what a rule declares reaches the rule ([`facts::Facts`]).
//! Below the rules lie typed functions, which the gateway calls without a case: `r02_record_due::record_due`,
//! `nip::due_doses`, `r06_timely::timely`.

pub mod calendar;
pub mod case;
pub mod child;
pub mod citizen_id;
pub mod dictionary;
pub mod eval;
pub mod facts;
pub mod fault;
pub mod hpv;
pub mod list;
pub mod maternal;
pub mod nip;
pub mod nip_due;
pub mod owed;
pub mod r01_migrant;
pub mod r02_record_due;
pub mod r03_file_due;
pub mod r04_follows_residence;
pub mod r05_hand_over;
pub mod r06_timely;
pub mod r07_free_treatment;
pub mod r08_catch_up;
pub mod r09_free_supplies;
pub mod r10_once_only;
pub mod r11_stale;
pub mod r12_quality;
pub mod r13_fee_free;
pub mod regions;
pub mod reporting;
pub mod residence;
pub mod rule;
pub mod standardized;
pub mod stream;
mod table;
#[cfg(test)]
mod testing;
pub mod visits;
pub mod worklist;

use rule::Rule;

/// All rules, then those of single services by name.
pub static RULES: [&Rule; 24] = [
    &r01_migrant::RULE,
    &r02_record_due::RULE,
    &r03_file_due::RULE,
    &r04_follows_residence::RULE,
    &r05_hand_over::RULE,
    &r06_timely::RULE,
    &r07_free_treatment::RULE,
    &r08_catch_up::RULE,
    &r09_free_supplies::RULE,
    &r10_once_only::RULE,
    &r11_stale::RULE,
    &r12_quality::RULE,
    &r13_fee_free::RULE,
    &nip_due::RULE,
    &hpv::RULE,
    &maternal::EARLY,
    &maternal::ANTENATAL,
    &maternal::POSTPARTUM,
    &child::CHECK,
    &child::NEWBORN,
    &visits::SMD,
    &visits::CHRONIC,
    &visits::ELDERLY,
    &standardized::RULE,
];

/// The rule with a name: its own, or that of the derived field or worklist it answers for. Case and
/// the hyphen do not matter.
pub fn find(name: &str) -> Option<&'static Rule> {
    let plain = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    let name = plain(name);
    let is = |rule: &&&Rule| {
        plain(rule.id) == name || rule.aliases.iter().any(|alias| plain(alias) == name)
    };
    RULES.iter().find(is).copied()
}

/// The rows of a comma-separated list kept beside the rules, without its heading.
fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::{
        calendar::{Day, add_days},
        testing::{answer, day},
    };

    #[test]
    fn each_rule_has_a_name_of_its_own_and_reads_what_the_dictionary_has() {
        let mut names = BTreeSet::new();
        for rule in RULES {
            for name in std::iter::once(&rule.id).chain(rule.aliases) {
                let plain = name.replace(['-', '_'], "").to_ascii_lowercase();
                let own = find(name).unwrap().id == rule.id;
                assert!(own && (names.insert(plain) || rule.aliases.len() > 1), "{name}");
            }
            for input in rule.inputs {
                for field in input.fields {
                    assert!(
                        dictionary::has(input.kind, field),
                        "{}: {}.{field}",
                        rule.id,
                        input.kind
                    );
                }
            }
        }
    }

    #[test]
    fn each_example_is_answered_with_an_edition_and_words_in_both_languages() {
        for rule in RULES {
            let answer = answer(rule.id, rule.example_on, rule.example);
            assert_ne!(answer["reason"]["zh"], "", "{}", rule.id);
            assert_ne!(answer["reason"]["en"], "", "{}", rule.id);
            assert_ne!(answer["result"], "NOT_IN_FORCE", "{}", rule.id);
            let dated =
                answer["edition"].is_array() == (rule.id == "NIP") && !answer["edition"].is_null();
            assert!(dated, "{}: {answer}", rule.id);
        }
    }

    #[test]
    fn editions_of_a_rule_do_not_overlap_where_a_day_picks_one() {
        // R-01's stand side by side, NIP's go by series.
        for rule in RULES.iter().filter(|rule| !matches!(rule.id, "R-01" | "NIP")) {
            for offset in 0..9_000 {
                let on: Day = add_days(day("2005-01-01"), offset);
                let count = rule.editions.iter().filter(|edition| edition.is_in_force(on)).count();
                assert!(count <= 1, "{} on {on}", rule.id);
            }
        }
    }

    #[test]
    fn a_day_outside_an_edition_is_not_in_force() {
        for rule in RULES.iter().filter(|rule| !rule.dated_by_case) {
            for edition in rule.editions.iter().filter(|edition| edition.from.is_some()) {
                let eve = day(edition.from.unwrap()).pred_opt().unwrap();
                let answer =
                    testing::answer_in(rule.id, Some(edition.id), &eve.to_string(), rule.example);
                assert_eq!(answer["result"], "NOT_IN_FORCE", "{} {}", rule.id, edition.id);
                assert_eq!(answer["inForce"], false);
            }
        }
    }

    /// A rule that reads a field it does not declare is found by any case, for the reading fails.
    #[test]
    fn no_rule_reads_what_it_does_not_declare() {
        for rule in RULES {
            let mut case: Value = serde_json::from_str(rule.example).unwrap();
            for on in ["2008-01-01", "2015-07-31", "2026-06-01"] {
                case["on"] = on.into();
                answer(rule.id, on, &case.to_string());
            }
        }
    }
}
