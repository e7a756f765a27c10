//! R-09: free contraceptives count by supply totals, without anybody's name (B 二(六): 免费药具发放点、发放机).
//!
//! Anonymous supplies of points and machines (`Facility.dispensed`) and those issued to a named person
//! count alike, each once. Nobody has to give an identity number for them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    calendar::add_months,
    facts::Facts,
    fault::Fault,
    owed::B_2015,
    rule::{Input, Outcome, Question, Rule},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "R-09",
    aliases: &["freeSupplies"],
    title_zh: "免费避孕药具",
    title_en: "free contraceptives",
    text: "Supplies of the last twelve months to the day, after the day twelve months before: those \
           dispensed without a name by points and machines, and those issued to a person, by item. \
           Volume beside the survey's figure (T8), which is never computed from it.",
    boundaries: "On 2015-12-31 supplies from 2015-01-01 to 2015-12-31 count; those of 2014-12-31 do not.",
    source: "吉卫流管发〔2015〕2号 二(六)",
    editions: &[B_2015],
    dated_by_case: false,
    eligibility: false,
    inputs: &[
        Input { kind: "Facility", fields: &["dispensed"] },
        Input { kind: "FamilyPlanningService", fields: &["supplyIssued"] },
    ],
    example_on: "2015-12-31",
    example: r#"{"case":"1","facilities":[{"dispensed":[{"day":"2015-07-01","item":"6","count":40}]}],"familyPlanningServices":[{"supplyIssued":[{"issuedOn":"2015-08-01","item":"5","quantity":2}]}]}"#,
    evaluate,
};

fn evaluate(facts: &Facts<'_>, question: Question) -> Result<Outcome, Fault> {
    let on = question.on;
    let from = add_months(on, -12);
    let mut items = BTreeMap::<String, [u64; 2]>::new();
    let mut add = |day, item: Option<String>, count, named: usize| {
        if from < day && day <= on {
            let item = items.entry(item.unwrap_or_default()).or_default();
            item[named] = u64::saturating_add(item[named], count);
        }
    };
    for row in facts.rows("Facility") {
        for part in row.parts("dispensed", &["day", "item", "count"])? {
            add(part.needed_day("day")?, part.text("item"), part.count("count")?, 0);
        }
    }
    for row in facts.rows("FamilyPlanningService") {
        for part in row.parts("supplyIssued", &["issuedOn", "item", "quantity"])? {
            add(part.needed_day("issuedOn")?, part.text("item"), part.count("quantity")?, 1);
        }
    }
    let sum = |named: usize| items.values().map(|item| item[named]).fold(0, u64::saturating_add);
    let (anonymous, named) = (sum(0), sum(1));
    let listed: Vec<Value> = items
        .iter()
        .map(|(item, [anonymous, named])| {
            json!({ "item": item, "anonymous": anonymous, "named": named })
        })
        .collect();
    let outcome = Outcome::new(
        anonymous.saturating_add(named),
        "SUPPLIED",
        format!("近12个月发放{}件,其中匿名{anonymous}件", anonymous.saturating_add(named)),
        format!(
            "{} supplied in twelve months, {anonymous} of them without a name",
            anonymous.saturating_add(named)
        ),
    );
    let outcome = Outcome { in_force: B_2015.is_in_force(on), ..outcome.of(&B_2015) };
    Ok(outcome.with("anonymous", anonymous).with("named", named).with("items", listed))
}

#[cfg(test)]
mod tests {
    use crate::testing::answer;

    #[test]
    fn r_09_counts_supplies_without_a_name_in_twelve_months() {
        let case = r#"{"facility":{"dispensed":[{"day":"2014-12-31","item":"6","count":1},
            {"day":"2015-01-01","item":"6","count":40},{"day":"2016-01-01","item":"6","count":5}]},
            "familyPlanningService":{"supplyIssued":[{"issuedOn":"2015-12-31","item":"5","quantity":2}]}}"#;
        let answer = answer("R-09", "2015-12-31", case);
        let counts = (&answer["result"], &answer["anonymous"], &answer["named"]);
        assert_eq!(counts, (&42.into(), &40.into(), &2.into()));
    }
}
