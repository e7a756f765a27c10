//! Worklists in a plan.

use async_graphql::{Positioned, parser::types::Field as Selected};
use async_graphql_value::Value as Argument;
use entity::person;

use super::{
    Arguments, Item, Member, Node, PageItem, Root,
    compile::{Compiler, Fields, argument, place, unknown},
};
use crate::{
    catalogue::catalogue,
    error::Result,
    graphql::worklist::{self, DUE_MEMBERS},
};

/// Arguments of a worklist, variables still in them.
#[derive(Debug, Default)]
pub struct WorklistArguments {
    pub kind: Option<Argument>,
    pub unit: Option<Argument>,
    pub due_before: Option<Argument>,
    pub overdue: Option<Argument>,
    pub order: Option<Argument>,
    /// Conditions on the persons; where a page begins and how long it is.
    pub of_persons: Arguments,
}

/// A member of the connection.
#[derive(Debug)]
pub enum ListMember {
    Typename { key: String },
    Nodes { key: String, items: Vec<DueMember> },
    Edges { key: String, items: Vec<ListEdge> },
    PageInfo { key: String, items: Vec<PageItem> },
}

/// A member of an edge.
#[derive(Debug)]
pub enum ListEdge {
    Typename { key: String },
    Cursor { key: String },
    Node { key: String, items: Vec<DueMember> },
}

/// A member of what is due.
#[derive(Debug)]
pub enum DueMember {
    Typename {
        key: String,
    },
    /// The person, as the caller sees it.
    Person {
        key: String,
        items: Vec<Item>,
    },
    /// A notice that waits.
    Notice {
        key: String,
        members: Vec<Member>,
    },
    /// What is said of the item itself.
    Said {
        key: String,
        name: &'static str,
    },
}

impl<'d> Compiler<'d> {
    pub fn worklist(&self, key: String, fields: &Fields<'d>) -> Result<Root> {
        let field = fields[0];
        if self.permit.worklists().is_empty() {
            return Err(unknown(field));
        }
        let kind = catalogue().kind_of::<person::Entity>();
        let mut node = Node::new(kind, self.permit);
        let below = self.below(fields, None)?;
        let items = self.each(below, |key, fields| {
            Ok(match fields[0].node.name.node.as_str() {
                "__typename" => ListMember::Typename { key },
                "nodes" => ListMember::Nodes { key, items: self.due(&mut node, fields)? },
                "edges" => ListMember::Edges { key, items: self.list_edges(&mut node, fields)? },
                "pageInfo" => ListMember::PageInfo { key, items: self.page_info(fields)? },
                _ => return Err(unknown(fields[0])),
            })
        })?;
        node.settle(self.permit, None);
        Ok(Root::Worklist { key, arguments: arguments(field), node, items })
    }

    pub fn worklist_counts(&self, key: String, fields: &Fields<'d>) -> Result<Root> {
        let field = fields[0];
        if !worklist::counts(self.permit) {
            return Err(unknown(field));
        }
        let members = self.members(fields, worklist::COUNT)?;
        Ok(Root::WorklistCounts { key, arguments: arguments(field), members })
    }

    fn list_edges(&self, node: &mut Node, fields: &Fields<'d>) -> Result<Vec<ListEdge>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            Ok(match fields[0].node.name.node.as_str() {
                "__typename" => ListEdge::Typename { key },
                "cursor" => ListEdge::Cursor { key },
                "node" => ListEdge::Node { key, items: self.due(node, fields)? },
                _ => return Err(unknown(fields[0])),
            })
        })
    }

    fn due(&self, node: &mut Node, fields: &Fields<'d>) -> Result<Vec<DueMember>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            let name = fields[0].node.name.node.as_str();
            Ok(match name {
                "__typename" => DueMember::Typename { key },
                "person" => DueMember::Person { key, items: self.items(node, fields)? },
                "notice" if worklist::has_notices(self.permit) => {
                    DueMember::Notice { key, members: self.members(fields, worklist::NOTICE)? }
                }
                _ => match DUE_MEMBERS.iter().find(|(known, ..)| *known == name) {
                    Some((name, ..)) => DueMember::Said { key, name },
                    None => return Err(unknown(fields[0])),
                },
            })
        })
    }
}

fn arguments(field: &Positioned<Selected>) -> WorklistArguments {
    WorklistArguments {
        kind: argument(field, "kind"),
        unit: argument(field, "unit"),
        due_before: argument(field, "dueBefore"),
        overdue: argument(field, "overdue"),
        order: argument(field, "orderBy"),
        of_persons: Arguments {
            filter: argument(field, "where"),
            filter_at: place(field, "where"),
            first: argument(field, "first"),
            after: argument(field, "after"),
            ..Arguments::default()
        },
    }
}
