//! Where no record can be written, or nothing be read, there is an error and never data.

use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{Database, DatabaseConnection};
use serde_json::{Value, json};

use super::{crash::place, process::Installation, sql};
use crate::support::{
    Backend, World, backends,
    http::{Server, token},
    world::noon,
};

const QUERY: &str = "{ persons(first: 5) { nodes { name phone } totalCount } }";

/// A gateway behind HTTP, and somebody who asks.
struct Desk {
    server: Server,
    token: String,
}

impl Desk {
    async fn open(world: &World) -> Desk {
        Desk {
            server: Server::start(world.gateway().await).await,
            token: token(world, Role::HC, Purpose::Hr, noon()),
        }
    }

    /// The code of the error there was, or the place of the record of the data there was.
    async fn ask(&self) -> Result<i64, String> {
        let response = self.server.post(&self.token, &json!({ "query": QUERY })).await;
        let (status, place) = (response.status(), place(&response));
        let text = response.text().await.expect("a body");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        if status == 200 {
            assert_eq!(answer["data"]["persons"]["nodes"].as_array().map(Vec::len), Some(5));
            return Ok(place.expect("no data without a record"));
        }
        assert_eq!(status, 503, "{text}");
        assert_eq!(answer.get("data"), None, "{text}");
        let code = answer["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned();
        assert_eq!(place.is_none(), code == "RECORD_UNAVAILABLE", "{text}");
        Err(code)
    }

    async fn assert_answers(&self, world: &World) {
        let place = self.ask().await.expect("answers come again");
        assert_eq!(place, sql::last(&world.db).await);
        Installation::over(world).succeed(&["audit", "verify"]);
    }
}

fn unavailable<T>(what: &str) -> Result<T, String> {
    Err(format!("{what}_UNAVAILABLE"))
}

/// The tables that a record is written to.
fn tables(db: &DatabaseConnection) -> &'static [&'static str] {
    match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => &["access_record", "access_head"],
        _ => &["access_record", "access_subject", "access_head"],
    }
}

async fn both(db: &DatabaseConnection, sqlite: &str, postgres: &str) {
    let is_sqlite = db.get_database_backend() == sea_orm::DbBackend::Sqlite;
    sql::execute(db, if is_sqlite { sqlite } else { postgres }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_refused_by_the_database_hold_back_the_answers() {
    for backend in backends("records_that_are_refused_by_the_database_hold_back_the_answers") {
        let world = World::new(backend).await;
        let desk = Desk::open(&world).await;
        assert_eq!(desk.ask().await, Ok(1));
        for table in tables(&world.db) {
            let change = if *table == "access_head" { "UPDATE" } else { "INSERT" };
            let trigger = format!("CREATE TRIGGER full BEFORE {change} ON {table}");
            let sqlite = format!("{trigger} BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
            let postgres = format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$; \
                 {} FOR EACH ROW EXECUTE FUNCTION refuse()",
                trigger.replace("TRIGGER full", "TRIGGER \"full\"")
            );
            both(&world.db, &sqlite, &postgres).await;
            let before = sql::last(&world.db).await;
            for _ in 0..3 {
                assert_eq!(desk.ask().await, unavailable("RECORD"), "{backend:?} {table}");
            }
            assert_eq!(sql::last(&world.db).await, before, "half a record");
            both(&world.db, "DROP TRIGGER full", "DROP FUNCTION refuse CASCADE").await;
            desk.assert_answers(&world).await;
        }
        desk.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_records_that_is_gone_holds_back_the_answers() {
    for backend in backends("a_table_of_records_that_is_gone_holds_back_the_answers") {
        let world = World::new(backend).await;
        let desk = Desk::open(&world).await;
        for table in tables(&world.db) {
            desk.ask().await.expect("an answer before");
            sql::execute(&world.db, &format!("ALTER TABLE {table} RENAME TO gone")).await;
            assert_eq!(desk.ask().await, unavailable("RECORD"), "{backend:?} {table}");
            sql::execute(&world.db, &format!("ALTER TABLE gone RENAME TO {table}")).await;
            desk.assert_answers(&world).await;
        }
        desk.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_database_holds_back_the_answers() {
    for backend in backends("a_closed_database_holds_back_the_answers") {
        let mut world = World::new(backend).await;
        let desk = Desk::open(&world).await;
        assert_eq!(desk.ask().await, Ok(1));
        world.db.clone().close().await.expect("it closes");
        assert_eq!(desk.ask().await, unavailable("RECORD"), "{backend:?}");
        desk.server.stop().await;

        world.db = migrant_gateway::db::connect(&world.url).await.expect("it opens again");
        let desk = Desk::open(&world).await;
        assert_eq!(desk.ask().await, Ok(2));
        desk.assert_answers(&world).await;
        desk.server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_cannot_be_read_is_an_error_with_a_record() {
    for backend in backends("data_that_cannot_be_read_is_an_error_with_a_record") {
        let world = World::new(backend).await;
        let desk = Desk::open(&world).await;
        desk.ask().await.expect("an answer before");
        sql::execute(&world.db, "ALTER TABLE person RENAME TO gone").await;
        assert_eq!(desk.ask().await, unavailable("DATABASE"), "{backend:?}");
        let record = sql::record(&world.db, sql::last(&world.db).await).await;
        assert_eq!(record.decision, "DATABASE_UNAVAILABLE");
        assert!(sql::subjects(&world.db, record.seq).await.is_empty());
        sql::execute(&world.db, "ALTER TABLE gone RENAME TO person").await;
        desk.assert_answers(&world).await;
        desk.server.stop().await;
    }
}

/// Ends every connection to the world's database; `allowed` says whether new ones may come.
async fn disconnect(world: &World, allowed: bool) {
    let (server, name) = world.url.rsplit_once('/').expect("a URL");
    let admin = Database::connect(format!("{server}/postgres")).await.expect("the server");
    sql::execute(&admin, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")).await;
    let others = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    sql::execute(&admin, &others).await;
    admin.close().await.expect("it closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_server_that_restarts_is_found_again() {
    let test = "a_database_server_that_restarts_is_found_again";
    if !backends(test).contains(&Backend::Postgres) {
        return;
    }
    let world = World::new(Backend::Postgres).await;
    let desk = Desk::open(&world).await;
    assert_eq!(desk.ask().await, Ok(1));

    disconnect(&world, true).await;
    // The first to ask may be the one to notice.
    let _ = desk.ask().await;
    desk.ask().await.expect("answers come again");
    desk.assert_answers(&world).await;

    disconnect(&world, false).await;
    for _ in 0..2 {
        desk.ask().await.expect_err("no answer without a database");
    }
    let ready = desk.server.client.get(format!("{}/readyz", desk.server.base));
    assert_eq!(ready.send().await.expect("it lives").status(), 503);
    disconnect(&world, true).await;
    let _ = desk.ask().await;
    desk.ask().await.expect("answers come again");
    desk.assert_answers(&world).await;
    desk.server.stop().await;
}
