//! Tables, foreign keys and indexes, with their names made one way.

use sea_orm_migration::prelude::*;

use crate::columns::{big_integer, key, provenance};

/// A table with these columns.
pub fn table(
    name: &'static str,
    columns: impl IntoIterator<Item = ColumnDef>,
) -> TableCreateStatement {
    let mut table = Table::create().table(name).to_owned();
    for column in columns {
        table.col(column);
    }
    table
}

/// A table of personal records: its key, the person, these columns, and where the record came from.
pub fn personal_table(
    manager: &SchemaManager<'_>,
    name: &'static str,
    columns: impl IntoIterator<Item = ColumnDef>,
) -> TableCreateStatement {
    let columns =
        [key("id"), big_integer("person_id")].into_iter().chain(columns).chain(provenance(manager));
    table(name, columns).foreign_key(&mut reference(name, "person_id", "person")).to_owned()
}

/// A table of records that tell of a unit and of nobody: its key, the unit, these columns, and where the record
/// came from.
pub fn unit_table(
    manager: &SchemaManager<'_>,
    name: &'static str,
    columns: impl IntoIterator<Item = ColumnDef>,
) -> TableCreateStatement {
    let columns =
        [key("id"), big_integer("unit_id")].into_iter().chain(columns).chain(provenance(manager));
    table(name, columns)
        .foreign_key(&mut reference(name, "unit_id", "administrative_unit"))
        .to_owned()
}

/// `table.column` names an `id` of `target`. SQLite takes foreign keys only with the table.
pub fn reference(
    table: &'static str,
    column: &'static str,
    target: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(target, "id")
        .to_owned()
}

/// An index over these columns.
pub async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(index_on("ix", table, columns)).await
}

/// An index over these columns that admits each combination once.
pub async fn unique(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(index_on("ux", table, columns).unique().to_owned()).await
}

fn index_on(prefix: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(format!("{prefix}_{table}_{}", columns.join("_")))
        .table(table)
        .to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

/// Drops tables in the order given.
pub async fn drop_all(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}
