//! Every kind of tampering is found by `audit verify`, which names the record and the kind.

use migrant_gateway::demo;
use sea_orm::{DatabaseConnection, DbBackend};

use super::{process::Installation, sql, trail};
use crate::support::{World, backends, caller};

const RECORDS: i64 = 24;

/// What is done to the records, the first record concerned, and what it is called.
type Case = (&'static [&'static str], i64, &'static str);

/// A copy of record 5 that says another wrote it; the statements after it give it a place.
const FORGE: &str = "CREATE TABLE forged AS SELECT * FROM access_record WHERE seq = 5";
const SIGN: &str = "UPDATE forged SET caller = 'forger'";
const PLANT: &str = "INSERT INTO access_record SELECT * FROM forged";

/// Begins the removal of persons, of their rows.
const PERSONS: &str = "-persons";

#[rustfmt::skip]
const CASES: &[Case] = &[
    (&["UPDATE access_record SET purpose = 'P-RES' WHERE seq = 4"], 4, "altered: a column"),
    (&["UPDATE access_record SET caller = 'nobody' WHERE seq = 24"], 24, "altered: a column"),
    (&["UPDATE access_record SET organization = NULL WHERE seq = 1"], 1, "altered: a column"),
    (&["UPDATE access_record SET fields = '' WHERE seq IN (7, 9)"], 7, "altered: a column"),
    (&["UPDATE access_record SET row_count = row_count + 1 WHERE seq = 3"], 3, "altered: a column"),
    (&["UPDATE access_record SET subject_count = 0 WHERE seq = 3"], 3, "altered: a column"),
    (&["UPDATE access_record SET protected = NOT protected WHERE seq = 6"], 6, "altered: a column"),
    (&["UPDATE access_record SET at = (SELECT min(collected_at) FROM person) WHERE seq = 8"], 8,
     "altered: a column"),
    (&["UPDATE access_record SET hash = previous_hash WHERE seq = 12"], 12, "altered: a column"),

    (&["DELETE FROM access_record WHERE seq = 5"], 5, "missing"),
    (&["DELETE FROM access_record WHERE seq <= 2", "-persons WHERE seq <= 2"], 1, "missing"),
    (&["DELETE FROM access_record WHERE seq = 5", "-persons WHERE seq = 5",
       "UPDATE access_record SET seq = -(seq - 1) WHERE seq > 5",
       "UPDATE access_record SET seq = -seq WHERE seq < 0",
       "UPDATE access_head SET seq = 23"], 5, "missing"),

    (&[FORGE, SIGN, "UPDATE forged SET seq = 25", PLANT], 25, "inserted"),
    (&[FORGE, SIGN, "UPDATE forged SET seq = 0", PLANT], 0, "inserted"),
    (&[FORGE, SIGN, "UPDATE access_record SET seq = -(seq + 1) WHERE seq > 5",
       "UPDATE access_record SET seq = -seq WHERE seq < 0", "UPDATE forged SET seq = 6", PLANT,
       "UPDATE access_head SET seq = 25"], 6, "inserted"),

    (&["UPDATE access_record SET seq = -10 WHERE seq = 10",
       "UPDATE access_record SET seq = 10 WHERE seq = 11",
       "UPDATE access_record SET seq = 11 WHERE seq = -10"], 10, "out of order"),
    (&["UPDATE access_record SET seq = 30 WHERE seq = 13"], 13, "out of order"),

    (&["DELETE FROM access_record WHERE seq > 22"], 23, "cut off"),
    (&["DELETE FROM access_record WHERE seq > 22", "-persons WHERE seq > 22",
       "UPDATE access_head SET seq = 22"], 22, "cut off"),
    (&["DELETE FROM access_record", "-persons"], 1, "cut off"),
    (&["UPDATE access_head SET seq = 23, hash = (SELECT hash FROM access_record WHERE seq = 23)"],
     24, "cut off"),
    (&["UPDATE access_head SET hash = (SELECT hash FROM access_record WHERE seq = 23)"], 24,
     "cut off"),
    (&["UPDATE access_head SET seq = 30"], 25, "cut off"),
    (&["DELETE FROM access_head"], 24, "cut off"),
];

/// What is done to the persons where they are rows of their own.
#[rustfmt::skip]
const OF_ROWS: &[Case] = &[
    (&["DELETE FROM access_subject WHERE seq = 2 AND person_id = \
        (SELECT min(person_id) FROM access_subject WHERE seq = 2)"], 2, "altered: its persons"),
    (&["DELETE FROM access_subject WHERE seq = 24"], 24, "altered: its persons"),
    (&["INSERT INTO access_subject (seq, person_id) VALUES (9, 999999)"], 9,
     "altered: its persons"),
    (&["UPDATE access_subject SET person_id = 999999 WHERE seq = 3 AND person_id = \
        (SELECT max(person_id) FROM access_subject WHERE seq = 3)"], 3, "altered: its persons"),
    (&["INSERT INTO access_subject (seq, person_id) VALUES (90, 1)"], 90, "altered: its persons"),
];

