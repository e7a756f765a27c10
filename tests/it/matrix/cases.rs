//! Documents of one role, each with the columns that its statements may mention.

use migrant_gateway::catalogue::{Field, Kind, catalogue};

use super::{
    answers::is_counted_from_prefecture,
    oracle::Place,
    pieces::{condition, filtered, listed, ordered, pages, reaching, selection, ways_to},
    reading::{Columns, Reading, keys, of},
};

/// Relations through which each field is filtered; one is like another.
const WAYS: usize = 2;

/// A document with what its statements may mention.
pub struct Case {
    pub query: String,
    /// For each statement: exactly the columns its SELECT list reads.
    pub lists: Vec<Columns>,
    /// Columns that conditions and orders may compare, besides those read.
    pub compared: Columns,
    /// Whether the scopes of cells may stand in the SELECT list.
    pub is_counted: bool,
}

impl Reading {
    /// A list of some fields, by itself and below another kind.
    fn selections(&self, kind: &'static Kind, fields: &[&'static Field]) -> Vec<Case> {
        let chosen = fields.iter().map(|field| selection(field)).collect::<Vec<_>>().join(" ");
        let mut read = keys(kind);
        read.extend(fields.iter().flat_map(|field| self.inputs(field)));
        // Of a further person whom a value names, the key is read for the access record.
        read.extend(fields.iter().flat_map(|field| of(kind, field.spec.names_person.as_slice())));
        let compared = self.scopes(kind, self.fields_at(kind, Place::Selected));
        let alone = Case {
            query: listed(kind, &chosen),
            lists: vec![read.clone()],
            compared: compared.clone(),
            is_counted: false,
        };
        let shown = ways_to(kind).find(|(source, _)| self.oracle.shows(source));
        let below = shown.map(|(source, way)| {
            let mut above = keys(source);
            above.extend(of(source, &[way.from]));
            let mut compared = compared;
            compared.extend(self.scopes(source, self.fields_at(source, Place::Selected)));
            let mut read = read;
            read.extend(of(kind, &[way.to]));
            let lists = vec![above, read];
            let query = listed(source, &format!("{} {{ {chosen} }}", way.name));
            let plain =
                Case { query, lists: lists.clone(), compared: compared.clone(), is_counted: false };
            let query = listed(source, &pages(way, "", &chosen));
            let paged = way.many.then_some(Case { query, lists, compared, is_counted: false });
            [plain].into_iter().chain(paged)
        });
        [alone].into_iter().chain(below.into_iter().flatten()).collect()
    }

    /// A list filtered by a field, by itself and through a relation.
    fn filters(&self, kind: &'static Kind, field: &'static Field) -> Vec<Case> {
        let plain = condition(field);
        let either = format!("{{ or: [{plain}, {{ not: {plain} }}] }}");
        let mut compared = self.scopes(kind, self.fields_at(kind, Place::Selected));
        compared.extend(self.inputs(field));
        let mut cases: Vec<Case> = [&plain, &either]
            .into_iter()
            .map(|filter| Case {
                query: filtered(kind, "", filter),
                lists: vec![keys(kind)],
                compared: compared.clone(),
                is_counted: false,
            })
            .collect();
        let ways = ways_to(kind).filter(|(source, _)| self.oracle.shows(source));
        for (source, way) in ways.take(WAYS) {
            let mut compared = compared.clone();
            compared.extend(of(source, &[way.from]));
            compared.extend(of(kind, &[way.to]));
            compared.extend(self.scopes(source, self.fields_at(source, Place::Selected)));
            let query = filtered(source, "", &reaching(way, &either));
            cases.push(Case { query, lists: vec![keys(source)], compared, is_counted: false });
        }
        cases
    }

    /// A list ordered by a field: its value is read for the cursor.
    fn order(&self, kind: &Kind, field: &'static Field) -> Case {
        let mut read = keys(kind);
        read.extend(self.inputs(field));
        Case {
            query: ordered(kind, "", &format!("[{{ {}: DESC }}]", field.spec.name)),
            lists: vec![read],
            compared: self.scopes(kind, self.fields_at(kind, Place::Selected)),
            is_counted: false,
        }
    }

    /// Counts by a field.
    fn counts(&self, kind: &Kind, field: &'static Field) -> Case {
        let mut read = self.inputs(field);
        read.extend(of(kind, &[kind.person().unwrap_or("id")]));
        Case {
            query: format!(
                "{{ {}Stats(groupBy: [{}]) {{ count }} }}",
                kind.single, field.spec.name
            ),
            lists: vec![read],
            compared: self
                .scopes(kind, self.fields_at(kind, Place::Selected).into_iter().chain([field])),
            is_counted: true,
        }
    }

    /// Every document.
    pub fn cases(&self) -> Vec<Case> {
        let mut all = Vec::new();
        for kind in catalogue().kinds().iter().filter(|kind| self.oracle.shows(kind)) {
            let selected = self.fields_at(kind, Place::Selected);
            all.extend(selected.iter().flat_map(|field| self.selections(kind, &[field])));
            all.extend(self.selections(kind, &selected));
            for field in self.fields_at(kind, Place::Filtered) {
                all.extend(self.filters(kind, field));
            }
            for field in self.fields_at(kind, Place::Ordered) {
                all.push(self.order(kind, field));
            }
        }
        for kind in catalogue().kinds() {
            let counted = self.fields_at(kind, Place::Counted).into_iter();
            let counted = counted.filter(|field| !is_counted_from_prefecture(field, &self.caller));
            all.extend(counted.map(|field| self.counts(kind, field)));
        }
        all
    }
}
