//! A rule's answer about a case, as a line of JSON.

use serde_json::{Map, Value, json};

use crate::{
    calendar::Day,
    case::Case,
    facts::Facts,
    fault::{Code, Fault},
    rule::{Outcome, Question, Rule},
};

/// What a rule answers about a line. A day in the case stands before the day of the call.
///
/// # Errors
/// When the line cannot be read.
pub fn line(rule: &Rule, edition: Option<&str>, on: Day, line: &str) -> Result<Value, Fault> {
    let edition = edition.map(|id| named(rule, id)).transpose()?;
    let mut case = Case::parse(line, rule)?;
    let (label, on) = (case.label.take(), case.on.unwrap_or(on));
    let facts = Facts::new(case, rule);
    let outcome = match edition {
        Some(edition) if !rule.dated_by_case && !edition.is_in_force(on) => {
            Outcome::not_in_force(edition, on)
        }
        _ => (rule.evaluate)(&facts, Question { on, edition })?,
    };
    let mut answer = Map::new();
    if let Some(label) = label {
        answer.insert("case".to_owned(), label);
    }
    answer.insert("rule".to_owned(), rule.id.into());
    answer.insert("on".to_owned(), on.to_string().into());
    answer.insert("edition".to_owned(), outcome.edition.into());
    answer.insert("inForce".to_owned(), outcome.in_force.into());
    answer.insert("result".to_owned(), outcome.result);
    answer.extend(outcome.details);
    let reason = outcome.reason;
    answer.insert(
        "reason".to_owned(),
        json!({ "code": reason.code, "zh": reason.zh, "en": reason.en }),
    );
    Ok(Value::Object(answer))
}

/// The edition of a rule with a name.
///
/// # Errors
/// When it has none; the message names those that it has.
pub fn named(rule: &Rule, id: &str) -> Result<&'static crate::rule::Edition, Fault> {
    rule.edition(id).ok_or_else(|| {
        let known: Vec<&str> = rule.editions.iter().map(|edition| edition.id).collect();
        let message = format!("{} has no edition {id}; it has {}", rule.id, known.join(", "));
        Fault::new(Code::UnknownEdition, message)
    })
}
