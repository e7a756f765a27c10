//! Child care: the visit to the newborn, and health checks by age.
//!
//! Source: 国家基本公共卫生服务规范, 0–6岁儿童健康管理; the ages are unconfirmed.

use serde_json::Value;

use crate::{
    calendar::{Day, add_days, add_months, age, days_between},
    facts::{Facts, Row},
    fault::Fault,
    nip_due::{AGE, birth_unknown},
    rule::{Edition, Input, Outcome, Question, Rule},
};

const SPECIFICATION: Edition = Edition::new(
    "2011",
    Some("2011-01-01"),
    None,
    "国家基本公共卫生服务规范 (2011年版), 0–6岁儿童健康管理; ages [MEM]",
)
.unconfirmed();

/// CHILD-CHECK: checks by age.
pub const CHECK: Rule = Rule {
    id: "CHILD-CHECK",
    aliases: &["CHILD_CHECK_DUE", "childCheckDue"],
    title_zh: "应儿童健康检查",
    title_en: "child check due",
    text: "Checks at 28 days, 3, 6, 8, 12, 18, 24, 30, 36 months, 4, 5 and 6 years. A visit serves the \
           earliest open check whose window (a month before to a month after; at 28 days the month \
           after) holds it. Listed from its due day, overdue a month later, left out from the due day \
           of the next; before the 7th birthday.",
    boundaries: "Born 2015-01-15: the check of 28 days from 2015-02-12 on, overdue from 2015-03-12 on, left out from 2015-04-15 on (the check of 3 months), served by a visit from 2015-03-15 to 2015-05-14. None from 2022-01-15 on.",
    source: "国家基本公共卫生服务规范 0–6岁儿童健康管理",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[
        Input { kind: "Person", fields: &["birthDate"] },
        Input { kind: "ChildCareRecord", fields: &["healthChecks"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","birthDate":"2015-01-15","healthChecks":[{"visitedOn":"2015-02-20"}]}"#,
    evaluate: check,
};

/// NEWBORN: the visit to the newborn.
pub const NEWBORN: Rule = Rule {
    id: "NEWBORN",
    aliases: &["NEWBORN_VISIT_DUE", "newbornVisitDue"],
    title_zh: "应新生儿访视",
    title_en: "newborn visit due",
    text: "Due seven days after the discharge, of a child born at home after the birth; listed from \
           that day on, to the age of 28 days.",
    boundaries: "Discharge 2015-07-04: due 2015-07-11. Born at home 2015-07-01: due 2015-07-08. Listed until 2015-07-29.",
    source: "国家基本公共卫生服务规范 0–6岁儿童健康管理",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[
        Input { kind: "Person", fields: &["birthDate"] },
        Input { kind: "ChildCareRecord", fields: &["birthDischargedOn", "newbornVisits"] },
    ],
    example_on: "2015-07-12",
    example: r#"{"case":"1","birthDate":"2015-07-01","birthDischargedOn":"2015-07-04","newbornVisits":[]}"#,
    evaluate: newborn,
};

/// Ages of checks in months; before them the one at 28 days.
const MONTHS: [i32; 11] = [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72];

/// A check: its due day, and the days of its window, the last not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// When it is due.
    pub due_on: Day,
    /// The first day of the window.
    pub from: Day,
    /// The day after the window.
    pub until: Day,
}

/// The checks of a child.
pub fn checks(birth: Day) -> Vec<Check> {
    let month = add_days(birth, 28);
    let first = Check { due_on: month, from: month, until: add_months(month, 1) };
    let others = MONTHS.iter().map(|months| {
        let due_on = add_months(birth, *months);
        Check { due_on, from: add_months(due_on, -1), until: add_months(due_on, 1) }
    });
    std::iter::once(first).chain(others).collect()
}

/// The check that is listed on a day: the latest that is due, unless a visit by then serves it.
pub fn listed_check(birth: Day, visits: &[Day], on: Day) -> Option<Check> {
    let checks = checks(birth);
    let mut visits: Vec<Day> = visits.iter().copied().filter(|visit| *visit <= on).collect();
    visits.sort_unstable();
    let mut served = vec![false; checks.len()];
    for visit in visits {
        let holds = |at: &usize| {
            let check = &checks[*at];
            !served[*at] && check.from <= visit && visit < check.until
        };
        let open = (0..checks.len()).find(holds);
        if let Some(at) = open {
            served[at] = true;
        }
    }
    let at = checks.iter().rposition(|check| check.due_on <= on)?;
    let is_child = age(birth, on).is_some_and(|age| age < AGE);
    (is_child && !served[at]).then(|| checks[at])
}

fn visits(row: &Row<'_>, field: &'static str) -> Result<Vec<Day>, Fault> {
    let parts = row.parts(field, &["visitedOn", "org"])?;
    parts.iter().map(|part| part.needed_day("visitedOn")).collect()
}

fn check(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let Some(birth) = facts.one("Person")?.day("birthDate")? else {
        return Ok(birth_unknown().of(&SPECIFICATION));
    };
    let mut done = Vec::new();
    for row in facts.rows("ChildCareRecord") {
        done.extend(visits(&row, "healthChecks")?);
    }
    let listed = listed_check(birth, &done, on);
    let outcome = match listed {
        Some(check) => Outcome::new(
            true,
            "CHILD_CHECK_DUE",
            format!("{}起应健康检查", check.due_on),
            format!("a check is due since {}", check.due_on),
        ),
        None => Outcome::new(false, "NONE_DUE", "当日无应检查", "no check is due"),
    };
    let overdue = listed.map_or(0, |check| days_between(add_months(check.due_on, 1), on).max(0));
    Ok(outcome
        .of(&SPECIFICATION)
        .with("childCheckDue", listed.is_some())
        .with_day("dueOn", listed.map(|check| check.due_on))
        .with_day("overdueFrom", listed.map(|check| add_months(check.due_on, 1)))
        .with("overdueDays", overdue))
}

/// The day the visit to a newborn is due.
pub fn newborn_due(birth: Day, discharged: Option<Day>) -> Day {
    add_days(discharged.unwrap_or(birth), 7)
}

fn newborn(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let Some(birth) = facts.one("Person")?.day("birthDate")? else {
        return Ok(birth_unknown().of(&SPECIFICATION));
    };
    let row = facts.one("ChildCareRecord")?;
    let due_on = newborn_due(birth, row.day("birthDischargedOn")?);
    let done = visits(&row, "newbornVisits")?.iter().any(|visit| birth <= *visit && *visit <= on);
    let is_newborn = birth <= on && days_between(birth, on) <= 28;
    let is_due = is_newborn && !done && due_on <= on;
    let outcome = match (is_newborn, done, is_due) {
        (false, ..) => {
            Outcome::new(false, "AGE", "不在出生后28日内", "not within 28 days of birth")
        }
        (_, true, _) => Outcome::new(false, "VISITED", "已访视", "visited"),
        (_, _, false) => Outcome::new(
            false,
            "NOT_YET",
            format!("{due_on}前应访视"),
            format!("the visit is due on {due_on}"),
        ),
        (_, _, true) => Outcome::new(
            true,
            "NEWBORN_VISIT_DUE",
            format!("应于{due_on}访视"),
            format!("the visit is due since {due_on}"),
        ),
    };
    let overdue = if is_due { days_between(due_on, on).max(0) } else { 0 };
    let value = Value::from(is_due);
    Ok(outcome
        .of(&SPECIFICATION)
        .with("newbornVisitDue", value)
        .with_day("dueOn", Some(due_on))
        .with("overdueDays", overdue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, assert_turns, day};

    fn case(visits: &[&str]) -> String {
        let visits: Vec<String> =
            visits.iter().map(|on| format!(r#"{{"visitedOn":"{on}"}}"#)).collect();
        format!(r#"{{"birthDate":"2015-01-15","healthChecks":[{}]}}"#, visits.join(","))
    }

    #[test]
    fn child_checks_are_listed_from_due_until_the_next_is() {
        assert_turns("CHILD-CHECK", "2015-02-12", false, true, &case(&[]));
        let due = |on| answer("CHILD-CHECK", on, &case(&[]))["dueOn"].clone();
        assert_eq!(
            (due("2015-04-14"), due("2015-04-15")),
            ("2015-02-12".into(), "2015-04-15".into())
        );
        let overdue = |on| answer("CHILD-CHECK", on, &case(&[]))["overdueDays"].clone();
        assert_eq!((overdue("2015-03-12"), overdue("2015-03-13")), (0.into(), 1.into()));
        assert_turns("CHILD-CHECK", "2022-01-15", true, false, &case(&[]));
    }

    #[test]
    fn child_checks_a_visit_serves_the_earliest_open_check_whose_window_holds_it() {
        for (visit, open) in [
            ("2015-03-14", true),
            ("2015-03-15", false),
            ("2015-05-14", false),
            ("2015-05-15", true),
        ] {
            let listed = listed_check(day("2015-01-15"), &[day(visit)], day("2015-05-20"));
            assert_eq!(listed.is_some(), open, "{visit}");
        }
    }

    #[test]
    fn newborn_visits_are_due_seven_days_after_discharge_or_birth_at_home() {
        let case = r#"{"birthDate":"2015-07-01","birthDischargedOn":"2015-07-04"}"#;
        assert_turns("NEWBORN", "2015-07-11", false, true, case);
        assert_turns("NEWBORN", "2015-07-08", false, true, r#"{"birthDate":"2015-07-01"}"#);
        assert_turns("NEWBORN", "2015-07-30", true, false, case);
    }
}
