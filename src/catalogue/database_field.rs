//! Fields whose values the database works out.

use std::ops::Deref;

use entity::sharing::{Computed, Finished};

use super::{Field, Source};

/// A field whose value the database works out: it has an expression, and can be compared, ordered by and
/// counted by as far as a permit lets it.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseField {
    field: &'static Field,
    /// How it comes about.
    pub value: DatabaseValue,
}

/// A value that the database works out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DatabaseValue {
    /// A column of the kind's table.
    Column(&'static str),
    /// Made of columns.
    Computed(Computed),
}

impl DatabaseField {
    /// The field, where the database works its value out.
    ///
    /// # Errors
    /// How the gateway finishes the value, where it does.
    pub const fn of(field: &'static Field) -> Result<Self, Finished> {
        let value = match field.source {
            Source::Column(column) => DatabaseValue::Column(column),
            Source::Computed(computed) => DatabaseValue::Computed(computed),
            Source::Finished(finished) => return Err(finished),
        };
        Ok(Self { field, value })
    }
}

impl Deref for DatabaseField {
    type Target = Field;

    fn deref(&self) -> &Field {
        self.field
    }
}

impl PartialEq for DatabaseField {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
