//! R-11: what was not confirmed for long is stale (基层实时采集、动态录入、及时更新; A 三(四), B 二(一)).
//!
//! Residence six months after it was last collected, health record twelve after its last update
//! (choice). A permit is shown as lapsed from the day after its endorsement ends: as data, for nothing
//! is owed by a permit (R-13).

use crate::{
    calendar::{Day, add_days, add_months},
    facts::{Facts, Moment},
    fault::Fault,
    rule::{Edition, Input, Outcome, Question, Rule},
};

const A_2015: Edition = Edition::new(
    "A-2015",
    Some("2015-01-01"),
    None,
    "吉卫联发〔2015〕7号 三(四); the text bears no date (choice)",
);

/// Months after which a residence is stale.
pub const RESIDENCE_MONTHS: i32 = 6;
/// Months after which a health record is stale.
pub const RECORD_MONTHS: i32 = 12;

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-11",
    aliases: &["RECORD_STALE", "stale"],
    title_zh: "久未更新",
    title_en: "stale",
    text: "Stale from add_months(last, n) on: residence n = 6 from the newest collectedAt of its \
           registration, health record n = 12 from lastUpdatedOn. A permit from the day after \
           endorsedUntil, shown as data.",
    boundaries: "Residence collected 2014-08-31: stale from 2015-02-28 on. Record updated 2014-07-31: stale from 2015-07-31 on. Permit endorsed until 2015-06-30: lapsed from 2015-07-01 on.",
    source: "吉卫联发〔2015〕7号 三(四); 吉卫流管发〔2015〕2号 二(一); months are a choice",
    editions: &[A_2015],
    dated_by_case: false,
    eligibility: false,
    inputs: &[
        Input { kind: "ResidenceRegistration", fields: &["collectedAt"] },
        Input { kind: "HealthRecord", fields: &["lastUpdatedOn"] },
        Input { kind: "ResidencePermit", fields: &["endorsedUntil"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","residenceRegistrations":[{"arrivalDate":"2014-01-01","collectedAt":"2015-01-31"}],"healthRecord":{"lastUpdatedOn":"2014-08-01"}}"#,
    evaluate,
};

/// The day from which something confirmed last on a day is stale.
pub fn stale_from(last: Day, months: i32) -> Day {
    add_months(last, months)
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let newest = |days: Vec<Option<Day>>| days.into_iter().flatten().filter(|day| *day <= on).max();
    let collected = facts
        .rows("ResidenceRegistration")
        .map(|row| Ok(row.moment("collectedAt")?.map(Moment::day)))
        .collect::<Result<Vec<_>, Fault>>()?;
    let updated = facts
        .rows("HealthRecord")
        .map(|row| row.day("lastUpdatedOn"))
        .collect::<Result<Vec<_>, Fault>>()?;
    let endorsed = facts
        .rows("ResidencePermit")
        .map(|row| row.day("endorsedUntil"))
        .collect::<Result<Vec<_>, Fault>>()?;
    let residence = newest(collected).map(|last| stale_from(last, RESIDENCE_MONTHS));
    let record = newest(updated).map(|last| stale_from(last, RECORD_MONTHS));
    let permit = endorsed.into_iter().flatten().max().map(|until| add_days(until, 1));
    let is_past = |day: Option<Day>| day.is_some_and(|day| day <= on);
    let outcome = match (is_past(residence), is_past(record)) {
        (false, false) => {
            Outcome::new(false, "FRESH", "信息在有效更新期内", "confirmed recently enough")
        }
        (true, false) => Outcome::new(
            true,
            "RESIDENCE_STALE",
            "居住信息6个月未核实",
            "residence not confirmed for 6 months",
        ),
        (false, true) => Outcome::new(
            true,
            "RECORD_STALE",
            "健康档案12个月未更新",
            "record not updated for 12 months",
        ),
        (true, true) => Outcome::new(
            true,
            "BOTH_STALE",
            "居住信息和健康档案均久未更新",
            "neither residence nor record was confirmed in time",
        ),
    };
    Ok(outcome
        .of(&A_2015)
        .with_day("residenceStaleFrom", residence)
        .with_day("recordStaleFrom", record)
        .with_day("permitLapsedFrom", permit)
        .with("permitLapsed", is_past(permit)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, assert_turns};

    #[test]
    fn r_11_a_residence_is_stale_after_six_months_and_a_record_after_twelve() {
        let residence = r#"{"residences":[{"arrivalDate":"2014-01-01","collectedAt":"2014-08-31"},
            {"arrivalDate":"2013-01-01","collectedAt":"2013-01-01"}]}"#;
        assert_turns("R-11", "2015-02-28", false, true, residence);
        let record = r#"{"healthRecord":{"lastUpdatedOn":"2014-07-31"}}"#;
        assert_turns("R-11", "2015-07-31", false, true, record);
    }

    #[test]
    fn r_11_a_lapsed_permit_is_shown_and_makes_nothing_stale() {
        let case = r#"{"permit":{"endorsedUntil":"2015-06-30"}}"#;
        for (on, lapsed) in [("2015-06-30", false), ("2015-07-01", true)] {
            let answer = answer("R-11", on, case);
            assert_eq!(
                (&answer["permitLapsed"], &answer["result"]),
                (&lapsed.into(), &false.into())
            );
        }
    }
}
