//! R-08: the yearly catch-up (每年集中开展查漏补种; B 二(三)): due doses whose late bound is reached.

use crate::{
    calendar::age,
    facts::Facts,
    fault::Fault,
    nip,
    nip_due::{self, AGE, INPUTS},
    owed::B_2015,
    rule::{Outcome, Question, Rule},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-08",
    aliases: &["CATCH_UP"],
    title_zh: "查漏补种",
    title_en: "catch-up",
    text: "Doses that are due and not given (rule NIP) whose late bound is reached, where there is \
           none a month after the due day; before the 7th birthday.",
    boundaries: "Born 2015-04-15: BCG (late at 3 months) from 2015-07-15 on; HepB 1 from 2015-04-16 on; OPV 1 (due at 2 months, no bound) from 2015-07-15 on; nothing from 2022-04-15 on.",
    source: "吉卫流管发〔2015〕2号 二(三)",
    editions: &[B_2015],
    dated_by_case: false,
    eligibility: true,
    inputs: &INPUTS,
    example_on: "2015-12-01",
    example: r#"{"case":"1","birthDate":"2014-12-01","immunizationDoses":[{"vaccineCode":"HepB","doseNumber":1,"occurrenceDate":"2014-12-01"}]}"#,
    evaluate,
};

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let Some(birth) = nip_due::birth(facts)? else {
        return Ok(nip_due::birth_unknown().of(&B_2015));
    };
    let given = nip_due::given(facts)?;
    let mut late = nip::due_doses(birth, &given, on);
    late.retain(|due| due.late_on <= on && age(birth, on).is_some_and(|age| age < AGE));
    let outcome = match late.len() {
        0 => Outcome::new(false, "NONE_LATE", "无需查漏补种", "no dose to catch up on"),
        count => Outcome::new(
            true,
            "CATCH_UP",
            format!("应补种{count}剂次"),
            format!("{count} doses to catch up on"),
        ),
    };
    let outcome = Outcome { in_force: B_2015.is_in_force(on), ..outcome.of(&B_2015) };
    Ok(outcome.with("dueDoses", nip_due::listed(&late, &nip_due::contraindicated(facts, on)?)))
}

#[cfg(test)]
mod tests {
    use crate::testing::answer;

    fn caught(on: &str, vaccine: &str) -> bool {
        let answer = answer("R-08", on, r#"{"birthDate":"2015-04-15"}"#);
        let due = answer["dueDoses"].as_array().unwrap();
        due.iter().any(|due| due["vaccine"] == vaccine)
    }

    #[test]
    fn r_08_a_dose_is_caught_up_on_from_its_late_bound() {
        // BCG is late at three months.
        assert!(!caught("2015-07-14", "BCG") && caught("2015-07-15", "BCG"));
        // The first dose of HepB is late on the day after birth.
        assert!(!caught("2015-04-15", "HepB") && caught("2015-04-16", "HepB"));
    }

    #[test]
    fn r_08_without_a_bound_a_dose_is_late_a_month_after_it_was_due() {
        assert!(!caught("2015-07-14", "OPV") && caught("2015-07-15", "OPV"));
    }

    #[test]
    fn r_08_ends_on_the_seventh_birthday() {
        assert!(caught("2022-04-14", "BCG") && !caught("2022-04-15", "BCG"));
    }
}
