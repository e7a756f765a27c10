//! Rules of validation on which the meaning of an answer hangs, checked by this planner itself:
//! merged fields agree (GraphQL §5.3.2), variables fit their places (§5.8.5), and `__typename` is a
//! field like any other. The validator passes over parts of each.

use async_graphql::{
    Name, Positioned,
    indexmap::IndexMap,
    parser::types::{
        BaseType, Directive, Field, Selection, SelectionSet, Type, VariableDefinition,
    },
};
use async_graphql_value::Value as Argument;
use entity::person;

use super::{
    Document,
    selection::{applies, condition_of},
};
use crate::{
    catalogue::{Kind, Relation, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{
        acts,
        filter::{self, DocumentFilter, Filter, Hole, Input, InputType, Written},
        me,
        root_field::RootField,
        worklist,
    },
};

/// Where a selection stands.
#[derive(Clone, Copy)]
enum SelectionSite {
    Query,
    Mutation,
    Connection(&'static Kind),
    Edge(&'static Kind),
    Object(&'static Kind),
    /// A row of any kind.
    Node,
    /// A person's own view.
    Me,
    /// A worklist.
    Worklist,
    /// An edge of one.
    WorklistEdge,
    /// What is due to somebody.
    DueItem,
    Other,
}

impl SelectionSite {
    /// The kind of which rows stand there.
    fn kind(self) -> Option<&'static Kind> {
        match self {
            SelectionSite::Object(kind) => Some(kind),
            _ => None,
        }
    }
}

/// Checks the operation of a document: what is wrong with it, in the order of the document.
pub fn check(document: &Document) -> Vec<GatewayError> {
    let mut checker = Checker { document, found: Vec::new() };
    let place = if document.is_mutation() { SelectionSite::Mutation } else { SelectionSite::Query };
    checker.selections(place, &[&document.operation.selection_set.node]);
    let mut found = checker.found;
    found.sort_by_key(|finding| finding.location);
    found.dedup_by_key(|finding| finding.location);
    found
}

struct Checker<'d> {
    document: &'d Document,
    found: Vec<GatewayError>,
}

type Merged<'d> = IndexMap<&'d str, Vec<&'d Positioned<Field>>>;

fn invalid(message: impl Into<String>) -> GatewayError {
    GatewayError::new(Code::GraphqlValidationFailed, message)
}

impl<'d> Checker<'d> {
    fn selections(&mut self, place: SelectionSite, sets: &[&'d SelectionSet]) {
        if let SelectionSite::Node = place {
            // A row is of one kind: what is asked of others is no part of the same answer.
            for kind in catalogue().kinds() {
                self.selections(SelectionSite::Object(kind), sets);
            }
            return;
        }
        let mut merged = Merged::new();
        for set in sets {
            self.merge(set, place.kind(), &mut Vec::new(), &mut merged);
        }
        for fields in merged.values() {
            let first = &fields[0].node;
            for field in fields {
                if let Err(error) = self.field(place, field) {
                    self.found.push(error.at(field.pos));
                }
                if !same_question(first, &field.node) {
                    let message =
                        "fields with one response key differ in name or arguments: use aliases";
                    self.found.push(invalid(message).at(field.pos));
                }
            }
            let below: Vec<&SelectionSet> =
                fields.iter().map(|field| &field.node.selection_set.node).collect();
            self.selections(below_of(place, first.name.node.as_str()), &below);
        }
    }

    /// Fields by response key, whatever directives say.
    fn merge(
        &mut self,
        set: &'d SelectionSet,
        kind: Option<&'static Kind>,
        visited: &mut Vec<&'d Name>,
        merged: &mut Merged<'d>,
    ) {
        for selection in &set.items {
            if let Err(error) = self.directives(selection.node.directives()) {
                self.found.push(error.at(selection.pos));
            }
            match &selection.node {
                Selection::Field(field) => {
                    merged.entry(field.node.response_key().node.as_str()).or_default().push(field);
                }
                Selection::InlineFragment(fragment) => {
                    if applies(condition_of(&fragment.node), kind) {
                        self.merge(&fragment.node.selection_set.node, kind, visited, merged);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragment(name)
                        && applies(Some(&fragment.type_condition.node.on.node), kind)
                        && !visited.contains(&name)
                    {
                        visited.push(name);
                        self.merge(&fragment.selection_set.node, kind, visited, merged);
                    }
                }
            }
        }
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<()> {
        for directive in directives {
            match directive.node.get_argument("if").map(|argument| &argument.node) {
                Some(Argument::Boolean(_)) => {}
                Some(Argument::Variable(name)) => self.variable(name, "Boolean!")?,
                _ => return Err(invalid("@skip and @include take if: true, false or a variable")),
            }
        }
        Ok(())
    }

    fn field(&self, place: SelectionSite, field: &Positioned<Field>) -> Result<()> {
        let name = field.node.name.node.as_str();
        if name == "__typename" {
            let plain = field.node.arguments.is_empty()
                && field.node.selection_set.node.items.is_empty()
                && are_plain(&field.node.directives);
            return if plain { Ok(()) } else { Err(invalid("__typename takes nothing")) };
        }
        if let SelectionSite::Mutation = place {
            return field.node.arguments.iter().try_for_each(|(argument, value)| {
                match acts::argument_type(name, &argument.node) {
                    Some(ty) => self.value(&value.node, ty),
                    None => Ok(()),
                }
            });
        }
        let kind = match below_of(place, name) {
            SelectionSite::Connection(kind) | SelectionSite::Object(kind) => Some(kind),
            SelectionSite::Query
            | SelectionSite::Mutation
            | SelectionSite::Edge(_)
            | SelectionSite::Node
            | SelectionSite::Me
            | SelectionSite::WorklistEdge
            | SelectionSite::DueItem
            | SelectionSite::Other => None,
            SelectionSite::Worklist => Some(catalogue().kind_of::<entity::person::Entity>()),
        };
        if let SelectionSite::Me = place {
            return field.node.arguments.iter().try_for_each(|(argument, value)| {
                match me::argument_type(name, &argument.node) {
                    Some(ty) => self.value(&value.node, ty),
                    None => Ok(()),
                }
            });
        }
        let is_worklist = matches!(
            (place, RootField::named(name)),
            (SelectionSite::Query, Some(RootField::Worklist | RootField::WorklistCounts))
        );
        for (argument, value) in &field.node.arguments {
            let value = &value.node;
            match argument.node.as_str() {
                argument if is_worklist && argument != "where" => {
                    if let Some(ty) = worklist::argument_type(argument) {
                        self.value(value, ty)?;
                    }
                }
                "first" | "last" => self.value(value, "Int")?,
                "after" | "before" | "kind" => self.value(value, "String")?,
                "unreviewed" | "open" => self.value(value, "Boolean")?,
                "id" => self.value(value, "ID!")?,
                "ids" => self.value(value, "[ID!]!")?,
                "where" => match kind {
                    Some(kind) => self.filter(&filter::document(kind, value))?,
                    None => return Err(invalid("there is no argument of this name here")),
                },
                "orderBy" => {
                    if let Some(kind) = kind {
                        self.items(value, InputType::list(Input::OrderBy(kind)), "Direction!")?;
                    }
                }
                "groupBy" => {
                    if let (SelectionSite::Query, Some(RootField::Stats(kind))) =
                        (place, RootField::named(name))
                    {
                        let ty = InputType::list(Input::Dimension(kind));
                        self.value(value, &ty.to_string())?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A list of `@oneOf` input objects whose members are all of one type: a variable that could be
    /// null could not be the one member (GraphQL §5.6.5).
    fn items(&self, value: &Argument, list: InputType, member: &str) -> Result<()> {
        self.value(value, &list.to_string())?;
        let items = match value {
            Argument::List(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        items.iter().flat_map(members).try_for_each(|(_, value)| self.value(value, member))
    }

    fn filter(&self, filter: &DocumentFilter<'_>) -> Result<()> {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().try_for_each(|part| self.filter(part))
            }
            Filter::Not(inner) => self.filter(inner),
            Filter::Ids(ids) => self.operand(ids),
            Filter::Field { comparisons, .. } => {
                comparisons.iter().try_for_each(|comparison| self.operand(comparison))
            }
            Filter::Through { quantified, .. } => {
                quantified.iter().try_for_each(|(_, inner)| self.filter(inner))
            }
            Filter::Variable(Hole { variable, ty }) => self.variable(variable, &ty.to_string()),
        }
    }

    fn operand(&self, Written { operand, ty }: &Written<'_>) -> Result<()> {
        self.value(operand, &ty.to_string())
    }

    /// A value at a place of a type: what it holds of variables must fit.
    fn value(&self, value: &Argument, ty: &str) -> Result<()> {
        match value {
            Argument::Variable(name) => self.variable(name, ty),
            Argument::List(items) => match ty.strip_prefix('[') {
                Some(item) => {
                    let item = item.trim_end_matches('!').trim_end_matches(']');
                    items
                        .iter()
                        .filter(|item| matches!(item, Argument::Variable(_)))
                        .try_for_each(|value| self.value(value, item))
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn variable(&self, name: &Name, ty: &str) -> Result<()> {
        let definition = self
            .document
            .operation
            .variable_definitions
            .iter()
            .map(|definition| &definition.node)
            .find(|definition| definition.name.node == *name);
        let place = Type::new(ty);
        match (definition, place) {
            (Some(definition), Some(place)) if !fits(definition, &place) => Err(invalid(format!(
                "the variable ${name} of type {} stands where {ty} is expected",
                definition.var_type.node
            ))),
            _ => Ok(()),
        }
    }
}

fn below_of(place: SelectionSite, field: &str) -> SelectionSite {
    match place {
        SelectionSite::Query => match RootField::named(field) {
            Some(RootField::One(kind)) => SelectionSite::Object(kind),
            Some(RootField::Many(kind)) => SelectionSite::Connection(kind),
            Some(RootField::Node | RootField::Nodes) => SelectionSite::Node,
            Some(RootField::Me) => SelectionSite::Me,
            Some(RootField::Worklist) => SelectionSite::Worklist,
            _ => SelectionSite::Other,
        },
        SelectionSite::Me if matches!(field, me::PERSON | me::CHILDREN) => {
            SelectionSite::Object(catalogue().kind_of::<person::Entity>())
        }
        SelectionSite::Connection(kind) if field == "nodes" => SelectionSite::Object(kind),
        SelectionSite::Connection(kind) if field == "edges" => SelectionSite::Edge(kind),
        SelectionSite::Edge(kind) if field == "node" => SelectionSite::Object(kind),
        SelectionSite::Worklist if field == "nodes" => SelectionSite::DueItem,
        SelectionSite::Worklist if field == "edges" => SelectionSite::WorklistEdge,
        SelectionSite::WorklistEdge if field == "node" => SelectionSite::DueItem,
        SelectionSite::DueItem if field == "person" => {
            SelectionSite::Object(catalogue().kind_of::<entity::person::Entity>())
        }
        SelectionSite::Object(kind) => {
            let target = |relation: &Relation| catalogue().kind(relation.target);
            let rows = kind.relation_named(field).map(target).map(SelectionSite::Object);
            let pages = || kind.connection_named(field).map(target).map(SelectionSite::Connection);
            rows.or_else(pages).unwrap_or(SelectionSite::Other)
        }
        _ => SelectionSite::Other,
    }
}

fn members(value: &Argument) -> impl Iterator<Item = (&str, &Argument)> {
    let object = match value {
        Argument::Object(object) => Some(object),
        _ => None,
    };
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Directives that only say whether.
fn are_plain(directives: &[Positioned<Directive>]) -> bool {
    directives.iter().enumerate().all(|(place, directive)| {
        let name = directive.node.name.node.as_str();
        matches!(name, "skip" | "include")
            && !directives[..place].iter().any(|other| other.node.name.node == name)
    })
}

fn same_question(one: &Field, other: &Field) -> bool {
    let has = |field: &Field, (name, value): &(Positioned<Name>, Positioned<Argument>)| {
        field.get_argument(&name.node).is_some_and(|known| known.node == value.node)
    };
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|argument| has(other, argument))
}

/// Whether a variable may stand at a place (GraphQL §5.8.5).
fn fits(definition: &VariableDefinition, place: &Type) -> bool {
    let has_default = definition
        .default_value
        .as_ref()
        .is_some_and(|default| default.node != async_graphql::Value::Null);
    if !place.nullable && definition.var_type.node.nullable && has_default {
        let nullable = Type { base: place.base.clone(), nullable: true };
        return is_subtype(&definition.var_type.node, &nullable);
    }
    is_subtype(&definition.var_type.node, place)
}

fn is_subtype(ty: &Type, place: &Type) -> bool {
    if ty.nullable && !place.nullable {
        return false;
    }
    match (&ty.base, &place.base) {
        (BaseType::Named(name), BaseType::Named(expected)) => name == expected,
        (BaseType::List(item), BaseType::List(expected)) => is_subtype(item, expected),
        _ => false,
    }
}
