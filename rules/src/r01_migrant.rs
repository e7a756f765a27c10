//! R-01: who is a migrant (流动人口). Three definitions stand side by side; none is picked silently.
//!
//! - `FP-2009`: 流动人口计划生育工作条例 2: adults of child-bearing age who left the county, city or district
//!   of their hukou; not for business, medical care, study, tourism or visits; not between districts
//!   of one city. Ages 18 to 49 (choice).
//! - `HEALTH`: 常住类型 非户籍 of the health record's form: the county of hukou is another one than that
//!   of residence, management units counted as counties.
//! - `GW`, the default (choice): HEALTH, from the day after the first day of the stay.

use serde_json::{Map, Value};

use crate::{
    calendar::{Day, age, days_between},
    facts::{Facts, RESIDENT},
    fault::Fault,
    regions::{Sense, are_districts_of_one_city, county, differ},
    residence::Resident,
    rule::{Edition, Outcome, Question, Rule},
};

/// 流动人口计划生育工作条例, until the month of its repeal, whose day is not confirmed.
pub const FP_2009: Edition = Edition::new(
    "FP-2009",
    Some("2009-10-01"),
    Some("2021-08-31"),
    "流动人口计划生育工作条例 (国务院令第555号) 2; repealed 2021-09, day unconfirmed (choice)",
)
.unconfirmed();

/// The health record's 常住类型.
pub const HEALTH: Edition = Edition::new(
    "HEALTH",
    Some("2011-01-01"),
    None,
    "国家基本公共卫生服务规范 (2011年版), 个人基本信息表: 常住类型",
);

/// The gateway's.
pub const GW: Edition = Edition::new("GW", None, None, "gateway (choice), on HEALTH");

/// Moves for which nobody becomes a migrant in the sense of 2009: study, business, medical care,
/// tourism, and two sorts of visits.
const EXCLUDED_REASONS: [&str; 6] = ["4", "6", "7", "8", "9", "10"];

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-01",
    aliases: &["migrantDefinition", "registrationKind"],
    title_zh: "流动人口的认定",
    title_en: "who is a migrant",
    text: "FP-2009: age 18-49, hukou county other than the county of residence (GB/T 2260), not both \
           districts of one city, not moved for study, business, medical care, tourism or visits, \
           an open residence. HEALTH: hukou county other than the county of residence, management \
           units counted as counties, an open residence. GW (default): HEALTH, from the day after \
           the first day of the stay. Unknown hukou, or none on the mainland: no edition matches.",
    boundaries: "Arrival 2015-01-31: HEALTH from that day, GW from 2015-02-01. Departure 2015-06-01: no longer on that day. FP-2009: not on 2009-09-30, on 2009-10-01 and 2021-08-31, not in force on 2021-09-01; from the 18th birthday until the day before the 50th. 九台 (220181, from 2015 on 220113) is a district of 长春 from 2015-01-01. Gap of 30 days or absence of 30 days: the stay goes on; 31: a new one begins.",
    source: "流动人口计划生育工作条例 2; 国家基本公共卫生服务规范 常住类型; gateway",
    editions: &[FP_2009, HEALTH, GW],
    dated_by_case: false,
    eligibility: true,
    inputs: &RESIDENT,
    example_on: "2015-07-31",
    example: r#"{"case":"1","birthDate":"1985-06-15","hukouRegionCode":"230102","residenceRegionCode":"220104","arrivalDate":"2015-01-31","moveReason":"1"}"#,
    evaluate,
};

