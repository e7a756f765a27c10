//! R-07: free treatment (B 二(四): 符合条件的 … 艾滋病、结核病 … 免费治疗).
//!
//! Told of pulmonary tuberculosis (肺结核) to disease control (HI), of HIV/AIDS (艾滋病) to the staff of its
//! own programme (HX), and to the person; to no other role.

use crate::{
    facts::Facts,
    fault::Fault,
    owed::B_2015,
    reporting::disease,
    rule::{Input, Outcome, Question, Rule},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-07",
    aliases: &["freeTreatment"],
    title_zh: "免费治疗",
    title_en: "free treatment",
    text: "A case of pulmonary tuberculosis is owed free treatment, told to HI and the person; one of \
           HIV/AIDS, told to HX and the person. No other role learns of either.",
    boundaries: "Not in force on 2015-03-05.",
    source: "吉卫流管发〔2015〕2号 二(四); 艾滋病防治条例 44",
    editions: &[B_2015],
    dated_by_case: false,
    eligibility: true,
    inputs: &[
        Input {
            kind: "InfectiousDiseaseReport",
            fields: &["diseaseCode", "freeTreatmentEnrolled"],
        },
        Input {
            kind: "StigmatizedDiseaseReport",
            fields: &["stigmatizedDiseaseCode", "freeTreatmentEnrolled"],
        },
    ],
    example_on: "2015-07-31",
    example: r#"{"case":"1","infectiousDiseaseReports":[{"diseaseCode":"A15","freeTreatmentEnrolled":false}]}"#,
    evaluate,
};

/// The disease for which somebody is owed free treatment, and the role beside the person that is told.
pub fn owed_for(code: &str) -> Option<(&'static str, &'static str)> {
    match disease(code)?.name {
        "肺结核" => Some(("肺结核", "HI")),
        "艾滋病" => Some(("艾滋病", "HX")),
        _ => None,
    }
}

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    if !B_2015.is_in_force(on) {
        return Ok(Outcome::not_in_force(&B_2015, on));
    }
    let reports = facts.rows("InfectiousDiseaseReport").map(|row| (row, "diseaseCode"));
    let own = facts.rows("StigmatizedDiseaseReport").map(|row| (row, "stigmatizedDiseaseCode"));
    let mut told = Vec::new();
    let mut enrolled = false;
    for (row, code) in reports.chain(own) {
        if let Some((_, role)) = row.text(code)?.as_deref().and_then(owed_for) {
            enrolled |= row.boolean("freeTreatmentEnrolled")? == Some(true);
            told.push(role);
        }
    }
    told.sort_unstable();
    told.dedup();
    let outcome = if told.is_empty() {
        Outcome::new(false, "NOT_OWED", "非免费治疗病种", "no disease with free treatment")
    } else {
        told.push("SU");
        Outcome::new(
            true,
            "FREE_TREATMENT",
            "应享免费治疗,仅告知所列角色和本人",
            "owed free treatment; told to the roles listed alone",
        )
    };
    Ok(outcome.of(&B_2015).with("toldTo", told).with("enrolled", enrolled))
}

#[cfg(test)]
mod tests {
    use crate::testing::answer;

    #[test]
    fn r_07_tells_each_disease_to_its_own_role_and_the_person() {
        for (case, owed, told) in [
            (r#"{"diseaseCode":"A16"}"#, true, vec!["HI", "SU"]),
            (r#"{"stigmatizedDiseaseCode":"B20"}"#, true, vec!["HX", "SU"]),
            (r#"{"stigmatizedDiseaseCode":"Z21"}"#, true, vec!["HX", "SU"]),
            (r#"{"stigmatizedDiseaseCode":"A51"}"#, false, vec![]),
            (r#"{"diseaseCode":"B05"}"#, false, vec![]),
        ] {
            let answer = answer("R-07", "2015-07-31", case);
            assert_eq!(
                (&answer["result"], &answer["toldTo"]),
                (&owed.into(), &told.into()),
                "{case}"
            );
        }
        assert_eq!(
            answer("R-07", "2015-03-05", r#"{"diseaseCode":"A15"}"#)["result"],
            "NOT_IN_FORCE"
        );
    }
}
