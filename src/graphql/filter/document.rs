//! Filters as documents have them: variables are still in them, and nothing is decided.

use async_graphql::Name;
use async_graphql_value::Value as Argument;

use super::{
    DocumentFilter, Filter,
    grammar::Member,
    input_type::InputType,
    operator::{IDS, Operator, filterable},
    parse::{Source, parse},
};
use crate::{
    catalogue::{Field, Kind},
    error::{GatewayError, Result},
    graphql::input::bad_input,
};

/// An operand as it is written, and the type that it is to be of.
#[derive(Clone, Debug)]
pub struct Written<'d> {
    pub operand: &'d Argument,
    pub ty: InputType,
}

/// A variable in the place of a part of a filter.
#[derive(Clone, Debug)]
pub struct Hole<'d> {
    /// Its name.
    pub variable: &'d Name,
    /// The type of the place.
    pub ty: InputType,
}

/// The filter on rows of a kind that stands in a document, whatever is shared. What is wrong with it
/// is left out: validation finds that.
pub fn document<'d>(kind: &'static Kind, filter: &'d Argument) -> DocumentFilter<'d> {
    parse(&Document, kind, filter).unwrap_or(Filter::All(Vec::new()))
}

struct Document;

impl<'d> Source<'d> for Document {
    type Literal = Argument;
    type Field = &'static Field;
    type Ids = Written<'d>;
    type Comparison = Written<'d>;
    type Variable = Hole<'d>;

    fn variable(&self, value: &'d Argument, ty: InputType) -> Option<Hole<'d>> {
        if let Argument::Variable(variable) = value { Some(Hole { variable, ty }) } else { None }
    }

    /// A null says nothing, and yet names its field.
    fn is_absent(&self, _: &Argument) -> bool {
        false
    }

    /// The text was measured before it was parsed.
    fn level(&self, _: usize) -> Result<()> {
        Ok(())
    }

    fn member(&self) -> Result<()> {
        Ok(())
    }

    fn through(&self) -> Result<()> {
        Ok(())
    }

    fn named(&self, kind: &'static Kind, name: &str) -> Result<Member> {
        Member::named(kind, name).ok_or_else(|| bad_input("there is no member of this name"))
    }

    fn field(&self, field: &'static Field) -> Result<&'static Field> {
        Ok(field)
    }

    fn ids(&self, _: &Kind, operator: Operator, operand: &'d Argument) -> Result<Written<'d>> {
        Ok(Written { operand, ty: IDS.operand(operator) })
    }

    fn comparison(
        &self,
        field: &'static Field,
        operator: Operator,
        operand: &'d Argument,
    ) -> Result<Written<'d>> {
        let filterable = filterable(field.spec.ty);
        let ty = filterable.map(|filterable| filterable.operand(operator));
        let ty = ty.ok_or_else(|| bad_input("the field cannot be filtered by"))?;
        Ok(Written { operand, ty })
    }

    fn wrong(&self, _: GatewayError) -> Result<()> {
        Ok(())
    }
}
