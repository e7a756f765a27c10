//! The list of rules, for people and for programs.

use serde_json::{Value, json};

use crate::{
    eval,
    rule::{Edition, Rule},
};

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
        "boundaries": rule.boundaries,
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

/// The rules as Markdown, for `docs/rules.md`: each with its example and what is answered to it.
pub fn markdown() -> String {
    let mut text = String::new();
    for rule in crate::RULES {
        let aliases = rule.aliases.join("`, `");
        let aliases = if aliases.is_empty() { aliases } else { format!(" Also `{aliases}`.") };
        text.push_str(&format!(
            "\n### {} · {} · {}\n\n{}{aliases}\n\n",
            rule.id, rule.title_zh, rule.title_en, rule.text
        ));
        text.push_str("| edition | in force | written in |\n|---|---|---|\n");
        for edition in rule.editions {
            let mark = if edition.confirmed { "" } else { " (unconfirmed)" };
            let span = span(edition);
            text.push_str(&format!("| `{}` | {span}{mark} | {} |\n", edition.id, edition.source));
        }
        let reads = rule.inputs.iter();
        let reads = reads.map(|input| format!("`{}`: {}", input.kind, input.fields.join(", ")));
        let reads: Vec<String> = reads.collect();
        let reads = if reads.is_empty() { "nothing".to_owned() } else { reads.join("; ") };
        text.push_str(&format!("\nSource: {}. Reads {reads}.\n", rule.source));
        text.push_str(&format!("\nBoundary days: {}\n", rule.boundaries));
        text.push_str(&format!(
            "\n```sh\necho '{}' |\n  migrant-gateway rules eval --rule {} --on {} --input -\n```\n",
            rule.example, rule.id, rule.example_on
        ));
        text.push_str(&answered(rule));
    }
    text
}

/// What a rule answers to its example, in words.
fn answered(rule: &Rule) -> String {
    let on = rule.example_on.parse().unwrap_or_default();
    match eval::line(rule, None, on, rule.example, 1) {
        Ok(answer) => format!(
            "\n`result`: `{}`, `reason`: `{}`, {} · {}\n",
            answer.get("result"),
            answer.get("reason")["code"].as_str().unwrap_or_default(),
            answer.get("reason")["zh"].as_str().unwrap_or_default(),
            answer.get("reason")["en"].as_str().unwrap_or_default(),
        ),
        Err(fault) => format!("\n{fault}\n"),
    }
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

    /// `migrant-gateway rules --format markdown` prints what stands below the mark.
    #[test]
    fn the_documentation_is_of_these_rules() {
        let document = include_str!("../../docs/rules.md");
        let (_, rules) = document.split_once("<!-- rules -->\n").unwrap();
        assert!(rules == super::markdown(), "docs/rules.md is not of these rules; write it anew");
    }
}
