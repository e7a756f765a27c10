//! Visits that fall due: mental disorder, chronic disease, the elderly.

use serde_json::Value;

use crate::{
    calendar::{Day, add_days, add_months, age, days_between},
    facts::{Facts, RESIDENT, Row},
    fault::Fault,
    rule::{Edition, Input, Outcome, Question, Rule},
};

const SPECIFICATION: Edition = Edition::new(
    "2011",
    Some("2011-01-01"),
    None,
    "国家基本公共卫生服务规范 (2011年版); intervals [PAGE, MEM]",
)
.unconfirmed();

/// SMD: the follow-up of severe mental disorder.
pub const SMD: Rule = Rule {
    id: "SMD",
    aliases: &["SMD_FOLLOW_UP", "SMD-FOLLOW-UP"],
    title_zh: "严重精神障碍随访",
    title_en: "follow-up of severe mental disorder",
    text: "Due on the last followUpOn plus: unstable 14 days, stable 90, fairly stable 14, and 90 where \
           the visit before was fairly stable too. The class is conditionClass, where empty by \
           dangerLevel (3-5 unstable, 1-2 fairly stable, 0 stable); 3-5 is unstable whatever the \
           class. No visit yet: managedSince plus 14 days (choice).",
    boundaries: "Visit 2015-05-01: unstable due 2015-05-15, stable 2015-07-30, fairly stable 2015-05-15, fairly stable twice 2015-07-30.",
    source: "严重精神障碍管理治疗工作规范; 吉卫联发〔2015〕7号 三(三)",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[Input {
        kind: "SevereMentalDisorderRecord",
        fields: &["followUpOn", "conditionClass", "dangerLevel", "managedSince"],
    }],
    example_on: "2015-07-31",
    example: r#"{"case":"1","severeMentalDisorderRecords":[{"managedSince":"2015-01-10","followUpOn":"2015-07-10","conditionClass":"3","dangerLevel":3}]}"#,
    evaluate: smd,
};

/// CHRONIC: hypertension and diabetes.
pub const CHRONIC: Rule = Rule {
    id: "CHRONIC",
    aliases: &["CHRONIC_FOLLOW_UP", "CHRONIC-FOLLOW-UP"],
    title_zh: "高血压、2型糖尿病随访",
    title_en: "follow-up of hypertension and diabetes",
    text: "Due on nextVisitOn of the last visit; where empty on visitOn plus 90 days, with controlClass \
           2-4 plus 14. For each programme.",
    boundaries: "Visit 2015-05-01: due 2015-07-30, with controlClass 2-4 on 2015-05-15.",
    source: "国家基本公共卫生服务规范 高血压, 2型糖尿病",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[Input {
        kind: "ChronicCareRecord",
        fields: &["programme", "visitOn", "nextVisitOn", "controlClass"],
    }],
    example_on: "2015-07-31",
    example: r#"{"case":"1","chronicCareRecords":[{"programme":"1","visitOn":"2015-04-20","controlClass":"1"}]}"#,
    evaluate: chronic,
};

