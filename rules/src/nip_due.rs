//! Due doses (应种未种) and whether a child is complete in the sense of T1, by series and birth cohort.

use serde_json::{Value, json};

use crate::{
    calendar::{Day, age},
    facts::{Facts, Row},
    fault::{Code, Fault},
    nip::{self, Given},
    rule::{Edition, Input, Outcome, Question, Rule},
};

/// The age that ends the lists of doses, on the birthday.
pub const AGE: u32 = 7;

/// What the rules of the programme read.
pub const INPUTS: [Input; 3] = [
    Input { kind: "Person", fields: &["birthDate", "sex"] },
    Input {
        kind: "ImmunizationDose",
        fields: &["vaccineCode", "doseNumber", "occurrenceDate", "withdrawn"],
    },
    Input { kind: "ImmunizationCard", fields: &["contraindication"] },
];

/// Editions by birth cohort and series: their days are spans of births, in `nip_cohorts.csv`.
pub const EDITIONS: [Edition; 5] = [
    Edition::new(
        "2008",
        None,
        None,
        "国家免疫规划疫苗儿童免疫程序, births by series: nip_cohorts.csv",
    ),
    Edition::new("2016", None, None, "from 2016-05-01: POLIO, born from 2016-03-01 [MEM]")
        .unconfirmed(),
    Edition::new("2021", None, None, "2021年版; POLIO and MEASLES, born from 2019-10-01 [MEM]")
        .unconfirmed(),
    Edition::new("2025a", None, None, "from 2025-01-01: DTP dose 5, born from 2019-01-01 [MEM]")
        .unconfirmed(),
    Edition::new(
        "2025b",
        None,
        None,
        "from 2025-01-01: DTP 2/4/6 months, born from 2024-11-01 [MEM]",
    )
    .unconfirmed(),
];

/// The rule.
pub const RULE: Rule = Rule {
    id: "NIP",
    aliases: &["dueDoses", "DOSE_DUE", "T1", "scheduleEdition"],
    title_zh: "国家免疫规划应种未种",
    title_en: "due doses of the national immunization programme",
    text: "Of each series the doses due by the day (add_months(birth, months) + days) beyond the \
           number of valid doses given. The edition goes by series and birth cohort. Valid: not \
           withdrawn, from birth on, at least 28 days after the valid dose before (JE-I dose 2: 7), \
           any vaccine of the series. JE-L or JE-I, HepA-L or HepA-I are alternatives, counted each \
           for itself. Complete (T1): no series lacks a dose that has been due for a month. Listed \
           (DOSE_DUE) before the 7th birthday.",
    boundaries: "Born 2016-02-29: POLIO 2008; 2016-03-01: 2016; 2019-10-01: 2021. Born 2024-10-31: DTP 2025a; 2024-11-01: 2025b. BCG of a child born 2015-01-31 makes it incomplete from 2015-02-28 on. 28 days after the dose before: valid, 27: not. JE-I dose 2: 7 days valid, 6 not.",
    source: "国家免疫规划疫苗儿童免疫程序; 吉卫流管发〔2015〕2号 二(三); nip_cohorts.csv",
    editions: &EDITIONS,
    dated_by_case: true,
    eligibility: true,
    inputs: &INPUTS,
    example_on: "2015-07-31",
    example: r#"{"case":"1","birthDate":"2014-12-01","immunizationDoses":[{"vaccineCode":"HepB","doseNumber":1,"occurrenceDate":"2014-12-01"},{"vaccineCode":"BCG","doseNumber":1,"occurrenceDate":"2014-12-01"},{"vaccineCode":"HepB","doseNumber":2,"occurrenceDate":"2015-01-05"}]}"#,
    evaluate,
};

/// The doses of a case.
///
/// # Errors
/// When a value cannot be read, or a vaccine is none of the programme's.
pub fn given(facts: &Facts<'_>) -> Result<Vec<Given>, Fault> {
    facts.rows("ImmunizationDose").map(dose).collect()
}

fn dose(row: Row<'_>) -> Result<Given, Fault> {
    let code = row.text("vaccineCode")?;
    let code = code.ok_or_else(|| row.fault(Code::MissingField, "vaccineCode", "is missing"))?;
    let vaccine = nip::vaccine(&code).ok_or_else(|| {
        let mut known: Vec<&str> = nip::schedule().iter().map(|dose| &*dose.vaccine).collect();
        known.sort_unstable();
        known.dedup();
        row.fault(Code::InvalidCode, "vaccineCode", &format!("is one of {}", known.join(", ")))
    })?;
    Ok(Given {
        vaccine: vaccine.to_owned(),
        on: row.needed_day("occurrenceDate")?,
        withdrawn: row.boolean("withdrawn")? == Some(true),
    })
}

