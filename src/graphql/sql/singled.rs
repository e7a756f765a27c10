//! The persons that a filter singles out: the few whom its identifying conditions leave, whatever
//! its other conditions say.
//!
//! `{ name: X, healthRecords: { some: { bloodType: A } } }` asks about the persons named X, also where
//! none of them has this blood type. Each way to meet a filter is looked at by itself: an alternative
//! of an `or` together with what stands beside the `or`, each value of an `in`, what stands in a
//! `not`, and what is asked of others through a relation.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::atomic::AtomicUsize,
};

use async_graphql::{Name, Value as GraphqlValue, indexmap::IndexMap};

use super::{
    Filters, Params, RowRules, Scoping,
    about::leads_to_others,
    belongs,
    filter::{list, object},
    join,
    value::expression,
};
use crate::{
    catalogue::{FieldId, Kind, KindId, Relation, catalogue},
    error::Result,
    graphql::{
        context::Context,
        limits::{Limits, exceeded},
    },
    policy::Permit,
    read::{Dialect, Rows, Statement},
};

/// Conditions that leave more persons than this single nobody out.
const FEW: usize = 10;

/// Ways to meet a filter that are asked about in one statement.
const TOGETHER: usize = 40;

/// Looks for whom a filter singles out.
pub struct SingledOut<'a> {
    pub permit: &'a Permit,
    pub context: &'a Context<'a>,
    pub limits: &'a Limits,
    pub dialect: Dialect,
}

