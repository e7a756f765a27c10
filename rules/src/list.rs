//! The list of rules, for people and for programs.

use serde_json::{Value, json};

use crate::rule::{Edition, Rule};

/// The rules as JSON: names, titles, definition, source, editions, what each reads, an example.
pub fn json() -> Value {
    crate::RULES.iter().map(|rule| one(rule)).collect()
}

fn one(rule: &Rule) -> Value {
    let editions: Vec<Value> = rule.editions.iter().map(edition).collect();
    let inputs = rule.inputs.iter();
    let reads: Vec<String> = inputs
        .flat_map(|input| input.fields.iter().map(|field| format!("{}.{field}", input.kind)))
        .collect();
    json!({
        "id": rule.id,
        "aliases": rule.aliases,
        "titleZh": rule.title_zh,
        "titleEn": rule.title_en,
        "text": rule.text,
        "source": rule.source,
        "eligibility": rule.eligibility,
        "editions": editions,
        "reads": reads,
        "example": { "on": rule.example_on, "case": rule.example },
    })
}

fn edition(edition: &Edition) -> Value {
    json!({
        "id": edition.id,
        "from": edition.from,
        "until": edition.until,
        "fromUnknown": edition.unknown_start,
        "confirmed": edition.confirmed,
        "source": edition.source,
    })
}

/// The rules as text: a line for each, and one for each edition.
pub fn text() -> String {
    let mut text = String::new();
    for rule in crate::RULES {
        text.push_str(&format!("{:<13} {} · {}\n", rule.id, rule.title_zh, rule.title_en));
        for edition in rule.editions {
            let span = span(edition);
            let mark = if edition.confirmed { "" } else { "  [unconfirmed]" };
            text.push_str(&format!(
                "{:14}{:<13} {span}{mark}  {}\n",
                "", edition.id, edition.source
            ));
        }
    }
    text
}

/// From when to when an edition is in force, in words.
pub fn span(edition: &Edition) -> String {
    match (edition.unknown_start, edition.from, edition.until) {
        (true, ..) => "not in force: first day unknown".to_owned(),
        (_, None, None) => "no dates".to_owned(),
        (_, from, until) => {
            format!("{} – {}", from.unwrap_or("…"), until.unwrap_or("…"))
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_names_every_rule_with_its_editions() {
        let text = super::text();
        for number in 1..=13 {
            assert!(text.contains(&format!("R-{number:02} ")), "R-{number:02}");
        }
        assert!(text.contains("FP-2009") && text.contains("2009-10-01 – 2021-08-31"));
        assert!(text.contains("not in force: first day unknown"));
        assert_eq!(super::json().as_array().unwrap().len(), crate::RULES.len());
    }
}
