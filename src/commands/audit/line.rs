//! An access as `show` and `search` print it.

use serde_json::json;

use super::Form;
use crate::audit::Access;

/// Two lines for people, or one of JSON.
pub(super) fn line(access: &Access, form: Form) -> String {
    let Access { seq, at, caller, role, department, organization, purpose, fields, .. } = access;
    let purpose = purpose.as_deref().unwrap_or("-");
    match form {
        Form::Json => {
            json!({
                "record": seq, "at": at, "caller": caller, "role": role,
                "department": department, "unit": access.unit, "organization": organization,
                "purpose": purpose, "fields": fields, "decision": access.decision,
            })
            .to_string()
                + "\n"
        }
        Form::Text => {
            let fields = if fields.is_empty() { "(identifier only)" } else { fields };
            let whence = organization.as_deref().unwrap_or(&access.unit);
            let ended = match access.decision.as_str() {
                "allowed" => String::new(),
                code => format!(", ended with {code}"),
            };
            format!(
                "#{seq}  {at}  {role} ({department}) {caller}, {whence}, for {purpose}{ended}\n    \
                 {fields}\n"
            )
        }
    }
}
