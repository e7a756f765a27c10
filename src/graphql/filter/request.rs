//! Filters as requests bring them: variables in their places, every name granted by the permit, every
//! value typed. The one place that decides what may be filtered by, from documents and variables
//! alike.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_graphql::Value as Resolved;

use super::{
    RequestFilter,
    grammar::Member,
    input_type::InputType,
    operator::Operator,
    parse::{Literal as _, Source, parse, unfiltered},
};
use crate::{
    catalogue::{DatabaseField, Field, Kind},
    directory::Directory,
    error::{GatewayError, Result},
    graphql::{
        ids::Identifiers,
        input::{self, bad_input},
        limits::{Limits, exceeded},
        not_shared,
    },
    policy::{Permit, Position},
    read::Value,
};

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    Eq(Value),
    Ne(Value),
    In(Vec<Value>),
    Lt(Value),
    Lte(Value),
    Gt(Value),
    Gte(Value),
    StartsWith(String),
    Contains(String),
    IsNull(bool),
}

/// How much all filters of a request ask together.
#[derive(Debug, Default)]
pub struct Conditions {
    /// Members and values of lists.
    conditions: AtomicUsize,
    /// Relations gone through.
    relations: AtomicUsize,
}

/// What the filters of a request are read under.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// What may be filtered by.
    pub permit: &'a Permit,
    /// Identifiers of the caller's department.
    pub identifiers: &'a Identifiers,
    /// Units and organizations: their codes are lists.
    pub registers: &'a Directory,
    /// How much may be asked.
    pub limits: &'a Limits,
    /// How much was asked before.
    pub asked: &'a Conditions,
}

impl Reading<'_> {
    /// A filter on rows of a kind.
    ///
    /// # Errors
    /// When it asks of a field that is not shared, a value has the wrong type, or there are too many
    /// conditions.
    pub fn read(&self, kind: &'static Kind, filter: &Resolved) -> Result<RequestFilter> {
        parse(self, kind, filter)
    }

    fn count(&self, conditions: usize) -> Result<()> {
        let before = self.asked.conditions.fetch_add(conditions, Ordering::Relaxed);
        if before.saturating_add(conditions) > self.limits.conditions {
            return Err(exceeded("conditions", self.limits.conditions));
        }
        Ok(())
    }

    /// Values of a list, each of which is a condition.
    fn several<T>(
        &self,
        operand: &Resolved,
        value: impl Fn(&Resolved) -> Result<T>,
    ) -> Result<Vec<T>> {
        let items = operand.items();
        self.count(items.len())?;
        items.iter().map(value).collect()
    }
}

impl<'v> Source<'v> for Reading<'_> {
    type Literal = Resolved;
    type Field = DatabaseField;
    type Ids = Vec<i64>;
    type Comparison = Comparison;
    type Variable = Infallible;

    fn variable(&self, _: &'v Resolved, _: InputType) -> Option<Infallible> {
        None
    }

    /// As the schema has it: a member that is null is one that is not there.
    fn is_absent(&self, value: &Resolved) -> bool {
        *value == Resolved::Null
    }

    fn level(&self, depth: usize) -> Result<()> {
        if depth > self.limits.depth {
            return Err(exceeded("levels of filters", self.limits.depth));
        }
        Ok(())
    }

    fn member(&self) -> Result<()> {
        self.count(1)
    }

    fn through(&self) -> Result<()> {
        let before = self.asked.relations.fetch_add(1, Ordering::Relaxed);
        if before >= self.limits.relation_filters {
            return Err(exceeded("filters through relations", self.limits.relation_filters));
        }
        Ok(())
    }

    fn named(&self, kind: &'static Kind, name: &str) -> Result<Member> {
        let member = Member::named(kind, name).filter(|member| match member {
            Member::Field(field) => self.permit.may(field, Position::Filter),
            Member::Through(relation) => self.permit.shows_kind(relation.target),
            Member::And | Member::Or | Member::Not | Member::Id => true,
        });
        member.ok_or_else(|| not_shared::input(self.permit, kind, name, "where"))
    }

    fn field(&self, field: &'static Field) -> Result<DatabaseField> {
        DatabaseField::of(field).map_err(|_| unfiltered(field))
    }

    fn ids(&self, kind: &Kind, operator: Operator, operand: &'v Resolved) -> Result<Vec<i64>> {
        let key = |id: &Resolved| input::key(self.identifiers, kind.name, id);
        if operator == Operator::In {
            return self.several(operand, key);
        }
        self.count(1)?;
        Ok(vec![key(operand)?])
    }

    fn comparison(
        &self,
        field: &'static Field,
        operator: Operator,
        operand: &'v Resolved,
    ) -> Result<Comparison> {
        let value = || input::scalar(field, operand, self.registers);
        Ok(match operator {
            Operator::Eq => Comparison::Eq(value()?),
            Operator::Ne => Comparison::Ne(value()?),
            Operator::In => Comparison::In(
                self.several(operand, |value| input::scalar(field, value, self.registers))?,
            ),
            Operator::Lt => Comparison::Lt(value()?),
            Operator::Lte => Comparison::Lte(value()?),
            Operator::Gt => Comparison::Gt(value()?),
            Operator::Gte => Comparison::Gte(value()?),
            Operator::StartsWith => Comparison::StartsWith(input::text(operand)?),
            Operator::Contains => Comparison::Contains(input::text(operand)?),
            Operator::IsNull => match operand {
                Resolved::Boolean(is_null) => Comparison::IsNull(*is_null),
                _ => return Err(bad_input("isNull takes true or false")),
            },
        })
    }

    fn wrong(&self, error: GatewayError) -> Result<()> {
        Err(error)
    }
}
