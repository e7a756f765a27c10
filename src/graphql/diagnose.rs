//! Why a document does not fit a permit's schema: often because it asks for what is not shared.
//!
//! The validator only knows that a name is not there. This looks it up in the catalogue, so that
//! the developer is told of the law instead of a typing error.

use async_graphql_value::Value as Argument;

use super::{
    input::Variables,
    not_shared,
    plan::{Arguments, Document, Node, Root, compile},
};
use crate::{
    catalogue::{Kind, catalogue},
    error::{Code, GatewayError},
    policy::{Permit, Position},
};

/// The first name in a document that the catalogue knows and the permit does not share.
pub fn not_shared(permit: &Permit, document: &Document) -> Option<GatewayError> {
    // A variable may decide @skip here and @include there: look at both of its values.
    let decided = |value: bool| -> Variables {
        let names = document.deciding_variables().into_iter();
        names.map(|name| (name, async_graphql::Value::Boolean(value))).collect()
    };
    of_selection(permit, document, &decided(true))
        .or_else(|| of_selection(permit, document, &decided(false)))
        .or_else(|| of_variables(permit, document))
}

fn of_selection(
    permit: &Permit,
    document: &Document,
    variables: &Variables,
) -> Option<GatewayError> {
    match compile(document, permit, variables) {
        Err(error) => Some(error).filter(|error| error.code == Code::FieldNotShared),
        Ok(plan) => plan.roots.iter().find_map(|root| match root {
            Root::One { node, .. } => below(permit, node),
            Root::Many { arguments, node, .. } => {
                of_arguments(permit, node.kind, arguments).or_else(|| below(permit, node))
            }
            Root::Counts { kind, by, .. } => by.as_ref().and_then(|by| {
                names(by).find_map(|name| unshared(permit, kind, name, Position::Group))
            }),
            Root::Typename { .. } | Root::Entitlement { .. } | Root::Events { .. } => None,
        }),
    }
}

/// A variable of an input type that the permit leaves without members does not exist.
fn of_variables(permit: &Permit, document: &Document) -> Option<GatewayError> {
    document.operation.variable_definitions.iter().find_map(|definition| {
        let ty = definition.node.var_type.node.to_string();
        let name = ty.trim_matches(['[', ']', '!']);
        let of =
            |suffix: &str| name.strip_suffix(suffix).and_then(|kind| catalogue().kind_named(kind));
        if let Some(kind) = of("OrderBy").filter(|kind| permit.shows_kind(kind.id)) {
            let field = catalogue().fields_of(kind.id).next()?;
            return unshared(permit, kind, field.spec.name, Position::Order);
        }
        let kind = of("OrderBy").or_else(|| of("Where")).or_else(|| of("Some"))?;
        (!permit.shows_kind(kind.id)).then(|| not_shared::of_kind(permit, kind))
    })
}

fn below(permit: &Permit, node: &Node) -> Option<GatewayError> {
    node.children.iter().find_map(|child| {
        of_arguments(permit, child.node.kind, &child.arguments)
            .or_else(|| below(permit, &child.node))
    })
}

fn of_arguments(
    permit: &Permit,
    kind: &'static Kind,
    arguments: &Arguments,
) -> Option<GatewayError> {
    let of_filter = || arguments.filter.as_ref().and_then(|filter| of_filter(permit, kind, filter));
    let of_order = || {
        let order = arguments.order.as_ref()?;
        members(order).find_map(|(name, _)| unshared(permit, kind, name, Position::Order))
    };
    of_filter().or_else(of_order)
}

fn of_filter(permit: &Permit, kind: &'static Kind, filter: &Argument) -> Option<GatewayError> {
    members(filter).find_map(|(name, value)| match name {
        "and" | "or" | "not" => of_filter(permit, kind, value),
        _ => match kind.relation_named(name) {
            Some(relation) if permit.shows_kind(relation.target) => {
                let target = catalogue().kind(relation.target);
                match relation.many {
                    true => members(value).find_map(|(_, inner)| of_filter(permit, target, inner)),
                    false => of_filter(permit, target, value),
                }
            }
            Some(_) => Some(not_shared::input(permit, kind, name, "where")),
            None => unshared(permit, kind, name, Position::Filter),
        },
    })
}

fn unshared(permit: &Permit, kind: &Kind, name: &str, position: Position) -> Option<GatewayError> {
    let field = catalogue().field_named(kind.id, name)?;
    let argument = match position {
        Position::Filter => "where",
        Position::Order => "orderBy",
        Position::Group | Position::Select => "groupBy",
    };
    (!permit.may(field, position)).then(|| not_shared::input(permit, kind, name, argument))
}

/// Members of an object, or of every object of a list.
fn members(value: &Argument) -> Box<dyn Iterator<Item = (&str, &Argument)> + '_> {
    match value {
        Argument::Object(object) => {
            Box::new(object.iter().map(|(name, value)| (name.as_str(), value)))
        }
        Argument::List(items) => Box::new(items.iter().flat_map(members)),
        _ => Box::new(std::iter::empty()),
    }
}

/// The names of an enumeration value or a list of them.
fn names(value: &Argument) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Argument::Enum(name) => Box::new(std::iter::once(name.as_str())),
        Argument::List(items) => Box::new(items.iter().flat_map(names)),
        _ => Box::new(std::iter::empty()),
    }
}
