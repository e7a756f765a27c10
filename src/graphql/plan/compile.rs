//! Document and permit in, plan out.

use std::{
    cell::RefCell,
    sync::{OnceLock, atomic::AtomicUsize},
};

use async_graphql::{
    Pos, Positioned,
    parser::types::{Field as Selected, SelectionSet},
};
use async_graphql_value::Value as Argument;
use entity::sharing::{Group, Mask, Type};

use super::{
    Arguments, Child, Collected, ConnectionItem, CountItem, Document, EdgeItem, Item, Member,
    Missing, Node, PageFact, PageItem, Pages, Plan, Render, Root, Select, unshared::extensions,
};
use crate::{
    catalogue::{DatabaseField, DatabaseValue, Field, Kind, Relation, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{
        Unshared, code_lists,
        derivation::{Columns, Finish},
        entitlement, events,
        input::Variables,
        me, not_shared,
        root_field::RootField,
        rules, schema_changes,
        shape::Shape,
    },
    policy::{Permit, Position, RowRule},
};

/// Compiles an operation under a permit.
///
/// # Errors
/// When it asks for what the permit does not grant.
pub fn compile(
    document: &Document,
    permit: &Permit,
    variables: &Variables,
    unshared: Unshared,
) -> Result<Plan> {
    Compiler::new(document, permit, variables, unshared).plan()
}

/// As much of an operation as compiles, and what keeps the rest from it.
pub fn diagnose(
    document: &Document,
    permit: &Permit,
    variables: &Variables,
    unshared: Unshared,
) -> (Option<Plan>, Vec<GatewayError>) {
    let findings = RefCell::default();
    let compiler = Compiler {
        findings: Some(&findings),
        ..Compiler::new(document, permit, variables, unshared)
    };
    let plan = compiler.plan();
    let mut all = findings.take();
    let plan = plan.map_err(|error| all.push(error)).ok();
    (plan, all)
}

pub(super) struct Compiler<'d> {
    pub document: &'d Document,
    pub permit: &'d Permit,
    pub variables: &'d Variables,
    /// Where all findings are wanted, and not the first.
    pub findings: Option<&'d RefCell<Vec<GatewayError>>>,
    /// What stands in the place of what is not shared.
    pub unshared: Unshared,
    /// The response keys that lead to what is being compiled.
    pub path: RefCell<Vec<String>>,
    /// What is null because it is not shared.
    pub missing: RefCell<Vec<Missing>>,
}

pub(super) type Fields<'d> = [&'d Positioned<Selected>];

impl<'d> Compiler<'d> {
    pub fn new(
        document: &'d Document,
        permit: &'d Permit,
        variables: &'d Variables,
        unshared: Unshared,
    ) -> Self {
        let (path, missing) = Default::default();
        Self { document, permit, variables, findings: None, unshared, path, missing }
    }

    fn plan(&self) -> Result<Plan> {
        let roots = self.collect([&self.document.operation.selection_set.node], None)?;
        let roots = self.each(roots, |key, fields| self.root(key, fields))?;
        let missing = self.missing.take();
        let extensions = extensions(&missing);
        let (size, touched) = (AtomicUsize::new(0), OnceLock::new());
        Ok(Plan { roots, missing, extensions, size, touched })
    }

