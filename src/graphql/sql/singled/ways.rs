//! The ways to meet a filter, each by itself.

use std::borrow::Cow;

use super::marks::{Hop, Mark, marks};
use crate::{
    catalogue::{Kind, Relation, catalogue},
    error::Result,
    graphql::{
        filter::{Comparison, Filter, Quantifier, RequestFilter},
        limits::{Limits, exceeded},
        sql::about::leads_to_others,
    },
};

/// One way to meet a filter: conditions by which persons can be told, on rows of a kind.
pub(super) struct Way<'f> {
    pub kind: &'static Kind,
    /// The column with the key of the person that a row of the kind tells of.
    pub person: &'static str,
    pub marks: Vec<Mark<'f>>,
}

impl PartialEq for Way<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind.id == other.kind.id && self.marks == other.marks
    }
}

/// Where in a filter one is: what holds beside it, and of the rows above.
struct Frame<'p, 'f> {
    above: Option<(&'p Frame<'p, 'f>, Hop)>,
    marks: Vec<Mark<'f>>,
}

/// A search for ways.
pub(super) struct Ways<'f> {
    /// How many there may be.
    most: usize,
    found: Vec<Way<'f>>,
}

impl<'f> Ways<'f> {
    /// All ways to meet a filter on rows of a kind.
    pub fn to_meet(
        kind: &'static Kind,
        filter: &'f RequestFilter,
        limits: &Limits,
    ) -> Result<Vec<Way<'f>>> {
        let mut ways = Self { most: limits.conditions, found: Vec::new() };
        ways.walk(filter, &Frame { above: None, marks: Vec::new() }, kind)?;
        Ok(ways.found)
    }

    /// Takes a filter as one way to be met, and looks for more ways within it.
    fn walk(
        &mut self,
        filter: &'f RequestFilter,
        frame: &Frame<'_, 'f>,
        root: &'static Kind,
    ) -> Result<()> {
        let marks = marks(filter, true);
        if !marks.is_empty() {
            self.add(frame, marks, root)?;
        }
        self.within(filter, frame, root)
    }

    /// Looks for ways within a filter: in its alternatives, its negations, and through relations.
    fn within(
        &mut self,
        filter: &'f RequestFilter,
        frame: &Frame<'_, 'f>,
        root: &'static Kind,
    ) -> Result<()> {
        match filter {
            Filter::All(parts) => {
                let mut beside = Frame { above: frame.above, marks: frame.marks.clone() };
                // Without negations: what stands in one is looked at beside everything else, and
                // beside itself it would be nobody.
                marks(filter, false).into_iter().for_each(|mark| mark.add_to(&mut beside.marks));
                parts.iter().try_for_each(|part| self.within(part, &beside, root))
            }
            Filter::Any(parts) => parts.iter().try_for_each(|part| self.walk(part, frame, root)),
            Filter::Not(inner) => self.walk(inner, frame, root),
            Filter::Through { relation, quantified } => {
                quantified.iter().try_for_each(|part| self.through(relation, part, frame, root))
            }
            Filter::Ids(_) | Filter::Field { .. } => Ok(()),
            Filter::Variable(never) => match *never {},
        }
    }

    fn through(
        &mut self,
        relation: &'static Relation,
        (quantifier, inner): &'f (Quantifier, RequestFilter),
        beside: &Frame<'_, 'f>,
        root: &'static Kind,
    ) -> Result<()> {
        if leads_to_others(relation) {
            let frame = Frame { above: None, marks: Vec::new() };
            return self.walk(inner, &frame, catalogue().kind(relation.target));
        }
        let frame = Frame { above: Some((beside, Hop(relation))), marks: Vec::new() };
        match quantifier {
            // The filter that it stands in was taken with it.
            Quantifier::Some => self.within(inner, &frame, root),
            Quantifier::None | Quantifier::Every => self.walk(inner, &frame, root),
        }
    }

    /// Takes a way to be met.
    fn add(
        &mut self,
        frame: &Frame<'_, 'f>,
        mut marks: Vec<Mark<'f>>,
        root: &'static Kind,
    ) -> Result<()> {
        // Rows of nobody single nobody out.
        let Some(person) = root.person() else { return Ok(()) };
        let mut place = frame;
        loop {
            let mut all = place.marks.clone();
            marks.into_iter().for_each(|mark| mark.add_to(&mut all));
            marks = all;
            let Some((above, hop)) = place.above else { break };
            marks = vec![Mark::Through(hop, marks)];
            place = above;
        }
        for marks in self.choices(marks, false)? {
            let way = Way { kind: root, person, marks };
            if !self.found.contains(&way) {
                self.found.push(way);
            }
        }
        if self.found.len() > self.most { Err(self.too_many()) } else { Ok(()) }
    }

    /// The same for each value of the lists in it, where they stand behind a relation: a statement
    /// tells persons apart by the values of the rows themselves, and not by those of others.
    fn choices(&self, marks: Vec<Mark<'f>>, behind: bool) -> Result<Vec<Vec<Mark<'f>>>> {
        let mut choices = vec![Vec::new()];
        for mark in marks {
            let each: Vec<Mark<'f>> = match mark {
                Mark::Through(hop, marks) => {
                    let inner = self.choices(marks, true)?;
                    inner.into_iter().map(|marks| Mark::Through(hop, marks)).collect()
                }
                other => match other.listed() {
                    Some((field, values)) if behind => {
                        let alone = values.iter().map(|value| vec![Comparison::Eq(value.clone())]);
                        alone.map(|eq| Mark::Compared(field, Cow::Owned(eq))).collect()
                    }
                    _ => vec![other],
                },
            };
            if each.len().saturating_mul(choices.len()) > self.most {
                return Err(self.too_many());
            }
            choices = choices
                .iter()
                .flat_map(|choice: &Vec<Mark<'f>>| {
                    each.iter().map(|mark| choice.iter().chain([mark]).cloned().collect())
                })
                .collect();
        }
        Ok(choices)
    }

    fn too_many(&self) -> crate::error::GatewayError {
        exceeded("ways to meet a filter", self.most)
    }
}
