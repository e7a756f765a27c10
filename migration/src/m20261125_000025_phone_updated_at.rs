//! A telephone number has a collector of its own, and so an instant of its own.
//!
//! The person's `updated_at` is shown to departments that may not see the number: were it to move
//! with the number, it would tell each of them that another department heard from the person. The
//! database keeps the two apart, whoever writes.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::columns::timestamp_with_time_zone_null;

/// Every column of a person but the number's own and `updated_at`.
const OTHERS: [&str; 18] = [
    "residence_unit_id",
    "name",
    "id_type",
    "id_number",
    "id_number_valid",
    "sex",
    "birth_date",
    "ethnicity",
    "nationality",
    "emergency_contact",
    "marital_status",
    "education",
    "vital_status",
    "legally_incapacitated",
    "source_system",
    "collecting_department",
    "collected_at",
    "recorded_at",
];

const POSTGRES: &str = "\
CREATE FUNCTION person_phone_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
IF NEW.phone_updated_at IS NOT DISTINCT FROM OLD.phone_updated_at THEN \
NEW.phone_updated_at := CASE WHEN NEW.updated_at IS DISTINCT FROM OLD.updated_at \
THEN NEW.updated_at ELSE now() END; END IF; \
IF ({others}) THEN NEW.updated_at := OLD.updated_at; END IF; RETURN NEW; END $$; \
CREATE TRIGGER person_phone_updated BEFORE UPDATE ON person FOR EACH ROW \
WHEN (NEW.phone IS DISTINCT FROM OLD.phone \
OR NEW.phone_collected_by IS DISTINCT FROM OLD.phone_collected_by) \
EXECUTE FUNCTION person_phone_updated()";

const SQLITE: &str = "\
CREATE TRIGGER person_phone_updated AFTER UPDATE ON person \
WHEN NEW.phone IS NOT OLD.phone OR NEW.phone_collected_by IS NOT OLD.phone_collected_by BEGIN \
UPDATE person SET \
phone_updated_at = CASE WHEN NEW.phone_updated_at IS NOT OLD.phone_updated_at \
THEN NEW.phone_updated_at WHEN NEW.updated_at IS NOT OLD.updated_at THEN NEW.updated_at \
ELSE strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now') END, \
updated_at = CASE WHEN {others} THEN OLD.updated_at ELSE NEW.updated_at END \
WHERE id = NEW.id; END";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("phone_updated_at");
        let table = Table::alter().table("person").add_column(column).to_owned();
        manager.alter_table(table).await?;
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let same = if is_postgres { "IS NOT DISTINCT FROM" } else { "IS" };
        let others = OTHERS.map(|column| format!("NEW.{column} {same} OLD.{column}")).join(" AND ");
        let trigger = if is_postgres { POSTGRES } else { SQLITE };
        let database = manager.get_connection();
        database
            .execute_unprepared(
                "UPDATE person SET phone_updated_at = updated_at WHERE phone IS NOT NULL",
            )
            .await?;
        database.execute_unprepared(&trigger.replace("{others}", &others)).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = match manager.get_database_backend() {
            DbBackend::Postgres => {
                "DROP TRIGGER person_phone_updated ON person; DROP FUNCTION person_phone_updated()"
            }
            _ => "DROP TRIGGER person_phone_updated",
        };
        manager.get_connection().execute_unprepared(drop).await?;
        let table = Table::alter().table("person").drop_column("phone_updated_at").to_owned();
        manager.alter_table(table).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
