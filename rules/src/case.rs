//! A case: records of one person, by kind, in the dictionary's field names.
//!
//! A line is an object. Its names are kinds, each with a row or a list of rows, or fields of a kind
//! that the rule reads, side by side. What is known to the dictionary and not read by the rule is
//! accepted and left out; what the dictionary does not know is a fault.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    calendar::Day,
    dictionary,
    facts::{is_empty, read_day, text_of},
    fault::{Code, Fault},
    rule::Rule,
};

/// A row of a kind.
pub type Row = Map<String, Value>;

/// Names beside kinds and fields: what the case is called, a remark, the day asked about.
const OWN: [&str; 4] = ["case", "id", "note", "on"];

/// A case as it was given.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// What it is called, for the answer.
    pub label: Option<Value>,
    /// The day asked about, where the case says so.
    pub on: Option<Day>,
    /// Rows by kind.
    pub rows: BTreeMap<&'static str, Vec<Row>>,
}

impl Case {
    /// Reads a line for a rule.
    ///
    /// # Errors
    /// When it is not JSON, not an object, or has names that are not known or not clear.
    pub fn parse(line: &str, rule: &Rule) -> Result<Case, Fault> {
        let value: Value = serde_json::from_str(line).map_err(|error| {
            let message =
                format!("not JSON, at column {}; a line holds one object", error.column());
            Fault::new(Code::InvalidJson, message)
        })?;
        let Value::Object(object) = value else {
            return Err(Fault::new(Code::InvalidShape, "a line holds one JSON object"));
        };
        let mut case = Case::default();
        let mut flat = Vec::new();
        for (name, value) in object {
            match (&*name, dictionary::kind(&name)) {
                ("case" | "id", _) => case.label = Some(value),
                ("note", _) => {}
                ("on", _) => case.on = read_day("on", &value)?,
                (_, Some(kind)) => case.nested(kind, value)?,
                _ => flat.push((name, value)),
            }
        }
        case.flat(rule, flat)?;
        case.accept_notices()?;
        Ok(case)
    }

    /// The rows of a kind, and of the kinds that stand within them.
    fn nested(&mut self, kind: &'static str, value: Value) -> Result<(), Fault> {
        let rows = match value {
            Value::Null => Vec::new(),
            Value::Array(rows) => rows,
            row => vec![row],
        };
        for row in rows {
            let Value::Object(row) = row else {
                let message = format!("{kind} is an object or a list of objects");
                return Err(Fault::new(Code::InvalidShape, message));
            };
            let mut own = Row::new();
            for (name, value) in row {
                if dictionary::has(kind, &name) {
                    own.insert(name, value);
                } else if let Some(within) = dictionary::kind(&name) {
                    self.nested(within, value)?;
                } else if name != "id" && name != "note" {
                    return Err(unknown(&name, kind, dictionary::fields(kind)));
                }
            }
            // A row without a value is none: `{"establishedOn": null}` is no record.
            if own.is_empty() || own.values().any(|value| !is_empty(value)) {
                self.rows.entry(kind).or_default().push(own);
            }
        }
        Ok(())
    }

