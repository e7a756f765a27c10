//! Maternal care: early registration, antenatal visits by windows, visits after the delivery.
//!
//! Gestational age is the days since the last period; 12 weeks and 6 days are day 90. Source: 国家基本公共卫生
//! 服务规范, 孕产妇健康管理; the weeks are unconfirmed.

use serde_json::Value;

use crate::{
    calendar::{Day, add_days, days_between},
    facts::{Facts, Part, Row},
    fault::Fault,
    rule::{Edition, Input, Outcome, Question, Rule},
    visits::due,
};

const SPECIFICATION: Edition = Edition::new(
    "2011",
    Some("2011-01-01"),
    None,
    "国家基本公共卫生服务规范 (2011年版), 孕产妇健康管理; weeks [MEM]",
)
.unconfirmed();

const MATERNAL: &str = "MaternalCareRecord";

/// EARLY: registration by 12 weeks and 6 days.
pub const EARLY: Rule = Rule {
    id: "EARLY",
    aliases: &["EARLY-REGISTRATION", "earlyRegistration"],
    title_zh: "早孕建册",
    title_en: "early registration",
    text: "Registered by 12 weeks and 6 days: at most 12 full weeks, from \
           gestationalWeeksAtRegistration, else from lmpDate to registeredOn (day 90 at the latest).",
    boundaries: "lmpDate 2015-01-01: registered 2015-04-01 (day 90) is early, 2015-04-02 is not.",
    source: "国家基本公共卫生服务规范 孕产妇健康管理",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: false,
    inputs: &[Input {
        kind: MATERNAL,
        fields: &["gestationalWeeksAtRegistration", "lmpDate", "registeredOn"],
    }],
    example_on: "2015-07-31",
    example: r#"{"case":"1","lmpDate":"2015-01-01","registeredOn":"2015-04-01"}"#,
    evaluate: early,
};

/// ANTENATAL: visits before the delivery.
pub const ANTENATAL: Rule = Rule {
    id: "ANTENATAL",
    aliases: &["ANTENATAL_DUE", "MATERNAL", "inAntenatalCare", "antenatalVisitsComplete"],
    title_zh: "应产前检查",
    title_en: "antenatal visit due",
    text: "Windows by gestational age in days: 0-90, 112-146, 147-174, 196-258, 259-286. A window is \
           listed from its first day while no visit lies in it, due on its last day, and leaves the \
           list when the next one begins or the pregnancy ends (choice).",
    boundaries: "Day 90: the first window is due; days 91 to 111: overdue; day 112: the second begins. A visit on day 91 is in no window.",
    source: "国家基本公共卫生服务规范 孕产妇健康管理",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[Input {
        kind: MATERNAL,
        fields: &["lmpDate", "registeredOn", "antenatalVisits", "delivery", "endedOn"],
    }],
    example_on: "2015-06-01",
    example: r#"{"case":"1","lmpDate":"2015-01-01","registeredOn":"2015-03-01","antenatalVisits":[{"visitedOn":"2015-03-01"}]}"#,
    evaluate: antenatal,
};

/// POSTPARTUM: visits after the delivery.
pub const POSTPARTUM: Rule = Rule {
    id: "POSTPARTUM",
    aliases: &["POSTPARTUM_DUE", "postpartumVisitDue"],
    title_zh: "应产后访视",
    title_en: "postpartum visit due",
    text: "Visit (kind 1): listed from discharge + 3 days, due on discharge + 7; of a birth at home from \
           the delivery + 3, due on delivery + 7. Check (kind 2): due on delivery + 42 days.",
    boundaries: "Discharge 2015-07-04: listed from 2015-07-07 on, due 2015-07-11. Delivery 2015-07-01: check from 2015-08-12 on.",
    source: "国家基本公共卫生服务规范 孕产妇健康管理",
    editions: &[SPECIFICATION],
    dated_by_case: false,
    eligibility: true,
    inputs: &[Input { kind: MATERNAL, fields: &["delivery", "postpartumVisits"] }],
    example_on: "2015-07-10",
    example: r#"{"case":"1","delivery":{"deliveredOn":"2015-07-01","placeKind":"1","dischargedOn":"2015-07-04"},"postpartumVisits":[]}"#,
    evaluate: postpartum,
};

/// The last day of 12 weeks.
const EARLY_DAYS: i64 = 90;

/// Antenatal windows in days of gestational age, first and last.
pub const WINDOWS: [(i64, i64); 5] = [(0, 90), (112, 146), (147, 174), (196, 258), (259, 286)];

const DELIVERY: &[&str] = &["deliveredOn", "placeKind", "mode", "liveBirths", "dischargedOn"];

/// Whether a registration is early.
pub fn is_early(weeks: Option<i64>, lmp: Option<Day>, registered: Option<Day>) -> Option<bool> {
    let days = lmp.zip(registered).map(|(lmp, registered)| days_between(lmp, registered));
    weeks.map(|weeks| weeks <= EARLY_DAYS / 7).or(days.map(|days| days <= EARLY_DAYS))
}