/// The same where they stand in their record.
#[rustfmt::skip]
const OF_ARRAYS: &[Case] = &[
    (&["UPDATE access_record SET subjects = subjects[2:] WHERE seq = 2"], 2,
     "altered: its persons"),
    (&["UPDATE access_record SET subjects = '{}' WHERE seq = 24"], 24, "altered: its persons"),
    (&["UPDATE access_record SET subjects = subjects || 999999::bigint WHERE seq = 9"], 9,
     "altered: its persons"),
    (&["UPDATE access_record SET subjects = subjects || subjects WHERE seq = 9"], 9,
     "altered: its persons"),
    (&["UPDATE access_record SET subjects[1] = 999999 WHERE seq = 3"], 3, "altered: its persons"),
    (&["UPDATE access_record SET subjects = ARRAY(SELECT s FROM unnest(subjects) s ORDER BY s DESC) \
        WHERE seq = 3"], 3, "altered: its persons"),
    (&["UPDATE access_record SET subjects = NULL::bigint || subjects WHERE seq = 3"], 3,
     "altered: its persons"),
];

/// Whether persons are rows of their own.
fn has_rows_of_persons(db: &DatabaseConnection) -> bool {
    db.get_database_backend() != DbBackend::Postgres
}

fn cases(db: &DatabaseConnection) -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(if has_rows_of_persons(db) { OF_ROWS } else { OF_ARRAYS })
}

fn tables(db: &DatabaseConnection) -> &'static [&'static str] {
    if has_rows_of_persons(db) {
        &["access_record", "access_subject", "access_head"]
    } else {
        &["access_record", "access_head"]
    }
}

async fn save(db: &DatabaseConnection) {
    for table in tables(db) {
        sql::execute(db, &format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}")).await;
    }
}

async fn restore(db: &DatabaseConnection) {
    for table in tables(db) {
        sql::execute(db, &format!("DELETE FROM {table}")).await;
        sql::execute(db, &format!("INSERT INTO {table} SELECT * FROM saved_{table}")).await;
    }
    sql::execute(db, "DROP TABLE IF EXISTS forged").await;
}

/// Runs a statement of a case; with their record, its persons are gone already where they stand in
/// it.
async fn tamper(db: &DatabaseConnection, statement: &str) {
    match statement.strip_prefix(PERSONS) {
        Some(_) if !has_rows_of_persons(db) => {}
        Some(which) => sql::execute(db, &format!("DELETE FROM access_subject{which}")).await,
        None => sql::execute(db, statement).await,
    }
}

/// A world in which every role asked once.
async fn with_records(world: &World) -> Installation {
    let gateway = world.gateway().await;
    for request in demo::requests() {
        let caller = caller(request.role, request.purpose);
        trail::follow(&world.db, &gateway, &caller, None, trail::query(request.query)).await;
    }
    assert_eq!(sql::last(&world.db).await, RECORDS);
    Installation::over(world)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_tampering_is_found_and_named() {
    for backend in backends("every_kind_of_tampering_is_found_and_named") {
        let world = World::new(backend).await;
        let installation = with_records(&world).await;
        save(&world.db).await;
        for (statements, seq, kind) in cases(&world.db) {
            for statement in *statements {
                tamper(&world.db, statement).await;
            }
            let outcome = installation.run(&["audit", "verify"]);
            assert_eq!(outcome.code, Some(2), "{backend:?} {statements:?}: {outcome:?}");
            let found = format!("broken at record {seq}: {kind}");
            assert!(outcome.out.starts_with(&found), "{backend:?} {statements:?}: {outcome:?}");
            restore(&world.db).await;
        }
        let heads: Vec<String> = sql::column(&world.db, "SELECT hash FROM access_head").await;
        let verdict = installation.succeed(&["audit", "verify"]);
        assert_eq!(verdict, format!("intact: {RECORDS} records, head {}\n", heads[0]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_holds_only_under_the_secret_it_was_written_with() {
    for backend in backends("a_chain_holds_only_under_the_secret_it_was_written_with") {
        let world = World::new(backend).await;
        let installation = with_records(&world).await;
        let secret = installation.path("keys/master.key");
        std::fs::write(&secret, "08".repeat(32)).expect("another secret");
        let outcome = installation.run(&["audit", "verify"]);
        assert_eq!(outcome.code, Some(2));
        assert!(outcome.out.starts_with("broken at record 1"), "{outcome:?}");

        std::fs::remove_file(&secret).expect("no secret");
        let message = installation.fail(&["audit", "verify"]);
        assert!(message.contains("there is no master key"), "{message}");
        assert!(!secret.exists(), "verifying must not make a secret up");
    }
}
