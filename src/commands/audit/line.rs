//! An access as `show` and `search` print it.

use entity::access_record;
use serde_json::json;

use super::Form;
use crate::audit::{Access, Outcome, shown_of};

/// Two lines for people, or one of JSON. What was shown is told of the person by whom the access was
/// looked for; where it was looked for otherwise, of all its persons together and set by set.
pub(super) fn line(access: &Access, form: Form) -> String {
    let Access { record, of_person } = access;
    let access_record::Model { seq, at, caller, role, department, .. } = record;
    let organization = record.organization.as_deref();
    let purpose = record.purpose.as_deref().unwrap_or("-");
    let fields = of_person.as_deref().unwrap_or(&record.fields);
    let sets = if of_person.is_some() { Vec::new() } else { sets(record) };
    match form {
        Form::Json => {
            let mut line = json!({
                "record": seq, "at": at, "caller": caller, "role": role,
                "department": department, "unit": record.unit, "organization": organization,
                "purpose": purpose, "fields": fields, "decision": record.decision,
            });
            if !sets.is_empty() {
                line["shown"] = sets.into();
            }
            line.to_string() + "\n"
        }
        Form::Text => {
            let named = |fields: &str| match fields {
                "" => "(identifier only)".to_owned(),
                fields => fields.to_owned(),
            };
            let whence = organization.unwrap_or(&record.unit);
            let ended = match Outcome::parse(&record.decision) {
                Some(Outcome::Allowed) => String::new(),
                _ => format!(", ended with {}", record.decision),
            };
            let fields = named(fields);
            let mut line = format!(
                "#{seq}  {at}  {role} ({department}) {caller}, {whence}, for {purpose}{ended}\n    \
                 {fields}\n"
            );
            for set in sets {
                line += &format!("    of some of its persons: {}\n", named(&set));
            }
            line
        }
    }
}

/// What was shown or tested of some persons of a record, where that was not the same of all.
fn sets(record: &access_record::Model) -> Vec<String> {
    let Some(shown) = &record.shown else { return Vec::new() };
    let numbers = (1..).take(shown.split(' ').count());
    numbers.map(|number| shown_of(&record.fields, Some(shown), Some(number))).collect()
}
