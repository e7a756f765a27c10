//! A schema as text, printed of what introspection answers, so that both say the same: types that
//! nothing leads to are in neither. The form is that of graphql-js, two spaces deep.

use serde::Deserialize;

/// What is asked of a schema.
pub const QUERY: &str = include_str!("introspection.graphql");

/// Scalars that every schema has (GraphQL §3.5).
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// The longest description on one line, as graphql-js has it.
const LINE: usize = 70;

/// What introspection answers.
#[derive(Deserialize)]
pub struct Introspected {
    #[serde(rename = "__schema")]
    schema: Schema,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    description: Option<String>,
    query_type: Named,
    mutation_type: Option<Named>,
    types: Vec<Type>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Type {
    kind: String,
    name: String,
    description: Option<String>,
    #[serde(rename = "specifiedByURL")]
    specified_by: Option<String>,
    is_one_of: Option<bool>,
    fields: Option<Vec<Field>>,
    interfaces: Option<Vec<Named>>,
    input_fields: Option<Vec<Input>>,
    enum_values: Option<Vec<Item>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    name: String,
    description: Option<String>,
    args: Vec<Input>,
    #[serde(rename = "type")]
    ty: Reference,
    is_deprecated: bool,
    deprecation_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: String,
    description: Option<String>,
    #[serde(rename = "type")]
    ty: Reference,
    default_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    name: String,
    description: Option<String>,
    is_deprecated: bool,
    deprecation_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    kind: String,
    name: Option<String>,
    of_type: Option<Box<Reference>>,
}

/// Prints a schema: its roots first, then every type by name.
pub fn print(Introspected { schema }: &Introspected) -> String {
    let mut blocks = vec![root(schema)];
    let roots = [Some(&schema.query_type), schema.mutation_type.as_ref()];
    let roots: Vec<&str> = roots.into_iter().flatten().map(|root| root.name.as_str()).collect();
    let place = |ty: &&Type| roots.iter().position(|root| *root == ty.name);
    let mut types: Vec<&Type> = schema
        .types
        .iter()
        .filter(|ty| !ty.name.starts_with("__") && !BUILT_IN.contains(&ty.name.as_str()))
        .collect();
    types.sort_by_key(|ty| (place(ty).unwrap_or(roots.len()), ty.name.as_str()));
    blocks.extend(types.into_iter().map(definition));
    blocks.join("\n\n") + "\n"
}

fn root(schema: &Schema) -> String {
    let mut text = describe(schema.description.as_deref(), "", true);
    text += &format!("schema {{\n  query: {}\n", schema.query_type.name);
    if let Some(mutation) = &schema.mutation_type {
        text += &format!("  mutation: {}\n", mutation.name);
    }
    text + "}"
}

fn definition(ty: &Type) -> String {
    let head = describe(ty.description.as_deref(), "", true);
    let name = &ty.name;
    let body = match ty.kind.as_str() {
        "SCALAR" => {
            let url = ty.specified_by.as_deref();
            let url = url.map(|url| format!(" @specifiedBy(url: {})", quoted(url)));
            format!("scalar {name}{}", url.unwrap_or_default())
        }
        "ENUM" => {
            let values = ty.enum_values.iter().flatten().enumerate().map(|(place, value)| {
                describe(value.description.as_deref(), "  ", place == 0)
                    + &format!("  {}", value.name)
                    + &deprecated(value.is_deprecated, value.deprecation_reason.as_deref())
            });
            format!("enum {name}{}", block(values))
        }
        "INPUT_OBJECT" => {
            let one_of = if ty.is_one_of == Some(true) { " @oneOf" } else { "" };
            let fields = ty.input_fields.iter().flatten().enumerate().map(|(place, field)| {
                describe(field.description.as_deref(), "  ", place == 0)
                    + &format!("  {}", input(field))
            });
            format!("input {name}{one_of}{}", block(fields))
        }
        _ => {
            let fields = ty.fields.iter().flatten().enumerate().map(|(place, field)| {
                describe(field.description.as_deref(), "  ", place == 0)
                    + &format!("  {}{}: {}", field.name, arguments(&field.args), field.ty.text())
                    + &deprecated(field.is_deprecated, field.deprecation_reason.as_deref())
            });
            let keyword = if ty.kind == "INTERFACE" { "interface" } else { "type" };
            format!("{keyword} {name}{}{}", implements(ty), block(fields))
        }
    };
    head + &body
}

/// The interfaces of an object type.
fn implements(ty: &Type) -> String {
    let names: Vec<&str> =
        ty.interfaces.iter().flatten().map(|interface| interface.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(" implements {}", names.join(" & ")) }
}

fn block(members: impl Iterator<Item = String>) -> String {
    format!(" {{\n{}\n}}", members.collect::<Vec<_>>().join("\n"))
}

fn arguments(arguments: &[Input]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    if arguments.iter().all(|argument| argument.description.is_none()) {
        let all: Vec<String> = arguments.iter().map(input).collect();
        return format!("({})", all.join(", "));
    }
    let all: Vec<String> = arguments
        .iter()
        .enumerate()
        .map(|(place, argument)| {
            describe(argument.description.as_deref(), "    ", place == 0)
                + &format!("    {}", input(argument))
        })
        .collect();
    format!("(\n{}\n  )", all.join("\n"))
}

fn input(value: &Input) -> String {
    let default = value.default_value.as_ref().map(|default| format!(" = {default}"));
    format!("{}: {}{}", value.name, value.ty.text(), default.unwrap_or_default())
}

fn deprecated(is_deprecated: bool, reason: Option<&str>) -> String {
    match (is_deprecated, reason) {
        (false, _) => String::new(),
        (true, None) => " @deprecated".to_owned(),
        (true, Some(reason)) => format!(" @deprecated(reason: {})", quoted(reason)),
    }
}

/// A description as a block string, with an empty line before it where it is not the first.
fn describe(description: Option<&str>, indent: &str, is_first: bool) -> String {
    let Some(text) = description else { return String::new() };
    let text = text.replace("\"\"\"", "\\\"\"\"");
    let is_long = text.encode_utf16().count() > LINE || text.contains('\n');
    let needs_end = text.ends_with(['"', '\\']);
    let text = match is_long || needs_end {
        true => format!("\"\"\"\n{text}\n\"\"\""),
        false => format!("\"\"\"{text}\"\"\""),
    };
    let before = if is_first || indent.is_empty() { "" } else { "\n" };
    format!("{before}{indent}{}\n", text.replace('\n', &format!("\n{indent}")))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Reference {
    fn text(&self) -> String {
        let inner = || self.of_type.as_deref().map(Reference::text).unwrap_or_default();
        match self.kind.as_str() {
            "NON_NULL" => format!("{}!", inner()),
            "LIST" => format!("[{}]", inner()),
            _ => self.name.clone().unwrap_or_default(),
        }
    }
}
