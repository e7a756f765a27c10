//! Whom a request asks about, beside those its answer tells of: named, singled out, reached, counted.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all};

use super::{Disclosed, DisclosedItem, Execution};
use crate::{
    catalogue::{FieldId, Kind},
    error::Result,
    graphql::{
        filter::RequestFilter,
        sql::{About, Beyond, Params, SingledOut},
    },
    read::{Rows, Statement},
};

/// What is still to be asked for the record.
#[derive(Default)]
pub(super) struct Inquiries {
    /// SELECTs of those whom filters single out.
    singled: Vec<Statement>,
    /// Filters of which the page of their list may tell that they single nobody out.
    told_by_pages: Vec<Option<(&'static Kind, RequestFilter)>>,
    /// SELECTs of those whom named rows tell of.
    named: Vec<Statement>,
    /// Where filters on rows of a kind look at rows of others.
    beyond: Vec<(&'static Kind, Beyond)>,
}

/// A filter of which a page may tell that it singles nobody out.
#[derive(Clone, Copy)]
pub(super) struct ToldByPage(usize);

impl Execution<'_> {
    fn singled_out(&self) -> SingledOut<'_> {
        let dialect = self.reader.dialect();
        SingledOut { permit: self.permit, context: self.context, limits: self.limits, dialect }
    }

