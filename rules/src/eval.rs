//! A rule's answer about a case, as a line of JSON.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::{
    calendar::Day,
    case::Case,
    facts::Facts,
    fault::{Code, Fault},
    rule::{Outcome, Question, Rule},
};

/// An answer: names with values, in the order in which people read them.
#[derive(Clone, Debug, Default)]
pub struct Answer(Vec<(String, Value)>);

impl Answer {
    /// One more value, at the end.
    pub fn push(&mut self, name: &str, value: impl Into<Value>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The value with a name; null where there is none.
    pub fn get(&self, name: &str) -> &Value {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or(&Value::Null, |(_, value)| value)
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// What a rule answers about the line of a number. A day in the case stands before the day of the call.
///
/// # Errors
/// When the line cannot be read.
pub fn line(
    rule: &Rule,
    edition: Option<&str>,
    on: Day,
    line: &str,
    number: u64,
) -> Result<Answer, Fault> {
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
    let mut answer = Answer::default();
    answer.push("line", number);
    if let Some(label) = label {
        answer.push("case", label);
    }
    answer.push("rule", rule.id);
    answer.push("on", on.to_string());
    answer.push("edition", outcome.edition);
    answer.push("inForce", outcome.in_force);
    answer.push("result", outcome.result);
    answer.0.extend(outcome.details);
    let reason = outcome.reason;
    answer.push("reason", json!({ "code": reason.code, "zh": reason.zh, "en": reason.en }));
    Ok(answer)
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
