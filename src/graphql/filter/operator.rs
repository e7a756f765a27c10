//! Which types can be filtered by, and with which operators.

use entity::sharing::Type;

use super::input_type::{Input, InputType};

/// What a field is compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Eq,
    Ne,
    In,
    Lt,
    Lte,
    Gt,
    Gte,
    StartsWith,
    Contains,
    IsNull,
}

/// The filter of fields of a type.
#[derive(Debug)]
pub struct Filterable {
    /// The name of its input type.
    pub name: &'static str,
    /// The type of what is compared with.
    pub scalar: &'static str,
    /// The operators it takes.
    pub operators: &'static [Operator],
}

/// The types that fields can be filtered by, with their filters.
#[rustfmt::skip]
pub static BY_TYPE: [(Type, Filterable); 6] = {
    use Operator::*;
    // What has an order is compared by all of these.
    const ORDERED: &[Operator] = &[Eq, Ne, In, Lt, Lte, Gt, Gte, IsNull];
    [
        (Type::String, Filterable { name: "StringFilter", scalar: "String", operators: &[Eq, Ne, In, StartsWith, Contains, IsNull] }),
        (Type::Code, Filterable { name: "CodeFilter", scalar: "Code", operators: &[Eq, Ne, In, StartsWith, IsNull] }),
        (Type::Boolean, Filterable { name: "BooleanFilter", scalar: "Boolean", operators: &[Eq, IsNull] }),
        (Type::Int, Filterable { name: "IntFilter", scalar: "Int", operators: ORDERED }),
        (Type::Date, Filterable { name: "DateFilter", scalar: "Date", operators: ORDERED }),
        (Type::DateTime, Filterable { name: "DateTimeFilter", scalar: "DateTime", operators: ORDERED }),
    ]
};

/// The filter of identifiers.
pub static IDS: Filterable =
    Filterable { name: "IdFilter", scalar: "ID", operators: &[Operator::Eq, Operator::In] };

/// The filter of fields of a type, where they can be filtered by.
pub fn filterable(ty: Type) -> Option<&'static Filterable> {
    BY_TYPE.iter().find(|(known, _)| *known == ty).map(|(_, filterable)| filterable)
}

impl Filterable {
    /// The operator of this name, where fields of the type take it.
    pub fn operator(&self, name: &str) -> Option<Operator> {
        self.operators.iter().find(|operator| operator.name() == name).copied()
    }

    /// What an operator takes.
    pub fn operand(&self, operator: Operator) -> InputType {
        use Operator::*;
        match operator {
            In => InputType::list(Input::Named(self.scalar)),
            IsNull => InputType::one(Input::Named("Boolean")),
            Eq | Ne | Lt | Lte | Gt | Gte | StartsWith | Contains => {
                InputType::one(Input::Named(self.scalar))
            }
        }
    }

    /// The names of its operators, as an error lists them.
    pub fn names(&self, separator: &str) -> String {
        let names: Vec<&str> = self.operators.iter().map(|operator| operator.name()).collect();
        names.join(separator)
    }
}

impl Operator {
    /// The name of the member.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::StartsWith => "startsWith",
            Self::Contains => "contains",
            Self::IsNull => "isNull",
        }
    }
}
