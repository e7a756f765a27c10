//! The columns of a record with their values, listed once beside the entity: what links, writes and
//! exports records goes by them.

use chrono::{DateTime, Utc};
use entity::access_record::{Column, Model};
use sea_orm::{ColumnTrait as _, ColumnType, IdenStatic as _, Iterable as _};

/// How many there are.
pub(super) const COUNT: usize = 22;

/// The value of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'r> {
    Number(i64),
    Instant(DateTime<Utc>),
    Flag(bool),
    Text(&'r str),
    Optional(Option<&'r str>),
}

/// The columns of a record in the order in which the chain takes them, which is that of the entity.
pub(super) fn cells(record: &Model) -> [(Column, Cell<'_>); COUNT] {
    use Cell::*;
    // Taken apart by name, so that a new column does not compile before it is on the chain.
    let Model {
        seq,
        at,
        caller,
        token_id,
        role,
        department,
        unit,
        organization,
        purpose,
        operation,
        document_hash,
        grants_version,
        decision,
        fields,
        protected,
        row_count,
        subject_count,
        subjects_digest,
        change,
        shown,
        previous_hash,
        hash,
    } = record;
    [
        (Column::Seq, Number(*seq)),
        (Column::At, Instant(*at)),
        (Column::Caller, Text(caller)),
        (Column::TokenId, Text(token_id)),
        (Column::Role, Text(role)),
        (Column::Department, Text(department)),
        (Column::Unit, Text(unit)),
        (Column::Organization, Optional(organization.as_deref())),
        (Column::Purpose, Optional(purpose.as_deref())),
        (Column::Operation, Optional(operation.as_deref())),
        (Column::DocumentHash, Text(document_hash)),
        (Column::GrantsVersion, Number(*grants_version)),
        (Column::Decision, Text(decision)),
        (Column::Fields, Text(fields)),
        (Column::Protected, Flag(*protected)),
        (Column::RowCount, Number(*row_count)),
        (Column::SubjectCount, Number(*subject_count)),
        (Column::SubjectsDigest, Text(subjects_digest)),
        (Column::Change, Optional(change.as_deref())),
        (Column::Shown, Optional(shown.as_deref())),
        (Column::PreviousHash, Text(previous_hash)),
        (Column::Hash, Text(hash)),
    ]
}

/// Their names, separated by commas, each behind `before`.
pub(super) fn names(before: &str) -> String {
    let names: Vec<String> =
        Column::iter().map(|column| format!("{before}{}", column.as_str())).collect();
    names.join(", ")
}

/// PostgreSQL's names of their types.
pub(super) fn postgres_types() -> impl Iterator<Item = &'static str> {
    Column::iter().map(|column| match column.def().get_column_type() {
        ColumnType::BigInteger => "bigint",
        ColumnType::TimestampWithTimeZone => "timestamptz",
        ColumnType::Boolean => "bool",
        _ => "text",
    })
}

#[cfg(test)]
mod tests {
    use super::super::{record::Entry, tests::store::draft};
    use super::*;

    #[test]
    fn the_columns_stand_in_the_order_of_the_entity() {
        let record = Entry::from(draft(1)).record;
        assert!(
            cells(&record)
                .iter()
                .map(|(column, _)| column.as_str())
                .eq(Column::iter().map(|column| column.as_str()))
        );
    }

    #[test]
    fn each_column_has_the_type_of_its_value() {
        let record = Entry::from(draft(1)).record;
        for ((column, cell), ty) in cells(&record).iter().zip(postgres_types()) {
            let expected = match cell {
                Cell::Number(_) => "bigint",
                Cell::Instant(_) => "timestamptz",
                Cell::Flag(_) => "bool",
                Cell::Text(_) | Cell::Optional(_) => "text",
            };
            assert_eq!(ty, expected, "{}", column.as_str());
            assert_eq!(column.def().is_null(), matches!(cell, Cell::Optional(_)));
        }
    }
}
