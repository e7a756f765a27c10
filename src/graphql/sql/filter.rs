//! `where` as SQL. The one place that reads filters, from documents and variables alike, so what a
//! permit does not grant is refused here whatever way it came.

use std::{
    mem,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_graphql::Value as GraphqlValue;
use async_graphql::{Name, indexmap::IndexMap};

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
        input::{self, bad_input},
        limits::{Limits, exceeded},
        not_shared,
    },
    policy::{Permit, Position},
    read::Value,
};

/// Reads filters of one request and keeps what they asked of.
pub struct Filters<'a> {
    permit: &'a Permit,
    context: &'a Context<'a>,
    limits: &'a Limits,
    conditions: &'a AtomicUsize,
    relations: &'a AtomicUsize,
    /// Whom and what the filters ask about, for the access record.
    pub about: About,
}

pub(super) type Object = IndexMap<Name, GraphqlValue>;

/// A kind and a way from it.
type Hop = (&'static Kind, &'static Relation);

impl<'a> Filters<'a> {
    /// A reader that has seen nothing yet.
    ///
    /// `conditions` and `relations` count those of all filters of the request.
    pub fn new(
        permit: &'a Permit,
        context: &'a Context<'a>,
        limits: &'a Limits,
        conditions: &'a AtomicUsize,
        relations: &'a AtomicUsize,
    ) -> Self {
        Self { permit, context, limits, conditions, relations, about: About::default() }
    }

    /// The condition of a `where` on rows of `kind` under `alias`; adds the rules of its fields.
    ///
    /// # Errors
    /// When it asks of a field that is not shared, a value has the wrong type, or there are too many
    /// conditions.
    pub fn condition(
        &mut self,
        kind: &'static Kind,
        alias: &str,
        filter: &GraphqlValue,
        params: &mut Params,
        rules: &mut RowRules,
    ) -> Result<String> {
        self.nested(kind, alias, filter, params, rules, 0)
    }

    fn nested(
        &mut self,
        kind: &'static Kind,
        alias: &str,
        filter: &GraphqlValue,
        params: &mut Params,
        rules: &mut RowRules,
        depth: usize,
    ) -> Result<String> {
        if depth > self.limits.depth {
            return Err(exceeded("levels of filters", self.limits.depth));
        }
        let mut all = Vec::new();
        for (name, value) in object(filter, kind.name)? {
            self.count(1)?;
            // As the schema has it: a member that is null is one that is not there.
            if *value == GraphqlValue::Null {
                continue;
            }
            let condition = match name.as_str() {
                "and" | "or" => {
                    let parts = list(value)
                        .iter()
                        .map(|part| {
                            self.nested(kind, alias, part, params, rules, depth + 1)
                                .map(|part| format!("({part})"))
                        })
                        .collect::<Result<Vec<_>>>()?;
                    join(&parts, if name == "and" { "AND" } else { "OR" })
                }
                "not" => {
                    let inner = self.nested(kind, alias, value, params, rules, depth + 1)?;
                    format!("({inner}) IS NOT TRUE")
                }
                "id" => self.ids(kind, alias, value, params)?,
                _ => match kind.relation_named(name) {
                    Some(relation) if self.permit.shows_kind(relation.target) => {
                        self.relation((kind, relation), alias, value, params, depth)?
                    }
                    _ => {
                        let field = self.field(kind, name)?;
                        if let Some(rule) = self.permit.field(field.id).rows {
                            rules.add(rule);
                        }
                        self.about.field(field);
                        self.comparison(field, alias, value, params)?
                    }
                },
            };
            all.push(format!("({condition})"));
        }
        Ok(join(&all, "AND"))
    }

    fn count(&self, conditions: usize) -> Result<()> {
        let before = self.conditions.fetch_add(conditions, Ordering::Relaxed);
        if before.saturating_add(conditions) > self.limits.conditions {
            return Err(exceeded("conditions", self.limits.conditions));
        }
        Ok(())
    }

