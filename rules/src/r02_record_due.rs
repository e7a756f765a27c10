//! R-02: a health record (健康档案) is due after six months of stay.
//!
//! Document B 二(一): 居住6个月以上 … 建立统一、规范的健康档案. For whom edition GW of R-01 holds, at any age;
//! six calendar months from the first day of the present stay; no record, or one that was not
//! transferred to a unit of the county. Due at the start of the corresponding day (choice; 民法典
//! 201–202 would have it at the end).

use crate::{
    calendar::Day,
    facts::{Facts, RESIDENT},
    fault::Fault,
    owed::{B_2015, Held, Owed, Words, outcome, owed},
    residence::Resident,
    rule::{Input, Outcome, Question, Rule},
};

/// Months of stay.
pub const MONTHS: u32 = 6;

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-02",
    aliases: &["recordDue", "RECORD_DUE"],
    title_zh: "应建居民健康档案",
    title_en: "health record due",
    text: "A migrant (R-01, GW) of any age whose present stay has lasted six calendar months, with no \
           health record, or one not transferred to a unit of the county. dueOn is the stay's first \
           day plus six months; overdue days count from the later of dueOn and 2015-03-06. An \
           unknown hukou is a data gap, and the record is owed all the same (R-13).",
    boundaries: "Arrival 2015-01-31: not due on 2015-07-30, due on 2015-07-31. Arrival 2014-08-31: due on 2015-02-28. Arrival 2015-02-28: due on 2015-08-28. Before 2015-03-06 the answer is marked inForce false; asked for edition B-2015 by name it is NOT_IN_FORCE.",
    source: "吉卫流管发〔2015〕2号 二(一)",
    editions: &[B_2015],
    dated_by_case: false,
    eligibility: true,
    inputs: &[
        RESIDENT[0],
        RESIDENT[1],
        RESIDENT[2],
        RESIDENT[3],
        Input { kind: "HealthRecord", fields: &["recordNumber", "establishedOn", "managingOrg"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","person":{"birthDate":"1985-06-15"},"householdRegistration":{"hukouRegionCode":"230102"},"residenceRegistrations":[{"residenceRegionCode":"220104001001","arrivalDate":"2015-01-31"}],"healthRecords":[]}"#,
    evaluate,
};

/// Whether a health record is due on a day.
pub fn record_due(person: &Resident, records: &[Held], on: Day) -> Owed {
    owed(person, records, MONTHS, on)
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let records = facts
        .rows("HealthRecord")
        .map(|row| Held::read(&row, "establishedOn", "recordNumber"))
        .collect::<Result<Vec<_>, _>>()?;
    let owed = record_due(&facts.resident()?, &records, question.on);
    let words = Words {
        thing: ("居民健康档案", "health record"),
        code: "RECORD_DUE",
        months: MONTHS,
        field: "recordDue",
    };
    Ok(outcome(&owed, &words, question.on))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, assert_turns, result};

    fn case(arrival: &str, more: &str) -> String {
        format!(
            r#"{{"hukouRegionCode":"230102","residenceRegionCode":"220104001001",
                "arrivalDate":"{arrival}"{more}}}"#
        )
    }

    #[test]
    fn r_02_is_due_when_six_calendar_months_are_complete() {
        for (arrival, due) in [
            ("2015-01-31", "2015-07-31"),
            ("2014-08-31", "2015-02-28"),
            ("2015-08-31", "2016-02-29"),
            ("2015-02-28", "2015-08-28"),
        ] {
            let case = case(arrival, "");
            assert_turns("R-02", due, false, true, &case);
            assert_eq!(answer("R-02", due, &case)["dueOn"], due);
        }
    }

    #[test]
    fn r_02_overdue_days_count_from_the_document_on() {
        let case = case("2014-08-31", "");
        for (on, days, in_force) in [
            ("2015-02-28", 0, false),
            ("2015-03-05", 0, false),
            ("2015-03-06", 0, true),
            ("2015-03-08", 2, true),
        ] {
            let answer = answer("R-02", on, &case);
            assert_eq!(answer["result"], true, "{on}");
            assert_eq!(
                (&answer["overdueDays"], &answer["inForce"]),
                (&days.into(), &in_force.into())
            );
        }
        let later = super::tests::case("2015-01-31", "");
        assert_eq!(answer("R-02", "2015-08-01", &later)["overdueDays"], 1);
    }

    #[test]
    fn r_02_a_record_elsewhere_is_none_until_it_is_transferred() {
        let with = |record: &str| case("2015-01-31", &format!(r#","healthRecord":{record}"#));
        for (record, expected, code) in [
            (r#"{"managingOrg":"220104"}"#, false, "HELD"),
            (r#"{"managingOrg":{"unit":"220104002"}}"#, false, "HELD"),
            (r#"{"managingOrg":"230102"}"#, true, "NOT_TRANSFERRED"),
            (r#"{"recordNumber":"23010200100100001"}"#, true, "NOT_TRANSFERRED"),
            (r#"{"recordNumber":"23010200100100001","managingOrg":"220104"}"#, false, "HELD"),
            (r#"{"establishedOn":"2015-05-01"}"#, false, "HELD"),
            (r#"{"establishedOn":"2015-08-01"}"#, true, "RECORD_DUE"),
            (r#"{"establishedOn":null}"#, true, "RECORD_DUE"),
        ] {
            let found = result("R-02", "2015-07-31", &with(record));
            assert_eq!(found, (expected.into(), code.to_owned()), "{record}");
        }
    }

    #[test]
    fn r_02_absences_and_gaps_of_more_than_thirty_days_begin_anew() {
        let away = |until: &str| {
            case(
                "2015-01-31",
                &format!(r#","absences":[{{"from":"2015-03-01","until":"{until}"}}]"#),
            )
        };
        assert_turns("R-02", "2015-07-31", false, true, &away("2015-03-31"));
        assert_turns("R-02", "2015-10-01", false, true, &away("2015-04-01"));
    }

    #[test]
    fn r_02_concerns_migrants_and_those_whose_hukou_is_unknown() {
        let local = case("2015-01-31", "").replace("230102", "220104");
        assert_eq!(result("R-02", "2015-07-31", &local), (false.into(), "SAME_COUNTY".to_owned()));
        let unknown = answer("R-02", "2015-07-31", r#"{"arrivalDate":"2015-01-31"}"#);
        assert_eq!((&unknown["result"], &unknown["dataGap"]), (&true.into(), &true.into()));
    }
}
