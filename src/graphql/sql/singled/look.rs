//! SELECTs of the persons who meet a filter in one of its ways.

use super::{
    FEW,
    marks::{Hop, Mark},
    ways::Way,
};
use crate::{
    catalogue::{Kind, catalogue},
    error::Result,
    graphql::{
        context::Context,
        sql::{
            Params, RowRules, Scoping, belongs,
            filter::{Within, compared},
            join,
            value::cell,
        },
    },
    policy::Permit,
    read::{Dialect, Statement},
};

/// What the SELECTs are made from.
pub(super) struct Look<'a> {
    pub permit: &'a Permit,
    pub context: &'a Context<'a>,
    pub dialect: Dialect,
}

/// Which way a SELECT is of, and which part of it: 0 for all of it.
type FilterPart = (usize, usize);

impl Look<'_> {
    /// One SELECT for several ways.
    pub fn statement(&self, ways: &[Way<'_>]) -> Result<Statement> {
        let mut params = Params::new(self.dialect);
        let mut selects = Vec::new();
        for (number, Way { kind, person, marks }) in ways.iter().enumerate() {
            let of = (*kind, *person);
            selects.push(self.select((number, 0), of, marks, &mut params)?);
            let each: Vec<Mark<'_>> = marks.iter().flat_map(Mark::alone).collect();
            if each.len() == 1 {
                continue;
            }
            for (part, mark) in (1..).zip(each) {
                selects.push(self.select((number, part), of, &[mark], &mut params)?);
            }
        }
        Ok(params.finish(selects.join(" UNION ALL ")))
    }

    /// A SELECT of who meets conditions: where it stands, whether each was found to be one of few
    /// already, and the person.
    fn select(
        &self,
        (number, part): FilterPart,
        (kind, key): (&'static Kind, &str),
        marks: &[Mark<'_>],
        params: &mut Params,
    ) -> Result<String> {
        let alias = params.alias();
        let scoping = self.scoping();
        let mut rows = RowRules::of(self.permit, kind);
        let condition = self.all(marks, &alias, params, &mut Within::demanded(&mut rows))?;
        let scope = rows.condition(&scoping, kind, &alias, params);
        // A person is one row of its own kind, and may be many of others.
        let distinct = if kind.is_person() { "" } else { "DISTINCT " };
        let person = format!("{distinct}{alias}.{key} AS person");
        let from = format!("FROM {} {alias} WHERE {scope} AND {condition}", kind.table);
        let of = params.alias();
        let place = |few: u8| {
            format!("CAST({number} AS bigint), CAST({part} AS bigint), CAST({few} AS bigint)")
        };
        let listed: Vec<String> = marks
            .iter()
            .filter_map(Mark::listed)
            .map(|(field, _)| cell(field, &alias, &rows, &scoping, params))
            .collect();
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

    fn all(
        &self,
        marks: &[Mark<'_>],
        alias: &str,
        params: &mut Params,
        within: &mut Within<'_>,
    ) -> Result<String> {
        let parts = marks
            .iter()
            .map(|mark| Ok(format!("({})", self.one(mark, alias, params, within)?)))
            .collect::<Result<Vec<_>>>()?;
        Ok(format!("({})", join(&parts, "AND")))
    }

    fn one(
        &self,
        mark: &Mark<'_>,
        alias: &str,
        params: &mut Params,
        within: &mut Within<'_>,
    ) -> Result<String> {
        Ok(match mark {
            Mark::Compared(field, comparisons) => {
                compared(*field, comparisons, alias, &self.scoping(), params, within)?
            }
            Mark::Any(all) => {
                let parts = all
                    .iter()
                    .map(|marks| self.all(marks, alias, params, &mut within.part(false)))
                    .collect::<Result<Vec<_>>>()?;
                join(&parts, "OR")
            }
            Mark::Without(marks) => {
                let condition = self.all(marks, alias, params, &mut within.part(false))?;
                format!("{condition} IS NOT TRUE")
            }
            Mark::Through(Hop(relation), marks) => {
                let target = catalogue().kind(relation.target);
                let other = params.alias();
                let mut rows = RowRules::of(self.permit, target);
                let inner = &mut Within::demanded(&mut rows);
                let condition = self.all(marks, &other, params, inner)?;
                let scope = rows.condition(&self.scoping(), target, &other, params);
                let outside = format!("{alias}.{}", relation.from);
                let belongs = belongs(target, &other, relation.to, &outside, params);
                format!(
                    "EXISTS (SELECT 1 FROM {} {other} WHERE {belongs} AND {scope} AND {condition})",
                    target.table
                )
            }
        })
    }

    fn scoping(&self) -> Scoping<'_> {
        Scoping::new(self.permit, self.context, None)
    }
}
