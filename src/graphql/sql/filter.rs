//! Filters as SQL.

use std::mem;

use super::{
    Params, RowRules, Scoping,
    about::{About, Way},
    belongs, join,
    value::{expression, of_row},
};
use crate::{
    catalogue::{DatabaseField, Kind, Relation, catalogue},
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

/// What surrounds a condition.
pub(super) struct Within<'r> {
    /// What holds of the rows that it is asked of.
    pub rules: &'r mut RowRules,
    /// Whether no row meets the filter that does not meet this condition.
    pub is_demanded: bool,
}

impl<'r> Within<'r> {
    /// A condition that every row of these meets.
    pub fn demanded(rules: &'r mut RowRules) -> Self {
        Self { rules, is_demanded: true }
    }

    /// What surrounds a part of it, of which all are demanded or any is enough.
    pub fn part(&mut self, are_all: bool) -> Within<'_> {
        Within { rules: self.rules, is_demanded: self.is_demanded && are_all }
    }
}

/// A kind and a way from it.
type Hop = (&'static Kind, &'static Relation);

impl<'a> Filters<'a> {
    /// One that has seen nothing yet.
    pub fn new(permit: &'a Permit, context: &'a Context<'a>) -> Self {
        Self { permit, context, about: About::default() }
    }

    /// The condition of a filter on rows of `kind` under `alias`. Where it demands a value of a cell,
    /// adds the rule of the cell to what holds of the rows; elsewhere the condition itself says that the
    /// cell is shown. A cell that is not shown is null, like an absent value.
    ///
    /// # Errors
    /// When a field has no rows.
    pub fn condition(
        &mut self,
        kind: &'static Kind,
        alias: &str,
        filter: &RequestFilter,
        params: &mut Params,
        rules: &mut RowRules,
    ) -> Result<String> {
        self.part(kind, alias, filter, params, Within::demanded(rules))
    }

    fn part(
        &mut self,
        kind: &'static Kind,
        alias: &str,
        filter: &RequestFilter,
        params: &mut Params,
        mut within: Within<'_>,
    ) -> Result<String> {
        Ok(match filter {
            Filter::All(parts) | Filter::Any(parts) => {
                let are_all = matches!(filter, Filter::All(_));
                let parts = parts.iter().map(|part| {
                    let within = within.part(are_all);
                    Ok(format!("({})", self.part(kind, alias, part, params, within)?))
                });
                let parts = parts.collect::<Result<Vec<_>>>()?;
                join(&parts, if are_all { "AND" } else { "OR" })
            }
            Filter::Not(inner) => {
                let inner = self.part(kind, alias, inner, params, within.part(false))?;
                format!("({inner}) IS NOT TRUE")
            }
            Filter::Ids(keys) => {
                self.about.names(kind, keys);
                params.one_of(&format!("{alias}.id"), keys.clone())
            }
            Filter::Field { field, comparisons } => {
                self.about.field(field);
                let scoping = Scoping::new(self.permit, self.context, None);
                compared(*field, comparisons, alias, &scoping, params, &mut within)?
            }
            Filter::Through { relation, quantified } => {
                let hop = (kind, *relation);
                let each = quantified.iter().map(|(quantifier, inner)| {
                    self.through(hop, *quantifier, inner, alias, within.rules, params)
                });
                join(&each.collect::<Result<Vec<_>>>()?, "AND")
            }
            Filter::Variable(never) => match *never {},
        })
    }

    /// `EXISTS` over the other side's rows, each hop under its own grants and scope.
    fn through(
        &mut self,
        (source, relation): Hop,
        quantifier: Quantifier,
        filter: &RequestFilter,
        alias: &str,
        known: &RowRules,
        params: &mut Params,
    ) -> Result<String> {
        let target = catalogue().kind(relation.target);
        let other = params.alias();
        let mut rules = RowRules::of(self.permit, target);
        let around = mem::take(&mut self.about.beyond);
        // That each row meets a condition is asked of those, too, that show no cell of it.
        let is_demanded = quantifier != Quantifier::Every;
        let within = Within { rules: &mut rules, is_demanded };
        let condition = self.part(target, &other, filter, params, within)?;
        let beyond = mem::replace(&mut self.about.beyond, around);
        self.about.through(Way { relation, beyond });
        // What holds of the row above holds of what tells of the same person, too.
        let known = source.is_of_same_person(relation).then_some(known);
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
/// What is compared is the cell: its value where its rule reaches the row, and null elsewhere.
pub(super) fn compared(
    field: DatabaseField,
    comparisons: &[Comparison],
    alias: &str,
    scoping: &Scoping<'_>,
    params: &mut Params,
    within: &mut Within<'_>,
) -> Result<String> {
    let Some(rule) = scoping.permit.field(field.id).rows else {
        return Err(GatewayError::new(Code::Internal, "a filter has no rows"));
    };
    let kind = catalogue().kind(field.kind);
    let (mut values, mut absences) = (Vec::new(), Vec::new());
    for comparison in comparisons {
        if *comparison == Comparison::In(Vec::new()) {
            // Nothing is read of it: databases refuse what is bound in vain.
            values.push("FALSE".to_owned());
            continue;
        }
        if matches!(comparison, Comparison::Eq(_) | Comparison::In(_)) {
            let meets = |alias: &str, params: &mut Params| {
                compare(&of_row(field, None, alias, scoping, params), comparison, params)
            };
            let found = scoping.collected_meets(&rule, within.rules, (kind, alias), params, meets);
            if let Some(found) = found {
                values.push(found);
                continue;
            }
        }
        let value = expression(field, None, (alias, within.rules), scoping, params);
        match comparison {
            Comparison::IsNull(true) => absences.push(value),
            _ => values.push(compare(&value, comparison, params)),
        }
    }
    if !values.is_empty() && within.is_demanded {
        within.rules.demand(rule);
    }
    let is_asked = !values.is_empty() || !absences.is_empty();
    let shown = is_asked.then(|| scoping.cell(&rule, within.rules, kind, alias, params));
    let shown = shown.flatten();
    let absent = absences.into_iter().map(|value| match &shown {
        Some(shown) => format!("({value} IS NOT NULL AND {shown}) IS NOT TRUE"),
        None => format!("{value} IS NULL"),
    });
    let mut all: Vec<String> = absent.collect();
    if !values.is_empty() {
        all.extend(shown.as_ref().map(|shown| format!("({shown})")));
    }
    all.extend(values);
    Ok(join(&all, "AND"))
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