    /// A part of each selection, in order.
    pub fn each<T>(
        &self,
        selections: Collected<'d>,
        mut make: impl FnMut(String, &Fields<'d>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.all(selections.into_iter().map(|(key, fields)| {
            self.path.borrow_mut().push(key.to_owned());
            let made = make(key.to_owned(), &fields);
            self.path.borrow_mut().pop();
            made
        }))
    }

    /// All parts, or the first finding; where all findings are wanted, the parts without one.
    pub fn all<T>(&self, mut parts: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
        match self.findings {
            None => parts.collect(),
            Some(findings) => {
                let note = |part: Result<T>| part.map_err(|e| findings.borrow_mut().push(e)).ok();
                Ok(parts.by_ref().filter_map(note).collect())
            }
        }
    }

    pub fn collect(
        &self,
        sets: impl IntoIterator<Item = &'d SelectionSet>,
        kind: Option<&Kind>,
    ) -> Result<Collected<'d>> {
        self.document.collect(sets, kind, self.variables)
    }

    pub fn below(&self, fields: &Fields<'d>, kind: Option<&Kind>) -> Result<Collected<'d>> {
        self.collect(fields.iter().map(|field| &field.node.selection_set.node), kind)
    }

    fn root(&self, key: String, fields: &Fields<'d>) -> Result<Root> {
        let field = fields[0];
        let root = RootField::named(&field.node.name.node).ok_or_else(|| unknown(field))?;
        Ok(match root {
            RootField::Typename => Root::Typename { key },
            RootField::Entitlement => Root::Entitlement {
                key,
                members: self.members(fields, entitlement::SHAPE)?,
                kind: argument(field, "kind"),
            },
            RootField::Rules => Root::Rules { key, members: self.members(fields, rules::SHAPE)? },
            RootField::Me => self.me(key, fields)?,
            RootField::SubjectRequests => {
                if !me::lists_requests(self.permit) {
                    return Err(unknown(field));
                }
                Root::Requests {
                    key,
                    members: self.members(fields, me::REQUEST)?,
                    open: argument(field, "open"),
                    first: argument(field, "first"),
                }
            }
            RootField::CodeLists => {
                Root::CodeLists { key, members: self.members(fields, code_lists::LIST)? }
            }
            RootField::CodeList => Root::CodeList {
                key,
                members: self.members(fields, code_lists::ENTRY)?,
                name: argument(field, "name"),
            },
            RootField::SchemaChanges => Root::SchemaChanges {
                key,
                members: self.members(fields, schema_changes::SHAPE)?,
                since: argument(field, "since"),
            },
            RootField::BreakGlassEvents => {
                let view = self.permit.events.filter(|view| view.is_listed());
                let view = view.ok_or_else(|| unknown(field))?;
                let unreviewed = argument(field, "unreviewed");
                if unreviewed.is_some() && !view.is_reviewed() {
                    return Err(unknown(field));
                }
                Root::Events {
                    key,
                    members: self.members(fields, events::shape(view))?,
                    unreviewed,
                    first: argument(field, "first"),
                }
            }
            RootField::Worklist => self.worklist(key, fields)?,
            RootField::WorklistCounts => self.worklist_counts(key, fields)?,
            RootField::Node => self.nodes(key, fields, "id", false)?,
            RootField::Nodes => self.nodes(key, fields, "ids", true)?,
            RootField::One(kind) | RootField::Many(kind) if !self.permit.shows_kind(kind.id) => {
                self.missing(fields, not_shared::of_kind(self.permit, kind))?;
                Root::Unshared { key }
            }
            RootField::One(kind) => {
                let id = argument(field, "id")
                    .ok_or_else(|| GatewayError::new(Code::BadUserInput, "an id is required"))?;
                let mut node = Node::new(kind, self.permit);
                let items = self.items(&mut node, fields)?;
                node.settle(self.permit, None);
                Root::One { key, id, node, items }
            }
            RootField::Many(kind) => {
                let mut node = Node::new(kind, self.permit);
                let items = self.connection(&mut node, fields)?;
                node.settle(self.permit, None);
                Root::Many { key, arguments: arguments(field), node, items }
            }
            RootField::Stats(kind)
                if self.permit.fields_at(kind.id, Position::Group).next().is_none() =>
            {
                self.missing(fields, not_shared::of_kind(self.permit, kind))?;
                Root::Unshared { key }
            }
            RootField::Stats(kind) => {
                let items = self.counts(kind, fields)?;
                let by = argument(field, "groupBy");
                Root::Counts { key, kind, by, by_at: place(field, "groupBy"), items }
            }
        })
    }

    fn connection(&self, node: &mut Node, fields: &Fields<'d>) -> Result<Vec<ConnectionItem>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            Ok(match fields[0].node.name.node.as_str() {
                "__typename" => ConnectionItem::Typename { key },
                "totalCount" => ConnectionItem::Total { key },
                "nodes" => ConnectionItem::Nodes { key, items: self.items(node, fields)? },
                "edges" => ConnectionItem::Edges { key, items: self.edges(node, fields)? },
                "pageInfo" => ConnectionItem::PageInfo { key, items: self.page_info(fields)? },
                _ => return Err(unknown(fields[0])),
            })
        })
    }

    fn edges(&self, node: &mut Node, fields: &Fields<'d>) -> Result<Vec<EdgeItem>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            Ok(match fields[0].node.name.node.as_str() {
                "__typename" => EdgeItem::Typename { key },
                "cursor" => EdgeItem::Cursor { key },
                "node" => EdgeItem::Node { key, items: self.items(node, fields)? },
                _ => return Err(unknown(fields[0])),
            })
        })
    }

    pub fn page_info(&self, fields: &Fields<'d>) -> Result<Vec<PageItem>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            let what = match fields[0].node.name.node.as_str() {
                "__typename" => PageFact::Typename,
                "hasNextPage" => PageFact::HasNext,
                "hasPreviousPage" => PageFact::HasPrevious,
                "startCursor" => PageFact::Start,
                "endCursor" => PageFact::End,
                _ => return Err(unknown(fields[0])),
            };
            Ok(PageItem { key, what })
        })
    }

    fn counts(&self, kind: &'static Kind, fields: &Fields<'d>) -> Result<Vec<CountItem>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            Ok(match fields[0].node.name.node.as_str() {
                "__typename" => CountItem::Typename { key },
                "count" => CountItem::Count { key },
                "suppressed" => CountItem::Suppressed { key },
                name => match catalogue().field_named(kind.id, name) {
                    Some(field) if self.permit.may(field, Position::Group) => {
                        CountItem::Dimension { key, field, label: None }
                    }
                    None if let Some((field, label)) =
                        code_lists::counted(self.permit, kind, name) =>
                    {
                        CountItem::Dimension { key, field, label: Some(label) }
                    }
                    _ => {
                        let error = not_shared::input(self.permit, kind, name, "groupBy");
                        self.missing(fields, error)?;
                        CountItem::Unshared { key }
                    }
                },
            })
        })
    }

    /// The members of objects of a kind; what they need is added to the node.
    pub fn items(&self, node: &mut Node, fields: &Fields<'d>) -> Result<Vec<Item>> {
        let below = self.below(fields, Some(node.kind))?;
        self.each(below, |key, fields| self.item(node, key, fields))
    }

    fn item(&self, node: &mut Node, key: String, fields: &Fields<'d>) -> Result<Item> {
        let name = fields[0].node.name.node.as_str();
        match name {
            "__typename" => return Ok(Item::Typename { key }),
            "id" => return Ok(Item::Id { key }),
            _ => {}
        }
        if let Some(field) = catalogue().field_named(node.kind.id, name)
            && self.permit.may(field, Position::Select)
        {
            let render = self.render(node, field, fields)?;
            return Ok(Item::Value { key, render });
        }
        if let Some((field, label)) = code_lists::selected(self.permit, node.kind, name) {
            let of = Box::new(self.render(node, field, fields)?);
            return Ok(Item::Value { key, render: Render::Label { of, label } });
        }
        if let Some(relation) = node.kind.relation_named(name)
            && self.permit.shows_kind(relation.target)
        {
            return self.child(node, key, relation, fields);
        }
        if let Some(relation) = node.kind.connection_named(name)
            && self.permit.shows_kind(relation.target)
        {
            return self.pages(node, key, relation, fields);
        }
        self.missing(fields, not_shared::selection(self.permit, node.kind, name))?;
        Ok(Item::Unshared { key })
    }

    fn child(
        &self,
        node: &mut Node,
        key: String,
        relation: &'static Relation,
        fields: &Fields<'d>,
    ) -> Result<Item> {
        let mut below = Node::new(catalogue().kind(relation.target), self.permit);
        let items = self.items(&mut below, fields)?;
        let child = attach(node, relation, below, fields[0], None);
        Ok(Item::Child { key, child, items })
    }

    fn pages(
        &self,
        node: &mut Node,
        key: String,
        relation: &'static Relation,
        fields: &Fields<'d>,
    ) -> Result<Item> {
        let mut below = Node::new(catalogue().kind(relation.target), self.permit);
        let items = self.connection(&mut below, fields)?;
        let child = attach(node, relation, below, fields[0], Some(Pages::of(&items)));
        Ok(Item::Connection { key, child, items })
    }

    fn render(
        &self,
        node: &mut Node,
        field: &'static Field,
        fields: &Fields<'d>,
    ) -> Result<Render> {
        let decision = self.permit.field(field.id);
        let kind = node.kind.id;
        // Where the department's own value may stand beside the row, the rule says which is shown.
        let rule = decision
            .rows
            .and_then(|rule| self.permit.cell(kind, rule).or(rule.beside.then_some(rule)));
        if let Some(column) = field.spec.names_person {
            let place = node.cell(Select::Named(column), rule);
            node.persons.push((place, field.id));
        }
        let ty = field.spec.ty;
        let members = match ty.structure() {
            Some(structure) => Some(self.structure_members(fields, field, structure.name)?),
            None => None,
        };
        let read = match DatabaseField::of(field) {
            Ok(read) => read,
            Err(finished) => {
                let mut columns = FinishColumns { permit: self.permit, node, field, rule };
                return Ok(Render::Finished(Finish::of(finished, members, &mut columns)));
            }
        };
        node.ask(field, rule);
        Ok(match (read.value, members) {
            (DatabaseValue::Column(_), Some(members)) => Render::Structure {
                column: node.cell(Select::Value(read, None), rule),
                many: matches!(ty, Type::Objects(_)),
                members,
            },
            (DatabaseValue::Column(column), None) if ty == Type::Strings => Render::Texts {
                column: node.cell(Select::Column(column), rule),
                mask: decision.mask.filter(|mask| !is_plain(*mask)),
            },
            (DatabaseValue::Column(column), None) if ty == Type::Codes => {
                let parts = vec![node.cell(Select::Column(column), rule)];
                Render::Finished(Finish::Parts { parts, members: None })
            }
            _ => match decision.mask {
                Some(mask) if !is_plain(mask) => {
                    let column = node.cell(Select::Value(read, Some(mask)), rule);
                    Render::Masked { column, ty, mask }
                }
                _ => Render::Plain { column: node.cell(Select::Value(read, None), rule), ty },
            },
        })
    }

    fn structure_members(
        &self,
        fields: &Fields<'d>,
        field: &Field,
        of: &'static str,
    ) -> Result<Vec<Member>> {
        let member = |key: &str, name: &str| {
            let labelled = code_lists::member(field, name);
            let (name, label) = labelled.map_or((name, None), |(name, label)| (name, label));
            Member { key: key.to_owned(), name: name.to_owned(), of, members: Vec::new(), label }
        };
        let below = self.below(fields, None)?.into_iter();
        Ok(below.map(|(key, fields)| member(key, &fields[0].node.name.node)).collect())
    }

    pub fn members(&self, fields: &Fields<'d>, shape: &Shape) -> Result<Vec<Member>> {
        let below = self.below(fields, None)?;
        self.each(below, |key, fields| {
            let name = fields[0].node.name.node.as_str();
            let below = shape.member(name);
            if name != "__typename" && below.is_none() {
                return Err(unknown(fields[0]));
            }
            let members = match below.flatten() {
                Some(below) => self.members(fields, below)?,
                None => Vec::new(),
            };
            Ok(Member { key, name: name.to_owned(), of: shape.name, members, label: None })
        })
    }
}

