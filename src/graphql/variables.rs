//! Variables of a request, coerced against their declared types.
//!
//! Scalars are checked here; objects of filters and orders where they are read, against what the
//! permit has, so that literals and variables take the same way.

use async_graphql::{
    Value as GraphqlValue,
    parser::types::{BaseType, Type, VariableDefinition},
};
use serde_json::{Map, Value as Json};

use super::{
    acts,
    filter::Input,
    input::{Variables, bad_input, date, instant},
    worklist,
};
use crate::error::{Code, GatewayError, Result};

/// Coerces the variables a document declares.
///
/// # Errors
/// When one is missing or null where it may not be, or not of its type: each of those. The message
/// names the variable, never its value.
pub fn coerce<'d>(
    definitions: impl Iterator<Item = &'d VariableDefinition>,
    mut given: Map<String, Json>,
) -> Result<Variables> {
    let mut variables = Variables::new();
    let mut wrong = Vec::new();
    for definition in definitions {
        match value(definition, &mut given) {
            Ok(Some(value)) => drop(variables.insert(definition.name.node.clone(), value)),
            Ok(None) => {}
            Err(error) => wrong.push(error.at(definition.name.pos)),
        }
    }
    match GatewayError::of_findings(wrong) {
        Some(error) => Err(error),
        None => Ok(variables),
    }
}

/// The value of one variable; none where it is absent and may be.
fn value(
    definition: &VariableDefinition,
    given: &mut Map<String, Json>,
) -> Result<Option<GraphqlValue>> {
    let name = &definition.name.node;
    let ty = &definition.var_type.node;
    let value = match given.remove(name.as_str()) {
        Some(value) => GraphqlValue::from_json(value)
            .map_err(|_| GatewayError::new(Code::BadUserInput, "a variable is not JSON"))?,
        None => match &definition.default_value {
            Some(default) => default.node.clone(),
            None if ty.nullable => return Ok(None),
            None => return Err(bad_input(format!("the variable ${name} is required"))),
        },
    };
    let value = check(value, ty)
        .map_err(|expected| bad_input(format!("the variable ${name} must be {expected}")))?;
    Ok(Some(value))
}

fn check(value: GraphqlValue, ty: &Type) -> Result<GraphqlValue, String> {
    match (&ty.base, value) {
        (_, GraphqlValue::Null) if ty.nullable => Ok(GraphqlValue::Null),
        (_, GraphqlValue::Null) => Err("given, not null".to_owned()),
        (BaseType::List(item), GraphqlValue::List(values)) => values
            .into_iter()
            .map(|value| check(value, item))
            .collect::<Result<_, _>>()
            .map(GraphqlValue::List),
        (BaseType::List(item), single) => {
            check(single, item).map(|single| GraphqlValue::List(vec![single]))
        }
        (BaseType::Named(name), value) => named(name, value),
    }
}

fn named(name: &str, value: GraphqlValue) -> Result<GraphqlValue, String> {
    let fits = match (name, &value) {
        ("Boolean", GraphqlValue::Boolean(_)) => true,
        ("Int", GraphqlValue::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        ("ID", GraphqlValue::Number(number)) => {
            return number
                .as_i64()
                .map(|number| GraphqlValue::String(number.to_string()))
                .ok_or_else(|| "an ID".to_owned());
        }
        ("String" | "ID" | "Code", GraphqlValue::String(_)) => true,
        ("Date", GraphqlValue::String(text)) => date(text).is_some(),
        ("DateTime", GraphqlValue::String(text)) => instant(text).is_some(),
        ("Boolean" | "Int" | "String" | "ID" | "Code" | "Date" | "DateTime", _) => false,
        ("Direction", GraphqlValue::String(text)) => text == "ASC" || text == "DESC",
        ("Direction", GraphqlValue::Enum(name)) => name == "ASC" || name == "DESC",
        ("Direction", _) => false,
        (name, GraphqlValue::String(_) | GraphqlValue::Enum(_)) => {
            let code = match &value {
                GraphqlValue::Enum(code) => code.as_str(),
                GraphqlValue::String(code) => code.as_str(),
                _ => "",
            };
            if name == worklist::KIND {
                return match worklist::is_list(code) {
                    true => Ok(value),
                    false => Err(format!("a value of type {name}")),
                };
            }
            match acts::enumeration(name) {
                Some(values) => values.iter().any(|(known, ..)| *known == code),
                None => matches!(Input::of_kind(name), Some(Input::Dimension(_))),
            }
        }
        (_, GraphqlValue::Object(_)) => true,
        _ => false,
    };
    if fits { Ok(value) } else { Err(format!("a value of type {name}")) }
}
