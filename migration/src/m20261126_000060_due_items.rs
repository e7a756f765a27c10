//! What is due to persons, as worklists read it; how far it was worked out.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*, units::Level};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// In the order of each sort of list: by the day, by the month alone, and of those who see neither by
/// person. Most callers are of one county.
const ORDERS: [(&str, &str); 3] = [
    ("ix_due_item_county_due_on", "due_on, person_id, number"),
    ("ix_due_item_county_due_month", "due_month, person_id, number"),
    ("ix_due_item_county_person", "person_id, number"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(item(manager)).await?;
        let span = Level::County.size();
        for (name, by) in ORDERS {
            let sql = format!("CREATE INDEX {name} ON due_item (list, (unit_id / {span}), {by})");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        let name = "due_recheck";
        let recheck = table(name, vec![key("person_id"), date("from_day")])
            .foreign_key(&mut reference(name, "person_id", "person"))
            .to_owned();
        manager.create_table(recheck).await?;
        index(manager, name, &["from_day"]).await?;
        let progress = vec![
            key("id"),
            text(manager, "rules"),
            big_integer("through"),
            date_null("completed_on"),
        ];
        manager.create_table(table("due_refresh", progress)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["due_refresh", "due_recheck", "due_item"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn item(manager: &SchemaManager<'_>) -> TableCreateStatement {
    let name = "due_item";
    table(
        name,
        vec![
            big_integer("person_id"),
            text(manager, "list"),
            big_integer("number"),
            big_integer("unit_id"),
            big_integer_null("rests_on"),
            date("listed_from"),
            date_null("listed_until"),
            date("due_on"),
            date("due_month"),
            date("overdue_from"),
            date_null("last_contact"),
            boolean("withheld"),
        ],
    )
    .primary_key(Index::create().col("person_id").col("list").col("number"))
    .foreign_key(&mut reference(name, "person_id", "person"))
    .to_owned()
}
