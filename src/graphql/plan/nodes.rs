//! `node` and `nodes`: rows of any kind by their identifiers alone.

use async_graphql::{
    Name, Positioned,
    parser::types::{Field as Selected, Selection, SelectionSet},
};

use super::{
    NODE, Node, Root, Target,
    compile::{Compiler, Fields, argument, unknown},
    selection::condition_of,
};
use crate::{
    catalogue::catalogue,
    error::{Code, GatewayError, Result},
    graphql::not_shared,
};

impl<'d> Compiler<'d> {
    /// One of the two roots: a target for each kind that the permit shows. Which of them are read is
    /// known when the identifiers are.
    pub fn nodes(&self, key: String, fields: &Fields<'d>, ids: &str, many: bool) -> Result<Root> {
        let mut found = Interface { compiler: self, visited: Vec::new(), found: Vec::new() };
        for field in fields {
            found.selections(&field.node.selection_set.node);
        }
        self.all(found.found.into_iter().map(Err::<(), _>))?;
        let ids = argument(fields[0], ids)
            .ok_or_else(|| GatewayError::new(Code::BadUserInput, format!("{ids} is required")))?;
        let shown = catalogue().kinds().iter().filter(|kind| self.permit.shows_kind(kind.id));
        let targets = self.all(shown.map(|kind| {
            let mut node = Node::new(kind, self.permit);
            let items = self.items(&mut node, fields)?;
            node.settle(self.permit, None);
            Ok(Target { node, items })
        }))?;
        Ok(Root::Nodes { key, ids, many, targets })
    }
}

/// What stands where a row may be of any kind: the members of the interface, and fragments on kinds.
struct Interface<'c, 'd> {
    compiler: &'c Compiler<'d>,
    visited: Vec<&'d Name>,
    found: Vec<GatewayError>,
}

impl<'d> Interface<'_, 'd> {
    fn selections(&mut self, set: &'d SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.member(field),
                Selection::InlineFragment(fragment) => {
                    let set = &fragment.node.selection_set.node;
                    self.fragment(condition_of(&fragment.node), selection.pos, set);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.compiler.document.fragment(name)
                        && !self.visited.contains(&name)
                    {
                        self.visited.push(name);
                        let on = &fragment.type_condition.node.on.node;
                        self.fragment(Some(on), selection.pos, &fragment.selection_set.node);
                    }
                }
            }
        }
    }

    fn member(&mut self, field: &Positioned<Selected>) {
        if !matches!(field.node.name.node.as_str(), "id" | "__typename") {
            self.found.push(unknown(field));
        }
    }

    /// A fragment on the interface is part of it; what one on a kind holds, the kind's target looks at.
    fn fragment(&mut self, on: Option<&Name>, at: async_graphql::Pos, set: &'d SelectionSet) {
        let Some(on) = on.filter(|on| *on != NODE) else { return self.selections(set) };
        let permit = self.compiler.permit;
        match catalogue().kind_named(on) {
            Some(kind) if permit.shows_kind(kind.id) => {}
            Some(kind) => {
                let error = not_shared::of_kind(permit, kind).at(at);
                self.found.extend(self.compiler.missing_fragment(set, error).err());
            }
            // The validator knows no such type.
            None => {}
        }
    }
}
