//! Selections with fragments put in their places, directives decided and equal keys merged.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    indexmap::IndexMap,
    parser::types::{
        Directive, ExecutableDocument, Field, FragmentDefinition, InlineFragment,
        OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use async_graphql_value::{ConstValue, Value as Argument};

use super::NODE;
use crate::{
    catalogue::Kind,
    error::{Code, GatewayError, Result},
    graphql::{
        Method,
        input::Variables,
        limits::{INTROSPECTION_DEPTH, Limits, exceeded},
    },
};

/// One operation of a document, with the fragments it may use.
#[derive(Debug)]
pub struct Document {
    /// The operation's name.
    pub name: Option<String>,
    /// The operation.
    pub operation: OperationDefinition,
    fragments: HashMap<Name, FragmentDefinition>,
}

/// Fields that share a response key, in order of first appearance.
pub type Collected<'d> = IndexMap<&'d str, Vec<&'d Positioned<Field>>>;

impl Document {
    /// Picks the operation.
    ///
    /// # Errors
    /// When the operation is not there, a subscription, or a mutation by GET.
    pub fn new(
        document: ExecutableDocument,
        operation: Option<&str>,
        method: Method,
    ) -> Result<Self> {
        let fragments: HashMap<_, _> =
            document.fragments.into_iter().map(|(name, fragment)| (name, fragment.node)).collect();
        let mut operations: Vec<(Option<Name>, OperationDefinition)> = document
            .operations
            .iter()
            .map(|(name, operation)| (name.cloned(), operation.node.clone()))
            .collect();
        let place = match operation {
            Some(wanted) => operations
                .iter()
                .position(|(name, _)| name.as_ref().is_some_and(|name| name == wanted)),
            None => (operations.len() == 1).then_some(0),
        };
        let (name, operation) = match place {
            Some(place) => operations.swap_remove(place),
            None if operation.is_some() => {
                return Err(GatewayError::new(
                    Code::BadRequest,
                    "the document has no operation with this operationName",
                ));
            }
            None => {
                return Err(GatewayError::new(
                    Code::BadRequest,
                    "the document has several operations: operationName must pick one",
                ));
            }
        };
        let document = Self { name: name.map(|name| name.to_string()), operation, fragments };
        document.check_method(method)?;
        Ok(document)
    }

    /// Whether the operation changes something.
    pub fn is_mutation(&self) -> bool {
        self.operation.ty == OperationType::Mutation
    }

    /// Whether the operation is served by a method; to be asked again of a document that came by
    /// another before.
    ///
    /// # Errors
    /// When it is a subscription, or a mutation by GET.
    pub fn check_method(&self, method: Method) -> Result<()> {
        match (self.operation.ty, method) {
            (OperationType::Query, _) | (OperationType::Mutation, Method::Post) => Ok(()),
            (_, Method::Get) => {
                Err(GatewayError::new(Code::MethodNotAllowed, "a GET only queries"))
            }
            (OperationType::Subscription, Method::Post) => {
                let message = "subscriptions are not served here";
                Err(GatewayError::new(Code::GraphqlValidationFailed, message))
            }
        }
    }

    /// A fragment by its name.
    pub fn fragment(&self, name: &Name) -> Option<&FragmentDefinition> {
        self.fragments.get(name)
    }

    /// Names of all fields at the root, whatever directives say.
    pub fn root_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut pending = vec![&self.operation.selection_set.node];
        let mut visited = HashSet::new();
        while let Some(set) = pending.pop() {
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => names.push(field.node.name.node.as_str()),
                    Selection::InlineFragment(fragment) => {
                        pending.push(&fragment.node.selection_set.node);
                    }
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.node.fragment_name.node;
                        if let Some(fragment) = self.fragment(name)
                            && visited.insert(name)
                        {
                            pending.push(&fragment.selection_set.node);
                        }
                    }
                }
            }
        }
        names
    }

    /// Names of the variables that directives depend on: plans differ by their values.
    pub fn deciding_variables(&self) -> Vec<Name> {
        let mut names = Vec::new();
        let sets = self
            .fragments
            .values()
            .map(|fragment| &fragment.selection_set.node)
            .chain([&self.operation.selection_set.node]);
        for set in sets {
            deciding_variables(set, &mut names);
        }
        names.sort();
        names.dedup();
        names
    }

    /// The fields of selection sets on objects of a kind, merged by response key; of anything but
    /// rows, `kind` is none.
    pub fn collect<'d>(
        &'d self,
        sets: impl IntoIterator<Item = &'d SelectionSet>,
        kind: Option<&Kind>,
        variables: &Variables,
    ) -> Result<Collected<'d>> {
        let mut collected = Collected::new();
        for set in sets {
            self.collect_into(set, kind, variables, &mut HashSet::new(), &mut collected)?;
        }
        Ok(collected)
    }

    fn collect_into<'d>(
        &'d self,
        set: &'d SelectionSet,
        kind: Option<&Kind>,
        variables: &Variables,
        visited: &mut HashSet<&'d Name>,
        collected: &mut Collected<'d>,
    ) -> Result<()> {
        for selection in &set.items {
            if !is_included(selection.node.directives(), variables)? {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => collected
                    .entry(field.node.response_key().node.as_str())
                    .or_default()
                    .push(field),
                Selection::InlineFragment(fragment) => {
                    if applies(condition_of(&fragment.node), kind) {
                        let set = &fragment.node.selection_set.node;
                        self.collect_into(set, kind, variables, visited, collected)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.fragments.get(name)
                        && applies(Some(&fragment.type_condition.node.on.node), kind)
                        && visited.insert(name)
                    {
                        let set = &fragment.selection_set.node;
                        self.collect_into(set, kind, variables, visited, collected)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Counts what fragments expand to before anything walks it: a few lines of fragments can stand
    /// for millions of fields.
    ///
    /// # Errors
    /// When the document exceeds a limit, or a fragment contains itself.
    pub fn check_size(&self, limits: &Limits, introspection: bool) -> Result<()> {
        let deepest = if introspection { INTROSPECTION_DEPTH } else { limits.depth };
        let mut known = HashMap::new();
        let size = self.measure(&self.operation.selection_set.node, &mut known, &mut Vec::new())?;
        for (count, limit, what) in [
            (size.fields, limits.fields, "fields after fragments are put in their places"),
            (size.depth, deepest, "levels of selections"),
            (size.aliases, limits.aliases, "aliases"),
            (size.directives, limits.directives, "directives"),
            (size.top, limits.root_fields, "root fields"),
        ] {
            if count > limit {
                return Err(exceeded(what, limit));
            }
        }
        // Unused fragments reach the validator too.
        for fragment in self.fragments.values() {
            let set = &fragment.selection_set.node;
            if self.measure(set, &mut known, &mut Vec::new())?.fields > limits.fields {
                return Err(exceeded("fields of a fragment", limits.fields));
            }
        }
        Ok(())
    }

    fn measure<'d>(
        &'d self,
        set: &'d SelectionSet,
        known: &mut HashMap<&'d Name, Size>,
        path: &mut Vec<&'d Name>,
    ) -> Result<Size> {
        let mut total = Size::default();
        for selection in &set.items {
            let directives = selection.node.directives().len();
            let part = match &selection.node {
                Selection::Field(field) => {
                    let below = self.measure(&field.node.selection_set.node, known, path)?;
                    Size {
                        fields: below.fields.saturating_add(1),
                        top: 1,
                        depth: below.depth + 1,
                        aliases: below.aliases + usize::from(field.node.alias.is_some()),
                        directives: below.directives,
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.measure(&fragment.node.selection_set.node, known, path)?
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if path.contains(&name) {
                        return Err(GatewayError::new(
                            Code::GraphqlValidationFailed,
                            "a fragment contains itself",
                        )
                        .at(selection.pos));
                    }
                    match (known.get(name), self.fragments.get(name)) {
                        (Some(size), _) => *size,
                        (None, Some(fragment)) => {
                            path.push(name);
                            let size = self.measure(&fragment.selection_set.node, known, path)?;
                            path.pop();
                            known.insert(name, size);
                            size
                        }
                        (None, None) => Size::default(),
                    }
                }
            };
            total = total.with(part, directives);
        }
        Ok(total)
    }
}

/// The type that an inline fragment is on, where it names one.
pub fn condition_of(fragment: &InlineFragment) -> Option<&Name> {
    fragment.type_condition.as_ref().map(|condition| &condition.node.on.node)
}

/// Whether a fragment on a type applies to rows of a kind. Only rows have a type in common, the
/// interface: of anything else the validator has seen to it that the fragment fits.
pub fn applies(condition: Option<&Name>, kind: Option<&Kind>) -> bool {
    match (condition, kind) {
        (Some(condition), Some(kind)) => condition == kind.name || condition == NODE,
        _ => true,
    }
}

/// What a selection amounts to.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: usize,
    top: usize,
    depth: usize,
    aliases: usize,
    directives: usize,
}

impl Size {
    fn with(self, part: Size, directives: usize) -> Size {
        Size {
            fields: self.fields.saturating_add(part.fields),
            top: self.top.saturating_add(part.top),
            depth: self.depth.max(part.depth),
            aliases: self.aliases.saturating_add(part.aliases),
            directives: self.directives.saturating_add(part.directives).saturating_add(directives),
        }
    }
}

fn condition(directive: &Directive) -> Option<(bool, &Argument)> {
    let expected = match directive.name.node.as_str() {
        "include" => true,
        "skip" => false,
        _ => return None,
    };
    Some((expected, &directive.get_argument("if")?.node))
}

fn is_included(directives: &[Positioned<Directive>], variables: &Variables) -> Result<bool> {
    for directive in directives {
        let Some((expected, argument)) = condition(&directive.node) else { continue };
        let value = match argument {
            Argument::Boolean(value) => Some(*value),
            Argument::Variable(name) => match variables.get(name) {
                Some(ConstValue::Boolean(value)) => Some(*value),
                _ => None,
            },
            _ => None,
        };
        match value {
            Some(value) if value == expected => {}
            Some(_) => return Ok(false),
            None => {
                return Err(GatewayError::new(
                    Code::BadUserInput,
                    "@skip and @include take true or false",
                )
                .at(directive.pos));
            }
        }
    }
    Ok(true)
}

fn deciding_variables(set: &SelectionSet, names: &mut Vec<Name>) {
    for selection in &set.items {
        for directive in selection.node.directives() {
            if let Some((_, Argument::Variable(name))) = condition(&directive.node) {
                names.push(name.clone());
            }
        }
        match &selection.node {
            Selection::Field(field) => {
                deciding_variables(&field.node.selection_set.node, names);
            }
            Selection::InlineFragment(fragment) => {
                deciding_variables(&fragment.node.selection_set.node, names);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}
