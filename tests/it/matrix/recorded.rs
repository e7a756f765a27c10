//! The record names for each person only what was really shown of it: of every list of every role, what
//! plain SQL over the tables says by the files of the policy.

use std::collections::{BTreeMap, BTreeSet};

use migrant_gateway::catalogue::{Field, Kind};
use sea_orm::{ConnectionTrait as _, Statement};

use super::{
    oracle::Place,
    pieces::{listed, selection},
    reading::Reading,
    view::{kinds, tell},
};
use crate::{
    records::sql,
    support::{CALLERS, World, ask, backends},
};

/// The fields that the last record names, of each of its persons.
async fn recorded(world: &World) -> (bool, BTreeMap<i64, BTreeSet<String>>) {
    let seq = sql::last(&world.db).await;
    let text = format!("SELECT person_id, fields FROM access_event WHERE (id >> 32) = {seq}");
    let statement = Statement::from_string(world.db.get_database_backend(), text);
    let rows = world.db.query_all_raw(statement).await.expect("events can be read");
    let of_person = rows.iter().map(|row| {
        let fields: String = row.try_get("", "fields").expect("a text");
        let fields = fields.split(' ').map(|field| field.split(':').next().unwrap_or_default());
        let fields = fields.filter(|field| !field.is_empty()).map(str::to_owned).collect();
        (row.try_get("", "person_id").expect("a key"), fields)
    });
    (sql::record(&world.db, seq).await.shown.is_some(), of_person.collect())
}

/// What a list of a kind shows of each person, by plain SQL. A value that names a further person is left
/// out: whether it is shown depends on that person, too.
async fn expected(
    world: &World,
    reading: &Reading,
    kind: &Kind,
) -> BTreeMap<i64, BTreeSet<String>> {
    let fields = reading.fields_at(kind, Place::Selected);
    let mut of_person: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for told in tell(world, reading, kind).await.into_values() {
        let Some(person) = told.person else { continue };
        let shown = fields
            .iter()
            .zip(&told.shown)
            .filter(|(field, shown)| **shown && field.spec.names_person.is_none());
        of_person.entry(person).or_default().extend(shown.map(|(field, _)| field.path()));
    }
    of_person
}

fn names_another(fields: &[&'static Field], path: &str) -> bool {
    fields.iter().any(|field| field.spec.names_person.is_some() && field.path() == path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_record_of_every_list_names_for_each_person_what_was_shown_of_it() {
    let test = "the_record_of_every_list_names_for_each_person_what_was_shown_of_it";
    for backend in backends(test) {
        let world = World::new(backend).await;
        for role in [
            migrant_gateway::policy::Role::HE,
            migrant_gateway::policy::Role::HC,
            migrant_gateway::policy::Role::HP,
        ] {
            crate::support::open_emergency(&world, role).await;
        }
        let gateway = world.gateway().await;
        let (mut compared, mut divided) = (0, 0);
        for (role, purpose) in CALLERS.iter().copied() {
            let reading = Reading::of(role, purpose);
            for kind in kinds(&reading.oracle).filter(|kind| kind.person().is_some()) {
                let fields = reading.fields_at(kind, Place::Selected);
                let chosen: Vec<String> = fields.iter().map(|field| selection(field)).collect();
                let query = listed(kind, &format!("id {}", chosen.join(" ")))
                    .replace("first: 1", "first: 400");
                let answer = ask(&gateway, &reading.caller, &query).await;
                let what = format!("{backend:?} {role} {purpose} {}", kind.name);
                assert!(answer["data"].is_object(), "{what}: {query}\n{answer}");
                let (is_divided, mut recorded) = recorded(&world).await;
                divided += usize::from(is_divided);
                let row = format!("{}.id", kind.name);
                for (person, mut shown) in expected(&world, &reading, kind).await {
                    let mut named = recorded.remove(&person).unwrap_or_default();
                    let before = named.len();
                    named.retain(|path| !names_another(&fields, path));
                    // That there is a row is named where nothing else of it is.
                    if shown.is_empty() && named.len() == before {
                        shown.insert(row.clone());
                    }
                    assert_eq!(named, shown, "{what}: {person}");
                    compared += 1;
                }
                for (person, named) in recorded {
                    let is_further = named.iter().all(|path| names_another(&fields, path));
                    assert!(is_further, "{what}: {person} is not in the list: {named:?}");
                }
            }
        }
        assert!(compared > 5_000 && divided > 20, "{compared} persons, {divided} divided records");
    }
}
