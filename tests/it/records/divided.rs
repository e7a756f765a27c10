//! A record tells of each of its persons what was shown or tested of that person.

use std::collections::{BTreeMap, BTreeSet};

use entity::sharing::Department;
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    graphql::ids::Identifiers,
    policy::{Purpose, Role},
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;

use super::{
    process::Installation,
    sql,
    trail::{Trail, follow, query},
};
use crate::support::{World, backends, caller};

/// Asks, and reads what the record says of each of its persons, as the person reads it.
async fn told(
    world: &World,
    gateway: &Gateway,
    caller: &Caller,
    text: &str,
) -> (Trail, BTreeMap<i64, String>) {
    let trail = follow(&world.db, gateway, caller, None, query(text)).await;
    let events =
        format!("SELECT person_id, fields FROM access_event WHERE id >> 32 = {}", trail.record.seq);
    let statement = Statement::from_string(world.db.get_database_backend(), events);
    let rows = world.db.query_all_raw(statement).await.expect("events can be read");
    let of_row = |row: &sea_orm::QueryResult| {
        (row.try_get("", "person_id").expect("a key"), row.try_get("", "fields").expect("a text"))
    };
    let told: BTreeMap<i64, String> = rows.iter().map(of_row).collect();
    assert_eq!(told.keys().copied().collect::<BTreeSet<_>>(), trail.subjects);
    (trail, told)
}

/// Persons of whom the police collected a telephone number, which stands in the row or beside it: of
/// others they see none.
async fn with_own_number(world: &World) -> BTreeSet<i64> {
    let police = Department::Police.code();
    let own = format!(
        "SELECT id FROM person WHERE phone_collected_by = '{police}' OR id IN (\
         SELECT person_id FROM person_collected WHERE collecting_department = '{police}' \
         AND replaced_at IS NULL)"
    );
    sql::column(&world.db, &own).await.into_iter().collect()
}

fn id(world: &World, department: Department, key: i64) -> String {
    Identifiers::new(&world.secrets, department).id("Person", key)
}

/// The nodes of a list of persons, by the keys of these.
fn nodes(world: &World, department: Department, answer: &Value) -> BTreeMap<i64, Value> {
    let identifiers = Identifiers::new(&world.secrets, department);
    let nodes = answer["persons"]["nodes"].as_array().expect("a list").iter();
    let key = |node: &Value| identifiers.key("Person", node["id"].as_str()?);
    nodes.map(|node| (key(node).expect("an identifier"), node.clone())).collect()
}

/// That those are told of the one, and the others of the other.
fn assert_divided(told: &BTreeMap<i64, String>, own: &BTreeSet<i64>, one: &str, other: &str) {
    let mut seen = BTreeSet::new();
    for (person, fields) in told {
        let expected = if own.contains(person) { one } else { other };
        assert_eq!(fields, expected, "{person}");
        seen.insert(expected);
    }
    assert_eq!(seen.len(), 2, "both are in the list: {told:?}");
}

const LIST: &str = "{ persons(first: 60) { nodes { id name phone } } }";

