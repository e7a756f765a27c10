//! A filled database whose coded fields held words comes to hold codes, and keeps all else.

use std::collections::BTreeMap;

use entity::sharing::{Finished, Type};
use migrant_gateway::catalogue::{Source, catalogue, code_lists};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

use crate::support::{World, backends};

/// Every stored value of every coded column, by table, column and row.
async fn held(db: &DatabaseConnection) -> BTreeMap<(String, String, i64), String> {
    let mut all = BTreeMap::new();
    for field in catalogue().fields() {
        let is_coded = matches!(field.spec.ty, Type::Code | Type::Codes)
            || code_lists::of_members(field).next().is_some();
        let columns = match field.source {
            Source::Column(column) if is_coded => vec![column],
            Source::Finished(Finished::Parts(_)) if is_coded => field.source.columns(),
            _ => continue,
        };
        let table = catalogue().kind(field.kind).table;
        for column in columns {
            let sql = format!("SELECT id, {column} AS v FROM {table} WHERE {column} IS NOT NULL");
            let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
            for row in rows.await.unwrap() {
                let key = (table.to_owned(), column.to_owned(), row.try_get("", "id").unwrap());
                all.insert(key, row.try_get("", "v").unwrap());
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_held_words_holds_codes_and_keeps_its_rows() {
    for backend in backends("a_database_that_held_words") {
        let world = World::new(backend).await;
        let codes = held(&world.db).await;
        let names: Vec<String> =
            Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let place = names.iter().position(|name| name.ends_with("_000050_codes")).unwrap();
        let steps = u32::try_from(names.len() - place).unwrap();
        Migrator::down(&world.db, Some(steps)).await.unwrap();
        let words = held(&world.db).await;
        assert_eq!(codes.keys().collect::<Vec<_>>(), words.keys().collect::<Vec<_>>());
        for (table, column, word) in [
            ("residence_permit", "permit_status", "有效"),
            ("residence_registration", "move_reason", "务工经商"),
            ("infectious_disease_report", "disease_class", "乙"),
            ("health_record", "allergies", "[\"青霉素\"]"),
            ("health_record", "managing_org_kind", "社区卫生服务中心"),
        ] {
            let sql = format!("SELECT count(*) AS n FROM {table} WHERE {column} = '{word}'");
            let statement = Statement::from_string(world.db.get_database_backend(), sql);
            let row = world.db.query_one_raw(statement).await.unwrap().unwrap();
            assert!(row.try_get::<i64>("", "n").unwrap() > 0, "{backend:?}: no {word}");
        }
        let differ = codes.iter().filter(|(key, code)| words[*key] != **code).count();
        assert!(differ > 5_000, "{backend:?}: {differ} words");
        Migrator::up(&world.db, None).await.unwrap();
        assert!(held(&world.db).await == codes, "{backend:?}: the codes are not those of before");
    }
}
