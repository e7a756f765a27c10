//! R-06: whether an infectious disease was reported in time (传染病信息报告管理规范; A 三(二), B 二(四)).
//!
//! `reportedAt` − `diagnosisTime` of the first card, at most the limit of the disease in the edition in
//! force on the day of diagnosis. Exactly the limit is in time. A correction (2订正) restarts nothing. An
//! unknown time of day, or a report before the diagnosis, is not in time, and flagged (choice). A
//! disease outside the list has no limit.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    calendar::Day,
    facts::{Facts, Moment, Row},
    fault::Fault,
    reporting::{Disease, Edition as Limits, disease},
    rule::{Edition, Input, Outcome, Question, Rule},
};

const E2006: Edition = Edition::new(
    "2006",
    Some("2006-05-19"),
    Some("2015-12-31"),
    "传染病信息报告管理规范 (2006-05-19)",
);
const E2015: Edition = Edition::new(
    "2015",
    Some("2016-01-01"),
    None,
    "国卫办疾控发〔2015〕53号 (2015-10-29), in force 2016-01-01",
);
/// Issued in January 2026; the day it comes into force is not known, so it holds on none.
const E2026: Edition =
    Edition::new("2026", None, None, "传染病信息报告管理规范(2026年版), issued 2026-01")
        .without_start();

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-06",
    aliases: &["timely"],
    title_zh: "传染病报告及时性",
    title_en: "report in time",
    text: "reportedAt - diagnosisTime of the first card is at most the limit of the disease (2 h or \
           24 h) in the edition in force on the day of diagnosis. Exactly the limit is in time. A \
           correction restarts nothing. Unknown time of day, or reported before the diagnosis: not \
           in time, flagged. A disease outside the list has no limit: empty. Edition 2026 was \
           issued and its first day is unknown: it is in force on no day yet.",
    boundaries: "Two hours to the second are in time, a second more is late. Polio diagnosed at 23:59 on 2015-12-31: 2 h (edition 2006); at 00:00 on 2016-01-01: 24 h (edition 2015). Diagnosed on 2006-05-18: not in force.",
    source: "传染病信息报告管理规范 (2006, 2015, 2026年版)",
    editions: &[E2006, E2015, E2026],
    dated_by_case: true,
    eligibility: false,
    inputs: &[
        Input {
            kind: "InfectiousDiseaseReport",
            fields: &["cardId", "diseaseCode", "reportCategory", "diagnosisTime", "reportedAt"],
        },
        Input {
            kind: "StigmatizedDiseaseReport",
            fields: &[
                "cardId",
                "stigmatizedDiseaseCode",
                "reportCategory",
                "diagnosisTime",
                "reportedAt",
            ],
        },
    ],
    example_on: "2015-05-02",
    example: r#"{"case":"1","diseaseCode":"A80","reportCategory":"1","diagnosisTime":"2015-05-01T14:00:00+08:00","reportedAt":"2015-05-01T16:00:00+08:00"}"#,
    evaluate,
};

const CATEGORIES: [(&str, &[&str]); 2] = [("1", &["初次"]), ("2", &["订正"])];

/// Whether a first card was in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timely {
    /// Within the limit.
    Yes,
    /// After it.
    Late,
    /// Counted as not in time: a time of day, of diagnosis or report, is unknown.
    TimeUnknown,
    /// Counted as not in time: reported before the diagnosis.
    BeforeDiagnosis,
    /// The disease has no limit.
    NoLimit,
}

/// The first days of the editions, in their order.
pub fn first_days() -> [Day; 2] {
    [&E2006, &E2015]
        .map(|edition| edition.from.and_then(|day| day.parse().ok()).unwrap_or(Day::MAX))
}

/// The edition of a day of diagnosis.
pub fn edition(day: Day) -> Option<(&'static Edition, Limits)> {
    let editions = [(&E2006, Limits::E2006), (&E2015, Limits::E2015)];
    editions.into_iter().find(|(edition, _)| edition.is_in_force(day))
}

/// Whether a first card was in time by the limits of an edition.
pub fn timely(
    disease: Option<&Disease>,
    limits: Limits,
    diagnosis: Moment,
    reported: Option<Moment>,
) -> Timely {
    let Some(disease) = disease else { return Timely::NoLimit };
    let (Moment::Exact(diagnosis), Some(Moment::Exact(reported))) = (diagnosis, reported) else {
        return Timely::TimeUnknown;
    };
    match reported - diagnosis {
        span if span < chrono::TimeDelta::zero() => Timely::BeforeDiagnosis,
        span if span <= disease.limit(limits) => Timely::Yes,
        _ => Timely::Late,
    }
}

