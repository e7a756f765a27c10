//! Filters as SQL.

use std::mem;

use super::{
    Params, RowRules, Scoping,
    about::{About, Way},
    belongs, join,
    value::expression,
};
use crate::{
    catalogue::{Field, Kind, Relation, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{
        context::Context,
        filter::{Comparison, Filter, Quantifier, RequestFilter},
    },
    policy::Permit,
    read::Value,
};

/// Makes conditions of filters, and keeps what they ask of.
pub struct Filters<'a> {
    permit: &'a Permit,
    context: &'a Context<'a>,
    /// Whom and what the filters ask about, for the access record.
    pub about: About,
}

/// A kind and a way from it.
type Hop = (&'static Kind, &'static Relation);

impl<'a> Filters<'a> {
    /// One that has seen nothing yet.
    pub fn new(permit: &'a Permit, context: &'a Context<'a>) -> Self {
        Self { permit, context, about: About::default() }
    }

    /// The condition of a filter on rows of `kind` under `alias`; adds the rules of its fields.
    ///
    /// # Errors
    /// When a field has no expression.
    pub fn condition(
        &mut self,
        kind: &'static Kind,
        alias: &str,
        filter: &RequestFilter,
        params: &mut Params,
        rules: &mut RowRules,
    ) -> Result<String> {
        Ok(match filter {
            Filter::All(parts) => self.joined(kind, alias, parts, "AND", params, rules)?,
            Filter::Any(parts) => self.joined(kind, alias, parts, "OR", params, rules)?,
            Filter::Not(inner) => {
                let inner = self.condition(kind, alias, inner, params, rules)?;
                format!("({inner}) IS NOT TRUE")
            }
            Filter::Ids(keys) => {
                self.about.names(kind, keys);
                params.one_of(&format!("{alias}.id"), keys.clone())
            }
            Filter::Field { field, comparisons } => {
                if let Some(rule) = self.permit.field(field.id).rows {
                    rules.add(rule);
                }
                self.about.field(field);
                let scoping = Scoping::new(self.permit, self.context, None);
                compared(field, comparisons, alias, &scoping, params)?
            }
            Filter::Through { relation, quantified } => {
                let hop = (kind, *relation);
                let each = quantified.iter().map(|(quantifier, inner)| {
                    self.through(hop, *quantifier, inner, alias, params)
                });
                join(&each.collect::<Result<Vec<_>>>()?, "AND")
            }
            Filter::Variable(never) => match *never {},
        })
    }

    fn joined(
        &mut self,
        kind: &'static Kind,
        alias: &str,
        parts: &[RequestFilter],
        operator: &str,
        params: &mut Params,
        rules: &mut RowRules,
    ) -> Result<String> {
        let parts = parts.iter().map(|part| {
            let condition = self.condition(kind, alias, part, params, rules)?;
            Ok(format!("({condition})"))
        });
        Ok(join(&parts.collect::<Result<Vec<_>>>()?, operator))
    }

    /// `EXISTS` over the other side's rows, each hop under its own grants and scope.
    fn through(
        &mut self,
        (source, relation): Hop,
        quantifier: Quantifier,
        filter: &RequestFilter,
        alias: &str,
        params: &mut Params,
    ) -> Result<String> {
        let target = catalogue().kind(relation.target);
        let other = params.alias();
        let mut rules = RowRules::default();
        let around = mem::take(&mut self.about.beyond);
        let condition = self.condition(target, &other, filter, params, &mut rules)?;
        let beyond = mem::replace(&mut self.about.beyond, around);
        self.about.through(Way { relation, rules: rules.clone(), beyond });
        // The row above is bounded by the caller's unit, and with it what tells of the same person:
        // unless an emergency reaches it, and then nothing is known here.
        let bounded = RowRules::default();
        let known = source.is_of_same_person(relation).then_some(&bounded);
        let scoping = Scoping::new(self.permit, self.context, known);
        let scope = rules.condition(&scoping, target, &other, params);
        let outside = format!("{alias}.{}", relation.from);
        let belongs = belongs(target, &other, relation.to, &outside, params);
        let (not, condition) = match quantifier {
            Quantifier::Some => ("", format!("({condition})")),
            Quantifier::None => ("NOT ", format!("({condition})")),
            // Not one does not.
            Quantifier::Every => ("NOT ", format!("({condition}) IS NOT TRUE")),
        };
        Ok(format!(
            "{not}EXISTS (SELECT 1 FROM {} {other} WHERE {belongs} AND {scope} AND {condition})",
            target.table
        ))
    }
}

/// A condition in what a field compares with: the leaf of every filter, and of what is looked at to
/// tell whom a filter singles out.
///
/// What is compared is [`cell`]; whatever decides what of a row is shown enters there, so that a
/// filter sees what a selection shows.
pub(super) fn compared(
    field: &Field,
    comparisons: &[Comparison],
    alias: &str,
    scoping: &Scoping<'_>,
    params: &mut Params,
) -> Result<String> {
    let mut all = Vec::new();
    for comparison in comparisons {
        all.push(if *comparison == Comparison::In(Vec::new()) {
            // Nothing is read of it: databases refuse what is bound in vain.
            "FALSE".to_owned()
        } else {
            let value = cell(field, alias, scoping, params)?;
            compare(&value, comparison, params)
        });
    }
    Ok(join(&all, "AND"))
}

/// The expression of a field's value that filters compare.
fn cell(field: &Field, alias: &str, scoping: &Scoping<'_>, params: &mut Params) -> Result<String> {
    expression(field, None, alias, scoping, params)
        .ok_or_else(|| GatewayError::new(Code::Internal, "a filter has no expression"))
}

/// A comparison of an expression.
fn compare(value: &str, comparison: &Comparison, params: &mut Params) -> String {
    let mut signed =
        |sign: &str, operand: &Value| format!("{value} {sign} {}", params.bind(operand.clone()));
    match comparison {
        Comparison::Eq(operand) => signed("=", operand),
        Comparison::Ne(operand) => signed("<>", operand),
        Comparison::Lt(operand) => signed("<", operand),
        Comparison::Lte(operand) => signed("<=", operand),
        Comparison::Gt(operand) => signed(">", operand),
        Comparison::Gte(operand) => signed(">=", operand),
        Comparison::In(operands) => {
            let bound = operands.iter().map(|operand| params.bind(operand.clone()));
            format!("{value} IN ({})", bound.collect::<Vec<_>>().join(", "))
        }
        Comparison::Contains(part) => params.contains(value, part.clone()),
        Comparison::StartsWith(prefix) => {
            let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
            let prefix = params.bind(Value::Text(prefix.clone()));
            let length = params.bind(Value::Int(length));
            // The bound lets an index find the place; the second condition is exact.
            format!("{value} >= {prefix} AND substr({value}, 1, {length}) = {prefix}")
        }
        Comparison::IsNull(true) => format!("{value} IS NULL"),
        Comparison::IsNull(false) => format!("{value} IS NOT NULL"),
    }
}
