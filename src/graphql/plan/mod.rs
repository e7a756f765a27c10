//! A plan: an operation compiled under a permit. What the permit does not grant is not in it.

mod act;
mod check;
mod compile;
mod me;
mod nodes;
mod selection;
mod unshared;
mod worklist;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::Pos;
use async_graphql_value::Value as Argument;
use entity::sharing::{Mask, Type};

pub use act::{CompiledMutation, mutation};
pub use check::check;
pub use compile::{compile, diagnose};
pub use me::{MeItem, MeRead, Told};
pub use selection::{Collected, Document};
pub use unshared::Missing;
pub use worklist::{DueMember, ListEdge, ListMember, WorklistArguments};

use super::{
    derivation::Finish,
    sql::{RowRules, leaves_out_none},
};
use crate::{
    catalogue::{
        DatabaseField, Field, FieldId, Kind, Relation,
        code_lists::{CodeList, Language},
    },
    policy::{Permit, RowRule},
    read::Rows,
    volume::{Category, Each},
};

/// The interface of rows of every kind (Relay's Global Object Identification).
pub const NODE: &str = "Node";

/// No more room is kept for an answer before it is known to need it, in bytes.
const LARGEST_SIZE: usize = 64 * 1024;

/// A compiled operation.
#[derive(Debug)]
pub struct Plan {
    /// What stands at its root, in order.
    pub roots: Vec<Root>,
    /// What was selected and is not shared, where the request takes null in its place.
    pub missing: Vec<Missing>,
    /// What an answer says beside its data: a JSON object.
    pub extensions: Option<Arc<str>>,
    /// How long its last answer was: the next is likely to be as long.
    size: AtomicUsize,
    /// What sorts of data it reads of persons.
    touched: OnceLock<Touched>,
}

/// What sorts of data a plan reads of persons.
#[derive(Clone, Copy, Debug, Default)]
pub struct Touched {
    /// Of anybody.
    pub all: Each<bool>,
    /// Of the persons of lists.
    pub listed: Each<bool>,
    /// Whether it tells what is left to the caller.
    pub tells_limits: bool,
    /// Whether it tells a person of grants and organizations in words.
    pub tells_in_words: bool,
}

impl Plan {
    /// What sorts of data it reads of persons.
    pub fn touched(&self) -> &Touched {
        self.touched.get_or_init(|| {
            let mut touched = Touched::default();
            for root in &self.roots {
                match root {
                    Root::One { node, .. } => node.touch(&mut touched.all),
                    Root::Many { node, .. } => {
                        node.touch(&mut touched.all);
                        node.touch(&mut touched.listed);
                    }
                    // That something is due tells of somebody's health, whatever else is asked.
                    Root::Worklist { node, .. } => {
                        node.touch(&mut touched.all);
                        touched.all[Category::Health as usize] = true;
                    }
                    Root::Entitlement { .. } => touched.tells_limits = true,
                    Root::Me { items, .. } => {
                        touched.tells_in_words = true;
                        let nodes = items.iter().flat_map(MeItem::nodes);
                        nodes.for_each(|node| node.touch(&mut touched.all));
                    }
                    // Which kinds those are is only known when their identifiers are.
                    Root::Nodes { .. } => {}
                    Root::Typename { .. }
                    | Root::Unshared { .. }
                    | Root::Rules { .. }
                    | Root::CodeLists { .. }
                    | Root::CodeList { .. }
                    | Root::SchemaChanges { .. }
                    | Root::Requests { .. }
                    | Root::Events { .. }
                    | Root::WorklistCounts { .. }
                    | Root::Counts { .. } => {}
                }
            }
            touched
        })
    }

    /// Room for an answer, in bytes, with some to spare for the envelope.
    pub fn usual_size(&self) -> usize {
        self.size.load(Ordering::Relaxed).min(LARGEST_SIZE) + 64
    }

    /// Remembers the length of an answer.
    pub fn note_size(&self, size: usize) {
        self.size.store(size, Ordering::Relaxed);
    }
}

