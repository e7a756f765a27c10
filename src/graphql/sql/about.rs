//! Whom a filter asks about, beside the rows that meet it.

use std::collections::BTreeSet;

use super::{Params, RowRules, Scoping, belongs};
use crate::{
    catalogue::{Field, FieldId, Kind, KindId, Relation, catalogue},
    read::Statement,
};

/// Whom and what filters ask about.
#[derive(Debug, Default)]
pub struct About {
    /// Every field that is compared.
    pub fields: BTreeSet<FieldId>,
    /// Every kind of which rows are named, or asked for through a relation.
    pub kinds: BTreeSet<KindId>,
    /// The rows whose identifiers are written in it: kind and key.
    pub named: Vec<(&'static Kind, i64)>,
    /// Whether it compares a field that a person can be told by.
    pub identifies: bool,
    /// Where it looks at rows of others than the person a row tells of.
    pub beyond: Beyond,
}

/// Whose rows a condition on a row looks at beyond those of the person it tells of.
#[derive(Debug, Default)]
pub struct Beyond {
    /// Through relations.
    ways: Vec<Way>,
    /// Columns that name a further person, whose data a compared value holds.
    columns: BTreeSet<&'static str>,
}

/// A relation that a condition goes through.
#[derive(Debug)]
pub struct Way {
    /// The relation.
    pub relation: &'static Relation,
    /// What the condition there looks at further on.
    pub beyond: Beyond,
}

impl About {
    /// Notes that a field is compared.
    pub(super) fn field(&mut self, field: &Field) {
        self.fields.insert(field.id);
        self.identifies |= field.spec.identifies;
        self.beyond.columns.extend(field.spec.names_person);
    }

    /// Notes that rows are named by their identifiers.
    pub(super) fn names(&mut self, kind: &Kind, keys: &[i64]) {
        self.kinds.insert(kind.id);
        let kind = catalogue().kind(kind.id);
        self.named.extend(keys.iter().map(|key| (kind, *key)));
    }

    /// Notes that a relation is gone through.
    pub(super) fn through(&mut self, way: Way) {
        self.kinds.insert(way.relation.target);
        if way.leads_to_others() || !way.beyond.is_empty() {
            self.beyond.ways.push(way);
        }
    }
}

impl Way {
    /// Whether the rows of the other side may tell of others.
    fn leads_to_others(&self) -> bool {
        leads_to_others(self.relation)
    }
}

/// Whether a relation leads to rows of other persons. One over a row's own key does not: it joins
/// a person and its records, a card and its doses.
pub fn leads_to_others(relation: &Relation) -> bool {
    relation.from != "id" && relation.to != "id"
}

impl Beyond {
    /// Whether a condition looks at nobody else.
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty() && self.columns.is_empty()
    }

    /// A SELECT of the persons whose rows a condition on rows of `kind` looks at, for the rows that
    /// tell of these persons: whether or not what it asks of them is so.
    pub fn reached(
        &self,
        kind: &'static Kind,
        persons: Vec<i64>,
        scoping: &Scoping<'_>,
        mut params: Params,
    ) -> Statement {
        let first = params.alias();
        // Rows of nobody are nobody's, and no way leads from them to rows of persons.
        let rows = match kind.person() {
            Some(key) => params.one_of(&format!("{first}.{key}"), persons),
            None => "FALSE".to_owned(),
        };
        let mut selects = Vec::new();
        let from = format!("{} {first}", kind.table);
        self.collect(&from, &first, &rows, scoping, &mut params, &mut selects);
        params.finish(selects.join(" UNION "))
    }

    fn collect(
        &self,
        from: &str,
        alias: &str,
        rows: &str,
        scoping: &Scoping<'_>,
        params: &mut Params,
        selects: &mut Vec<String>,
    ) {
        for column in &self.columns {
            selects.push(format!(
                "SELECT {alias}.{column} FROM {from} WHERE {rows} AND {alias}.{column} IS NOT NULL"
            ));
        }
        for way in &self.ways {
            let target = catalogue().kind(way.relation.target);
            let other = params.alias();
            let outside = format!("{alias}.{}", way.relation.from);
            let belongs = belongs(target, &other, way.relation.to, &outside, params);
            let visible = RowRules::of(scoping.permit, target);
            let scope = visible.condition(scoping, target, &other, params);
            let from = format!("{from} JOIN {} {other} ON {belongs} AND {scope}", target.table);
            if let (true, Some(key)) = (way.leads_to_others(), target.person()) {
                selects.push(format!("SELECT {other}.{key} FROM {from} WHERE {rows}"));
            }
            way.beyond.collect(&from, &other, rows, scoping, params, selects);
        }
    }
}
