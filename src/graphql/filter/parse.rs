//! The one parser of filters.

use async_graphql::{Name, Value as Resolved, indexmap::IndexMap};
use async_graphql_value::Value as Argument;

use super::{
    Filter,
    grammar::{Member, Quantifier},
    input_type::{Input, InputType},
    operator::{Filterable, IDS, Operator, filterable},
};
use crate::{
    catalogue::{Field, Kind, Relation, catalogue},
    error::{GatewayError, Result},
    graphql::input::bad_input,
};

/// A value of GraphQL, as far as filters are concerned.
pub(super) trait Literal: Sized {
    /// The members of an object.
    fn members(&self) -> Option<&IndexMap<Name, Self>>;
    /// The items of a list; a single value stands for a list of one (GraphQL input coercion).
    fn items(&self) -> &[Self];
}

impl Literal for Argument {
    fn members(&self) -> Option<&IndexMap<Name, Self>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { std::slice::from_ref(self) }
    }
}

impl Literal for Resolved {
    fn members(&self) -> Option<&IndexMap<Name, Self>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { std::slice::from_ref(self) }
    }
}

/// What filters are parsed from: what becomes of their leaves, and of what is wrong with them.
pub(super) trait Source<'v> {
    type Literal: Literal + 'v;
    type Field;
    type Ids;
    type Comparison;
    type Variable;

    /// The variable in the place of a value of a type.
    fn variable(&self, value: &'v Self::Literal, ty: InputType) -> Option<Self::Variable>;
    /// Whether a member is as good as not there.
    fn is_absent(&self, value: &Self::Literal) -> bool;
    /// A level is gone down to.
    fn level(&self, depth: usize) -> Result<()>;
    /// One more member is read.
    fn member(&self) -> Result<()>;
    /// A relation is gone through once more.
    fn through(&self) -> Result<()>;
    /// What a name stands for in the `where` of a kind.
    fn named(&self, kind: &'static Kind, name: &str) -> Result<Member>;
    /// A field that is filtered by.
    fn field(&self, field: &'static Field) -> Result<Self::Field>;
    /// Identifiers of rows of a kind.
    fn ids(&self, kind: &Kind, operator: Operator, operand: &'v Self::Literal)
    -> Result<Self::Ids>;
    /// What a field is compared with.
    fn comparison(
        &self,
        field: &'static Field,
        operator: Operator,
        operand: &'v Self::Literal,
    ) -> Result<Self::Comparison>;
    /// A part of a filter is wrong: ends the parsing, or leaves the part out.
    fn wrong(&self, error: GatewayError) -> Result<()>;
}

type Parsed<'v, S> = Filter<
    <S as Source<'v>>::Field,
    <S as Source<'v>>::Ids,
    <S as Source<'v>>::Comparison,
    <S as Source<'v>>::Variable,
>;

/// The members of an object, in their order.
type Members<'v, L> = Vec<(&'v str, &'v L)>;

/// Parses the `where` of a kind.
///
/// # Errors
/// As its source has them.
pub(super) fn parse<'v, S: Source<'v>>(
    source: &S,
    kind: &'static Kind,
    value: &'v S::Literal,
) -> Result<Parsed<'v, S>> {
    Parser(source).filter(kind, value, InputType::one(Input::Where(kind)), 0)
}

struct Parser<'s, S>(&'s S);

impl<'v, S: Source<'v>> Parser<'_, S> {
    fn filter(
        &self,
        kind: &'static Kind,
        value: &'v S::Literal,
        ty: InputType,
        depth: usize,
    ) -> Result<Parsed<'v, S>> {
        if let Some(variable) = self.0.variable(value, ty) {
            return Ok(Filter::Variable(variable));
        }
        self.0.level(depth)?;
        let mut all = Vec::new();
        for (name, value) in object(value, kind.name)? {
            self.0.member()?;
            if !self.0.is_absent(value) {
                let read = self.0.named(kind, name);
                self.keep(
                    read.and_then(|member| self.member(kind, member, value, depth, &mut all)),
                )?;
            }
        }
        Ok(Filter::All(all))
    }

    /// Reads a member, and adds what it says to what holds beside it.
    fn member(
        &self,
        kind: &'static Kind,
        member: Member,
        value: &'v S::Literal,
        depth: usize,
        all: &mut Vec<Parsed<'v, S>>,
    ) -> Result<()> {
        match member {
            Member::And => all.extend(self.parts(kind, value, depth)?),
            Member::Or => all.push(Filter::Any(self.parts(kind, value, depth)?)),
            Member::Not => {
                let ty = InputType::one(Input::Where(kind));
                let inner = self.filter(kind, value, ty, depth + 1)?;
                all.push(Filter::Not(Box::new(inner)));
            }
            Member::Id => {
                for (name, operand) in self.operators(&IDS, value, member.name(), all)? {
                    let operator = IDS.operator(name).ok_or_else(|| {
                        bad_input(format!("an id is filtered by {}", IDS.names(" or ")))
                    });
                    let ids = operator.and_then(|operator| self.0.ids(kind, operator, operand));
                    all.extend(self.keep(ids)?.map(Filter::Ids));
                }
            }
            Member::Field(field) => {
                let named = self.0.field(field)?;
                let mut comparisons = Vec::new();
                let read = self.comparisons(field, value, &mut comparisons, all);
                // Also with nothing to compare: that it is named says enough to examine a document.
                all.push(Filter::Field { field: named, comparisons });
                read?;
            }
            Member::Through(relation) => {
                let mut quantified = Vec::new();
                let read = self.quantified(relation, value, depth, &mut quantified, all);
                all.push(Filter::Through { relation, quantified });
                read?;
            }
        }
        Ok(())
    }

    /// The filters of `and` and `or`.
    fn parts(
        &self,
        kind: &'static Kind,
        value: &'v S::Literal,
        depth: usize,
    ) -> Result<Vec<Parsed<'v, S>>> {
        let ty = InputType::list(Input::Where(kind));
        if let Some(variable) = self.0.variable(value, ty) {
            return Ok(vec![Filter::Variable(variable)]);
        }
        let mut parts = Vec::new();
        for value in value.items() {
            parts.extend(self.keep(self.filter(kind, value, ty.item(), depth + 1))?);
        }
        Ok(parts)
    }

    fn comparisons(
        &self,
        field: &'static Field,
        value: &'v S::Literal,
        comparisons: &mut Vec<S::Comparison>,
        beside: &mut Vec<Parsed<'v, S>>,
    ) -> Result<()> {
        let Some(filterable) = filterable(field.spec.ty) else {
            return Err(unfiltered(field));
        };
        for (name, operand) in self.operators(filterable, value, field.spec.name, beside)? {
            let operator = filterable.operator(name).ok_or_else(|| {
                bad_input(format!(
                    "{} cannot be filtered by {name}; it takes {}",
                    field.path(),
                    filterable.names(", ")
                ))
            });
            let read = operator.and_then(|operator| self.0.comparison(field, operator, operand));
            comparisons.extend(self.keep(read)?);
        }
        Ok(())
    }

    fn quantified(
        &self,
        relation: &'static Relation,
        value: &'v S::Literal,
        depth: usize,
        quantified: &mut Vec<(Quantifier, Parsed<'v, S>)>,
        beside: &mut Vec<Parsed<'v, S>>,
    ) -> Result<()> {
        let target = catalogue().kind(relation.target);
        let ty = InputType::one(Input::Where(target));
        if !relation.many {
            self.0.through()?;
            quantified.push((Quantifier::Some, self.filter(target, value, ty, depth + 1)?));
            return Ok(());
        }
        let some = InputType::one(Input::Some(target));
        for (name, value) in self.members(value, some, relation.name, beside)? {
            if self.0.is_absent(value) {
                continue;
            }
            let read = Quantifier::named(name)
                .ok_or_else(|| bad_input("a relation is filtered by some, none or every"))
                .and_then(|quantifier| {
                    self.0.through()?;
                    Ok((quantifier, self.filter(target, value, ty, depth + 1)?))
                });
            quantified.extend(self.keep(read)?);
        }
        Ok(())
    }

    fn operators(
        &self,
        filterable: &Filterable,
        value: &'v S::Literal,
        what: &str,
        beside: &mut Vec<Parsed<'v, S>>,
    ) -> Result<Members<'v, S::Literal>> {
        self.members(value, InputType::one(Input::Named(filterable.name)), what, beside)
    }

    /// The members of an object of operators or quantifiers; a variable that brings them stands
    /// beside what it belongs to.
    fn members(
        &self,
        value: &'v S::Literal,
        ty: InputType,
        what: &str,
        beside: &mut Vec<Parsed<'v, S>>,
    ) -> Result<Members<'v, S::Literal>> {
        match self.0.variable(value, ty) {
            Some(variable) => {
                beside.push(Filter::Variable(variable));
                Ok(Vec::new())
            }
            None => Ok(object(value, what)?.collect()),
        }
    }

    /// A part that was read, if its source goes on without those that are wrong.
    fn keep<T>(&self, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(part) => Ok(Some(part)),
            Err(error) => self.0.wrong(error).map(|()| None),
        }
    }
}

/// A field whose values are not compared.
pub(super) fn unfiltered(field: &Field) -> GatewayError {
    bad_input(format!("{} cannot be filtered by", field.path()))
}

fn object<'v, L: Literal>(
    value: &'v L,
    what: &str,
) -> Result<impl Iterator<Item = (&'v str, &'v L)> + use<'v, L>> {
    let members = value.members();
    let members =
        members.ok_or_else(|| bad_input(format!("the filter on {what} must be an object")))?;
    Ok(members.iter().map(|(name, value)| (name.as_str(), value)))
}