/// A part of a filter by which a person can be told.
#[derive(Clone, PartialEq)]
enum Mark<'v> {
    /// A field is compared.
    Compared(FieldId, Cow<'v, GraphqlValue>),
    /// One of these holds.
    Any(Vec<Vec<Mark<'v>>>),
    /// These do not hold together.
    Without(Vec<Mark<'v>>),
    /// A row of the same person's, of which these hold.
    Through(Hop, Vec<Mark<'v>>),
}

/// A relation, which is the same where it stands at the same place of the catalogue.
#[derive(Clone, Copy)]
struct Hop(&'static Relation);

impl PartialEq for Hop {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// Where in a filter one is: what holds beside it, and of the rows above.
struct Frame<'f, 'v> {
    above: Option<(&'f Frame<'f, 'v>, Hop)>,
    marks: Vec<Mark<'v>>,
}

/// Rows of which a filter, or a part of it, is a condition.
struct Root<'r> {
    kind: &'static Kind,
    /// The rules of everything that is asked of them.
    rules: &'r RowRules,
}

/// One way to meet a filter: conditions by which persons can be told, on rows of a kind.
#[derive(PartialEq)]
struct Candidate<'v> {
    kind: KindId,
    marks: Vec<Mark<'v>>,
    rules: RowRules,
    /// Whether each mark is looked at by itself, too.
    one_by_one: bool,
}

/// One SELECT: which candidate it is of, which part of it, and whose few persons.
type Place = (usize, usize);

impl<'a> SingledOut<'a> {
    /// The SELECTs of the persons that a filter on rows of a kind under these rules singles out; their
    /// rows are for [`those`](Self::those).
    ///
    /// The filter must have been read before: what is wrong in it is passed over here.
    ///
    /// # Errors
    /// When there are too many ways to meet it.
    pub fn by(
        &self,
        kind: &'static Kind,
        filter: &GraphqlValue,
        rules: &RowRules,
    ) -> Result<Vec<Statement>> {
        let mut candidates = Vec::new();
        let frame = Frame { above: None, marks: Vec::new() };
        self.walk(kind, filter, &frame, &Root { kind, rules }, &mut candidates)?;
        candidates.chunks(TOGETHER).map(|candidates| self.statement(candidates)).collect()
    }

    /// Takes a filter as one way to be met, and looks for more ways within it.
    fn walk<'v>(
        &self,
        kind: &'static Kind,
        filter: &'v GraphqlValue,
        frame: &Frame<'_, 'v>,
        root: &Root<'_>,
        found: &mut Vec<Candidate<'v>>,
    ) -> Result<()> {
        let marks = marks(kind, filter, true)?;
        if !marks.is_empty() {
            self.add(frame, marks, root, found)?;
        }
        self.within(kind, filter, frame, root, found)
    }

    /// Looks for ways within a filter: in its alternatives, its negations, and through relations.
    fn within<'v>(
        &self,
        kind: &'static Kind,
        filter: &'v GraphqlValue,
        frame: &Frame<'_, 'v>,
        root: &Root<'_>,
        found: &mut Vec<Candidate<'v>>,
    ) -> Result<()> {
        // Without negations: what stands in one is looked at beside everything else, and beside itself
        // it would be nobody.
        let mut beside = Frame { above: frame.above, marks: frame.marks.clone() };
        beside.marks.extend(marks(kind, filter, false)?);
        for (name, value) in object(filter, kind.name)? {
            match name.as_str() {
                "and" => {
                    for part in list(value) {
                        self.within(kind, part, &beside, root, found)?;
                    }
                }
                "or" => {
                    for part in list(value) {
                        self.walk(kind, part, &beside, root, found)?;
                    }
                }
                "not" => self.walk(kind, value, &beside, root, found)?,
                "id" => {}
                _ => {
                    if let Some(relation) = kind.relation_named(name) {
                        self.through(relation, value, &beside, root, found)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn through<'v>(
        &self,
        relation: &'static Relation,
        value: &'v GraphqlValue,
        beside: &Frame<'_, 'v>,
        root: &Root<'_>,
        found: &mut Vec<Candidate<'v>>,
    ) -> Result<()> {
        let target = catalogue().kind(relation.target);
        for (quantifier, inner) in quantified(relation, value)? {
            if leads_to_others(relation) {
                let mut rules = RowRules::default();
                self.rules_within(target, inner, &mut rules)?;
                let frame = Frame { above: None, marks: Vec::new() };
                let root = Root { kind: target, rules: &rules };
                self.walk(target, inner, &frame, &root, found)?;
                continue;
            }
            let frame = Frame { above: Some((beside, Hop(relation))), marks: Vec::new() };
            match quantifier {
                // The filter that it stands in was taken with it.
                "some" => self.within(target, inner, &frame, root, found)?,
                _ => self.walk(target, inner, &frame, root, found)?,
            }
        }
        Ok(())
    }

    /// Takes a way to be met, under the rules of what it rests on and of all that is asked.
    fn add<'v>(
        &self,
        frame: &Frame<'_, 'v>,
        mut marks: Vec<Mark<'v>>,
        root: &Root<'_>,
        found: &mut Vec<Candidate<'v>>,
    ) -> Result<()> {
        let mut place = frame;
        loop {
            let mut all = place.marks.clone();
            for mark in marks {
                if !all.contains(&mark) {
                    all.push(mark);
                }
            }
            marks = all;
            let Some((above, hop)) = place.above else { break };
            marks = vec![Mark::Through(hop, marks)];
            place = above;
        }
        let mut own = RowRules::default();
        self.rules_of(&marks, &mut own);
        let choices = self.choices(marks, false)?;
        for marks in choices {
            for (rules, one_by_one) in [(&own, true), (root.rules, false)] {
                let (kind, rules) = (root.kind.id, rules.clone());
                let candidate = Candidate { kind, marks: marks.clone(), rules, one_by_one };
                if !found.contains(&candidate) {
                    found.push(candidate);
                }
            }
        }
        match found.len() > 2 * self.limits.conditions {
            true => Err(exceeded("ways to meet a filter", self.limits.conditions)),
            false => Ok(()),
        }
    }

    /// The same for each value of the lists in it, where they stand behind a relation: a statement
    /// tells persons apart by the values of the rows themselves, and not by those of others.
    fn choices<'v>(&self, marks: Vec<Mark<'v>>, behind: bool) -> Result<Vec<Vec<Mark<'v>>>> {
        let mut choices = vec![Vec::new()];
        for mark in marks {
            let each: Vec<Mark<'v>> = match mark {
                Mark::Through(hop, marks) => {
                    let inner = self.choices(marks, true)?;
                    inner.into_iter().map(|marks| Mark::Through(hop, marks)).collect()
                }
                Mark::Compared(field, operators) => match several(&operators) {
                    Some(values) if behind => {
                        let alone = |value: &GraphqlValue| {
                            IndexMap::from_iter([(Name::new("eq"), value.clone())])
                        };
                        let alone = values.iter().map(alone).map(GraphqlValue::Object);
                        alone.map(|eq| Mark::Compared(field, Cow::Owned(eq))).collect()
                    }
                    _ => vec![Mark::Compared(field, operators)],
                },
                other => vec![other],
            };
            if each.len().saturating_mul(choices.len()) > self.limits.conditions {
                return Err(exceeded("ways to meet a filter", self.limits.conditions));
            }
            choices = choices
                .iter()
                .flat_map(|choice: &Vec<Mark<'v>>| {
                    each.iter().map(|mark| choice.iter().chain([mark]).cloned().collect())
                })
                .collect();
        }
        Ok(choices)
    }

    /// The rules of the fields that are compared in the rows themselves.
    fn rules_of(&self, marks: &[Mark<'_>], rules: &mut RowRules) {
        for mark in marks {
            match mark {
                Mark::Compared(field, _) => {
                    if let Some(rule) = self.permit.field(*field).rows {
                        rules.add(rule);
                    }
                }
                Mark::Any(all) => all.iter().for_each(|marks| self.rules_of(marks, rules)),
                Mark::Without(marks) => self.rules_of(marks, rules),
                Mark::Through(..) => {}
            }
        }
    }

    /// The rules of all fields that a filter compares in the rows themselves.
    fn rules_within(
        &self,
        kind: &'static Kind,
        filter: &GraphqlValue,
        rules: &mut RowRules,
    ) -> Result<()> {
        for (name, value) in object(filter, kind.name)? {
            match name.as_str() {
                "and" | "or" => {
                    for part in list(value) {
                        self.rules_within(kind, part, rules)?;
                    }
                }
                "not" => self.rules_within(kind, value, rules)?,
                _ => {
                    let field = catalogue().field_named(kind.id, name);
                    if let Some(rule) = field.and_then(|field| self.permit.field(field.id).rows) {
                        rules.add(rule);
                    }
                }
            }
        }
        Ok(())
    }

    fn statement(&self, candidates: &[Candidate<'_>]) -> Result<Statement> {
        let mut params = Params::new(self.dialect);
        let mut selects = Vec::new();
        for (number, of) in candidates.iter().enumerate() {
            selects.push(self.select((number, 0), of.kind, &of.marks, &of.rules, &mut params)?);
            let each: Vec<Mark<'_>> = of.marks.iter().flat_map(alone).collect();
            if !of.one_by_one || each.len() == 1 {
                continue;
            }
            for (part, mark) in (1..).zip(each) {
                let (marks, mut rules) = ([mark], RowRules::default());
                self.rules_of(&marks, &mut rules);
                selects.push(self.select((number, part), of.kind, &marks, &rules, &mut params)?);
            }
        }
        Ok(params.finish(selects.join(" UNION ALL ")))
    }

    /// The persons singled out, by the rows of one of the SELECTs.
    ///
    /// Where nobody meets all conditions of a way, the question was about those who meet one: that
    /// nobody named X was born on that day is an answer about whoever is named X.
    pub fn those(rows: &Rows) -> Vec<i64> {
        let mut found: BTreeMap<i64, BTreeMap<i64, (bool, BTreeSet<i64>)>> = BTreeMap::new();
        for row in 0..rows.len() {
            let cell = |column| rows.int(row, column).unwrap_or_default();
            let of = found.entry(cell(0)).or_default().entry(cell(1)).or_default();
            of.0 = cell(2) == 1;
            of.1.insert(cell(3));
        }
        let parts = found.into_values().flat_map(|parts| {
            let all_met = parts.contains_key(&0);
            parts.into_iter().filter(move |(part, _)| *part == 0 || !all_met)
        });
        parts
            .filter(|(_, (are_few, persons))| *are_few || persons.len() <= FEW)
            .flat_map(|(_, (_, persons))| persons)
            .collect()
    }

    /// A SELECT of who meets conditions: where it stands, whether each was found to be one of few
    /// already, and the person.
    fn select(
        &self,
        (number, part): Place,
        kind: KindId,
        marks: &[Mark<'_>],
        rules: &RowRules,
        params: &mut Params,
    ) -> Result<String> {
        let kind = catalogue().kind(kind);
        let alias = params.alias();
        let scoping = Scoping::new(self.permit, self.context, None);
        let scope = rules.condition(&scoping, kind, &alias, params);
        let condition = self.all(marks, &alias, params)?;
        // A person is one row of its own kind, and may be many of others.
        let distinct = if kind.subject == "id" { "" } else { "DISTINCT " };
        let person = format!("{distinct}{alias}.{} AS person", kind.subject);
        let from = format!("FROM {} {alias} WHERE {scope} AND {condition}", kind.table);
        let of = params.alias();
        let place = |few: u8| {
            format!("CAST({number} AS bigint), CAST({part} AS bigint), CAST({few} AS bigint)")
        };
        let listed = listed(marks, &alias, &scoping, params);
        if listed.is_empty() {
            let (place, limit) = (place(0), FEW + 1);
            return Ok(format!(
                "SELECT {place}, {of}.person FROM (SELECT {person} {from} LIMIT {limit}) {of}"
            ));
        }
        let values: Vec<String> = (0..)
            .zip(&listed)
            .map(|(place, value): (usize, _)| format!("{value} AS v{place}"))
            .collect();
        let places: Vec<String> = (0..listed.len()).map(|place| format!("v{place}")).collect();
        let (few, place) = (params.alias(), place(1));
        Ok(format!(
            "SELECT {place}, {few}.person FROM (SELECT {of}.person, \
             count(*) OVER (PARTITION BY {}) AS alike FROM (SELECT {person}, {} {from}) {of}) \
             {few} WHERE {few}.alike <= {FEW}",
            places.join(", "),
            values.join(", "),
        ))
    }

    fn all(&self, marks: &[Mark<'_>], alias: &str, params: &mut Params) -> Result<String> {
        let parts = marks
            .iter()
            .map(|mark| Ok(format!("({})", self.one(mark, alias, params)?)))
            .collect::<Result<Vec<_>>>()?;
        Ok(format!("({})", join(&parts, "AND")))
    }

    fn one(&self, mark: &Mark<'_>, alias: &str, params: &mut Params) -> Result<String> {
        Ok(match mark {
            Mark::Compared(field, operators) => {
                let (conditions, relations) = (AtomicUsize::new(0), AtomicUsize::new(0));
                Filters::new(self.permit, self.context, self.limits, &conditions, &relations)
                    .comparison(catalogue().field(*field), alias, operators, params)?
            }
            Mark::Any(all) => {
                let parts = all
                    .iter()
                    .map(|marks| self.all(marks, alias, params))
                    .collect::<Result<Vec<_>>>()?;
                join(&parts, "OR")
            }
            Mark::Without(marks) => format!("{} IS NOT TRUE", self.all(marks, alias, params)?),
            Mark::Through(Hop(relation), marks) => {
                let target = catalogue().kind(relation.target);
                let other = params.alias();
                let mut rules = RowRules::default();
                self.rules_of(marks, &mut rules);
                let scoping = Scoping::new(self.permit, self.context, None);
                let scope = rules.condition(&scoping, target, &other, params);
                let outside = format!("{alias}.{}", relation.from);
                let belongs = belongs(target, &other, relation.to, &outside, params);
                let condition = self.all(marks, &other, params)?;
                format!(
                    "EXISTS (SELECT 1 FROM {} {other} WHERE {belongs} AND {scope} AND {condition})",
                    target.table
                )
            }
        })
    }
}

/// What of a filter a person can be told by, where all of it holds: the weakest condition in its
/// identifying fields that the filter implies.
fn marks<'v>(
    kind: &'static Kind,
    filter: &'v GraphqlValue,
    negations: bool,
) -> Result<Vec<Mark<'v>>> {
    let mut all = Vec::new();
    for (name, value) in object(filter, kind.name)? {
        match name.as_str() {
            "and" => {
                for part in list(value) {
                    all.extend(marks(kind, part, negations)?);
                }
            }
            "or" => {
                let parts = list(value)
                    .iter()
                    .map(|part| marks(kind, part, negations))
                    .collect::<Result<Vec<_>>>()?;
                // Where one alternative says nothing, all of them together say nothing.
                if !parts.is_empty() && parts.iter().all(|part| !part.is_empty()) {
                    all.push(Mark::Any(parts));
                }
            }
            "not" if negations && is_told(kind, value)? => {
                all.push(Mark::Without(marks(kind, value, false)?));
            }
            "not" | "id" => {}
            _ => match kind.relation_named(name) {
                Some(relation) if leads_to_others(relation) => {}
                Some(relation) => {
                    let target = catalogue().kind(relation.target);
                    for (quantifier, inner) in quantified(relation, value)? {
                        let inner = marks(target, inner, negations)?;
                        if quantifier == "some" && !inner.is_empty() {
                            all.push(Mark::Through(Hop(relation), inner));
                        }
                    }
                }
                None => match catalogue().field_named(kind.id, name) {
                    Some(field) if field.spec.identifies => {
                        all.push(Mark::Compared(field.id, Cow::Borrowed(value)));
                    }
                    _ => {}
                },
            },
        }
    }
    Ok(all)
}

/// Whether a filter compares identifying fields of the rows themselves and nothing else, so that its
/// negation says as much as it does.
fn is_told(kind: &'static Kind, filter: &GraphqlValue) -> Result<bool> {
    let members = object(filter, kind.name)?;
    let is_told = |name: &Name| {
        catalogue().field_named(kind.id, name).is_some_and(|field| field.spec.identifies)
    };
    Ok(!members.is_empty() && members.keys().all(is_told))
}

/// What is asked through a relation, by quantifier; to one row it is as to some.
fn quantified<'v>(
    relation: &'static Relation,
    value: &'v GraphqlValue,
) -> Result<Vec<(&'v str, &'v GraphqlValue)>> {
    match relation.many {
        false => Ok(vec![("some", value)]),
        true => {
            let members = object(value, relation.name)?;
            Ok(members.iter().map(|(quantifier, inner)| (quantifier.as_str(), inner)).collect())
        }
    }
}

/// Each condition of a mark by itself.
fn alone<'v>(mark: &Mark<'v>) -> Vec<Mark<'v>> {
    match mark {
        Mark::Through(hop, marks) => {
            let each = marks.iter().flat_map(alone);
            each.map(|mark| Mark::Through(*hop, vec![mark])).collect()
        }
        other => vec![other.clone()],
    }
}

/// The values of an `in` that stands alone and has several.
fn several(operators: &GraphqlValue) -> Option<&[GraphqlValue]> {
    let GraphqlValue::Object(members) = operators else { return None };
    match (members.len(), members.get("in")) {
        (1, Some(GraphqlValue::List(values))) if values.len() > 1 => Some(values),
        _ => None,
    }
}

/// The expressions of fields that are compared with several values each.
fn listed(
    marks: &[Mark<'_>],
    alias: &str,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> Vec<String> {
    marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Compared(field, operators) if several(operators).is_some() => {
                expression(catalogue().field(*field), None, alias, scoping, params)
            }
            _ => None,
        })
        .collect()
}