    fn field(&self, kind: &'static Kind, name: &str) -> Result<&'static Field> {
        match catalogue().field_named(kind.id, name) {
            Some(field) if self.permit.may(field, Position::Filter) => Ok(field),
            _ => Err(not_shared::input(self.permit, kind, name, "where")),
        }
    }

    fn relation(
        &mut self,
        hop: Hop,
        alias: &str,
        value: &GraphqlValue,
        params: &mut Params,
        depth: usize,
    ) -> Result<String> {
        let (_, relation) = hop;
        if !relation.many {
            return self.exists(hop, alias, value, params, depth, false);
        }
        let mut all = Vec::new();
        for (quantifier, inner) in object(value, relation.name)? {
            if *inner == GraphqlValue::Null {
                continue;
            }
            let condition = match quantifier.as_str() {
                "some" => self.exists(hop, alias, inner, params, depth, false)?,
                "none" => {
                    format!("NOT {}", self.exists(hop, alias, inner, params, depth, false)?)
                }
                "every" => {
                    format!("NOT {}", self.exists(hop, alias, inner, params, depth, true)?)
                }
                _ => return Err(bad_input("a relation is filtered by some, none or every")),
            };
            all.push(condition);
        }
        Ok(join(&all, "AND"))
    }

    /// `EXISTS` over the other side's rows, each hop under its own grants and scope.
    fn exists(
        &mut self,
        (source, relation): Hop,
        alias: &str,
        filter: &GraphqlValue,
        params: &mut Params,
        depth: usize,
        negated: bool,
    ) -> Result<String> {
        let before = self.relations.fetch_add(1, Ordering::Relaxed);
        if before >= self.limits.relation_filters {
            return Err(exceeded("filters through relations", self.limits.relation_filters));
        }
        let target = catalogue().kind(relation.target);
        let other = params.alias();
        let mut rules = RowRules::default();
        let around = mem::take(&mut self.about.beyond);
        let condition = self.nested(target, &other, filter, params, &mut rules, depth + 1)?;
        let beyond = mem::replace(&mut self.about.beyond, around);
        self.about.through(Way { relation, rules: rules.clone(), beyond });
        // The row above is bounded by the caller's unit, and with it what tells of the same person:
        // unless an emergency reaches it, and then nothing is known here.
        let bounded = RowRules::default();
        let known = source.is_of_same_person(relation).then_some(&bounded);
        let scoping = Scoping::new(self.permit, self.context, known);
        let scope = rules.condition(&scoping, target, &other, params);
        let condition =
            if negated { format!("({condition}) IS NOT TRUE") } else { format!("({condition})") };
        let outside = format!("{alias}.{}", relation.from);
        let belongs = belongs(target, &other, relation.to, &outside, params);
        Ok(format!(
            "EXISTS (SELECT 1 FROM {} {other} WHERE {belongs} AND {scope} AND {condition})",
            target.table
        ))
    }

    fn ids(
        &mut self,
        kind: &Kind,
        alias: &str,
        value: &GraphqlValue,
        params: &mut Params,
    ) -> Result<String> {
        let mut all = Vec::new();
        for (operator, operand) in object(value, "id")? {
            let ids = match operator.as_str() {
                "eq" => std::slice::from_ref(operand),
                "in" => list(operand),
                _ => return Err(bad_input("an id is filtered by eq or in")),
            };
            self.count(ids.len())?;
            let keys = ids
                .iter()
                .map(|id| input::key(self.context.identifiers, kind.name, id))
                .collect::<Result<Vec<_>>>()?;
            self.about.names(kind, &keys);
            all.push(params.one_of(&format!("{alias}.id"), keys));
        }
        Ok(join(&all, "AND"))
    }

    pub(super) fn comparison(
        &mut self,
        field: &Field,
        alias: &str,
        value: &GraphqlValue,
        params: &mut Params,
    ) -> Result<String> {
        let mut all = Vec::new();
        for (operator, operand) in object(value, field.spec.name)? {
            if !input::operators(field.spec.ty).contains(&operator.as_str()) {
                return Err(bad_input(format!(
                    "{} cannot be filtered by {operator}; it takes {}",
                    field.path(),
                    input::operators(field.spec.ty).join(", ")
                )));
            }
            let scoping = Scoping::new(self.permit, self.context, None);
            let column = expression(field, None, alias, &scoping, params)
                .ok_or_else(|| GatewayError::new(Code::Internal, "a filter has no expression"))?;
            all.push(self.operator(field, operator, &column, operand, params)?);
        }
        Ok(join(&all, "AND"))
    }

    fn operator(
        &mut self,
        field: &Field,
        operator: &str,
        column: &str,
        operand: &GraphqlValue,
        params: &mut Params,
    ) -> Result<String> {
        let compare = |sign: &str, params: &mut Params| {
            let value = input::scalar(field, operand)?;
            Ok(format!("{column} {sign} {}", params.bind(value)))
        };
        match operator {
            "eq" => compare("=", params),
            "ne" => compare("<>", params),
            "lt" => compare("<", params),
            "lte" => compare("<=", params),
            "gt" => compare(">", params),
            "gte" => compare(">=", params),
            "in" => {
                let values = list(operand);
                self.count(values.len())?;
                let values = values
                    .iter()
                    .map(|value| Ok(params.bind(input::scalar(field, value)?)))
                    .collect::<Result<Vec<_>>>()?;
                Ok(match values.is_empty() {
                    true => "FALSE".to_owned(),
                    false => format!("{column} IN ({})", values.join(", ")),
                })
            }
            "contains" => Ok(params.contains(column, input::text(operand)?)),
            "startsWith" => {
                let prefix = input::text(operand)?;
                let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
                let prefix = params.bind(Value::Text(prefix));
                let length = params.bind(Value::Int(length));
                // The bound lets an index find the place; the second condition is exact.
                Ok(format!("{column} >= {prefix} AND substr({column}, 1, {length}) = {prefix}"))
            }
            "isNull" => match operand {
                GraphqlValue::Boolean(true) => Ok(format!("{column} IS NULL")),
                GraphqlValue::Boolean(false) => Ok(format!("{column} IS NOT NULL")),
                _ => Err(bad_input("isNull takes true or false")),
            },
            _ => Err(bad_input("unknown operator")),
        }
    }
}

pub(super) fn object<'v>(value: &'v GraphqlValue, what: &str) -> Result<&'v Object> {
    match value {
        GraphqlValue::Object(object) => Ok(object),
        _ => Err(bad_input(format!("the filter on {what} must be an object"))),
    }
}

/// A list; a single value stands for a list of one (GraphQL input coercion).
pub(super) fn list(value: &GraphqlValue) -> &[GraphqlValue] {
    match value {
        GraphqlValue::List(values) => values,
        single => std::slice::from_ref(single),
    }
}