fn early(facts: &Facts<'_>, _: Question) -> Result<Outcome, Fault> {
    let row = facts.one(MATERNAL)?;
    let weeks = row.int("gestationalWeeksAtRegistration")?;
    let early = is_early(weeks, row.day("lmpDate")?, row.day("registeredOn")?);
    let outcome = match early {
        Some(true) => {
            Outcome::new(true, "EARLY", "孕12周+6天内建册", "registered by 12 weeks and 6 days")
        }
        Some(false) => {
            Outcome::new(false, "LATE", "孕13周及以后建册", "registered in week 13 or later")
        }
        None => {
            Outcome::new((), "NOT_REGISTERED", "无建册孕周", "no weeks and no days of registration")
        }
    };
    Ok(outcome.of(&SPECIFICATION))
}

/// The window that is listed on a day, with its last day: the latest begun one without a visit in it.
pub fn window(lmp: Day, visits: &[Day], on: Day) -> Option<(usize, Day)> {
    let (number, (first, last)) =
        WINDOWS.iter().enumerate().rfind(|(_, (first, _))| add_days(lmp, *first) <= on)?;
    let (first, last) = (add_days(lmp, *first), add_days(lmp, *last));
    let visited = visits.iter().any(|visit| first <= *visit && *visit <= last && *visit <= on);
    (!visited).then_some((number + 1, last))
}

fn visits(row: &Row<'_>, field: &'static str) -> Result<Vec<Day>, Fault> {
    let parts = row.parts(field, &["visitedOn", "org"])?;
    parts.iter().map(|part| part.needed_day("visitedOn")).collect()
}

fn delivery<'a>(row: &Row<'a>) -> Result<Option<Part<'a>>, Fault> {
    Ok(row.parts("delivery", DELIVERY)?.into_iter().next())
}

fn antenatal(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let row = facts.one(MATERNAL)?;
    let delivered = delivery(&row)?.map(|part| part.day("deliveredOn")).transpose()?.flatten();
    let ended = row.day("endedOn")?.into_iter().chain(delivered).min();
    let visits = visits(&row, "antenatalVisits")?;
    let lmp = row.day("lmpDate")?.filter(|lmp| *lmp <= on);
    let is_open = ended.is_none_or(|ended| on < ended);
    let window = lmp.filter(|_| is_open).and_then(|lmp| window(lmp, &visits, on));
    let outcome = match window {
        Some((number, last)) => Outcome::new(
            true,
            "ANTENATAL_DUE",
            format!("第{number}次产前检查应于{last}前完成"),
            format!("antenatal visit {number} is due by {last}"),
        ),
        None if !is_open => Outcome::new(false, "ENDED", "妊娠已结束", "the pregnancy has ended"),
        None if lmp.is_none() => {
            Outcome::new((), "LMP_UNKNOWN", "末次月经不明,无法判断", "the last period is unknown")
        }
        None => Outcome::new(
            false,
            "VISITED",
            "本孕期阶段已检查,或尚未到下一阶段",
            "no window is open without a visit",
        ),
    };
    let last = window.map(|(_, last)| last);
    let registered = row.day("registeredOn")?.is_some_and(|registered| registered <= on);
    let done = visits.iter().filter(|visit| **visit <= on).count();
    Ok(outcome
        .of(&SPECIFICATION)
        .with_day("dueOn", last)
        .with("overdueDays", last.map_or(0, |last| days_between(last, on).max(0)))
        .with("window", window.map(|(number, _)| number))
        .with("gestationalDays", lmp.map(|lmp| days_between(lmp, on)))
        .with("inAntenatalCare", registered && is_open)
        .with("antenatalVisitsComplete", done >= 5))
}

/// When a visit of a kind is listed and due after a delivery: 1 the visit, 2 the check on day 42.
pub fn postpartum_days(delivered: Day, discharged: Option<Day>) -> [(Day, Day); 2] {
    let from = discharged.unwrap_or(delivered);
    let check = add_days(delivered, 42);
    [(add_days(from, 3), add_days(from, 7)), (check, check)]
}

