//! R-12: data quality (真实性、完整性、科学性, and 及时; A 三(四), B 二(一)) by the named rules Q-01 to Q-11.
//!
//! What a single case can show. That one number stands on many persons, or one person in two rows of a
//! batch (parts of Q-08, Q-12), is seen where batches are read.

use serde_json::{Value, json};

use crate::{
    calendar::{Day, age, days_between},
    citizen_id::{CitizenId, Invalid},
    facts::{Facts, Moment},
    fault::Fault,
    regions,
    rule::{Edition, Input, Outcome, Question, Rule},
};

const A_2015: Edition = Edition::new(
    "A-2015",
    Some("2015-01-01"),
    None,
    "吉卫联发〔2015〕7号 三(四); the text bears no date (choice); exchange §5",
);

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-12",
    aliases: &["quality"],
    title_zh: "数据质量",
    title_en: "data quality",
    text: "Findings of the rules Q-01 to Q-11 of one case, each with severity R (reject), W (accept and \
           report) or I (information). The result is true without any R or W. Findings name fields, \
           never values.",
    boundaries: "220184 (公主岭) stands in GB/T 2260 from 2020 on, 220381 until 2020. Recorded 3 days after collecting and collected 30 days after arrival are in time.",
    source: "吉卫联发〔2015〕7号 三(四); 吉卫流管发〔2015〕2号 二(一); exchange §5",
    editions: &[A_2015],
    dated_by_case: false,
    eligibility: false,
    inputs: &[
        Input {
            kind: "Person",
            fields: &["name", "sex", "birthDate", "idNumber", "idMissingReason", "phone"],
        },
        Input {
            kind: "ResidenceRegistration",
            fields: &[
                "residenceRegionCode",
                "arrivalDate",
                "departureDate",
                "moveReason",
                "collectedAt",
                "recordedAt",
            ],
        },
        Input { kind: "HouseholdMember", fields: &["guardianOf"] },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","person":{"name":"王某","sex":"1","birthDate":"1985-06-15","idNumber":"229901198506150016"},"residenceRegistrations":[{"residenceRegionCode":"220104001001","arrivalDate":"2015-01-31","collectedAt":"2015-02-03","recordedAt":"2015-02-04"}]}"#,
    evaluate,
};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The row is rejected.
    Reject,
    /// The row is accepted and reported.
    Report,
    /// Information.
    Inform,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule: `Q-03`.
    pub rule: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// The field.
    pub field: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

use Severity::{Inform, Reject, Report};

/// A residence as quality rules read it: nothing in it is taken for granted.
struct Place {
    region: Option<String>,
    arrival: Option<Day>,
    departure: Option<Day>,
    collected: Option<Day>,
    recorded: Option<Day>,
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(
        &mut self,
        found: bool,
        (rule, severity, field): (&'static str, Severity, &'static str),
        (zh, en): (&'static str, &'static str),
    ) {
        if found {
            self.0.push(Finding { rule, severity, field, zh, en });
        }
    }
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let mut findings = Findings(Vec::new());
    person(facts, on, &mut findings)?;
    let mut places = Vec::new();
    for row in facts.rows("ResidenceRegistration") {
        if let Some(reason) = row.text("moveReason")? {
            let known =
                reason == "99" || reason.parse::<u8>().is_ok_and(|code| (1..=10).contains(&code));
            findings.add(
                !known,
                ("Q-07", Report, "moveReason"),
                ("代码不在值域内", "no code of the list"),
            );
        }
        places.push(Place {
            region: row.text("residenceRegionCode")?,
            arrival: row.day("arrivalDate")?,
            departure: row.day("departureDate")?,
            collected: row.moment("collectedAt")?.map(Moment::day),
            recorded: row.moment("recordedAt")?.map(Moment::day),
        });
    }
    let birth = facts.one("Person")?.day("birthDate")?;
    residences(&places, birth, on, &mut findings);
    Ok(outcome(&findings.0))
}

