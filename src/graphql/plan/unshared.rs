//! Selections that are not shared, where the request takes null in their places.

use std::sync::Arc;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field as Selected, Selection, SelectionSet},
};
use serde_json::{Value as Json, json};

use super::{Document, compile::Compiler};
use crate::{
    error::{Code, GatewayError, Result},
    graphql::Unshared,
};

/// Arguments by which rows are chosen, put in order or counted.
const CHOOSING: [&str; 3] = ["where", "orderBy", "groupBy"];

/// A selection that is null because it is not shared.
#[derive(Debug)]
pub struct Missing {
    /// Where it is in the answer, without places in lists.
    path: Vec<String>,
    /// The field that was selected; none for a fragment on a kind.
    field: Option<String>,
    /// Why it is not shared, as a refusal would say it.
    pub error: GatewayError,
}

impl Missing {
    /// A member of `extensions.unshared`.
    fn to_json(&self) -> Json {
        let of = |name| self.error.extensions.get(name).cloned().unwrap_or_default();
        let (line, column) = self.error.location.unwrap_or_default();
        json!({
            "path": self.path,
            "kind": of("kind"),
            "field": self.field,
            "group": of("group"),
            "reason": of("reason"),
            "law": of("legalBasis"),
            "shareCategory": of("shareCategory"),
            "requestable": of("requestable"),
            "locations": [{ "line": line, "column": column }],
        })
    }
}

/// What an answer says beside its data of what is missing in it.
pub fn extensions(missing: &[Missing]) -> Option<Arc<str>> {
    let list: Vec<Json> = missing.iter().map(Missing::to_json).collect();
    (!list.is_empty()).then(|| json!({ "unshared": list }).to_string().into())
}

impl<'d> Compiler<'d> {
    /// Notes that a selection is null because it is not shared, under its response key.
    ///
    /// # Errors
    /// The error itself, where the request does not take null, or rows are chosen below by what
    /// would not be looked at.
    pub fn missing(&self, fields: &[&'d Positioned<Selected>], error: GatewayError) -> Result<()> {
        let error = error.at(fields[0].pos);
        let field = fields[0].node.name.node.to_string();
        let sets = fields.iter().map(|field| &field.node.selection_set.node);
        let is_chosen =
            fields.iter().any(|field| chooses(&field.node)) || chosen_below(self.document, sets);
        self.note(Some(field), is_chosen, error)
    }

    /// The same of a fragment on a kind that is not shared.
    ///
    /// # Errors
    /// As above.
    pub fn missing_fragment(&self, set: &'d SelectionSet, error: GatewayError) -> Result<()> {
        self.note(None, chosen_below(self.document, [set]), error)
    }

    fn note(&self, field: Option<String>, is_chosen: bool, error: GatewayError) -> Result<()> {
        let is_null =
            self.unshared == Unshared::Null && error.code == Code::FieldNotShared && !is_chosen;
        if !is_null {
            return Err(error);
        }
        let path = self.path.borrow().clone();
        self.missing.borrow_mut().push(Missing { path, field, error });
        Ok(())
    }
}

fn chooses(field: &Selected) -> bool {
    field.arguments.iter().any(|(name, _)| CHOOSING.contains(&name.node.as_str()))
}

/// Whether rows are chosen anywhere below.
fn chosen_below<'d>(
    document: &'d Document,
    sets: impl IntoIterator<Item = &'d SelectionSet>,
) -> bool {
    let mut pending: Vec<&SelectionSet> = sets.into_iter().collect();
    let mut visited: Vec<&Name> = Vec::new();
    while let Some(set) = pending.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if chooses(&field.node) => return true,
                Selection::Field(field) => pending.push(&field.node.selection_set.node),
                Selection::InlineFragment(fragment) => {
                    pending.push(&fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragment(name)
                        && !visited.contains(&name)
                    {
                        visited.push(name);
                        pending.push(&fragment.selection_set.node);
                    }
                }
            }
        }
    }
    false
}
