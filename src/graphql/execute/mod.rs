//! Runs a plan: one SELECT a level, then JSON straight from the rows.

mod answer;
mod connection;
mod counts;
mod disclosed;
mod events;
mod level;
mod list;
mod me;
mod nodes;
mod page;
mod pages;
mod requests;
mod subjects;
mod waiting;
mod worklist;
mod worklist_counts;

pub use counts::rounded;
pub use disclosed::{Disclosed, DisclosedItem, Division};

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use parking_lot::Mutex;

use self::subjects::Inquiries;
use super::{
    code_lists,
    context::Context,
    entitlement,
    filter::{Conditions, Reading, RequestFilter},
    input::{self, Variables},
    limits::Limits,
    plan::{Node, Plan, Root},
    rules, schema_changes, shape,
    sql::{RowRules, Scoping},
    write,
};
use crate::{
    catalogue::{Kind, catalogue},
    error::{Code, GatewayError, Result},
    policy::Permit,
    read::{Reader, Rows, Statement},
};

/// One request's way through its plan.
pub struct Execution<'a> {
    /// What the caller may see.
    pub permit: &'a Permit,
    /// What is bound into row scopes.
    pub context: &'a Context<'a>,
    /// The database.
    pub reader: &'a dyn Reader,
    /// Limits on the request.
    pub limits: &'a Limits,
    /// Its variables.
    pub variables: &'a Variables,
    rows_left: AtomicUsize,
    asked: Conditions,
    inquiries: Mutex<Inquiries>,
    disclosed: &'a Mutex<Disclosed>,
}

impl<'a> Execution<'a> {
    /// Nothing read yet. What the request asks about is written to `disclosed` as it becomes known, so
    /// that it is on record also where there is no answer.
    pub fn new(
        permit: &'a Permit,
        context: &'a Context<'a>,
        reader: &'a dyn Reader,
        limits: &'a Limits,
        variables: &'a Variables,
        disclosed: &'a Mutex<Disclosed>,
    ) -> Self {
        Self {
            permit,
            context,
            reader,
            limits,
            variables,
            rows_left: AtomicUsize::new(limits.rows),
            asked: Conditions::default(),
            inquiries: Mutex::default(),
            disclosed,
        }
    }

    /// Reads everything the plan asks for and writes the `data` of the answer.
    ///
    /// # Errors
    /// When an argument is wrong, a limit is exceeded or the database fails. Then nothing of what
    /// was read is given out.
    pub async fn run(self, plan: &Plan) -> Result<Vec<u8>> {
        let data = self.data(plan).await;
        // Also where there is no answer: its error may depend on those who were asked about.
        self.inquire_last().await?;
        self.reach_others().await?;
        data
    }

    async fn data(&self, plan: &Plan) -> Result<Vec<u8>> {
        let mut begun = Vec::with_capacity(plan.usual_size());
        begun.push(b'{');
        // All but the first begin in a place of their own and are moved behind it.
        let mut begun = Some(begun);
        let parts = plan.roots.iter().map(|root| self.root(root, begun.take().unwrap_or_default()));
        // Each to its end, whatever becomes of the others: it may still learn whom it asks about.
        let mut parts = join_all(parts).await.into_iter();
        let mut data = parts.next().unwrap_or_else(|| Ok(vec![b'{']))?;
        for part in parts {
            data.push(b',');
            data.extend_from_slice(&part?);
        }
        data.push(b'}');
        plan.note_size(data.len());
        Ok(data)
    }

