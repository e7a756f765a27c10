//! Why a document does not fit a permit's schema: often because it asks for what is not shared.
//!
//! The validator only knows that a name is not there. This looks it up in the catalogue, so that
//! the developer is told of the law instead of a typing error.

use async_graphql::Pos;
use async_graphql_value::Value as Argument;

use super::{
    Unshared,
    filter::{self, DocumentFilter, Filter, Input},
    input::Variables,
    not_shared,
    plan::{Arguments, Document, MeItem, Node, Root, diagnose},
};
use crate::{
    catalogue::{Field, Kind, catalogue},
    error::{Code, GatewayError},
    policy::{Permit, Position},
};

/// Every name in a document that the catalogue knows and the permit does not share, each once, in
/// the order of the document.
pub fn not_shared(permit: &Permit, document: &Document, unshared: Unshared) -> Vec<GatewayError> {
    let mut search = Search { permit, unshared, found: Vec::new() };
    // A variable may decide @skip here and @include there: look at both of its values.
    for value in [true, false] {
        let names = document.deciding_variables().into_iter();
        let decided = names.map(|name| (name, async_graphql::Value::Boolean(value))).collect();
        search.selection(document, &decided);
    }
    search.variables(document);
    let mut found = search.found;
    found.sort_by(|one, other| (one.location, &one.message).cmp(&(other.location, &other.message)));
    found.dedup_by(|one, other| one.location == other.location && one.message == other.message);
    found
}

struct Search<'p> {
    permit: &'p Permit,
    /// What the request gets for selections.
    unshared: Unshared,
    found: Vec<GatewayError>,
}

impl Search<'_> {
    fn selection(&mut self, document: &Document, variables: &Variables) {
        let (plan, findings) = diagnose(document, self.permit, variables, self.unshared);
        let unshared = |finding: &GatewayError| finding.code == Code::FieldNotShared;
        self.found.extend(findings.into_iter().filter(unshared));
        for root in plan.iter().flat_map(|plan| &plan.roots) {
            match root {
                Root::One { node, .. } => self.below(node),
                Root::Nodes { targets, .. } => {
                    targets.iter().for_each(|target| self.below(&target.node));
                }
                Root::Me { items, .. } => {
                    items.iter().flat_map(MeItem::nodes).for_each(|node| self.below(node));
                }
                Root::Many { arguments, node, .. } => {
                    self.arguments(node.kind, arguments);
                    self.below(node);
                }
                Root::Worklist { arguments, node, .. } => {
                    self.arguments(node.kind, &arguments.of_persons);
                    self.below(node);
                }
                Root::Counts { kind, by, by_at, .. } => {
                    for name in by.iter().flat_map(names) {
                        self.named(kind, name, Position::Group, *by_at);
                    }
                }
                Root::Typename { .. }
                | Root::Unshared { .. }
                | Root::Entitlement { .. }
                | Root::Rules { .. }
                | Root::CodeLists { .. }
                | Root::CodeList { .. }
                | Root::SchemaChanges { .. }
                | Root::Requests { .. }
                | Root::Events { .. }
                | Root::WorklistCounts { .. } => {}
            }
        }
    }

    /// A variable of an input type that the permit leaves without members does not exist.
    fn variables(&mut self, document: &Document) {
        for definition in &document.operation.variable_definitions {
            let at = definition.node.var_type.pos;
            let ty = definition.node.var_type.node.to_string();
            let name = ty.trim_matches(['[', ']', '!']);
            match Input::of_kind(name) {
                Some(Input::OrderBy(kind)) if self.permit.shows_kind(kind.id) => {
                    if let Some(field) = catalogue().fields_of(kind.id).next() {
                        self.unshared(kind, field, Position::Order, at);
                    }
                }
                Some(Input::OrderBy(kind) | Input::Where(kind) | Input::Some(kind))
                    if !self.permit.shows_kind(kind.id) =>
                {
                    self.found.push(not_shared::of_kind(self.permit, kind).at(at));
                }
                _ => {}
            }
        }
    }

    fn below(&mut self, node: &Node) {
        for child in &node.children {
            self.arguments(child.node.kind, &child.arguments);
            self.below(&child.node);
        }
    }

    fn arguments(&mut self, kind: &'static Kind, arguments: &Arguments) {
        if let Some(filter) = &arguments.filter {
            self.filter(kind, &filter::document(kind, filter), arguments.filter_at);
        }
        for (name, _) in arguments.order.iter().flat_map(members) {
            self.named(kind, name, Position::Order, arguments.order_at);
        }
    }

    fn filter(&mut self, kind: &'static Kind, filter: &DocumentFilter<'_>, at: Pos) {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().for_each(|part| self.filter(kind, part, at));
            }
            Filter::Not(inner) => self.filter(kind, inner, at),
            Filter::Field { field, .. } => self.unshared(kind, field, Position::Filter, at),
            Filter::Through { relation, quantified } => {
                if self.permit.shows_kind(relation.target) {
                    let target = catalogue().kind(relation.target);
                    quantified.iter().for_each(|(_, inner)| self.filter(target, inner, at));
                } else {
                    let name = relation.name;
                    self.found.push(not_shared::input(self.permit, kind, name, "where").at(at));
                }
            }
            Filter::Ids(_) | Filter::Variable(_) => {}
        }
    }

    fn named(&mut self, kind: &Kind, name: &str, position: Position, at: Pos) {
        if let Some(field) = catalogue().field_named(kind.id, name) {
            self.unshared(kind, field, position, at);
        }
    }

    fn unshared(&mut self, kind: &Kind, field: &Field, position: Position, at: Pos) {
        let argument = match position {
            Position::Filter => "where",
            Position::Order => "orderBy",
            Position::Group | Position::Select => "groupBy",
        };
        if !self.permit.may(field, position) {
            let name = field.spec.name;
            self.found.push(not_shared::input(self.permit, kind, name, argument).at(at));
        }
    }
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