fn person(facts: &Facts<'_>, on: Day, findings: &mut Findings) -> Result<(), Fault> {
    let person = facts.one("Person")?;
    let birth = person.day("birthDate")?;
    let number = person.text("idNumber")?;
    let sex = person.text("sex")?;
    let missing = ("必填项缺失", "missing");
    findings.add(!person.has("name")?, ("Q-01", Reject, "name"), missing);
    findings.add(sex.is_none(), ("Q-01", Reject, "sex"), missing);
    findings.add(birth.is_none() && number.is_none(), ("Q-01", Reject, "birthDate"), missing);
    let unexplained = number.is_none() && !person.has("idMissingReason")?;
    findings.add(
        unexplained,
        ("Q-02", Report, "idMissingReason"),
        ("无证号且无原因", "no number and no reason"),
    );
    let sex_known = sex.as_deref().is_none_or(|sex| matches!(sex, "0" | "1" | "2" | "9"));
    findings.add(!sex_known, ("Q-07", Report, "sex"), ("代码不在值域内", "no code of the list"));
    if let Some(number) = &number {
        match CitizenId::parse(number) {
            Err(Invalid::Missing) => {}
            Err(_) => findings.add(
                true,
                ("Q-03", Report, "idNumber"),
                ("证号校验不通过", "the number is not valid"),
            ),
            Ok(id) => {
                let other_day = birth.is_some_and(|birth| birth != id.birth);
                let differs = ("与证号不一致", "differs from the identity number");
                findings.add(other_day, ("Q-04", Report, "birthDate"), differs);
                let other_sex = matches!(sex.as_deref(), Some("1" | "2"))
                    && (sex.as_deref() == Some("1")) != id.male;
                findings.add(other_sex, ("Q-04", Report, "sex"), differs);
            }
        }
    }
    if let Some(birth) = birth {
        let default_looking = birth.to_string().ends_with("-01-01");
        findings.add(
            default_looking,
            ("Q-08", Report, "birthDate"),
            ("疑似默认值", "looks like a default"),
        );
        findings.add(birth > on, ("Q-05", Reject, "birthDate"), ("晚于当日", "in the future"));
        let old = age(birth, on).is_some_and(|age| age > 120);
        findings.add(old, ("Q-05", Report, "birthDate"), ("年龄超过120岁", "older than 120 years"));
        let is_child = age(birth, on).is_some_and(|age| age < 14);
        let mut guardian = false;
        for row in facts.rows("HouseholdMember") {
            guardian |= row.has("guardianOf")?;
        }
        let unguarded = is_child && !guardian;
        findings.add(
            unguarded,
            ("Q-11", Report, "guardianOf"),
            ("14岁以下无监护人", "a child under 14 without a guardian"),
        );
    }
    if let Some(phone) = person.text("phone")? {
        let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
        let repeated = digits.len() > 4 && digits.windows(2).all(|pair| pair[0] == pair[1]);
        findings.add(repeated, ("Q-08", Report, "phone"), ("疑似默认值", "looks like a default"));
    }
    Ok(())
}

fn residences(places: &[Place], birth: Option<Day>, on: Day, findings: &mut Findings) {
    let missing = ("必填项缺失", "missing");
    if places.is_empty() {
        findings.add(true, ("Q-01", Reject, "residenceRegionCode"), missing);
        findings.add(true, ("Q-01", Reject, "arrivalDate"), missing);
    }
    for place in places {
        findings.add(place.region.is_none(), ("Q-01", Reject, "residenceRegionCode"), missing);
        findings.add(place.arrival.is_none(), ("Q-01", Reject, "arrivalDate"), missing);
        let order = [
            (birth, place.arrival, "arrivalDate"),
            (place.arrival, place.departure, "departureDate"),
            (place.arrival, place.collected, "collectedAt"),
            (place.collected, place.recorded, "recordedAt"),
        ];
        for (earlier, later, field) in order {
            let reversed = earlier.zip(later).is_some_and(|(earlier, later)| later < earlier);
            findings.add(
                reversed,
                ("Q-05", Report, field),
                ("日期先后不合理", "before what must come first"),
            );
        }
        for (day, field) in [(place.arrival, "arrivalDate"), (place.recorded, "recordedAt")] {
            let ahead = day.is_some_and(|day| day > on);
            findings.add(ahead, ("Q-05", Reject, field), ("晚于当日", "in the future"));
        }
        let dated = place.region.as_deref().zip(place.arrival);
        let invalid = dated.is_some_and(|(region, arrival)| !regions::is_valid_on(region, arrival));
        findings.add(
            invalid,
            ("Q-06", Report, "residenceRegionCode"),
            ("区划代码在到达日无效", "no region code of the day of arrival"),
        );
        let late = |from: Option<Day>, until: Option<Day>, days| {
            from.zip(until).is_some_and(|(from, until)| days_between(from, until) > days)
        };
        let late_record = late(place.collected, place.recorded, 3);
        findings.add(
            late_record,
            ("Q-10", Inform, "recordedAt"),
            ("采集后超过3日录入", "recorded more than 3 days later"),
        );
        let late_collect = late(place.arrival, place.collected, 30);
        findings.add(
            late_collect,
            ("Q-10", Inform, "collectedAt"),
            ("到达后超过30日采集", "collected more than 30 days after arrival"),
        );
    }
    let mut open: Vec<_> = places
        .iter()
        .filter(|place| {
            place.arrival.is_some_and(|arrival| arrival <= on)
                && place.departure.is_none_or(|left| on < left)
        })
        .filter_map(|place| regions::county(place.region.as_deref()?, regions::Sense::Health))
        .collect();
    open.sort_unstable();
    open.dedup();
    findings.add(
        open.len() > 1,
        ("Q-09", Report, "residenceRegionCode"),
        ("同日在两个县(市、区)有居住登记", "open residences in two counties"),
    );
}

