//! R-13: fee-free (免费; A, B): nothing is owed less for want of a permit, or by a status.
//!
//! No rule that decides what somebody is owed reads a permit or a status. The rule walks what the
//! others declare to read; and what they do not declare never reaches them (see [`crate::facts`]).

use serde_json::Value;

use crate::{
    facts::Facts,
    fault::Fault,
    owed::B_2015,
    rule::{Input, Outcome, Question, Rule},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-13",
    aliases: &["feeFree"],
    title_zh: "服务不以居住证为条件",
    title_en: "fee-free, whatever the permit",
    text: "No rule that decides what somebody is owed reads a permit or a status. Somebody whose permit \
           lapsed, or who has none, is owed every service all the same; so is somebody whose hukou is \
           unknown. The answer lists such rules with the fields they read.",
    boundaries: "None: no day and no permit changes it.",
    source: "吉卫联发〔2015〕7号, 吉卫流管发〔2015〕2号: 免费; 居住证暂行条例 12(3)",
    editions: &[B_2015],
    dated_by_case: false,
    eligibility: false,
    // Accepted, so that a case may hold one, and read by nothing.
    inputs: &[],
    example_on: "2015-07-31",
    example: r#"{"case":"1","residencePermit":{"permitStatus":"2","endorsedUntil":"2014-12-31"}}"#,
    evaluate,
};

/// Fields that no eligibility rule may read, beside all of the kind `ResidencePermit`: what hukou one
/// has, whether one works, and with what contract.
const STATUSES: [&str; 8] = [
    "permitNumber",
    "issueDate",
    "endorsedUntil",
    "permitStatus",
    "hukouType",
    "employmentStatus",
    "hasLaborContract",
    "status",
];

/// The fields among a rule's inputs that no eligibility rule may read.
pub fn forbidden(inputs: &[Input]) -> Vec<(&'static str, &'static str)> {
    let all = inputs.iter().flat_map(|input| input.fields.iter().map(|field| (input.kind, *field)));
    all.filter(|(kind, field)| {
        let name = field.to_ascii_lowercase();
        *kind == "ResidencePermit"
            || STATUSES.contains(field)
            || name.contains("permit")
            || name.contains("status")
    })
    .collect()
}

fn evaluate(_: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let rules = crate::RULES.iter().filter(|rule| rule.eligibility);
    let mut listed = Vec::new();
    let mut holds = true;
    for rule in rules {
        holds &= forbidden(rule.inputs).is_empty();
        let reads = rule
            .inputs
            .iter()
            .flat_map(|input| input.fields.iter().map(|field| format!("{}.{field}", input.kind)));
        let reads: Vec<String> = reads.collect();
        listed.push(serde_json::json!({ "rule": rule.id, "reads": reads }));
    }
    let outcome = if holds {
        Outcome::new(
            true,
            "NO_GATE",
            "应享服务的各项规则均不读取居住证和身份状态",
            "no rule of what is owed reads a permit or a status",
        )
    } else {
        Outcome::new(
            false,
            "GATE",
            "有规则读取居住证或身份状态",
            "a rule reads a permit or a status",
        )
    };
    let outcome = Outcome { in_force: B_2015.is_in_force(question.on), ..outcome.of(&B_2015) };
    Ok(outcome.with("rules", Value::Array(listed)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::answer;

    #[test]
    fn r_13_no_eligibility_rule_reads_a_permit_or_a_status() {
        let rules: Vec<&Rule> =
            crate::RULES.iter().filter(|rule| rule.eligibility).copied().collect();
        assert!(rules.len() >= 10, "{}", rules.len());
        for rule in rules {
            assert_eq!(forbidden(rule.inputs), [], "{}", rule.id);
        }
        let permit = Input { kind: "ResidencePermit", fields: &["endorsedUntil"] };
        let status = Input { kind: "Person", fields: &["vitalStatus"] };
        assert_eq!(forbidden(&[permit, status]).len(), 2);
    }

    #[test]
    fn r_13_what_a_rule_does_not_declare_never_reaches_it() {
        for rule in crate::RULES.iter().filter(|rule| rule.eligibility) {
            let plain: Value = serde_json::from_str(rule.example).unwrap();
            let mut with = plain.clone();
            with["residencePermits"] = json!([{ "permitStatus": "3", "endorsedUntil": "2010-01-01",
                "permitNumber": "1", "issueDate": "2009-01-01" }]);
            with["employments"] = json!([{ "employmentStatus": "1", "hasLaborContract": false }]);
            let ask = |case: &Value| answer(rule.id, rule.example_on, &case.to_string());
            assert_eq!(ask(&plain), ask(&with), "{}", rule.id);
        }
    }

    #[test]
    fn r_13_a_lapsed_permit_changes_nothing_that_is_owed() {
        let answer = answer("R-13", "2015-07-31", RULE.example);
        assert_eq!(answer["result"], true);
    }
}