#[tokio::test(flavor = "multi_thread")]
async fn of_each_person_of_a_list_the_record_names_what_was_shown_of_it() {
    let test = "of_each_person_of_a_list_the_record_names_what_was_shown_of_it";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let officer = caller(Role::PO, Purpose::Res);
        let own = with_own_number(&world).await;
        let (trail, told) = told(&world, &gateway, &officer, LIST).await;
        let both = "Person.name:full Person.phone:full";
        assert_eq!(trail.record.fields, both);
        assert_divided(&told, &own, both, "Person.name:full");

        // The command line and the person's own log say the same.
        let installation = Installation::over(&world);
        let seq = trail.record.seq;
        let one = told.keys().find(|person| own.contains(person)).expect("one of them");
        let other = told.keys().find(|person| !own.contains(person)).expect("one of the others");
        for person in [one, other] {
            let key = person.to_string();
            for command in ["show", "search"] {
                let lines = installation.succeed(&[
                    "audit", command, "--person", &key, "--format", "json", "--limit", "9",
                ]);
                let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON"));
                let line: Value = lines
                    .into_iter()
                    .find(|line: &Value| line["record"] == seq)
                    .unwrap_or_else(|| panic!("{command} finds record {seq}"));
                assert_eq!(line["fields"], told[person].as_str(), "{command}");
                assert_eq!(line.get("shown"), None);
            }
            let herself = Caller { person: Some(*person), ..caller(Role::SU, Purpose::Sar) };
            let log = "{ accessEvents(first: 50, where: { department: { eq: \"$\" } }) \
                       { nodes { person { id } fields } } }"
                .replace('$', Department::Police.code());
            let log = follow(&world.db, &gateway, &herself, None, query(&log)).await;
            let nodes = log.answer["accessEvents"]["nodes"].as_array().expect("a log").clone();
            let herself = id(&world, Department::Subject, *person);
            let of_her: Vec<&Value> =
                nodes.iter().filter(|node| node["person"]["id"] == herself.as_str()).collect();
            assert_eq!(of_her.len(), 1, "{}", log.answer);
            assert_eq!(of_her[0]["fields"], told[person].as_str());
        }
        // Who looks for no person sees all, and set by set.
        let of_police = ["audit", "search", "--role", "PO", "--format", "json"];
        let line = installation.succeed(&of_police);
        let line: Value = serde_json::from_str(&line).expect("one line");
        assert_eq!(line["fields"], both);
        let sets: BTreeSet<&str> =
            line["shown"].as_array().expect("sets").iter().filter_map(Value::as_str).collect();
        assert_eq!(sets, BTreeSet::from([both, "Person.name:full"]));
        let text = installation.succeed(&["audit", "search", "--role", "PO"]);
        assert!(text.contains("of some of its persons: Person.name:full\n"), "{text}");
        let exported = installation.succeed(&["audit", "export"]);
        let line = exported.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        let line: Value = line.into_iter().find(|line: &Value| line["record"] == seq).expect("it");
        let shown: BTreeSet<&str> = line["shown"].as_str().expect("sets").split(' ').collect();
        assert_eq!(shown, BTreeSet::from(["10", "11"]));
        assert_eq!(line["fields"], both);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_all_persons_were_shown_alike_is_kept_once() {
    for backend in backends("what_all_persons_were_shown_alike_is_kept_once") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let officer = caller(Role::PO, Purpose::Res);
        let (trail, told) =
            told(&world, &gateway, &officer, "{ persons(first: 50) { nodes { name } } }").await;
        assert_eq!((trail.record.shown, told.len()), (None, 50));
        let kept = match world.db.get_database_backend() {
            sea_orm::DbBackend::Postgres => {
                "SELECT seq FROM access_record WHERE subjects_shown \
                                             IS NOT NULL"
            }
            _ => "SELECT seq FROM access_subject WHERE shown IS NOT NULL",
        };
        assert!(sql::column::<i64>(&world.db, kept).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_rows_are_ordered_or_chosen_by_is_tested_of_those_who_show_it() {
    let test = "a_cell_that_rows_are_ordered_or_chosen_by_is_tested_of_those_who_show_it";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let officer = caller(Role::PO, Purpose::Res);
        let own = with_own_number(&world).await;
        for list in [
            "persons(first: 200, orderBy: [{ phone: ASC }])",
            "persons(first: 200, where: { or: [{ phone: { startsWith: \"1\" } }, \
             { sex: { in: [\"1\", \"2\"] } }] })",
        ] {
            let text = format!("{{ {list} {{ nodes {{ id name }} }} }}");
            let (trail, told) = told(&world, &gateway, &officer, &text).await;
            let sex = if list.contains("sex") { " Person.sex:full" } else { "" };
            assert_eq!(trail.record.fields, format!("Person.name:full Person.phone:full{sex}"));
            let mut seen = BTreeSet::new();
            for (person, node) in nodes(&world, Department::Police, &trail.answer) {
                let name = if node["name"].is_null() { "" } else { "Person.name:full " };
                let phone = if own.contains(&person) { "Person.phone:full" } else { "" };
                let told: Vec<&str> = told[&person].split(' ').collect();
                let expected = format!("{name}{phone}");
                let expected: Vec<&str> = expected.split_whitespace().collect();
                let of_list: Vec<&str> =
                    told.into_iter().filter(|field| !field.starts_with("Person.sex")).collect();
                assert_eq!(of_list, expected, "{list}: {person}");
                seen.insert(phone);
            }
            assert_eq!(seen.len(), 2, "{list}: with the number and without");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_whoever_is_only_named_or_counted_nothing_is_named_as_shown() {
    let test = "of_whoever_is_only_named_or_counted_nothing_is_named_as_shown";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let officer = caller(Role::PO, Purpose::Res);
        let elsewhere = "SELECT p.id FROM person p JOIN administrative_unit u \
                         ON u.id = p.residence_unit_id WHERE u.code NOT LIKE '220102%'";
        let elsewhere: Vec<i64> = sql::column(&world.db, elsewhere).await;
        let three = "{ persons(first: 3) { nodes { id } } }";
        let (_, here) = told(&world, &gateway, &officer, three).await;
        let here = *here.keys().next().expect("a person");
        let (row, name) = ("Person.id:predicate", "Person.name:full");

        let [inside, outside] = [here, elsewhere[0]].map(|key| id(&world, Department::Police, key));
        let both =
            format!("{{ nodes(ids: [{inside:?}, {outside:?}]) {{ ... on Person {{ name }} }} }}");
        let (_, named) = told(&world, &gateway, &officer, &both).await;
        let expected = BTreeMap::from([(here, name.to_owned()), (elsewhere[0], row.to_owned())]);
        assert_eq!(named, expected);

        // The one that tells that there is another page.
        let page = "{ persons(first: 3) { nodes { name } pageInfo { hasNextPage } } }";
        let (_, counted) = told(&world, &gateway, &officer, page).await;
        let fields: Vec<&str> = counted.values().map(String::as_str).collect();
        assert_eq!(fields, [name, name, name, row]);

        // A request that ends in an error showed nothing of whom it named.
        let fails = format!(
            "{{ person(id: {inside:?}) {{ name }} persons(first: 100000) {{ nodes {{ id }} }} }}"
        );
        let (refused, named) = told(&world, &gateway, &officer, &fails).await;
        assert_ne!(refused.record.decision, "allowed", "{}", refused.answer);
        assert_eq!(named, BTreeMap::from([(here, row.to_owned())]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn below_a_person_whose_rows_are_not_shown_only_that_they_were_asked_for_is_named() {
    let test = "below_a_person_whose_rows_are_not_shown_only_that_they_were_asked_for_is_named";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        // The street sees what civil affairs collected.
        let street = caller(Role::CW, Purpose::Res);
        let text = "{ persons(first: 90) { nodes { id name residences { arrivalDate } } } }";
        let (trail, told) = told(&world, &gateway, &street, text).await;
        let is_shown = |node: &Value| node["residences"] != serde_json::json!([]);
        let shown: BTreeSet<i64> = nodes(&world, Department::CivilAffairs, &trail.answer)
            .into_iter()
            .filter(|(_, node)| is_shown(node))
            .map(|(person, _)| person)
            .collect();
        let one = "Person.name:full ResidenceRegistration.arrivalDate:masked";
        assert_divided(
            &told,
            &shown,
            one,
            "Person.id:predicate ResidenceRegistration.id:predicate",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_does_not_tell_whether_there_is_a_row_where_all_would_be_shown() {
    let test = "the_record_does_not_tell_whether_there_is_a_row_where_all_would_be_shown";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let worker = caller(Role::HF, Purpose::Ref);
        let text = "{ persons(first: 90) { nodes { name immunizationCards { vaccinationDue } } } }";
        let (trail, told) = told(&world, &gateway, &worker, text).await;
        let nodes = trail.answer["persons"]["nodes"].as_array().expect("a list").iter();
        let with_card = nodes.filter(|node| node["immunizationCards"] != serde_json::json!([]));
        assert!((1..told.len()).contains(&with_card.count()), "some have a card");
        assert_eq!(trail.record.shown, None);
        let fields = "ImmunizationCard.vaccinationDue:predicate Person.name:full";
        assert!(told.values().all(|told| told == fields), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_alters_what_was_shown_of_whom_is_found() {
    for backend in backends("whoever_alters_what_was_shown_of_whom_is_found") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let officer = caller(Role::PO, Purpose::Res);
        let (trail, told) = told(&world, &gateway, &officer, LIST).await;
        let own = with_own_number(&world).await;
        let person = told.keys().find(|person| own.contains(person)).expect("one of them");
        assert_eq!(trail.record.seq, 1);
        let installation = Installation::over(&world);
        assert!(installation.succeed(&["audit", "verify"]).starts_with("intact"));
        let is_postgres = world.db.get_database_backend() == sea_orm::DbBackend::Postgres;
        let of_persons: &[&str] = if is_postgres {
            &[
                "UPDATE access_record SET subjects_shown = NULL",
                "UPDATE access_record SET subjects_shown[array_position(subjects, $)] = \
                 3 - subjects_shown[array_position(subjects, $)]",
            ]
        } else {
            &[
                "UPDATE access_subject SET shown = NULL",
                "UPDATE access_subject SET shown = 3 - shown WHERE person_id = $",
            ]
        };
        let of_record = ["NULL", "'11 11'", "'10'"]
            .map(|sets| format!("UPDATE access_record SET shown = {sets}"));
        let cases = of_persons
            .iter()
            .map(|sql| (sql.replace('$', &person.to_string()), "altered: its persons"))
            .chain(of_record.into_iter().map(|sql| (sql, "altered: a column")));
        let tables: &[&str] =
            if is_postgres { &["access_record"] } else { &["access_record", "access_subject"] };
        for table in tables {
            let copy = format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}");
            sql::execute(&world.db, &copy).await;
        }
        for (statement, finding) in cases {
            sql::execute(&world.db, &statement).await;
            let outcome = installation.run(&["audit", "verify"]);
            assert_eq!(outcome.code, Some(2), "{statement}: {outcome:?}");
            let found = format!("broken at record 1: {finding}");
            assert!(outcome.out.starts_with(&found), "{statement}: {outcome:?}");
            for table in tables {
                sql::execute(&world.db, &format!("DELETE FROM {table}")).await;
                let back = format!("INSERT INTO {table} SELECT * FROM saved_{table}");
                sql::execute(&world.db, &back).await;
            }
        }
        assert!(installation.succeed(&["audit", "verify"]).starts_with("intact"));
    }
}
