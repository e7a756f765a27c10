//! Every column of the shared tables, as the entities describe it.

use entity::sharing::{Shared, Sharing};
use migrant_gateway::catalogue::{Kind, catalogue};
use sea_orm::{ColumnTrait, ColumnType, IdenStatic, Iterable};

/// What a column stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Text,
    Int,
    Bool,
    Date,
    Instant,
}

/// A column that is no key.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub stored: Stored,
    pub nullable: bool,
}

/// A shared table with its columns.
pub struct Table {
    pub kind: &'static Kind,
    pub keys: Vec<&'static str>,
    pub columns: Vec<Column>,
}

macro_rules! tables {
    (tables { $($table:ident => $rows:ident,)* } views { $($view:ident,)* }) => {
        /// All shared tables. A view is none: the access log is what was asked.
        pub fn tables() -> Vec<Table> {
            vec![$(table::<entity::$table::Entity>()),*]
        }

        /// The kinds that are views.
        fn views() -> Vec<&'static Kind> {
            vec![$(catalogue().kind_of::<entity::$view::Entity>()),*]
        }
    };
}
entity::for_each_kind!(tables);

fn table<E: Shared>() -> Table {
    let mut table =
        Table { kind: catalogue().kind_of::<E>(), keys: Vec::new(), columns: Vec::new() };
    for column in E::Column::iter() {
        if matches!(E::sharing(column), Sharing::Key) {
            table.keys.push(column.as_str());
            continue;
        }
        let definition = column.def();
        table.columns.push(Column {
            name: column.as_str(),
            stored: stored(definition.get_column_type()),
            nullable: definition.is_null(),
        });
    }
    table
}

fn stored(column_type: &ColumnType) -> Stored {
    match column_type {
        ColumnType::Text => Stored::Text,
        ColumnType::Integer | ColumnType::BigInteger => Stored::Int,
        ColumnType::Boolean => Stored::Bool,
        ColumnType::Date => Stored::Date,
        ColumnType::TimestampWithTimeZone => Stored::Instant,
        other => panic!("no column of the model stores {other:?}"),
    }
}

#[test]
fn every_kind_is_in_the_leak_tests() {
    let tested: Vec<&str> =
        tables().iter().map(|table| table.kind).chain(views()).map(|kind| kind.name).collect();
    let all: Vec<&str> = catalogue().kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(tested, all);
}