/// `timely` of one card by the edition of its diagnosis: none of a correction, of a disease without a limit,
/// and where no edition was in force.
pub fn of_card(
    disease_code: Option<&str>,
    category: Option<&str>,
    diagnosis: Option<DateTime<Utc>>,
    reported: Option<DateTime<Utc>>,
) -> Option<bool> {
    if category == Some("2") {
        return None;
    }
    let Some(diagnosis) = diagnosis.map(Moment::Exact) else { return Some(false) };
    let (_, limits) = edition(diagnosis.day())?;
    let disease = disease_code.and_then(disease);
    match timely(disease, limits, diagnosis, reported.map(Moment::Exact)) {
        Timely::NoLimit => None,
        verdict => Some(verdict == Timely::Yes),
    }
}

/// A card as it is read.
struct Card {
    code: Option<String>,
    is_first: bool,
    diagnosis: Option<Moment>,
    reported: Option<Moment>,
}

fn card(row: &Row<'_>, code: &str) -> Result<Card, Fault> {
    let category = row.code("reportCategory", &CATEGORIES)?;
    Ok(Card {
        code: row.text(code)?,
        is_first: category.as_deref() != Some("2"),
        diagnosis: row.moment("diagnosisTime")?,
        reported: row.moment("reportedAt")?,
    })
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let mut cards = Vec::new();
    for row in facts.rows("InfectiousDiseaseReport") {
        cards.push(card(&row, "diseaseCode")?);
    }
    for row in facts.rows("StigmatizedDiseaseReport") {
        cards.push(card(&row, "stigmatizedDiseaseCode")?);
    }
    // Corrections may name another disease, but the clock is the first card's.
    let first = cards.iter().filter(|card| card.is_first);
    let first = first.min_by_key(|card| card.reported.map(Moment::day).unwrap_or(Day::MAX));
    let Some(card) = first else {
        let zh = "没有初次报卡,无法判断";
        return Ok(empty("FIRST_CARD_MISSING", zh, "no first card: its clock counts"));
    };
    let Some(diagnosis) = card.diagnosis else {
        let zh = "诊断时间不明,按不及时计并标记";
        return Ok(flagged("DIAGNOSIS_TIME_UNKNOWN", zh, "time of diagnosis unknown: not in time"));
    };
    let Some((edition, limits)) = edition(diagnosis.day()) else {
        return Ok(Outcome::not_in_force(&E2006, diagnosis.day()));
    };
    if let Some(asked) = question.edition.filter(|asked| asked.id != edition.id) {
        return Ok(Outcome::not_in_force(asked, diagnosis.day()));
    }
    let disease = card.code.as_deref().and_then(disease);
    let outcome = match timely(disease, limits, diagnosis, card.reported) {
        Timely::Yes => Outcome::new(true, "IN_TIME", "在时限内报告", "reported within the limit"),
        Timely::Late => Outcome::new(false, "LATE", "超过时限报告", "reported after the limit"),
        Timely::TimeUnknown => flagged(
            "TIME_UNKNOWN",
            "诊断或报告的时刻不明,按不及时计并标记",
            "a time of day of diagnosis or report is unknown: not in time, flagged",
        ),
        Timely::BeforeDiagnosis => flagged(
            "BEFORE_DIAGNOSIS",
            "报告早于诊断,按不及时计并标记",
            "reported before the diagnosis: not in time, flagged",
        ),
        Timely::NoLimit => empty(
            "NO_LIMIT",
            "不在法定传染病名录内,无报告时限",
            "the disease is not on the list and has no limit",
        ),
    };
    let timely = outcome.result.clone();
    let hours = disease.map(|disease| disease.limit(limits).num_hours());
    Ok(outcome.of(edition).with("timely", timely).with("limitHours", hours))
}

fn empty(code: &'static str, zh: &str, en: &str) -> Outcome {
    Outcome::new(Value::Null, code, zh, en).with("timely", Value::Null)
}

