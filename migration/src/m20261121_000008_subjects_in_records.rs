//! On PostgreSQL, the persons of an answer stand in its record, as one array with an inverted index.
//!
//! A row and two index entries for each person were most of what a record cost. SQLite has neither
//! arrays nor inverted indexes and keeps its rows.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::m20261121_000005_access_records::access_subject;
use crate::tables::index;
use crate::views::{create, undivided};

// The pending list takes new entries in the order they come; the gateway merges it into the index
// from time to time (`src/audit/commit/postgres.rs`). The limit, in kB, is where PostgreSQL would
// merge it within somebody's commit.
const UP: &str = "\
DROP VIEW access_event; \
ALTER TABLE access_record ADD COLUMN subjects bigint[] NOT NULL DEFAULT '{}'; \
UPDATE access_record r SET subjects = s.persons \
FROM (SELECT seq, array_agg(person_id ORDER BY person_id) AS persons \
FROM access_subject GROUP BY seq) s WHERE s.seq = r.seq; \
ALTER TABLE access_record ALTER COLUMN subjects DROP DEFAULT; \
CREATE INDEX ix_access_record_subjects ON access_record USING gin (subjects) \
WITH (fastupdate = on, gin_pending_list_limit = 262144); \
DROP TABLE access_subject";

const DROP_VIEWS: &str = "DROP VIEW access_event; DROP VIEW access_subject";

const TAKE_OUT: &str = "\
INSERT INTO access_subject SELECT seq, unnest(subjects) FROM access_record; \
ALTER TABLE access_record DROP COLUMN subjects";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Postgres {
            let database = manager.get_connection();
            database.execute_unprepared(UP).await?;
            for (name, definition) in undivided::of(DbBackend::Postgres) {
                database.execute_unprepared(&create(name, definition)).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let database = manager.get_connection();
        database.execute_unprepared(DROP_VIEWS).await?;
        manager.create_table(access_subject()).await?;
        database.execute_unprepared(TAKE_OUT).await?;
        index(manager, "access_subject", &["person_id", "seq"]).await?;
        database.execute_unprepared(&create("access_event", undivided::ACCESS_EVENT)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