/// A field at the root.
#[derive(Debug)]
pub enum Root {
    /// `__typename`.
    Typename { key: String },
    /// What is not shared.
    Unshared { key: String },
    /// What the caller may see.
    Entitlement { key: String, members: Vec<Member>, kind: Option<Argument> },
    /// The rules of the domain.
    Rules { key: String, members: Vec<Member> },
    /// The code lists.
    CodeLists { key: String, members: Vec<Member> },
    /// The codes of one list.
    CodeList { key: String, members: Vec<Member>, name: Option<Argument> },
    /// What changed in the caller's schema.
    SchemaChanges { key: String, members: Vec<Member>, since: Option<Argument> },
    /// A person's own view.
    Me { key: String, items: Vec<MeItem> },
    /// Requests of persons.
    Requests { key: String, members: Vec<Member>, open: Option<Argument>, first: Option<Argument> },
    /// Emergency accesses.
    Events {
        key: String,
        members: Vec<Member>,
        unreviewed: Option<Argument>,
        first: Option<Argument>,
    },
    /// What is due to persons.
    Worklist {
        key: String,
        arguments: WorklistArguments,
        /// What is asked of the persons.
        node: Node,
        items: Vec<ListMember>,
    },
    /// How many persons a worklist holds, by unit.
    WorklistCounts { key: String, arguments: WorklistArguments, members: Vec<Member> },
    /// One record by its identifier.
    One { key: String, id: Argument, node: Node, items: Vec<Item> },
    /// Records of any kind by their identifiers alone.
    Nodes {
        key: String,
        ids: Argument,
        /// Whether several are asked for.
        many: bool,
        /// Each kind that is shown, with what is asked of its rows.
        targets: Vec<Target>,
    },
    /// A connection.
    Many { key: String, arguments: Arguments, node: Node, items: Vec<ConnectionItem> },
    /// Counts.
    Counts {
        key: String,
        kind: &'static Kind,
        by: Option<Argument>,
        /// Where in the document that is named.
        by_at: Pos,
        items: Vec<CountItem>,
    },
}

/// What is asked of the rows of one kind.
#[derive(Debug)]
pub struct Target {
    pub node: Node,
    pub items: Vec<Item>,
}

/// Arguments of a list, variables still in them.
#[derive(Debug, Default)]
pub struct Arguments {
    pub filter: Option<Argument>,
    /// Where in the document the filter is named.
    pub filter_at: Pos,
    pub order: Option<Argument>,
    /// Where in the document the order is named.
    pub order_at: Pos,
    pub first: Option<Argument>,
    pub after: Option<Argument>,
    pub last: Option<Argument>,
    pub before: Option<Argument>,
}

impl Arguments {
    /// Whether the list is asked for as it is, without a filter or a page.
    pub fn are_none(&self) -> bool {
        let Self { filter, filter_at: _, order: _, order_at: _, first, after, last, before } = self;
        [filter, first, after, last, before].into_iter().all(Option::is_none)
    }
}

/// One SELECT: what it reads of a kind.
#[derive(Debug)]
pub struct Node {
    pub kind: &'static Kind,
    /// What is selected, after the row's key and its person's key.
    pub columns: Vec<Cell>,
    /// The rules of its rows: those of the kind, whatever is selected.
    pub rules: RowRules,
    /// Every selected field, with the rules by one of which a row shows something of it; without any
    /// where every row does.
    pub fields: Vec<(FieldId, Vec<RowRule>)>,
    /// Columns that name further persons whose data a selected value holds, and the field of the value.
    pub persons: Vec<(usize, FieldId)>,
    /// The levels below.
    pub children: Vec<Child>,
}

/// A selected expression, and the rule that reaches the rows that show it, where not all do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    pub select: Select,
    pub rule: Option<RowRule>,
}

/// A selected expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Select {
    /// A column as it is: a key, or an input to what the gateway finishes.
    Column(&'static str),
    /// The key of a further person, where the caller may see who that is.
    Named(&'static str),
    /// A field's value, or as much of it as its mask needs.
    Value(DatabaseField, Option<Mask>),
}

/// A level below, through a relation.
#[derive(Debug)]
pub struct Child {
    pub relation: &'static Relation,
    /// The column of the parent's rows that holds the key.
    pub parent: usize,
    pub arguments: Arguments,
    pub node: Node,
    /// What is asked of it, where it is a connection.
    pub pages: Option<Pages>,
    /// Where it tells of the same person: the rules that hold for that person by the rows above.
    pub known: Option<RowRules>,
    /// Whether its rows are all that there are of that person: where there is none, it is told that
    /// there is none, and not that it is not shown.
    pub is_certain: bool,
}

/// A member of an object in the answer.
#[derive(Debug)]
pub enum Item {
    Typename { key: String },
    Unshared { key: String },
    Id { key: String },
    Value { key: String, render: Render },
    Child { key: String, child: usize, items: Vec<Item> },
    Connection { key: String, child: usize, items: Vec<ConnectionItem> },
}

/// How a value is written.
#[derive(Debug)]
pub enum Render {
    /// A column as its type says.
    Plain { column: usize, ty: Type },
    /// A column through a mask.
    Masked { column: usize, ty: Type, mask: Mask },
    /// Structured values, of which some members are shown.
    Structure { column: usize, many: bool, members: Vec<Member> },
    /// What the gateway finishes.
    Finished(Finish),
    /// A list of texts, a mask of each.
    Texts { column: usize, mask: Option<Mask> },
    /// The label of a code, or of each code of a list, as another rendering shows it.
    Label { of: Box<Render>, label: Label },
}

/// Labels of a list in a language.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    pub list: &'static CodeList,
    pub language: Language,
}

/// A member of a structured value: its key in the answer, its name, and its own members.
#[derive(Debug, Clone)]
pub struct Member {
    pub key: String,
    pub name: String,
    /// The type name, for `__typename`.
    pub of: &'static str,
    pub members: Vec<Member>,
    /// Where its label is asked for, and not the member itself.
    pub label: Option<Label>,
}

