//! Input types, as the schema names them and documents and variables are checked against.

use std::fmt;

use async_graphql::dynamic::TypeRef;

use crate::catalogue::{Kind, catalogue};

/// A named input type.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// One that is not made for a kind.
    Named(&'static str),
    /// The `where` of a kind.
    Where(&'static Kind),
    /// What is asked of many rows of a kind.
    Some(&'static Kind),
    /// A key of an order of a kind.
    OrderBy(&'static Kind),
    /// What a kind can be counted by.
    Dimension(&'static Kind),
}

/// The type of a place for input.
#[derive(Clone, Copy, Debug)]
pub struct InputType {
    of: Input,
    wrapping: Wrapping,
}

/// What stands around the name of a type.
#[derive(Clone, Copy, Debug)]
enum Wrapping {
    /// A value or null.
    Nullable,
    /// A value.
    NonNull,
    /// A list of values, or null.
    List,
}

impl Input {
    /// The type of this name that is made for a kind.
    pub fn of_kind(name: &str) -> Option<Self> {
        catalogue().kinds().iter().find_map(|kind| {
            let suffix = name.strip_prefix(kind.name)?;
            let all =
                [Self::Where(kind), Self::Some(kind), Self::OrderBy(kind), Self::Dimension(kind)];
            all.into_iter().find(|input| input.suffix() == suffix)
        })
    }

    /// What follows the name of its kind.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Named(_) => "",
            Self::Where(_) => "Where",
            Self::Some(_) => "Some",
            Self::OrderBy(_) => "OrderBy",
            Self::Dimension(_) => "Dimension",
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => formatter.write_str(name),
            Self::Where(kind) | Self::Some(kind) | Self::OrderBy(kind) | Self::Dimension(kind) => {
                write!(formatter, "{}{}", kind.name, self.suffix())
            }
        }
    }
}

impl InputType {
    /// A value, or null.
    pub const fn one(of: Input) -> Self {
        Self { of, wrapping: Wrapping::Nullable }
    }

    /// A value.
    pub const fn required(of: Input) -> Self {
        Self { of, wrapping: Wrapping::NonNull }
    }

    /// A list of values, or null.
    pub const fn list(of: Input) -> Self {
        Self { of, wrapping: Wrapping::List }
    }

    /// The type of the items of a list; of one value, the type itself.
    pub const fn item(self) -> Self {
        match self.wrapping {
            Wrapping::List => Self::required(self.of),
            Wrapping::Nullable | Wrapping::NonNull => self,
        }
    }
}

impl fmt::Display for InputType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wrapping {
            Wrapping::Nullable => write!(formatter, "{}", self.of),
            Wrapping::NonNull => write!(formatter, "{}!", self.of),
            Wrapping::List => write!(formatter, "[{}!]", self.of),
        }
    }
}

impl From<InputType> for TypeRef {
    fn from(ty: InputType) -> Self {
        let name = ty.of.to_string();
        match ty.wrapping {
            Wrapping::Nullable => Self::named(name),
            Wrapping::NonNull => Self::named_nn(name),
            Wrapping::List => Self::named_nn_list(name),
        }
    }
}