/// The columns that a value of a field is finished with, in the rows that show it.
struct FinishColumns<'n> {
    permit: &'n Permit,
    node: &'n mut Node,
    field: &'static Field,
    rule: Option<RowRule>,
}

impl Columns for FinishColumns<'_> {
    fn column(&mut self, column: &'static str) -> usize {
        self.node.ask(self.field, self.rule);
        self.node.cell(Select::Column(column), self.rule)
    }

    fn key(&mut self, column: &'static str) -> usize {
        self.node.ask(self.field, self.rule);
        match column {
            "id" if self.rule.is_none() => 0,
            column if self.rule.is_none() && Some(column) == self.node.kind.person() => {
                self.node.keys() - 1
            }
            column => self.node.cell(Select::Column(column), self.rule),
        }
    }

    fn parts(&mut self, parts: &'static [(&'static str, Group)]) -> Vec<usize> {
        let (kind, field) = (self.node.kind.id, self.field);
        let mut columns = Vec::new();
        for (column, rule) in self.permit.readable_parts(field, parts) {
            let rule = self.permit.cell(kind, rule);
            self.node.ask(field, rule);
            columns.push(self.node.cell(Select::Column(column), rule));
        }
        if columns.is_empty() {
            self.node.ask(field, self.rule);
        }
        columns
    }
}