    /// Writes a member of the answer to the end of `out`.
    async fn root(&self, root: &Root, mut out: Vec<u8>) -> Result<Vec<u8>> {
        match root {
            Root::Typename { key } => {
                write::key(&mut out, key);
                write::text(&mut out, "Query");
            }
            Root::Unshared { key } => {
                write::key(&mut out, key);
                write::null(&mut out);
            }
            Root::Entitlement { key, members, kind } => {
                let kind = kind.as_ref().and_then(|kind| input::resolve(kind, self.variables));
                let kind = match &kind {
                    None | Some(async_graphql::Value::Null) => None,
                    Some(kind) => Some(input::text(kind)?),
                };
                if kind.as_ref().is_some_and(|kind| catalogue().kind_named(kind).is_none()) {
                    return Err(input::bad_input("the catalogue has no kind of this name"));
                }
                write::key(&mut out, key);
                let limits = self.context.limits.clone();
                let entitlement = entitlement::describe(self.permit, kind.as_deref(), limits);
                shape::project(&entitlement, members, &mut out);
            }
            Root::CodeLists { key, members } => {
                write::key(&mut out, key);
                let lists = code_lists::describe_all(self.context.registers);
                shape::project(&lists, members, &mut out);
            }
            Root::CodeList { key, members, name } => {
                let name = self.argument(name.as_ref());
                let name = name.as_ref().map(input::text).transpose()?.unwrap_or_default();
                let list = code_lists::named(&name)?;
                write::key(&mut out, key);
                let codes = code_lists::codes(list, self.context.registers);
                shape::project(&codes, members, &mut out);
            }
            Root::SchemaChanges { key, members, since } => {
                let since = self.argument(since.as_ref());
                let changes =
                    schema_changes::describe(self.permit.basis, since.as_ref(), self.context)?;
                write::key(&mut out, key);
                shape::project(&changes, members, &mut out);
            }
            Root::Rules { key, members } => {
                write::key(&mut out, key);
                shape::project(&rules::describe(self.context.today), members, &mut out);
            }
            Root::Me { key, items } => {
                write::key(&mut out, key);
                self.me(&mut out, items).await?;
            }
            Root::Requests { key, members, open, first } => {
                write::key(&mut out, key);
                self.requests_of_unit(&mut out, members, open.as_ref(), first.as_ref()).await?;
            }
            Root::Events { key, members, unreviewed, first } => {
                write::key(&mut out, key);
                self.events(&mut out, members, unreviewed.as_ref(), first.as_ref()).await?;
            }
            Root::Worklist { key, arguments, node, items } => {
                write::key(&mut out, key);
                self.worklist(&mut out, arguments, node, items).await?;
            }
            Root::WorklistCounts { key, arguments, members } => {
                write::key(&mut out, key);
                self.worklist_counts(&mut out, arguments, members).await?;
            }
            Root::One { key, id, node, items } => {
                write::key(&mut out, key);
                let level = self.one(id, node).await?;
                self.see(node, &level, 0..level.rows.len(), false);
                match level.rows.is_empty() {
                    true => out.extend_from_slice(b"null"),
                    false => self.items(&mut out, items, &level, 0, node),
                }
            }
            Root::Nodes { key, ids, many, targets } => {
                write::key(&mut out, key);
                self.nodes(&mut out, ids, *many, targets).await?;
            }
            Root::Many { key, arguments, node, items } => {
                write::key(&mut out, key);
                self.connection(&mut out, arguments, node, items).await?;
            }
            Root::Counts { key, kind, by, items, .. } => {
                write::key(&mut out, key);
                self.counts(&mut out, kind, by.as_ref(), items).await?;
            }
        }
        Ok(out)
    }

    /// Row conditions of a level, below rows of which `known` holds.
    fn scoping<'s>(&'s self, known: Option<&'s RowRules>) -> Scoping<'s> {
        Scoping::new(self.permit, self.context, known)
    }

    /// What a filter says, under the permit.
    fn filter(&self, kind: &'static Kind, filter: &async_graphql::Value) -> Result<RequestFilter> {
        let (permit, limits, asked) = (self.permit, self.limits, &self.asked);
        let Context { identifiers, registers, .. } = *self.context;
        Reading { permit, identifiers, registers, limits, asked }.read(kind, filter)
    }

    /// Takes down what a node reads: of cells that not every row shows, only that there are rows.
    fn ask(&self, node: &Node) {
        let mut disclosed = self.disclosed.lock();
        disclosed.kinds.insert(node.kind.id);
        let everywhere = node.fields.iter().filter(|(_, rules)| rules.is_empty());
        disclosed.fields.extend(everywhere.map(|(field, _)| *field));
    }

    /// Runs a SELECT and counts its rows against the limit of the request.
    async fn select(&self, statement: Statement) -> Result<Rows> {
        let rows = self.reader.read(&statement).await?;
        self.count(rows.len())?;
        Ok(rows)
    }

    /// Counts rows against the limit of the request.
    fn count(&self, read: usize) -> Result<()> {
        let before = self
            .rows_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(read));
        if before.is_err() {
            return Err(GatewayError::new(
                Code::TooManyRows,
                format!(
                    "the answer would hold more than {} rows: ask for smaller pages",
                    self.limits.rows
                ),
            )
            .with("maximum", self.limits.rows));
        }
        Ok(())
    }

    /// How many rows a statement may deliver, with one more to notice that there are too many.
    fn row_budget(&self) -> i64 {
        i64::try_from(self.rows_left.load(Ordering::Relaxed)).unwrap_or(i64::MAX).saturating_add(1)
    }
}