/// The series that somebody must not be given on a day. It tells of a C4 field: the list of the clinic
/// (HV) leaves them out, and no other list does.
///
/// # Errors
/// When a value cannot be read.
pub fn contraindicated(facts: &Facts<'_>, on: Day) -> Result<Vec<String>, Fault> {
    let mut series = Vec::new();
    for row in facts.rows("ImmunizationCard") {
        for part in row.parts("contraindication", &["series", "permanent", "until", "reason"])? {
            let permanent = part.value("permanent").and_then(Value::as_bool) == Some(true);
            let until = part.day("until")?;
            if permanent || until.is_none_or(|until| on <= until) {
                series.extend(part.text("series"));
            }
        }
    }
    Ok(series)
}

/// The birth date, without which no dose is due.
///
/// # Errors
/// When it cannot be read.
pub fn birth(facts: &Facts<'_>) -> Result<Option<Day>, Fault> {
    facts.one("Person")?.day("birthDate")
}

/// No answer, for want of the birth date.
pub fn birth_unknown() -> Outcome {
    Outcome::new((), "BIRTH_DATE_UNKNOWN", "出生日期不明,无法判断", "birth date unknown")
}

/// Due doses as JSON.
pub fn listed(due: &[nip::Due], contraindicated: &[String]) -> Vec<Value> {
    let one = |due: &nip::Due| {
        let mut dose = json!({
            "series": due.series,
            "vaccine": due.vaccine,
            "dose": due.dose,
            "dueOn": due.due_on.to_string(),
            "lateOn": due.late_on.to_string(),
        });
        if contraindicated.iter().any(|series| series.eq_ignore_ascii_case(due.series)) {
            dose["contraindicated"] = true.into();
        }
        dose
    };
    due.iter().map(one).collect()
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let Some(birth) = birth(facts)? else { return Ok(birth_unknown()) };
    let given = given(facts)?;
    let Some(age) = age(birth, on) else {
        return Ok(Outcome::new(false, "NOT_BORN", "当日尚未出生", "not born on the day"));
    };
    let due = nip::due_doses(birth, &given, on);
    let incomplete = nip::incomplete(birth, &given, on);
    let editions = nip::editions(birth);
    let editions: Vec<String> =
        editions.iter().map(|(series, edition)| format!("{series}:{edition}")).collect();
    let unconfirmed: Vec<&str> = nip::of_birth(birth)
        .into_iter()
        .filter(|dose| !dose.confirmed && dose.dose == 1)
        .map(|dose| &*dose.series)
        .collect();
    let outcome = match due.len() {
        0 => Outcome::new(false, "NONE_DUE", "当日无应种未种", "no dose is due and not given"),
        count => Outcome::new(
            true,
            "DOSES_DUE",
            format!("应种未种{count}剂次"),
            format!("{count} doses are due and not given"),
        ),
    };
    let outcome = Outcome { edition: editions.clone().into(), ..outcome };
    Ok(outcome
        .with("dueDoses", listed(&due, &contraindicated(facts, on)?))
        .with("complete", incomplete.is_empty())
        .with("incompleteSeries", incomplete)
        .with("listed", age < AGE && !due.is_empty())
        .with("scheduleEdition", editions)
        .with("unconfirmedSeries", unconfirmed))
}

#[cfg(test)]
mod tests {
    use crate::testing::answer;

    #[test]
    fn nip_due_doses_and_completeness_are_told_with_the_edition_of_each_series() {
        let case = r#"{"birthDate":"2014-12-01","doses":[
            {"vaccineCode":"HepB","occurrenceDate":"2014-12-01"},
            {"vaccineCode":"HepB","occurrenceDate":"2015-01-05"},
            {"vaccineCode":"BCG","occurrenceDate":"2014-12-01"}]}"#;
        let answer = answer("NIP", "2015-02-01", case);
        assert_eq!(answer["dueDoses"][0]["vaccine"], "OPV");
        assert_eq!((&answer["result"], &answer["complete"]), (&true.into(), &true.into()));
        let later = crate::testing::answer("NIP", "2015-03-01", case);
        assert_eq!(later["incompleteSeries"], serde_json::json!(["POLIO"]));
        assert!(answer["scheduleEdition"].as_array().unwrap().contains(&"POLIO:2008".into()));
    }

    #[test]
    fn nip_the_list_ends_on_the_seventh_birthday() {
        let listed = |on| answer("NIP", on, r#"{"birthDate":"2008-08-08"}"#)["listed"].clone();
        assert_eq!((listed("2015-08-07"), listed("2015-08-08")), (true.into(), false.into()));
    }
}
