//! Where the values stand that several departments collected of one thing.

use sea_orm::{ColumnTrait, EntityName, EntityTrait, IdenStatic, Iterable};

use super::Department;

/// The column of such a table that says whose values a row holds.
pub const COLLECTOR: &str = "collecting_department";

/// The column of such a table that says until when they were the department's own; null while they are.
pub const REPLACED_AT: &str = "replaced_at";

/// The column of the kind's row that says of which departments such a table holds values: their bits.
/// Scopes go by it, so that no other row is looked at to tell whether a row is in view. Whoever writes
/// the table writes it too.
pub const BESIDE: &str = "collectors_beside";

/// What each department collected of the rows of a kind, beside the one value that the kind shows.
///
/// A row of the kind holds the owner's values, where the owner collected it, and otherwise those of
/// whoever collected it last. What another department collected itself stands here, under the same
/// names of columns: a newer value of one department replaces nothing of another's.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The table.
    pub table: &'static str,
    /// Its column with the key of the kind's row.
    pub record: &'static str,
    /// Whose values the kind shows: where this department collected anything, it stands in the kind's row.
    pub owner: Department,
    columns: Vec<&'static str>,
}

impl Collected {
    /// The table of a column that holds the key of the kind's row.
    pub fn beside<C>(record: C, owner: Department) -> Self
    where
        C: ColumnTrait + IdenStatic + Iterable,
        C::EntityName: EntityTrait,
    {
        Self {
            table: C::EntityName::default().table_name(),
            record: record.as_str(),
            owner,
            columns: C::iter().map(|column| column.as_str()).collect(),
        }
    }

    /// Whether it holds each department's value of a column of the kind. Keys are those of the kind's row.
    pub fn holds(&self, column: &str) -> bool {
        column != "id" && column != self.record && self.columns.contains(&column)
    }

    /// Whether a department's own value of a field may stand here. That of the owner never does, but
    /// where the value has a collector of its own.
    pub fn is_asked(&self, department: Department, has_collector: bool) -> bool {
        has_collector || department != self.owner
    }
}
