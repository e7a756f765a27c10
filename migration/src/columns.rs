//! The column types of the schema: one set for both engines.

use sea_orm::DbBackend;
use sea_orm_migration::{prelude::*, schema};

pub use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, boolean_null, date, date_null, integer_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

/// A primary key given by the application. On SQLite it is the rowid itself.
pub fn key(name: &'static str) -> ColumnDef {
    big_integer(name).primary_key().to_owned()
}

/// Text that is always there.
pub fn text(manager: &SchemaManager, name: &'static str) -> ColumnDef {
    ordered_by_bytes(manager, schema::text(name))
}

/// Text that may be missing.
pub fn text_null(manager: &SchemaManager, name: &'static str) -> ColumnDef {
    ordered_by_bytes(manager, schema::text_null(name))
}

// SQLite compares text by bytes. PostgreSQL would follow the locale of the database, so that a page
// of an ordered list would begin elsewhere on the other engine.
fn ordered_by_bytes(manager: &SchemaManager, mut column: ColumnDef) -> ColumnDef {
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra(r#"COLLATE "C""#);
    }
    column
}

/// Where a personal record came from and when: the last columns of every personal table.
pub fn provenance(manager: &SchemaManager) -> [ColumnDef; 5] {
    [
        text(manager, "source_system"),
        text(manager, "collecting_department"),
        timestamp_with_time_zone("collected_at"),
        timestamp_with_time_zone("recorded_at"),
        timestamp_with_time_zone("updated_at"),
    ]
}