    /// Fields without a kind: each belongs to the kind of the rule's inputs that has it.
    fn flat(&mut self, rule: &Rule, fields: Vec<(String, Value)>) -> Result<(), Fault> {
        let read: Vec<Vec<&'static str>> =
            fields.iter().map(|(name, _)| owners(rule, name)).collect();
        let mut rows = BTreeMap::<&'static str, Row>::new();
        for ((name, value), owners) in fields.into_iter().zip(&read) {
            // Of several kinds the one that most of the fields beside it belong to.
            let fits = |kind: &str| read.iter().filter(|owners| owners.contains(&kind)).count();
            let best = owners.iter().map(|kind| fits(kind)).max();
            let mut fitting: Vec<_> =
                owners.iter().filter(|kind| Some(fits(kind)) == best).collect();
            // An arrival alone is one of a registration, not of a notice.
            if fitting.contains(&&"ResidenceRegistration") {
                fitting.retain(|kind| **kind != "ResidenceNotice");
            }
            let mut fitting = fitting.into_iter();
            match (fitting.next(), fitting.next()) {
                (Some(_), None) if is_empty(&value) => {}
                (Some(kind), None) => {
                    rows.entry(kind).or_default().insert(name, value);
                }
                (Some(_), Some(_)) => {
                    let message =
                        format!("{name} is a field of {}: put it in one", owners.join(" and of "));
                    return Err(Fault::new(Code::AmbiguousField, message));
                }
                (None, _) if dictionary::kinds_with(&name).is_empty() => {
                    return Err(unknown_here(&name, rule));
                }
                (None, _) => {}
            }
        }
        for (kind, row) in rows {
            self.join(kind, row)?;
        }
        Ok(())
    }

    /// Adds fields without a kind to the one row of their kind, or makes it.
    fn join(&mut self, kind: &'static str, fields: Row) -> Result<(), Fault> {
        let rows = self.rows.entry(kind).or_default();
        match rows.as_mut_slice() {
            [] => rows.push(fields),
            [row] => {
                for (name, value) in fields {
                    if row.insert(name.clone(), value).is_some() {
                        let message = format!("{name} stands in {kind} and beside it");
                        return Err(Fault::new(Code::DuplicateField, message));
                    }
                }
            }
            _ => {
                let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                let message = format!(
                    "{} beside several rows of {kind}: put it in one of them",
                    names.join(", ")
                );
                return Err(Fault::new(Code::AmbiguousField, message));
            }
        }
        Ok(())
    }

    /// A notice is one of residence when it was accepted (`status` 2). Its state is no status of the
    /// person, and rules do not read it.
    fn accept_notices(&mut self) -> Result<(), Fault> {
        for row in self.rows.get_mut("ResidenceNotice").into_iter().flatten() {
            let accepted = match row.get("status") {
                None | Some(Value::Null) => {
                    row.get("answeredOn").is_some_and(|on| !on.is_null())
                        && row.get("refusalReason").is_none_or(Value::is_null)
                }
                Some(status) => match text_of(status).as_deref() {
                    Some("2" | "已受理") => true,
                    Some("1" | "3" | "4" | "待受理" | "已退回" | "已撤回") => false,
                    _ => {
                        let message = "ResidenceNotice.status is one of 1, 2, 3, 4";
                        return Err(Fault::new(Code::InvalidCode, message));
                    }
                },
            };
            row.entry("accepted").or_insert(Value::Bool(accepted));
        }
        Ok(())
    }
}

/// The kinds of a rule's inputs that have a field: those of which it reads the field, before those of
/// which it reads others.
fn owners(rule: &Rule, name: &str) -> Vec<&'static str> {
    let with = |reads: bool| -> Vec<&'static str> {
        let inputs = rule.inputs.iter().filter(|input| {
            dictionary::has(input.kind, name) && (!reads || input.fields.contains(&name))
        });
        inputs.map(|input| input.kind).collect()
    };
    let read = with(true);
    if read.is_empty() { with(false).into_iter().take(1).collect() } else { read }
}

fn unknown(name: &str, kind: &str, fields: impl Iterator<Item = &'static str>) -> Fault {
    let known: Vec<&str> = fields.collect();
    let message = format!("{kind} has no field {name}; it has {}", known.join(", "));
    Fault::new(Code::UnknownField, message)
}

fn unknown_here(name: &str, rule: &Rule) -> Fault {
    let inputs = rule.inputs.iter();
    let read = inputs.map(|input| format!("{} ({})", input.kind, input.fields.join(", ")));
    let read: Vec<String> = read.collect();
    let message = format!(
        "no kind and no field is called {name}; {} reads {}; beside them stand {}",
        rule.id,
        read.join("; "),
        OWN.join(", ")
    );
    Fault::new(Code::UnknownField, message)
}