/// Puts a level below a node, and tells its place there.
fn attach(
    node: &mut Node,
    relation: &'static Relation,
    below: Node,
    field: &Positioned<Selected>,
    pages: Option<Pages>,
) -> usize {
    let parent = match relation.from {
        "id" => 0,
        from if Some(from) == node.kind.person() => node.keys() - 1,
        from => node.column(from),
    };
    let arguments = arguments(field);
    let (known, is_certain) = (None, false);
    node.children.push(Child {
        relation,
        parent,
        arguments,
        node: below,
        pages,
        known,
        is_certain,
    });
    node.children.len() - 1
}

/// Masks that leave the value as it is.
fn is_plain(mask: Mask) -> bool {
    matches!(mask, Mask::Plain | Mask::Predicate | Mask::Pseudonym | Mask::Items)
}

pub(super) fn argument(field: &Positioned<Selected>, name: &str) -> Option<Argument> {
    field.node.get_argument(name).map(|value| value.node.clone())
}

/// Where an argument is named, or else its field.
pub(super) fn place(field: &Positioned<Selected>, name: &str) -> Pos {
    let mut arguments = field.node.arguments.iter();
    arguments.find(|(known, _)| known.node == name).map_or(field.pos, |(known, _)| known.pos)
}

fn arguments(field: &Positioned<Selected>) -> Arguments {
    Arguments {
        filter_at: place(field, "where"),
        order_at: place(field, "orderBy"),
        filter: argument(field, "where"),
        order: argument(field, "orderBy"),
        first: argument(field, "first"),
        after: argument(field, "after"),
        last: argument(field, "last"),
        before: argument(field, "before"),
    }
}

pub(super) fn unknown(field: &Positioned<Selected>) -> GatewayError {
    GatewayError::new(Code::GraphqlValidationFailed, "there is no field of this name here")
        .at(field.pos)
}