fn outcome(findings: &[Finding]) -> Outcome {
    let clean = findings.iter().all(|finding| finding.severity == Inform);
    let listed: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let severity = match finding.severity {
                Reject => "R",
                Report => "W",
                Inform => "I",
            };
            json!({ "rule": finding.rule, "severity": severity, "field": finding.field,
                "zh": finding.zh, "en": finding.en })
        })
        .collect();
    let outcome = if clean {
        Outcome::new(true, "CLEAN", "未发现需处理的质量问题", "nothing to correct was found")
    } else {
        let count = findings.iter().filter(|finding| finding.severity != Inform).count();
        Outcome::new(false, "FINDINGS", format!("质量问题{count}项"), format!("{count} findings"))
    };
    outcome.of(&A_2015).with("findings", listed)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::testing::answer;

    const CLEAN: &str = r#"{"name":"王某","sex":"1","birthDate":"1985-06-15",
        "idNumber":"229901198506150016","residences":[{"residenceRegionCode":"220104001001",
        "arrivalDate":"2015-01-31","collectedAt":"2015-02-03","recordedAt":"2015-02-04"}]}"#;

    fn found(case: &str) -> Vec<String> {
        let answer = answer("R-12", "2015-07-31", case);
        let findings = answer["findings"].as_array().unwrap().clone();
        let name = |finding: &Value| {
            format!("{} {}", finding["rule"].as_str().unwrap(), finding["field"].as_str().unwrap())
        };
        findings.iter().map(name).collect()
    }

    #[test]
    fn r_12_each_rule_finds_its_fault_and_a_clean_case_has_none() {
        assert_eq!(found(CLEAN), Vec::<String>::new());
        for (from, to, finding) in [
            ("\"王某\"", "null", "Q-01 name"),
            ("\"229901198506150016\"", "null", "Q-02 idMissingReason"),
            ("229901198506150016", "229901198506150010", "Q-03 idNumber"),
            ("1985-06-15", "1985-06-16", "Q-04 birthDate"),
            ("\"sex\":\"1\"", "\"sex\":\"2\"", "Q-04 sex"),
            ("2015-02-03", "2015-01-30", "Q-05 collectedAt"),
            ("220104001001", "220184001001", "Q-06 residenceRegionCode"),
            ("\"sex\":\"1\"", "\"sex\":\"7\"", "Q-07 sex"),
            ("\"sex\"", "\"phone\":\"11111111111\",\"sex\"", "Q-08 phone"),
            ("2015-02-04", "2015-02-07", "Q-10 recordedAt"),
        ] {
            let case = CLEAN.replace(from, to);
            assert!(
                found(&case).iter().any(|name| name == finding),
                "{finding}: {:?}",
                found(&case)
            );
        }
        let two = CLEAN
            .replace("}]", r#"},{"residenceRegionCode":"220802","arrivalDate":"2015-02-01"}]"#);
        assert_eq!(found(&two), ["Q-09 residenceRegionCode"]);
        let child =
            CLEAN.replace("1985-06-15", "2012-06-15").replace("\"229901198506150016\"", "null");
        assert!(found(&child).contains(&"Q-11 guardianOf".to_owned()));
    }

    #[test]
    fn r_12_findings_hold_no_value() {
        let case = CLEAN.replace("229901198506150016", "229901198506150010");
        let answer = answer("R-12", "2015-07-31", &case).to_string();
        assert!(!answer.contains("22990119850615") && !answer.contains("王某"));
    }
}
