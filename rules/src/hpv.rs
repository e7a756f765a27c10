//! HPV for girls of 13 (国家免疫规划, from 2025-11-10): a list of its own, and not in T1.

use crate::{
    calendar::{Day, add_months},
    facts::Facts,
    fault::Fault,
    nip::{self, Given, HPV},
    nip_due::{self, INPUTS},
    rule::{Edition, Outcome, Question, Rule},
};

const EDITION: Edition = Edition::new(
    "2025-11",
    Some("2025-11-10"),
    None,
    "public pages of January 2026: girls of 13 born after 2011-11-10, two doses 6 months apart",
);

const SEXES: [(&str, &[&str]); 4] =
    [("0", &["未知"]), ("1", &["男"]), ("2", &["女"]), ("9", &["未说明"])];

/// The rule.
pub const RULE: Rule = Rule {
    id: "HPV",
    aliases: &["HPV_DUE"],
    title_zh: "应种HPV疫苗",
    title_en: "HPV due",
    text: "Girls (sex 2) born after 2011-11-10: dose 1 due on the later of the 13th birthday and \
           2025-11-10, dose 2 six months after dose 1. Not in T1.",
    boundaries: "Born 2011-11-10: not of the cohort; 2011-11-11: of it. Born 2013-06-01: due from 2026-06-01 on. Dose 1 on 2025-12-31: dose 2 from 2026-06-30 on.",
    source: "国家免疫规划 HPV疫苗, from 2025-11-10",
    editions: &[EDITION],
    dated_by_case: false,
    eligibility: true,
    inputs: &INPUTS,
    example_on: "2025-12-01",
    example: r#"{"case":"1","birthDate":"2012-06-01","sex":"2","immunizationDoses":[]}"#,
    evaluate,
};

/// The number and the due day of the dose that a girl of the cohort lacks by a day, due or not; none
/// where she is not of the cohort or has both.
pub fn next_dose(birth: Day, given: &[Given], on: Day) -> Option<(usize, Day)> {
    let doses: Vec<_> =
        nip::of_birth(birth).into_iter().filter(|dose| dose.series == HPV).collect();
    let valid = nip::valid(given, birth, on, |dose| nip::series_of(&dose.vaccine) == Some(HPV));
    let dose = doses.get(valid.len())?;
    let due = match (dose.months_after_previous(), valid.last()) {
        (Some(months), Some(before)) => add_months(*before, months),
        _ => dose.due_on(birth)?,
    };
    let start: Option<Day> = EDITION.from.and_then(|from| from.parse().ok());
    Some((dose.dose, Some(due).max(start)?))
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    if !EDITION.is_in_force(on) {
        return Ok(Outcome::not_in_force(&EDITION, on));
    }
    let person = facts.one("Person")?;
    let Some(birth) = person.day("birthDate")? else {
        return Ok(nip_due::birth_unknown().of(&EDITION));
    };
    let is_girl = person.code("sex", &SEXES)?.as_deref() == Some("2");
    let next = if is_girl { next_dose(birth, &nip_due::given(facts)?, on) } else { None };
    let outcome = match next {
        None => Outcome::new(
            false,
            "NOT_IN_COHORT_OR_DONE",
            "不属于接种对象,或已完成两剂",
            "not of the cohort, or both doses are given",
        ),
        Some((dose, due)) if on < due => Outcome::new(
            false,
            "NOT_YET",
            format!("第{dose}剂于{due}起应种"),
            format!("dose {dose} is due from {due}"),
        ),
        Some((dose, due)) => Outcome::new(
            true,
            "HPV_DUE",
            format!("第{dose}剂自{due}起应种未种"),
            format!("dose {dose} is due since {due}"),
        ),
    };
    Ok(outcome
        .of(&EDITION)
        .with_day("dueOn", next.map(|(_, due)| due))
        .with("dose", next.map(|(dose, _)| dose)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{answer, assert_turns, result};

    #[test]
    fn hpv_is_due_from_the_13th_birthday_for_girls_born_after_2011_11_10() {
        assert_turns("HPV", "2026-06-01", false, true, r#"{"birthDate":"2013-06-01","sex":"2"}"#);
        let first = r#"{"birthDate":"2012-01-01","sex":"2"}"#;
        assert_eq!(result("HPV", "2025-11-09", first).0, "NOT_IN_FORCE");
        assert_eq!(answer("HPV", "2025-11-10", first)["dueOn"], "2025-11-10");
        for none in
            [r#"{"birthDate":"2011-11-10","sex":"2"}"#, r#"{"birthDate":"2012-01-01","sex":"1"}"#]
        {
            assert_eq!(result("HPV", "2026-01-01", none).0, false, "{none}");
        }
        let cohort = r#"{"birthDate":"2011-11-11","sex":"2"}"#;
        assert_eq!(result("HPV", "2026-01-01", cohort).0, true);
    }

    #[test]
    fn hpv_the_second_dose_is_due_six_months_after_the_first() {
        let case = r#"{"birthDate":"2012-06-01","sex":"2",
            "doses":[{"vaccineCode":"HPV","occurrenceDate":"2025-12-31"}]}"#;
        assert_turns("HPV", "2026-06-30", false, true, case);
    }
}