/// A member of a connection.
#[derive(Debug)]
pub enum ConnectionItem {
    Typename { key: String },
    Total { key: String },
    Nodes { key: String, items: Vec<Item> },
    Edges { key: String, items: Vec<EdgeItem> },
    PageInfo { key: String, items: Vec<PageItem> },
}

/// What is asked of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// Its rows, or where they stand.
    pub rows: bool,
    /// How many there are in all.
    pub total: bool,
    /// Whether there are more than are shown, by their number or otherwise.
    pub more: bool,
}

impl Pages {
    /// What the members of a connection ask.
    pub fn of(items: &[ConnectionItem]) -> Self {
        let is_any = |wanted: fn(&ConnectionItem) -> bool| items.iter().any(wanted);
        let total = is_any(|item| matches!(item, ConnectionItem::Total { .. }));
        Self {
            rows: is_any(|item| {
                !matches!(item, ConnectionItem::Total { .. } | ConnectionItem::Typename { .. })
            }),
            total,
            more: total || is_any(|item| matches!(item, ConnectionItem::PageInfo { .. })),
        }
    }
}

/// A member of an edge.
#[derive(Debug)]
pub enum EdgeItem {
    Typename { key: String },
    Cursor { key: String },
    Node { key: String, items: Vec<Item> },
}

/// A member of `pageInfo`.
#[derive(Debug)]
pub struct PageItem {
    pub key: String,
    pub what: PageFact,
}

/// What `pageInfo` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFact {
    Typename,
    HasNext,
    HasPrevious,
    Start,
    End,
}

/// A member of a count.
#[derive(Debug)]
pub enum CountItem {
    Typename { key: String },
    Unshared { key: String },
    Count { key: String },
    Suppressed { key: String },
    Dimension { key: String, field: &'static Field, label: Option<Label> },
}

impl Node {
    fn new(kind: &'static Kind, permit: &Permit) -> Self {
        Self {
            kind,
            columns: Vec::new(),
            rules: RowRules::of(permit, kind),
            fields: Vec::new(),
            persons: Vec::new(),
            children: Vec::new(),
        }
    }

    /// What sorts of data a row of it holds, the levels below left out.
    pub fn categories(&self) -> Each<bool> {
        Category::of_row(self.kind, self.fields.iter().map(|(field, _)| *field))
    }

    /// Adds what sorts of data a row of it holds, and the rows below it.
    pub fn touch(&self, touched: &mut Each<bool>) {
        touched.iter_mut().zip(self.categories()).for_each(|(all, of_this)| *all |= of_this);
        self.children.iter().for_each(|child| child.node.touch(touched));
    }

    /// The keys that stand before the columns: the row's, and that of its person where it is another.
    pub fn key_columns(&self) -> impl Iterator<Item = &'static str> {
        ["id"].into_iter().chain(self.kind.person().filter(|key| *key != "id"))
    }

    /// How many they are. The last of them is the person's, where a row tells of one.
    pub fn keys(&self) -> usize {
        1 + usize::from(self.kind.person().is_some_and(|key| key != "id"))
    }

    /// The person a row tells of, where it tells of one.
    pub fn person(&self, rows: &Rows, row: usize) -> Option<i64> {
        self.kind.person().and_then(|_| rows.int(row, self.keys() - 1))
    }

    /// The column of a key that every row shows.
    fn column(&mut self, column: &'static str) -> usize {
        self.cell(Select::Column(column), None)
    }

    /// The column of what rows show that a rule reaches.
    fn cell(&mut self, select: Select, rule: Option<RowRule>) -> usize {
        let cell = Cell { select, rule };
        let place = self.columns.iter().position(|known| *known == cell).unwrap_or_else(|| {
            self.columns.push(cell);
            self.columns.len() - 1
        });
        place + self.keys()
    }

    /// Tells the levels below what holds of their persons.
    fn settle(&mut self, permit: &Permit, known: Option<&RowRules>) {
        for child in &mut self.children {
            if self.kind.is_of_same_person(child.relation) {
                let mut rules = self.rules.clone();
                rules.extend(known.unwrap_or(&RowRules::default()));
                child.is_certain = child.node.rules.reach_all_of(&rules)
                    && leaves_out_none(permit, child.node.kind);
                child.known = Some(rules);
            }
            child.node.settle(permit, child.known.as_ref());
        }
    }

    /// Notes that something of a field is shown in the rows that a rule reaches, or in all.
    fn ask(&mut self, field: &Field, rule: Option<RowRule>) {
        let place = self.fields.iter().position(|(known, _)| *known == field.id);
        match (place.map(|place| &mut self.fields[place].1), rule) {
            (None, rule) => self.fields.push((field.id, rule.into_iter().collect())),
            // All rows show something of it already.
            (Some(rules), _) if rules.is_empty() => {}
            (Some(rules), None) => rules.clear(),
            (Some(rules), Some(rule)) => rules.push(rule),
        }
    }
}