fn postpartum(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let row = facts.one(MATERNAL)?;
    let part = delivery(&row)?;
    let delivered = part.as_ref().map(|part| part.day("deliveredOn")).transpose()?.flatten();
    let Some((part, delivered)) = part.zip(delivered).filter(|(_, delivered)| *delivered <= on)
    else {
        let outcome =
            Outcome::new(false, "NOT_DELIVERED", "当日尚未分娩", "not delivered on the day");
        return Ok(outcome.of(&SPECIFICATION).with("postpartumVisitDue", false));
    };
    // Born at home, or nowhere that discharges: the delivery counts.
    let home = matches!(part.text("placeKind").as_deref(), Some("4" | "家庭"));
    let discharged = part.day("dischargedOn")?.filter(|_| !home);
    let mut done = [false; 2];
    for visit in row.parts("postpartumVisits", &["visitedOn", "kind", "org"])? {
        let day = visit.needed_day("visitedOn")?;
        let is_check = matches!(visit.text("kind").as_deref(), Some("2" | "产后42天检查"));
        done[usize::from(is_check)] |= delivered <= day && day <= on;
    }
    let days = postpartum_days(delivered, discharged);
    let open = days.into_iter().zip(done).zip(["1", "2"]);
    let listed: Vec<Value> = open
        .filter(|(((from, _), done), _)| !done && *from <= on)
        .map(|(((_, due), _), kind)| {
            let overdue = days_between(due, on).max(0);
            serde_json::json!({ "kind": kind, "dueOn": due.to_string(), "overdueDays": overdue })
        })
        .collect();
    let first = days
        .into_iter()
        .zip(done)
        .find(|(_, done)| !done)
        .map(|((from, due_on), _)| (from, due_on));
    let is_due = !listed.is_empty();
    let mut outcome =
        due(first.map(|(from, _)| from), on, "POSTPARTUM_DUE", ("产后访视", "the visit"));
    outcome.result = is_due.into();
    Ok(outcome
        .of(&SPECIFICATION)
        .with("postpartumVisitDue", is_due)
        .with_day("dueOn", first.map(|(_, due_on)| due_on))
        .with("overdueDays", first.map_or(0, |(_, due_on)| days_between(due_on, on).max(0)))
        .with("visits", listed))
}

#[cfg(test)]
mod tests {
    use crate::{
        calendar::add_days,
        testing::{answer, assert_turns, day, result},
    };

    #[test]
    fn early_registration_ends_with_day_90() {
        let case = |on: &str| format!(r#"{{"lmpDate":"2015-01-01","registeredOn":"{on}"}}"#);
        assert_eq!(result("EARLY", "2015-12-01", &case("2015-04-01")).0, true);
        assert_eq!(result("EARLY", "2015-12-01", &case("2015-04-02")).0, false);
        for (weeks, early) in [(12, true), (13, false)] {
            let case = format!(r#"{{"gestationalWeeksAtRegistration":{weeks}}}"#);
            assert_eq!(result("EARLY", "2015-12-01", &case).0, early);
        }
    }

    /// A pregnancy since the first of 2015, asked about so many days later.
    fn window(visits: &[i64], days: i64) -> (serde_json::Value, serde_json::Value) {
        let lmp = day("2015-01-01");
        let at = |days: &i64| format!(r#"{{"visitedOn":"{}"}}"#, add_days(lmp, *days));
        let visits: Vec<String> = visits.iter().map(at).collect();
        let case =
            format!(r#"{{"lmpDate":"2015-01-01","antenatalVisits":[{}]}}"#, visits.join(","));
        let answer = answer("ANTENATAL", &add_days(lmp, days).to_string(), &case);
        (answer["window"].clone(), answer["overdueDays"].clone())
    }

    #[test]
    fn antenatal_windows_are_listed_until_visited_or_the_next_begins() {
        for (visits, days, number, overdue) in [
            (vec![], 0, Some(1), 0),
            (vec![], 90, Some(1), 0),
            (vec![], 91, Some(1), 1),
            (vec![], 111, Some(1), 21),
            (vec![], 112, Some(2), 0),
            (vec![90], 111, None, 0),
            (vec![91], 111, Some(1), 21),
            (vec![146], 146, None, 0),
            (vec![146], 147, Some(3), 0),
            (vec![175], 195, Some(3), 21),
            (vec![196], 258, None, 0),
            (vec![], 300, Some(5), 14),
        ] {
            let expected = (serde_json::json!(number), overdue.into());
            assert_eq!(window(&visits, days), expected, "{visits:?} on day {days}");
        }
    }

    #[test]
    fn antenatal_visits_end_with_the_pregnancy() {
        let case = r#"{"lmpDate":"2015-01-01","registeredOn":"2015-02-01","endedOn":"2015-05-01"}"#;
        assert_turns("ANTENATAL", "2015-05-01", true, false, case);
        assert_eq!(answer("ANTENATAL", "2015-04-30", case)["inAntenatalCare"], true);
        assert_eq!(answer("ANTENATAL", "2015-05-01", case)["inAntenatalCare"], false);
    }

    #[test]
    fn postpartum_visits_go_by_the_discharge_and_the_check_by_the_delivery() {
        let case = |more: &str| {
            format!(
                r#"{{"delivery":{{"deliveredOn":"2015-07-01","dischargedOn":"2015-07-04"}}{more}}}"#
            )
        };
        assert_turns("POSTPARTUM", "2015-07-07", false, true, &case(""));
        let answer = answer("POSTPARTUM", "2015-07-12", &case(""));
        assert_eq!((&answer["dueOn"], &answer["overdueDays"]), (&"2015-07-11".into(), &1.into()));
        let visited = case(r#","postpartumVisits":[{"visitedOn":"2015-07-08","kind":"1"}]"#);
        assert_turns("POSTPARTUM", "2015-08-12", false, true, &visited);
        let home = case("").replace(r#","dischargedOn":"2015-07-04""#, r#","placeKind":"4""#);
        assert_turns("POSTPARTUM", "2015-07-04", false, true, &home);
    }
}
