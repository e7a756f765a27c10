//! Every column of the shared tables, as the entities describe it.

use entity::sharing::{Shared, Sharing};
use migrant_gateway::catalogue::{Kind, catalogue};
use sea_orm::{ColumnTrait, ColumnType, EntityTrait, IdenStatic, Iterable};

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

/// A table of what departments collected beside the rows of a kind.
pub struct Beside {
    pub kind: &'static Kind,
    pub table: &'static str,
    pub record: &'static str,
    pub columns: Vec<Column>,
}

/// All of these.
pub fn besides() -> Vec<Beside> {
    use entity::residence_registration_collected as stay_collected;
    use entity::{person, person_collected, residence_registration};
    vec![
        beside::<person::Entity, person_collected::Entity>(),
        beside::<residence_registration::Entity, stay_collected::Entity>(),
    ]
}

fn beside<K: Shared, E: EntityTrait>() -> Beside {
    let collected = K::collected().expect("the kind has several collectors");
    let table = E::default().table_name();
    assert_eq!(collected.table, table);
    let is_value = |column: &E::Column| collected.holds(column.as_str());
    let columns = E::Column::iter().filter(is_value).map(|column| {
        let definition = column.def();
        Column {
            name: column.as_str(),
            stored: stored(definition.get_column_type()),
            nullable: definition.is_null(),
        }
    });
    let is_told = |column: &Column| !["applied_at", "replaced_at"].contains(&column.name);
    let columns = columns.filter(is_told).collect();
    Beside { kind: catalogue().kind_of::<K>(), table, record: collected.record, columns }
}

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

#[test]
fn every_kind_of_several_collectors_is_in_the_leak_tests() {
    let tested: Vec<&str> = besides().iter().map(|beside| beside.kind.name).collect();
    let all = catalogue().kinds().iter().filter(|kind| kind.collected.is_some());
    assert_eq!(tested, all.map(|kind| kind.name).collect::<Vec<_>>());
}

#[test]
fn what_stands_beside_a_row_has_every_value_of_the_row() {
    for beside in besides() {
        let table = tables().into_iter().find(|table| table.kind.id == beside.kind.id);
        let table = table.expect("the kind is a table");
        // Which departments have something there is said by the row alone.
        for column in table.columns.iter().filter(|one| one.name != "collectors_beside") {
            let own = beside.columns.iter().find(|own| own.name == column.name);
            let own = own.unwrap_or_else(|| panic!("{} has no {}", beside.table, column.name));
            assert_eq!(own.stored, column.stored, "{}.{}", beside.table, column.name);
        }
    }
}

#[test]
fn the_labels_of_codes_are_in_the_leak_tests() {
    let permit = migrant_gateway::policy::Permit::everything();
    for kind in catalogue().kinds() {
        let sets = super::menu::selections(&permit, kind).join(" ");
        let coded = catalogue().fields_of(kind.id).filter(|field| field.codes.is_some());
        for field in coded {
            let label = format!(" {}Label", field.spec.name);
            assert!(sets.contains(&label), "{}{label}", kind.name);
        }
    }
}
