//! Whom a request asks about, beside those its answer tells of: named, singled out, reached, counted.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all};

use super::{Disclosed, Execution};
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
    /// SELECTs of those whom named rows tell of.
    named: Vec<Statement>,
    /// Where filters on rows of a kind look at rows of others.
    beyond: Vec<(&'static Kind, Beyond)>,
}

impl Execution<'_> {
    /// Takes down what a filter asks about, and whom it names.
    pub(super) fn note_filter(
        &self,
        kind: &'static Kind,
        filter: &RequestFilter,
        about: About,
    ) -> Result<()> {
        let mut statements = match about.identifies {
            true => {
                let (permit, context, limits) = (self.permit, self.context, self.limits);
                let dialect = self.reader.dialect();
                SingledOut { permit, context, limits, dialect }.by(kind, filter)?
            }
            false => Vec::new(),
        };
        let mut rows: BTreeMap<&str, (&'static Kind, Vec<i64>)> = BTreeMap::new();
        {
            let mut disclosed = self.disclosed.lock();
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
        Ok(())
    }

    /// Takes down fields that are ordered by.
    pub(super) fn note_fields(&self, fields: impl IntoIterator<Item = FieldId>) {
        self.disclosed.lock().fields.extend(fields);
    }

    /// Takes down that rows were named, whether or not there is an answer.
    pub(super) fn note_named(
        &self,
        kind: &Kind,
        mut keys: Vec<i64>,
        is_shown: impl Fn(&i64) -> bool,
    ) {
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
            let Disclosed { subjects, asked, counted, .. } = &*disclosed;
            subjects.iter().chain(asked).chain(counted).copied().collect()
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
