//! Pieces of documents.

use entity::sharing::Type;
use migrant_gateway::catalogue::{Field, Kind, Relation, catalogue};
use serde_json::{Value, json};

use crate::support::codes;

/// A value that a field can be compared with.
pub fn sample(field: &'static Field) -> Value {
    match field.spec.ty {
        Type::Boolean => json!(true),
        Type::Int => json!(1),
        Type::Date => json!("2020-01-01"),
        Type::DateTime => json!("2020-01-01T00:00:00+08:00"),
        _ => json!(codes::text(field)),
    }
}

/// The GraphQL type of such a value.
pub fn scalar(ty: Type) -> &'static str {
    match ty {
        Type::Boolean => "Boolean",
        Type::Int => "Int",
        Type::Date => "Date",
        Type::DateTime => "DateTime",
        Type::Code => "Code",
        _ => "String",
    }
}

/// The field as it is selected, with a member where it is an object.
pub fn selection(field: &Field) -> String {
    let name = field.spec.name;
    match field.spec.ty.structure() {
        Some(structure) => format!("{name} {{ {} }}", structure.members[0].0),
        None => name.to_owned(),
    }
}

/// A filter on the field.
pub fn condition(field: &'static Field) -> String {
    format!("{{ {}: {{ eq: {} }} }}", field.spec.name, sample(field))
}

/// A filter that reaches through a relation.
pub fn reaching(relation: &Relation, inner: &str) -> String {
    let name = relation.name;
    if relation.many {
        format!("{{ {name}: {{ some: {inner} }} }}")
    } else {
        format!("{{ {name}: {inner} }}")
    }
}

/// All relations that lead to a kind, with the kinds they come from.
pub fn ways_to(kind: &Kind) -> impl Iterator<Item = (&'static Kind, &'static Relation)> {
    let target = kind.id;
    catalogue().kinds().iter().flat_map(move |source| {
        let relations = source.relations.iter().filter(move |relation| relation.target == target);
        relations.map(move |relation| (source, relation))
    })
}

/// A list at the root.
pub fn listed(kind: &Kind, chosen: &str) -> String {
    format!("{{ {}(first: 1) {{ nodes {{ {chosen} }} }} }}", kind.plural)
}

/// A list at the root that is filtered.
pub fn filtered(kind: &Kind, declared: &str, filter: &str) -> String {
    format!(
        "query {declared} {{ {}(first: 1, where: {filter}) {{ nodes {{ id }} }} }}",
        kind.plural
    )
}

/// A list at the root that is ordered.
pub fn ordered(kind: &Kind, declared: &str, order: &str) -> String {
    format!(
        "query {declared} {{ {}(first: 1, orderBy: {order}) {{ nodes {{ id }} }} }}",
        kind.plural
    )
}

/// What lies behind a relation to many, page by page.
pub fn pages(relation: &Relation, arguments: &str, chosen: &str) -> String {
    format!("{}Connection(first: 1{arguments}) {{ nodes {{ {chosen} }} }}", relation.name)
}

/// What lies behind a relation.
pub fn below(relation: &Relation, arguments: &str, chosen: &str) -> String {
    let page = if relation.many { format!("(first: 1{arguments})") } else { String::new() };
    format!("{}{page} {{ {chosen} }}", relation.name)
}