/// ELDERLY: the yearly check from 65 on.
pub const ELDERLY: Rule = Rule {
    id: "ELDERLY",
    aliases: &["ELDERLY_CHECK", "ELDERLY-CHECK"],
    title_zh: "老年人体检",
    title_en: "yearly check of the elderly",
    text: "Aged 65 or more: due twelve months after the last check; without one on the later of the \
           65th birthday and six months after the stay began.",
    boundaries: "Born 1950-06-15 with an earlier arrival: due from 2015-06-15 on. Arrival 2015-02-28: due from 2015-08-28 on.",
    source: "国家基本公共卫生服务规范 老年人健康管理",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[
        RESIDENT[0],
        RESIDENT[1],
        RESIDENT[2],
        RESIDENT[3],
        Input { kind: "ChronicCareRecord", fields: &["programme", "visitOn"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","birthDate":"1950-01-01","residenceRegistrations":[{"residenceRegionCode":"220104","arrivalDate":"2014-01-01"}],"chronicCareRecords":[{"programme":"3","visitOn":"2014-07-31"}]}"#,
    evaluate: elderly,
};

const CLASSES: [(&str, &[&str]); 3] = [("1", &["稳定"]), ("2", &["基本稳定"]), ("3", &["不稳定"])];
const CONTROLS: [(&str, &[&str]); 4] =
    [("1", &["控制满意"]), ("2", &["控制不满意"]), ("3", &["不良反应"]), ("4", &["并发症"])];
const PROGRAMMES: [(&str, &[&str]); 4] = [
    ("1", &["高血压", "I10", "高血压 I10"]),
    ("2", &["2型糖尿病", "E11", "糖尿病", "2型糖尿病 E11"]),
    ("3", &["老年人", "老年人65+"]),
    ("4", &["中医药"]),
];

/// How stable somebody's condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// 稳定.
    Stable,
    /// 基本稳定.
    FairlyStable,
    /// 不稳定.
    Unstable,
}

/// The condition by the doctor's class and the level of danger. Where neither is known, the shorter
/// interval holds (choice).
pub fn condition(class: Option<Condition>, danger: Option<i64>) -> Condition {
    match (class, danger) {
        (_, Some(3..)) => Condition::Unstable,
        (Some(class), _) => class,
        (None, Some(1..=2)) => Condition::FairlyStable,
        (None, Some(_)) => Condition::Stable,
        (None, None) => Condition::Unstable,
    }
}

/// The day the next follow-up is due, after visits in order of their days.
pub fn smd_due(visits: &[(Day, Condition)], managed_since: Option<Day>) -> Option<Day> {
    let Some(((last, now), before)) = visits.split_last() else {
        return managed_since.map(|since| add_days(since, 14));
    };
    let twice = before.last().is_some_and(|(_, before)| *before == Condition::FairlyStable);
    let days = match now {
        Condition::Stable => 90,
        Condition::FairlyStable if twice => 90,
        Condition::FairlyStable | Condition::Unstable => 14,
    };
    Some(add_days(*last, days))
}

/// An answer about a day on which something is due.
pub fn due(due_on: Option<Day>, on: Day, code: &'static str, (zh, en): (&str, &str)) -> Outcome {
    let outcome = match due_on {
        None => {
            Outcome::new(false, "NOT_CONCERNED", "当日不在管理之列", "not concerned on the day")
        }
        Some(day) if on < day => Outcome::new(
            false,
            "NOT_YET",
            format!("{zh}于{day}到期"),
            format!("{en} is due on {day}"),
        ),
        Some(day) => Outcome::new(
            true,
            code,
            format!("{zh}应于{day}完成"),
            format!("{en} is due since {day}"),
        ),
    };
    let overdue = due_on.map_or(0, |due| days_between(due, on).max(0));
    outcome.with_day("dueOn", due_on).with("overdueDays", overdue)
}

fn smd(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let mut visits = Vec::new();
    let mut managed: Option<Day> = None;
    for row in facts.rows("SevereMentalDisorderRecord") {
        let class = row.code("conditionClass", &CLASSES)?.map(|class| match &*class {
            "1" => Condition::Stable,
            "2" => Condition::FairlyStable,
            _ => Condition::Unstable,
        });
        let condition = condition(class, row.int("dangerLevel")?);
        if let Some(day) = row.day("followUpOn")?.filter(|day| *day <= on) {
            visits.push((day, condition));
        }
        let since = row.day("managedSince")?.filter(|since| *since <= on);
        managed = managed.into_iter().chain(since).min();
    }
    visits.sort_by_key(|(day, _)| *day);
    let last = visits.last().map(|(day, _)| *day);
    let words = ("随访", "the follow-up");
    let outcome = due(smd_due(&visits, managed), on, "FOLLOW_UP_DUE", words);
    Ok(outcome.of(&SPECIFICATION).with_day("lastVisitOn", last))
}

/// The day the next visit of hypertension or diabetes is due.
pub fn chronic_due(visit: Option<Day>, next: Option<Day>, controlled: bool) -> Option<Day> {
    next.or_else(|| visit.map(|visit| add_days(visit, if controlled { 90 } else { 14 })))
}

fn chronic(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let mut last: std::collections::BTreeMap<String, (Option<Day>, Option<Day>)> =
        Default::default();
    for row in facts.rows("ChronicCareRecord") {
        let programme = row.code("programme", &PROGRAMMES)?;
        let Some(programme) = programme.filter(|code| matches!(&**code, "1" | "2")) else {
            continue;
        };
        let visit = row.day("visitOn")?;
        if visit.is_some_and(|visit| visit > on) {
            continue;
        }
        let class = row.code("controlClass", &CONTROLS)?;
        let controlled = class.is_none_or(|class| class == "1");
        let due = chronic_due(visit, row.day("nextVisitOn")?, controlled);
        let known = last.entry(programme).or_insert((None, None));
        if known.1.is_none() || known.0 <= visit {
            *known = (visit, due);
        }
    }
    let first = last.values().filter_map(|(_, due)| *due).min();
    let listed: Vec<Value> = last
        .iter()
        .map(|(programme, (visit, due))| {
            let text = |day: &Option<Day>| day.map(|day| day.to_string());
            serde_json::json!({ "programme": programme, "lastVisitOn": text(visit), "dueOn": text(due) })
        })
        .collect();
    let outcome = due(first, on, "FOLLOW_UP_DUE", ("随访", "the follow-up"));
    Ok(outcome.of(&SPECIFICATION).with("programmes", listed))
}

fn elderly(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let person = facts.resident()?;
    let Some(birth) = person.birth else {
        return Ok(crate::nip_due::birth_unknown().of(&SPECIFICATION));
    };
    let check = |row: Row<'_>| -> Result<Option<Day>, Fault> {
        let is_elderly = row.code("programme", &PROGRAMMES)?.as_deref() == Some("3");
        Ok(row.day("visitOn")?.filter(|day| is_elderly && *day <= on))
    };
    let checks = facts.rows("ChronicCareRecord").map(check).collect::<Result<Vec<_>, _>>()?;
    let last = checks.into_iter().flatten().max();
    let birthday = add_months(birth, 65 * 12);
    let due_on = match last {
        _ if age(birth, on).is_none_or(|age| age < 65) => None,
        Some(last) => Some(add_months(last, 12)),
        None => person.stay_on(on).map(|start| add_months(start, 6).max(birthday)),
    };
    let outcome = due(due_on, on, "CHECK_DUE", ("体检", "the yearly check"));
    Ok(outcome.of(&SPECIFICATION).with_day("lastVisitOn", last))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, assert_turns};

    fn smd(visits: &[(&str, &str)]) -> String {
        let one = |(on, more): &(&str, &str)| {
            format!(r#"{{"managedSince":"2015-01-01","followUpOn":"{on}",{more}}}"#)
        };
        let visits: Vec<String> = visits.iter().map(one).collect();
        format!(r#"{{"severeMentalDisorderRecords":[{}]}}"#, visits.join(","))
    }

    #[test]
    fn smd_intervals_go_by_class_danger_and_the_visit_before() {
        let last = "2015-05-01";
        for (visits, due) in [
            (vec![(last, r#""conditionClass":"3""#)], "2015-05-15"),
            (vec![(last, r#""conditionClass":"1""#)], "2015-07-30"),
            (vec![(last, r#""conditionClass":"2""#)], "2015-05-15"),
            (
                vec![("2015-04-17", r#""conditionClass":"2""#), (last, r#""conditionClass":"2""#)],
                "2015-07-30",
            ),
            (
                vec![("2015-04-17", r#""conditionClass":"3""#), (last, r#""conditionClass":"2""#)],
                "2015-05-15",
            ),
            (vec![(last, r#""dangerLevel":0"#)], "2015-07-30"),
            (vec![(last, r#""dangerLevel":2"#)], "2015-05-15"),
            (vec![(last, r#""conditionClass":"1","dangerLevel":3"#)], "2015-05-15"),
        ] {
            assert_turns("SMD", due, false, true, &smd(&visits));
        }
    }

    #[test]
    fn smd_without_a_visit_is_due_14_days_after_management_began() {
        let case = r#"{"severeMentalDisorderRecord":{"managedSince":"2015-05-01"}}"#;
        assert_turns("SMD", "2015-05-15", false, true, case);
    }

    #[test]
    fn chronic_goes_by_the_next_visit_and_else_by_control() {
        for (more, due) in [
            (r#""nextVisitOn":"2015-06-10""#, "2015-06-10"),
            (r#""controlClass":"1""#, "2015-07-30"),
            (r#""controlClass":"2""#, "2015-05-15"),
            (r#""controlClass":"4""#, "2015-05-15"),
            (r#""controlClass":null"#, "2015-07-30"),
        ] {
            let case = format!(
                r#"{{"chronicCareRecord":{{"programme":"1","visitOn":"2015-05-01",{more}}}}}"#
            );
            assert_turns("CHRONIC", due, false, true, &case);
        }
        let elderly = r#"{"chronicCareRecord":{"programme":"3","visitOn":"2015-05-01"}}"#;
        assert_eq!(answer("CHRONIC", "2026-01-01", elderly)["result"], false);
    }

    #[test]
    fn elderly_checks_are_yearly_from_the_65th_birthday_and_six_months_of_stay() {
        let case = |birth: &str, arrival: &str, visit: &str| {
            format!(
                r#"{{"birthDate":"{birth}","residenceRegionCode":"220104","arrivalDate":"{arrival}",
                    "chronicCareRecords":[{visit}]}}"#
            )
        };
        assert_turns("ELDERLY", "2015-06-15", false, true, &case("1950-06-15", "2014-01-01", ""));
        assert_turns("ELDERLY", "2015-08-28", false, true, &case("1940-06-15", "2015-02-28", ""));
        let visit = r#"{"programme":"3","visitOn":"2014-07-31"}"#;
        assert_turns(
            "ELDERLY",
            "2015-07-31",
            false,
            true,
            &case("1940-06-15", "2010-01-01", visit),
        );
    }
}
