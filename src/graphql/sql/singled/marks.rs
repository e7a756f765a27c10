//! What of a filter a person can be told by.

use std::borrow::Cow;

use crate::{
    catalogue::{DatabaseField, Relation},
    graphql::{
        filter::{Comparison, Filter, Quantifier, RequestFilter},
        sql::about::leads_to_others,
    },
    read::Value,
};

/// A part of a filter by which a person can be told.
#[derive(Clone, PartialEq)]
pub(super) enum Mark<'f> {
    /// A field is compared.
    Compared(DatabaseField, Cow<'f, [Comparison]>),
    /// One of these holds.
    Any(Vec<Vec<Mark<'f>>>),
    /// These do not hold together.
    Without(Vec<Mark<'f>>),
    /// A row of the same person's, of which these hold.
    Through(Hop, Vec<Mark<'f>>),
}

/// A relation, which is the same where it stands at the same place of the catalogue.
#[derive(Clone, Copy)]
pub(super) struct Hop(pub &'static Relation);

impl PartialEq for Hop {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// What a person can be told by where all of a filter holds: the weakest condition in its
/// identifying fields that the filter implies.
pub(super) fn marks(filter: &RequestFilter, negations: bool) -> Vec<Mark<'_>> {
    match filter {
        Filter::All(parts) => parts.iter().flat_map(|part| marks(part, negations)).collect(),
        Filter::Any(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| marks(part, negations)).collect();
            // Where one alternative says nothing, all of them together say nothing.
            let says_something = !parts.is_empty() && parts.iter().all(|part| !part.is_empty());
            says_something.then_some(Mark::Any(parts)).into_iter().collect()
        }
        Filter::Not(inner) if negations && is_told(inner) => {
            vec![Mark::Without(marks(inner, false))]
        }
        Filter::Field { field, comparisons } if field.spec.identifies => {
            vec![Mark::Compared(*field, Cow::Borrowed(comparisons))]
        }
        Filter::Through { relation, quantified } if !leads_to_others(relation) => quantified
            .iter()
            .filter(|(quantifier, _)| *quantifier == Quantifier::Some)
            .map(|(_, inner)| marks(inner, negations))
            .filter(|inner| !inner.is_empty())
            .map(|inner| Mark::Through(Hop(relation), inner))
            .collect(),
        Filter::Not(_) | Filter::Ids(_) | Filter::Field { .. } | Filter::Through { .. } => {
            Vec::new()
        }
        Filter::Variable(never) => match *never {},
    }
}

/// Whether a filter compares identifying fields of the rows themselves and nothing else, so that its
/// negation says as much as it does.
fn is_told(filter: &RequestFilter) -> bool {
    let is_told =
        |part: &RequestFilter| matches!(part, Filter::Field { field, .. } if field.spec.identifies);
    matches!(filter, Filter::All(parts) if !parts.is_empty() && parts.iter().all(is_told))
}

impl<'f> Mark<'f> {
    /// Each condition of it by itself.
    pub fn alone(&self) -> Vec<Self> {
        match self {
            Mark::Through(hop, marks) => {
                let each = marks.iter().flat_map(Mark::alone);
                each.map(|mark| Mark::Through(*hop, vec![mark])).collect()
            }
            other => vec![other.clone()],
        }
    }

    /// The field that is compared with several values, and nothing else, and the values.
    pub fn listed(&self) -> Option<(DatabaseField, &[Value])> {
        match self {
            Mark::Compared(field, comparisons) => match comparisons.as_ref() {
                [Comparison::In(values)] if values.len() > 1 => Some((*field, values)),
                _ => None,
            },
            Mark::Any(_) | Mark::Without(_) | Mark::Through(..) => None,
        }
    }

    /// Adds it to others that hold, unless it is among them.
    pub fn add_to(self, all: &mut Vec<Self>) {
        if !all.contains(&self) {
            all.push(self);
        }
    }
}