/// Whether somebody is a migrant, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrant {
    /// The edition matches.
    Yes,
    /// It does not: code, Chinese, English.
    No(&'static str, &'static str, &'static str),
    /// Something is not known: code, Chinese, English. No edition matches.
    Unknown(&'static str, &'static str, &'static str),
    /// The edition is not in force on the day.
    NotInForce,
}

use Migrant::{No, Unknown, Yes};

const NO_RESIDENCE: Migrant =
    No("NO_OPEN_RESIDENCE", "当日无居住登记", "no open residence on the day");
const SAME_COUNTY: Migrant =
    No("SAME_COUNTY", "户籍地与现居住地同县(市、区)", "hukou and residence are in one county");
const HUKOU_UNKNOWN: Migrant = Unknown(
    "HUKOU_UNKNOWN",
    "户籍地不明或不在大陆,任何口径均不认定,按数据缺失另计",
    "hukou unknown or none on the mainland: no edition matches, counted as a data gap",
);

/// Whether an edition matches somebody on a day.
pub fn is_migrant(edition: &Edition, person: &Resident, on: Day) -> Migrant {
    if !edition.is_in_force(on) {
        return Migrant::NotInForce;
    }
    match edition.id {
        "FP-2009" => family_planning(person, on),
        "HEALTH" => health(person, on),
        _ => gateway(person, on),
    }
}

/// `registrationKind` (常住类型) on a day: whether the county of residence is another one than that of
/// hukou (非户籍); none where one of them is unknown.
pub fn is_away_from_hukou(person: &Resident, on: Day) -> Option<bool> {
    let residence = person.open_on(on)?.region.as_deref()?;
    differ(person.hukou.as_deref()?, residence, Sense::Health)
}

fn health(person: &Resident, on: Day) -> Migrant {
    if person.open_on(on).is_none() {
        return NO_RESIDENCE;
    }
    match is_away_from_hukou(person, on) {
        Some(true) => Yes,
        Some(false) => SAME_COUNTY,
        None => HUKOU_UNKNOWN,
    }
}

/// Edition GW: HEALTH, and at least a day since the stay began.
pub fn gateway(person: &Resident, on: Day) -> Migrant {
    match (health(person, on), person.stay_on(on)) {
        (Yes | Unknown(..), None) => No(
            "AWAY",
            "离开超过30日,当日无连续居住",
            "away for more than 30 days: no stay on the day",
        ),
        (Yes, Some(start)) if days_between(start, on) < 1 => {
            No("DAY_OF_ARRIVAL", "到达当日尚不认定", "not yet on the day of arrival")
        }
        (verdict, _) => verdict,
    }
}

fn family_planning(person: &Resident, on: Day) -> Migrant {
    let Some(residence) = person.open_on(on) else { return NO_RESIDENCE };
    let Some(birth) = person.birth else {
        return Unknown("BIRTH_DATE_UNKNOWN", "出生日期不明", "birth date unknown");
    };
    if !age(birth, on).is_some_and(|age| (18..=49).contains(&age)) {
        return No("AGE", "不在18至49周岁之间", "not aged 18 to 49");
    }
    let places = (person.hukou.as_deref(), residence.region.as_deref());
    let (Some(hukou), Some(region)) = places else { return HUKOU_UNKNOWN };
    match differ(hukou, region, Sense::Gbt2260) {
        None => return HUKOU_UNKNOWN,
        Some(false) => return SAME_COUNTY,
        Some(true) => {}
    }
    let counties = (county(hukou, Sense::Gbt2260), county(region, Sense::Gbt2260));
    if let (Some(one), Some(other)) = &counties
        && are_districts_of_one_city(one, other, on)
    {
        return No(
            "DISTRICTS_OF_ONE_CITY",
            "同一设区的市内区与区之间",
            "between districts of one city",
        );
    }
    let reason = residence.move_reason.as_deref();
    if reason.is_some_and(|reason| EXCLUDED_REASONS.contains(&reason)) {
        return No(
            "EXCLUDED_REASON",
            "因出差、就医、上学、旅游、探亲、访友等事由,预期返回户籍地",
            "moved for business, medical care, study, tourism or a visit",
        );
    }
    Yes
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let person = facts.resident()?;
    let on = question.on;
    let edition = question.edition.unwrap_or(&GW);
    let mut matching = Vec::new();
    let mut side_by_side = Map::new();
    for edition in RULE.editions {
        let verdict = is_migrant(edition, &person, on);
        if verdict == Yes {
            matching.push(Value::from(edition.id));
        }
        side_by_side.insert(edition.id.to_owned(), value(verdict));
    }
    let verdict = is_migrant(edition, &person, on);
    let outcome = match verdict {
        Migrant::NotInForce => Outcome::not_in_force(edition, on),
        Yes => Outcome::new(
            true,
            "MIGRANT",
            format!("按{}口径为流动人口", edition.id),
            format!("a migrant in the sense of {}", edition.id),
        ),
        No(code, zh, en) => Outcome::new(false, code, zh, en),
        Unknown(code, zh, en) => Outcome::new(false, code, zh, en).with("dataGap", true),
    };
    let kind = is_away_from_hukou(&person, on).map(|away| if away { "2" } else { "1" });
    let outcome = outcome
        .with("migrantDefinition", matching)
        .with("editions", side_by_side)
        .with("registrationKind", kind)
        .with_day("stayStart", person.stay_on(on));
    Ok(outcome.of(edition))
}

fn value(verdict: Migrant) -> Value {
    match verdict {
        Migrant::NotInForce => "NOT_IN_FORCE".into(),
        verdict => (verdict == Yes).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, answer_in, assert_turns, result};

    /// Somebody of Harbin in 朝阳区 of 长春 since the last of January 2015.
    fn case(more: &str) -> String {
        format!(
            r#"{{"birthDate":"1985-06-15","hukouRegionCode":"230102","arrivalDate":"2015-01-31",
                "residenceRegionCode":"220104",{more}"note":""}}"#
        )
    }

    fn in_edition(edition: &str, on: &str, case: &str) -> Value {
        answer_in("R-01", Some(edition), on, case)["result"].clone()
    }

    #[test]
    fn r_01_gateway_begins_on_the_day_after_arrival_and_health_on_the_day() {
        assert_turns("R-01", "2015-02-01", false, true, &case(""));
        assert_eq!(in_edition("HEALTH", "2015-01-30", &case("")), false);
        assert_eq!(in_edition("HEALTH", "2015-01-31", &case("")), true);
    }

    #[test]
    fn r_01_ends_on_the_day_of_departure() {
        let case = case(r#""departureDate":"2015-06-01","#);
        assert_turns("R-01", "2015-06-01", true, false, &case);
    }

    #[test]
    fn r_01_family_planning_is_in_force_from_october_2009_to_august_2021() {
        let case = case(r#""arrivalDate":"2009-01-01","birthDate":"1980-01-01","#).replacen(
            r#""arrivalDate":"2015-01-31","#,
            "",
            1,
        );
        let case = case.replacen(r#""birthDate":"1985-06-15","#, "", 1);
        for (on, expected) in [
            ("2009-09-30", Value::from("NOT_IN_FORCE")),
            ("2009-10-01", Value::from(true)),
            ("2021-08-31", Value::from(true)),
            ("2021-09-01", Value::from("NOT_IN_FORCE")),
        ] {
            assert_eq!(in_edition("FP-2009", on, &case), expected, "{on}");
            let answer = answer("R-01", on, &case);
            assert_eq!(answer["editions"]["FP-2009"], expected, "{on}");
            assert_eq!(answer["result"], true);
        }
    }

    #[test]
    fn r_01_family_planning_holds_from_18_until_the_50th_birthday() {
        let born = |birth: &str| case("").replace("1985-06-15", birth);
        for (birth, expected) in [
            ("1997-07-31", true),
            ("1997-08-01", false),
            ("1965-08-01", true),
            ("1965-07-31", false),
        ] {
            assert_eq!(in_edition("FP-2009", "2015-07-31", &born(birth)), expected, "{birth}");
        }
    }

    #[test]
    fn r_01_family_planning_leaves_out_districts_of_one_city_and_moves_that_are_none() {
        let of = |hukou: &str| case("").replace("230102", hukou);
        for (hukou, on, expected) in [
            ("220102", "2015-07-31", false),
            ("220202", "2015-07-31", true),
            ("220181", "2015-07-31", false),
            ("220171", "2015-07-31", false),
            ("220122", "2015-07-31", true),
        ] {
            assert_eq!(in_edition("FP-2009", on, &of(hukou)), expected, "{hukou}");
            assert_eq!(in_edition("HEALTH", on, &of(hukou)), true, "{hukou}");
        }
        for reason in ["4", "6", "7", "8", "9", "10", "上学"] {
            let case = case(&format!(r#""moveReason":"{reason}","#));
            assert_eq!(in_edition("FP-2009", "2015-07-31", &case), false, "{reason}");
            assert_eq!(in_edition("HEALTH", "2015-07-31", &case), true, "{reason}");
        }
    }

    #[test]
    fn r_01_a_county_that_changed_its_code_is_the_same_county() {
        let case = case("").replace("230102", "220181").replace("220104", "220113");
        assert_eq!(result("R-01", "2015-07-31", &case), (false.into(), "SAME_COUNTY".to_owned()));
    }

    #[test]
    fn r_01_an_unknown_hukou_matches_no_edition_and_is_a_data_gap() {
        for hukou in ["", "710000", "220100"] {
            let answer = answer("R-01", "2015-07-31", &case("").replace("230102", hukou));
            assert_eq!(answer["result"], false);
            assert_eq!(
                (&answer["dataGap"], &answer["registrationKind"]),
                (&true.into(), &Value::Null)
            );
            assert!(answer["migrantDefinition"].as_array().unwrap().is_empty());
        }
    }
}
