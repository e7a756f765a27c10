//! The members of `where`: what each name stands for, and what it takes.

use super::{
    input_type::{Input, InputType},
    operator::{IDS, filterable},
};
use crate::catalogue::{Field, Kind, Relation, catalogue};

/// A member of the `where` of a kind.
#[derive(Clone, Copy, Debug)]
pub enum Member {
    /// All of a list of filters.
    And,
    /// One of a list of filters.
    Or,
    /// Not a filter.
    Not,
    /// Identifiers.
    Id,
    /// What a field is compared with.
    Field(&'static Field),
    /// What is asked of the rows behind a relation.
    Through(&'static Relation),
}

/// How many of the rows behind a relation to many meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one. A relation to one asks so of the one.
    Some,
    /// Not one.
    None,
    /// All of them.
    Every,
}

impl Member {
    /// The members of every `where`.
    pub const OF_ALL: [Self; 4] = [Self::And, Self::Or, Self::Not, Self::Id];

    /// What a name stands for in the `where` of a kind, whether or not it is shared with anybody.
    pub fn named(kind: &'static Kind, name: &str) -> Option<Self> {
        let of_all = Self::OF_ALL.into_iter().find(|member| member.name() == name);
        of_all
            .or_else(|| kind.relation_named(name).map(Self::Through))
            .or_else(|| catalogue().field_named(kind.id, name).map(Self::Field))
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Not => "not",
            Self::Id => "id",
            Self::Field(field) => field.spec.name,
            Self::Through(relation) => relation.name,
        }
    }

    /// What it takes in the `where` of a kind; nothing where its field cannot be filtered by.
    pub fn takes(self, kind: &'static Kind) -> Option<InputType> {
        Some(match self {
            Self::And | Self::Or => InputType::list(Input::Where(kind)),
            Self::Not => InputType::one(Input::Where(kind)),
            Self::Id => InputType::one(Input::Named(IDS.name)),
            Self::Field(field) => InputType::one(Input::Named(filterable(field.spec.ty)?.name)),
            Self::Through(relation) => {
                let target = catalogue().kind(relation.target);
                let of = if relation.many { Input::Some } else { Input::Where };
                InputType::one(of(target))
            }
        })
    }
}

impl Quantifier {
    /// All quantifiers, as the schema lists them.
    pub const ALL: [Self; 3] = [Self::Some, Self::None, Self::Every];

    /// The quantifier of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quantifier| quantifier.name() == name)
    }

    /// The name of the member.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Some => "some",
            Self::None => "none",
            Self::Every => "every",
        }
    }

    /// What it says, for the schema.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Some => "at least one does",
            Self::None => "not one does",
            Self::Every => "all do",
        }
    }
}