    /// Takes down what a filter asks about, and whom it names. Whom the filter of a page singles out is
    /// asked last, unless [the page tells](Self::tells_of_crowd).
    pub(super) fn note_filter(
        &self,
        kind: &'static Kind,
        filter: RequestFilter,
        about: About,
        is_of_page: bool,
    ) -> Result<Option<ToldByPage>> {
        let singled_out = self.singled_out();
        let mut statements = Vec::new();
        let mut is_told = false;
        if about.identifies {
            let ways = singled_out.ways(kind, &filter)?;
            is_told = is_of_page && ways.are_met_by_rows();
            if !is_told {
                statements = singled_out.by(&ways)?;
            }
        }
        let mut rows: BTreeMap<&str, (&'static Kind, Vec<i64>)> = BTreeMap::new();
        {
            let mut disclosed = self.disclosed.lock();
            disclosed.tested.extend(about.fields.iter().copied().map(DisclosedItem::Field));
            disclosed.tested.extend(about.kinds.iter().copied().map(DisclosedItem::Row));
            disclosed.fields.extend(about.fields);
            disclosed.kinds.extend(about.kinds);
            for (kind, key) in about.named {
                if kind.is_person() {
                    // Whose identifier it is was given out for a person who exists.
                    disclosed.asked.push(key);
                } else {
                    rows.entry(kind.name).or_insert_with(|| (kind, Vec::new())).1.push(key);
                }
            }
        }
        if !rows.is_empty() || !statements.is_empty() || !about.beyond.is_empty() {
            let mut inquiries = self.inquiries.lock();
            inquiries
                .named
                .extend(rows.into_values().filter_map(|(kind, keys)| self.owners(kind, keys)));
            inquiries.singled.append(&mut statements);
            if !about.beyond.is_empty() {
                inquiries.beyond.push((kind, about.beyond));
            }
        }
        Ok(is_told.then(|| {
            let told_by_pages = &mut self.inquiries.lock().told_by_pages;
            told_by_pages.push(Some((kind, filter)));
            ToldByPage(told_by_pages.len() - 1)
        }))
    }

    /// Takes note that the rows of a page tell of so many persons that its filter singles nobody out.
    pub(super) fn tells_of_crowd(&self, filter: ToldByPage) {
        self.inquiries.lock().told_by_pages[filter.0] = None;
    }

    /// Asks whom the filters single out whose pages did not tell that it is nobody, and whom else it
    /// was not asked of before.
    pub(super) async fn inquire_last(&self) -> Result<()> {
        let untold = std::mem::take(&mut self.inquiries.lock().told_by_pages);
        for (kind, filter) in untold.into_iter().flatten() {
            let singled_out = self.singled_out();
            let statements = singled_out.by(&singled_out.ways(kind, &filter)?)?;
            self.inquiries.lock().singled.extend(statements);
        }
        self.inquire().await
    }

    /// Takes down fields that are counted by.
    pub(super) fn note_fields(&self, fields: impl IntoIterator<Item = FieldId>) {
        self.disclosed.lock().fields.extend(fields);
    }

    /// Takes down a field that is ordered by: where a page ends depends on it.
    pub(super) fn note_order(&self, field: FieldId) {
        let mut disclosed = self.disclosed.lock();
        disclosed.fields.insert(field);
        disclosed.tested.insert(DisclosedItem::Field(field));
    }

    /// Takes down a kind of which it is asked whether there are rows.
    pub(super) fn note_kind(&self, kind: &Kind) {
        let mut disclosed = self.disclosed.lock();
        disclosed.kinds.insert(kind.id);
        disclosed.tested.insert(DisclosedItem::Row(kind.id));
    }

    /// Takes down that rows were named, whether or not there is an answer.
    pub(super) fn note_named(
        &self,
        kind: &Kind,
        mut keys: Vec<i64>,
        is_shown: impl Fn(&i64) -> bool,
    ) {
        self.note_kind(kind);
        if kind.is_person() {
            self.disclosed.lock().asked.extend(keys);
            return;
        }
        // Whom the others tell of is taken down with their rows.
        keys.retain(|key| !is_shown(key));
        if !keys.is_empty() {
            self.inquiries.lock().named.extend(self.owners(kind, keys));
        }
    }

    /// A SELECT of the persons whom named rows tell of. It does not depend on the caller's scope:
    /// the answer to a question about somebody may be that they are not within it. None where rows
    /// tell of nobody.
    fn owners(&self, kind: &Kind, keys: Vec<i64>) -> Option<Statement> {
        let key = kind.person()?;
        let mut params = Params::new(self.reader.dialect());
        let rows = params.one_of("t0.id", keys);
        let sql = format!("SELECT DISTINCT t0.{key} FROM {} t0 WHERE {rows}", kind.table);
        Some(params.finish(sql))
    }

    /// Asks whom filters named and singled out, as far as it was not asked before.
    pub(super) async fn inquire(&self) -> Result<()> {
        let (singled, named) = {
            let mut inquiries = self.inquiries.lock();
            (std::mem::take(&mut inquiries.singled), std::mem::take(&mut inquiries.named))
        };
        if singled.is_empty() && named.is_empty() {
            return Ok(());
        }
        let read = |statements: Vec<Statement>| async move {
            let read = statements.iter().map(|statement| self.reader.read(statement));
            join_all(read).await.into_iter().collect::<std::result::Result<Vec<Rows>, _>>()
        };
        let (singled, named) = join(read(singled), read(named)).await;
        let mut asked: Vec<i64> = singled?.iter().flat_map(SingledOut::those).collect();
        asked.extend(named?.iter().flat_map(persons));
        self.disclosed.lock().asked.append(&mut asked);
        Ok(())
    }

    /// Asks whose rows filters looked at beyond those of the persons who are known by now.
    pub(super) async fn reach_others(&self) -> Result<()> {
        let beyond = std::mem::take(&mut self.inquiries.lock().beyond);
        if beyond.is_empty() {
            return Ok(());
        }
        let mut known: Vec<i64> = {
            let disclosed = self.disclosed.lock();
            let Disclosed { asked, counted, .. } = &*disclosed;
            disclosed
                .subjects()
                .chain(asked.iter().copied())
                .chain(counted.iter().copied())
                .collect()
        };
        known.sort_unstable();
        known.dedup();
        let scoping = self.scoping(None);
        let statements: Vec<Statement> = beyond
            .iter()
            .map(|(kind, beyond)| {
                let params = Params::new(self.reader.dialect());
                beyond.reached(kind, known.clone(), &scoping, params)
            })
            .collect();
        let read = statements.iter().map(|statement| self.reader.read(statement));
        for rows in join_all(read).await {
            let rows = rows?;
            self.disclosed.lock().asked.extend(persons(&rows));
        }
        Ok(())
    }
}

/// The persons in the first column.
fn persons(rows: &Rows) -> impl Iterator<Item = i64> {
    (0..rows.len()).filter_map(|row| rows.int(row, 0))
}
