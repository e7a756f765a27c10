//! Types of values.

/// The type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Free text.
    String,
    /// A value of a named code list.
    Code,
    /// A pseudonym or reference without meaning of its own.
    Id,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Int,
    /// An amount in yuan with two decimals; stored as fen.
    Money,
    /// A share of one with four decimals; stored as ten-thousandths.
    Rate,
    /// A day in Asia/Shanghai.
    Date,
    /// An instant.
    DateTime,
    /// A list of codes, stored as a JSON array.
    Codes,
    /// A list of texts, stored as a JSON array; a mask is of each.
    Strings,
    /// One structured value, stored as a JSON object.
    Object(&'static Structure),
    /// A list of structured values, stored as a JSON array.
    Objects(&'static Structure),
}

impl Type {
    /// The structure of the type, where it has one.
    pub const fn structure(self) -> Option<&'static Structure> {
        match self {
            Self::Object(structure) | Self::Objects(structure) => Some(structure),
            _ => None,
        }
    }
}

/// A structured value inside a field: its name and members.
#[derive(Debug, PartialEq, Eq)]
pub struct Structure {
    /// The GraphQL type name.
    pub name: &'static str,
    /// What it is, in Chinese.
    pub label_zh: &'static str,
    /// Member names and types; members are plain values.
    pub members: &'static [(&'static str, Type)],
}
