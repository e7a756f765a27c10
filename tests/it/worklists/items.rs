//! Stored items: worked out by the rules, by the demonstration and by `rules refresh` alike.
#![expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]

use std::collections::BTreeSet;

use entity::{due_item, due_recheck, due_refresh, residence_registration};
use migrant_gateway::{
    clock::{Clock as _, day_in_shanghai},
    due::{self, Step, refresh},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use crate::{
    records::process::Installation,
    support::{Backend, World, backends, world::noon},
};

async fn stored(world: &World) -> Vec<due_item::Model> {
    due_item::Entity::find()
        .order_by_asc(due_item::Column::PersonId)
        .order_by_asc(due_item::Column::List)
        .order_by_asc(due_item::Column::Number)
        .all(&world.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_demonstration_stores_what_a_refresh_would_and_a_second_one_changes_nothing() {
    for backend in backends("the_demonstration_stores_what_a_refresh_would") {
        let world = World::new(backend).await;
        let today = day_in_shanghai(noon());
        let filled = stored(&world).await;
        let lists: BTreeSet<&str> = filled.iter().map(|item| item.list.as_str()).collect();
        for list in due::List::ALL {
            assert!(lists.contains(list.code()), "{list:?} has no item in the demonstration");
        }
        let again = refresh(&world.db, today, true, |_| {}).await.unwrap();
        assert!(again.everybody && again.persons >= 1_500, "{again:?}");
        assert_eq!((again.changed.written, again.changed.removed), (0, 0), "{again:?}");
        // Without them all they come back as they were.
        due_item::Entity::delete_many().exec(&world.db).await.unwrap();
        let anew = refresh(&world.db, today, true, |_| {}).await.unwrap();
        assert_eq!(anew.changed.written, filled.len() as u64);
        assert_eq!(stored(&world).await, filled);
        // A day that does not bring anything that was registered ahead works out nobody.
        let next = refresh(&world.db, today, false, |_| {}).await.unwrap();
        assert!(!next.everybody && next.persons == 0, "{next:?}");
    }
}

#[tokio::test]
async fn a_refresh_that_was_stopped_goes_on_where_it_was() {
    for backend in backends("a_refresh_that_was_stopped_goes_on") {
        let world = World::new(backend).await;
        let today = day_in_shanghai(noon());
        let filled = stored(&world).await;
        due_item::Entity::delete_many()
            .filter(due_item::Column::PersonId.gt(1_023))
            .exec(&world.db)
            .await
            .unwrap();
        let half = due_refresh::ActiveModel {
            id: Set(1),
            through: Set(1_023),
            completed_on: Set(None),
            ..Default::default()
        };
        half.update(&world.db).await.unwrap();
        let (mut begun, mut done) = (0, 0);
        let rest = refresh(&world.db, today, false, |step| match step {
            Step::Begin(persons) => begun = persons,
            Step::Done(persons) => done += persons,
        })
        .await
        .unwrap();
        assert!(rest.persons < 600 && rest.persons == begun && begun == done, "{rest:?}");
        assert_eq!(stored(&world).await, filled);
    }
}

#[tokio::test]
async fn a_day_that_was_registered_ahead_is_worked_out_when_it_comes() {
    for backend in backends("a_day_that_was_registered_ahead") {
        let world = World::new(backend).await;
        let today = day_in_shanghai(noon());
        let item = stored(&world).await.into_iter().find(|item| {
            item.list == "RECORD_DUE" && item.listed_from <= today && item.rests_on.is_some()
        });
        let item = item.unwrap();
        let leaves = today + chrono::Days::new(3);
        residence_registration::Entity::update_many()
            .col_expr(residence_registration::Column::DepartureDate, Expr::value(leaves))
            .filter(residence_registration::Column::PersonId.eq(item.person_id))
            .filter(residence_registration::Column::DepartureDate.is_null())
            .exec(&world.db)
            .await
            .unwrap();
        refresh(&world.db, today, true, |_| {}).await.unwrap();
        let of_person = || {
            due_item::Entity::find()
                .filter(due_item::Column::PersonId.eq(item.person_id))
                .filter(due_item::Column::List.eq("RECORD_DUE"))
                .one(&world.db)
        };
        // It ends on that day by itself, and whoever is worked out again then has none.
        assert_eq!(of_person().await.unwrap().unwrap().listed_until, Some(leaves));
        let ahead = due_recheck::Entity::find_by_id(item.person_id).one(&world.db).await.unwrap();
        assert_eq!(ahead.unwrap().from_day, leaves);
        let nobody = refresh(&world.db, leaves.pred_opt().unwrap(), false, |_| {}).await.unwrap();
        assert_eq!(nobody.persons, 0);
        let then = refresh(&world.db, leaves, false, |_| {}).await.unwrap();
        assert_eq!((then.persons, then.everybody), (1, false), "{then:?}");
        assert_eq!(of_person().await.unwrap(), None);
        assert_eq!(refresh(&world.db, leaves, false, |_| {}).await.unwrap().persons, 0);
    }
}

#[tokio::test]
async fn rules_of_another_version_and_a_year_work_out_everybody_anew() {
    let world = World::new(Backend::Sqlite).await;
    let today = day_in_shanghai(noon());
    let row = due_refresh::Entity::find_by_id(1).one(&world.db).await.unwrap().unwrap();
    assert_eq!((row.rules.as_str(), row.completed_on), (due::RULES, Some(today)));
    let year = today + chrono::Days::new(365);
    assert!(!refresh(&world.db, year, false, |_| {}).await.unwrap().everybody);
    assert!(
        refresh(&world.db, year + chrono::Days::new(1), false, |_| {}).await.unwrap().everybody
    );
    let mut older = row.into_active_model();
    older.rules = Set("0".to_owned());
    older.update(&world.db).await.unwrap();
    assert!(refresh(&world.db, today, false, |_| {}).await.unwrap().everybody);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_what_it_did_and_does_nothing_twice() {
    for backend in backends("the_command_says_what_it_did") {
        let world = World::new(backend).await;
        world.db.execute_unprepared("DELETE FROM due_refresh; DELETE FROM due_item").await.unwrap();
        let installation = Installation::over(&world);
        let day = day_in_shanghai(world.clock.now()).to_string();
        let first = installation.succeed(&["rules", "refresh", "--on", &day]);
        assert!(first.contains("(everybody)") && first.contains("items written"), "{first}");
        let second = installation.succeed(&["rules", "refresh", "--on", &day]);
        assert_eq!(
            second,
            "0 persons worked out (those whose day has come): 0 items written, 0 removed\n"
        );
        let all = installation.succeed(&["rules", "refresh", "--on", &day, "--all"]);
        assert!(all.contains("(everybody): 0 items written, 0 removed"), "{all}");
        let help = installation.succeed(&["rules", "refresh", "--help"]);
        assert!(help.contains("every night"), "{help}");
    }
}

/// Files that write tables and name a source of items, with what they do about it.
const WRITERS: [(&str, &str); 10] = [
    ("src/acts/break_glass.rs", "reads persons"),
    ("src/acts/closing.rs", "reads persons"),
    ("src/acts/consent.rs", "reads persons"),
    ("src/acts/subject_request.rs", "reads persons"),
    ("src/identity/changes.rs", "reads persons"),
    ("src/due/refresh.rs", "recomputes"),
    ("src/acts/notice/answer.rs", "recomputes"),
    ("src/acts/notice/create.rs", "recomputes"),
    ("src/acts/notice/person.rs", "is called by create.rs, which recomputes"),
    ("src/acts/notice/withdraw.rs", "recomputes"),
];

/// A new way to write a source is found here, and has to say what it does about items.
#[test]
fn no_file_writes_a_source_of_items_without_working_them_out_anew() {
    const SOURCES: [&str; 12] = [
        "person",
        "household_registration",
        "residence_registration",
        "residence_notice",
        "health_record",
        "immunization_card",
        "immunization_dose",
        "chronic_care_record",
        "severe_mental_disorder_record",
        "child_care_record",
        "maternal_care_record",
        "infectious_disease_report",
    ];
    // Maps have an `insert`, too: what writes a table names a transaction or a database.
    const WRITES: [&str; 8] = [
        "insert(transaction",
        "insert(db",
        "insert(&",
        "insert_many",
        "update_many",
        "delete_many",
        "update(transaction",
        "exec(transaction",
    ];
    let mut found = BTreeSet::new();
    let mut pending = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            // The demonstration stores items itself; tests look behind the gateway.
            let skipped = ["demo", "tests"].iter().any(|name| path.ends_with(name));
            let entries = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
            pending.extend(entries.filter(|_| !skipped));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let names =
            |source: &&str| text.contains(&format!("{source}::")) && text.contains("entity");
        if SOURCES.iter().any(names) && WRITES.iter().any(|way| text.contains(way)) {
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
            found.insert(name.to_str().unwrap().to_owned());
        }
    }
    for (file, does) in WRITERS {
        let text =
            std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let calls = text.unwrap().contains("recompute(transaction");
        assert_eq!(calls, does == "recomputes", "{file}");
    }
    let unknown: Vec<_> =
        found.iter().filter(|file| !WRITERS.iter().any(|(known, _)| known == file)).collect();
    assert!(unknown.is_empty(), "these write sources of items: {unknown:?}");
}