fn flagged(code: &'static str, zh: &str, en: &str) -> Outcome {
    Outcome::new(false, code, zh, en).with("timely", false).with("flagged", true)
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, answer_in, result};

    fn case(code: &str, diagnosis: &str, reported: &str) -> String {
        format!(
            r#"{{"diseaseCode":"{code}","reportCategory":"1","diagnosisTime":"{diagnosis}",
                "reportedAt":"{reported}"}}"#
        )
    }

    fn reason(code: &str, diagnosis: &str, reported: &str) -> String {
        result("R-06", "2026-01-01", &case(code, diagnosis, reported)).1
    }

    #[test]
    fn r_06_exactly_the_limit_is_in_time() {
        for (code, last, late) in [
            ("A00", "2015-05-01T16:00:00+08:00", "2015-05-01T16:00:01+08:00"),
            ("B05", "2015-05-02T14:00:00+08:00", "2015-05-02T14:00:01+08:00"),
        ] {
            assert_eq!(reason(code, "2015-05-01T14:00:00+08:00", last), "IN_TIME");
            assert_eq!(reason(code, "2015-05-01T14:00:00+08:00", late), "LATE");
        }
    }

    #[test]
    fn r_06_the_edition_is_that_of_the_day_of_diagnosis() {
        // Polio: two hours until the end of 2015, 24 from then on.
        let seen = |diagnosis: &str, reported: &str| {
            let answer = answer("R-06", "2026-01-01", &case("A80", diagnosis, reported));
            (answer["edition"].clone(), answer["result"].clone(), answer["limitHours"].clone())
        };
        assert_eq!(
            seen("2015-12-31T23:59:00+08:00", "2016-01-01T02:00:00+08:00"),
            ("2006".into(), false.into(), 2.into())
        );
        assert_eq!(
            seen("2016-01-01T00:00:00+08:00", "2016-01-02T00:00:00+08:00"),
            ("2015".into(), true.into(), 24.into())
        );
        // Still 2015 in Shanghai, already written in the hours of Greenwich.
        assert_eq!(seen("2015-12-31T15:59:59Z", "2015-12-31T16:30:00Z").0, "2006");
        assert_eq!(seen("2015-12-31T16:00:00Z", "2015-12-31T16:30:00Z").0, "2015");
        assert_eq!(
            reason("A80", "2006-05-18T23:00:00+08:00", "2006-05-18T23:10:00+08:00"),
            "NOT_IN_FORCE"
        );
        assert_eq!(
            reason("A80", "2006-05-19T00:00:00+08:00", "2006-05-19T02:00:00+08:00"),
            "IN_TIME"
        );
    }

    #[test]
    fn r_06_the_edition_of_2026_is_in_force_on_no_day_yet() {
        let case = case("A80", "2026-03-01T10:00:00+08:00", "2026-03-01T11:00:00+08:00");
        assert_eq!(answer("R-06", "2026-03-02", &case)["edition"], "2015");
        assert_eq!(answer_in("R-06", Some("2026"), "2026-03-02", &case)["result"], "NOT_IN_FORCE");
    }

    #[test]
    fn r_06_an_unknown_time_or_a_report_before_the_diagnosis_is_not_in_time_and_flagged() {
        assert_eq!(reason("B05", "2015-05-01", "2015-05-01T10:00:00+08:00"), "TIME_UNKNOWN");
        assert_eq!(reason("B05", "2015-05-01T10:00:00+08:00", "2015-05-01"), "TIME_UNKNOWN");
        assert_eq!(reason("B05", "2015-05-01T10", "2015-05-01T09:59:59+08:00"), "BEFORE_DIAGNOSIS");
        assert_eq!(reason("B05", "2015-05-01T10", "2015-05-02T10:00:00+08:00"), "IN_TIME");
        let flagged = case("B05", "2015-05-01", "2015-05-01T10:00:00+08:00");
        assert_eq!(answer("R-06", "2015-06-01", &flagged)["flagged"], true);
    }

    #[test]
    fn r_06_a_correction_restarts_nothing() {
        let cards = r#"{"infectiousDiseaseReports":[
            {"cardId":"1","diseaseCode":"A15","reportCategory":"2",
             "diagnosisTime":"2015-05-03T08:00:00+08:00","reportedAt":"2015-05-03T09:00:00+08:00"},
            {"cardId":"1","diseaseCode":"A15","reportCategory":"1",
             "diagnosisTime":"2015-05-01T08:00:00+08:00","reportedAt":"2015-05-02T08:00:01+08:00"}]}"#;
        assert_eq!(result("R-06", "2015-06-01", cards).1, "LATE");
        let correction =
            case("A15", "2015-05-01T08", "2015-05-01T09").replace(r#":"1""#, r#":"2""#);
        assert_eq!(result("R-06", "2015-06-01", &correction).1, "FIRST_CARD_MISSING");
    }

    #[test]
    fn r_06_a_disease_outside_the_list_has_no_limit() {
        assert_eq!(reason("I10", "2015-05-01T08", "2015-06-01T08"), "NO_LIMIT");
        let chlamydia = r#"{"stigmatizedDiseaseCode":"A56","diagnosisTime":"2015-05-01T08",
            "reportedAt":"2015-06-01T08"}"#;
        assert_eq!(result("R-06", "2015-06-01", chlamydia).1, "NO_LIMIT");
        let syphilis = chlamydia.replace("A56", "A51");
        assert_eq!(result("R-06", "2015-06-01", &syphilis).1, "LATE");
    }

    #[test]
    fn r_06_two_diseases_share_an_icd_code() {
        let limit = |code: &str| {
            let case = case(code, "2015-05-01T08", "2015-05-01T09");
            answer("R-06", "2015-06-01", &case)["limitHours"].clone()
        };
        assert_eq!((limit("J09"), limit("J09-H7N9")), (2.into(), 24.into()));
        assert_eq!((limit("A22.1"), limit("A22")), (2.into(), 24.into()));
    }
}
