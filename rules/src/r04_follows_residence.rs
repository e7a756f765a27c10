//! R-04: vaccination follows residence (疫苗管理法 47: 居住地管理).
//!
//! Clinics of the present county read and write card and doses, wherever the card was made. The old
//! place stops writing on the day of departure, and reads for 30 days from it (exchange E-10: an
//! arrival elsewhere alone ends nothing).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    calendar::{Day, add_days},
    facts::{Facts, RESIDENT},
    fault::Fault,
    regions::{self, County, Sense},
    residence::Resident,
    rule::{Edition, Input, Outcome, Question, Rule},
};

/// Days from the departure for which the old place reads.
const GRACE_DAYS: i64 = 30;

const LAW: Edition = Edition::new("VACCINE-2019", Some("2019-12-01"), None, "疫苗管理法 47");

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-04",
    aliases: &["VACCINATION_FOLLOWS_RESIDENCE"],
    title_zh: "预防接种居住地管理",
    title_en: "vaccination follows residence",
    text: "Clinics of the present county read and write card and doses. The old place stops writing \
           on the day of departure and reads while the day is before departure + 30 days. Counties \
           with management units. Give `unit` to ask about one clinic's unit.",
    boundaries: "Departure 2026-03-01: the old place writes on 2026-02-28, reads from 2026-03-01 to 2026-03-30, nothing from 2026-03-31 on. Not in force on 2019-11-30.",
    source: "疫苗管理法 47; exchange E-10 (choice)",
    editions: &[LAW],
    dated_by_case: false,
    eligibility: false,
    inputs: &[
        RESIDENT[0],
        RESIDENT[1],
        RESIDENT[2],
        RESIDENT[3],
        Input { kind: "Question", fields: &["unit"] },
    ],
    example_on: "2026-03-10",
    example: r#"{"case":"1","unit":"220802001","residenceRegistrations":[{"residenceRegionCode":"220802","arrivalDate":"2025-01-10","departureDate":"2026-03-01"},{"residenceRegionCode":"220104","arrivalDate":"2026-03-01"}]}"#,
    evaluate,
};

/// What clinics of a county may do with card and doses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    None,
    /// Read.
    Read,
    /// Read and write.
    Write,
}

impl Access {
    const fn name(self) -> &'static str {
        match self {
            Access::None => "NONE",
            Access::Read => "READ",
            Access::Write => "WRITE",
        }
    }
}

/// What clinics of a county may do with somebody's card and doses on a day.
pub fn access(person: &Resident, county: &County, on: Day) -> Access {
    let of =
        person.residences.iter().filter(|residence| residence.county().as_ref() == Some(county));
    let of =
        of.filter(|residence| residence.arrival <= on).map(|residence| match residence.departure {
            _ if residence.is_open(on) => Access::Write,
            Some(left) if on < add_days(left, GRACE_DAYS) => Access::Read,
            _ => Access::None,
        });
    of.max().unwrap_or(Access::None)
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    if !LAW.is_in_force(on) {
        return Ok(Outcome::not_in_force(&LAW, on));
    }
    let person = facts.resident()?;
    let counties: BTreeMap<County, Access> = person
        .residences
        .iter()
        .filter_map(|residence| residence.county())
        .map(|county| (county.clone(), access(&person, &county, on)))
        .collect();
    let listed: Vec<Value> = counties
        .iter()
        .map(|(county, access)| json!({ "county": county.code(), "access": access.name() }))
        .collect();
    let asked = facts.one("Question")?.region("unit")?;
    let asked = asked.and_then(|unit| regions::county(&unit, Sense::Health));
    let access = match &asked {
        Some(county) => access(&person, county, on),
        None => counties.values().max().copied().unwrap_or(Access::None),
    };
    let outcome = match access {
        Access::Write => Outcome::new(
            "WRITE",
            "PRESENT_COUNTY",
            "现居住地的接种单位可读写",
            "a clinic of the present county reads and writes",
        ),
        Access::Read => Outcome::new(
            "READ",
            "LEFT_WITHIN_30_DAYS",
            "离开未满30日:原居住地只可读",
            "the old place reads for 30 days from the departure and writes no more",
        ),
        Access::None => Outcome::new(
            "NONE",
            "NOT_RESIDENT",
            "非现居住地,或离开已满30日:不可读写",
            "not the county of residence, or left 30 days ago or more: neither reads nor writes",
        ),
    };
    Ok(outcome.of(&LAW).with("counties", listed))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, result};

    fn case(unit: &str) -> String {
        format!(
            r#"{{"unit":"{unit}","residenceRegistrations":[
                {{"residenceRegionCode":"220802","arrivalDate":"2019-01-10","departureDate":"2026-03-01"}},
                {{"residenceRegionCode":"220104","arrivalDate":"2026-03-01"}}]}}"#
        )
    }

    #[test]
    fn r_04_the_old_place_stops_writing_on_departure_and_reads_for_thirty_days() {
        for (on, old, new) in [
            ("2026-02-28", "WRITE", "NONE"),
            ("2026-03-01", "READ", "WRITE"),
            ("2026-03-30", "READ", "WRITE"),
            ("2026-03-31", "NONE", "WRITE"),
        ] {
            assert_eq!(result("R-04", on, &case("220802001")).0, old, "{on}");
            assert_eq!(result("R-04", on, &case("220104")).0, new, "{on}");
        }
        assert_eq!(
            answer("R-04", "2026-03-10", &case(""))["counties"].as_array().unwrap().len(),
            2
        );
    }

    #[test]
    fn r_04_is_in_force_from_december_2019() {
        assert_eq!(result("R-04", "2019-11-30", &case("220802")).0, "NOT_IN_FORCE");
        assert_eq!(result("R-04", "2019-12-01", &case("220802")).0, "WRITE");
    }
}
