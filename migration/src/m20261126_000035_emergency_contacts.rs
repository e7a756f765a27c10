//! Who an emergency contact is, where it is a person here, and what it is to the person.
//!
//! Its name and telephone number are then shown to those alone who may see that person. Contacts of the
//! same household are found by both; others stay what they were, a name and a number.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use crate::{columns::*, triggers};

const TABLES: [&str; 2] = ["person", "person_collected"];
const COLUMNS: [&str; 2] = ["emergency_contact_person_id", "emergency_contact_relation"];

/// Values that were not written by the gateway may be other than an object.
const IS_OBJECT: &str = "emergency_contact LIKE '{%}'";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for table in TABLES {
            for column in [big_integer_null(COLUMNS[0]), text_null(manager, COLUMNS[1])] {
                let add = Table::alter().table(table).add_column(column).to_owned();
                manager.alter_table(add).await?;
            }
            let [relation, _, _] = members(backend, table);
            let fill = format!("UPDATE {table} SET {} = {relation} WHERE {IS_OBJECT}", COLUMNS[1]);
            database.execute_unprepared(&fill).await?;
        }
        let [_, name, phone] = members(backend, "person");
        let find = format!(
            "UPDATE person SET {} = (SELECT min(other.id) FROM household_member own \
             JOIN household_member next ON next.household_id = own.household_id \
             AND next.person_id <> own.person_id JOIN person other ON other.id = next.person_id \
             WHERE own.person_id = person.id AND other.name = {name} \
             AND other.phone IS NOT DISTINCT FROM {phone}) WHERE {IS_OBJECT}",
            COLUMNS[0]
        );
        database.execute_unprepared(&find).await?;
        database.execute_unprepared(&triggers::CONTACT.create(backend)).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (database, backend) = (manager.get_connection(), manager.get_database_backend());
        database.execute_unprepared(&triggers::drop(backend)).await?;
        for table in TABLES {
            for column in COLUMNS {
                let drop = Table::alter().table(table).drop_column(column).to_owned();
                manager.alter_table(drop).await?;
            }
        }
        database.execute_unprepared(&triggers::COLLECTED.create(backend)).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Relation, name and number of the contact in a row of a table.
fn members(backend: DbBackend, table: &str) -> [String; 3] {
    ["relation", "name", "phone"].map(|member| match backend {
        DbBackend::Postgres => format!("({table}.emergency_contact::json ->> '{member}')"),
        _ => format!("json_extract({table}.emergency_contact, '$.{member}')"),
    })
}
