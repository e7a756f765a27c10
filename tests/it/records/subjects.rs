//! Whose data an answer holds: exactly those persons are the record's subjects.

use std::collections::BTreeSet;

use migrant_gateway::{
    demo,
    graphql::Request,
    policy::{Purpose, Role},
};

use super::{sql, trail::*};
use crate::support::{World, backends, caller};

/// Asks on both databases and has the trail looked at.
async fn on_both(
    test: &str,
    (role, purpose): (Role, Purpose),
    text: &str,
    check: impl AsyncFn(&World, Trail, Vec<(String, i64)>),
) {
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let caller = caller(role, purpose);
        let trail = follow(&world.db, &gateway, &caller, None, query(text)).await;
        assert_eq!(trail.record.decision, "allowed", "{}", trail.answer);
        let rows = rows(&world, role.department(), &trail.answer);
        check(&world, trail, rows).await;
    }
}

fn keys(rows: &[(String, i64)], kind: &str) -> BTreeSet<i64> {
    rows.iter().filter(|(of, _)| of == kind).map(|(_, key)| *key).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_person_in_an_answer_is_a_subject_and_nobody_else() {
    for backend in backends("every_person_in_an_answer_is_a_subject_and_nobody_else") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        for request in demo::requests() {
            let role = request.role;
            let caller = caller(role, request.purpose);
            let plain = follow(&world.db, &gateway, &caller, None, query(request.query)).await;
            let identified = query(&identified(request.query));
            let trail = follow(&world.db, &gateway, &caller, None, identified).await;
            let rows = rows(&world, role.department(), &trail.answer);
            assert_eq!(trail.subjects, persons(&world.db, &rows).await, "{backend:?} {role}");
            assert_eq!(trail.record.row_count, i64::try_from(rows.len()).expect("few"), "{role}");
            assert_eq!(trail.subjects.is_empty(), request.query.contains("Stats"), "{role}");
            assert_eq!(plain.record.fields, trail.record.fields, "{role}");
            if role != Role::SU && role != Role::AU {
                // Those two see accesses, of which there is one more each time.
                assert_eq!(plain.subjects, trail.subjects, "{role}");
                assert_eq!(plain.record.row_count, trail.record.row_count, "{role}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_hold_no_personal_values() {
    for backend in backends("records_hold_no_personal_values") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        for request in demo::requests() {
            let caller = caller(request.role, request.purpose);
            let trail = follow(&world.db, &gateway, &caller, None, query(request.query)).await;
            let text = format!("{:?}", trail.record);
            if trail.subjects.is_empty() {
                continue;
            }
            for value in personal_values(&world.db, &trail.subjects).await {
                assert!(!text.contains(&value), "{value} in {text}");
            }
        }
        let names: Vec<String> = sql::column(&world.db, "SELECT name FROM person LIMIT 1").await;
        let officer = caller(Role::PO, Purpose::Res);
        let literal = format!(
            "{{ persons(where: {{ name: {{ eq: \"{}\" }} }}) {{ totalCount }} }}",
            names[0]
        );
        let variable = Request {
            query: "query Find($name: String) { persons(where: { name: { eq: $name } }) \
                    { totalCount } }"
                .to_owned(),
            operation_name: Some("Find".to_owned()),
            variables: serde_json::from_value(serde_json::json!({ "name": names[0] }))
                .expect("an object"),
            ..Request::default()
        };
        for request in [query(&literal), variable] {
            let trail = follow(&world.db, &gateway, &officer, None, request).await;
            assert_eq!(trail.record.decision, "allowed", "{}", trail.answer);
            assert!(!format!("{:?}", trail.record).contains(&names[0]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn persons_who_are_only_nested_are_subjects() {
    on_both(
        "persons_who_are_only_nested_are_subjects",
        (Role::PO, Purpose::Res),
        "{ householdMembers(where: { relation: { eq: \"02\" } }) \
         { nodes { id __typename household { id __typename relation \
         person { id __typename name } } } } }",
        async |world, trail, rows| {
            assert_eq!(trail.subjects, persons(&world.db, &rows).await);
            let nodes = trail.answer["householdMembers"]["nodes"].as_array().expect("nodes");
            let nested = keys(&rows, "HouseholdMember").len();
            assert!(nested > nodes.len(), "households of several persons, to prove anything");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guardians_whose_names_are_shown_are_subjects() {
    let ask = "{ householdMembers(first: 300, where: { relation: { in: [\"20\", \"30\"] } }) \
               { nodes { id __typename guardianOf } } }";
    let others = async |world: &World, rows: &[(String, i64)]| -> BTreeSet<i64> {
        let members: Vec<String> = rows.iter().map(|(_, key)| key.to_string()).collect();
        let sql = format!(
            "SELECT guardian_person_id FROM household_member \
             WHERE guardian_person_id IS NOT NULL AND id IN ({})",
            members.join(", ")
        );
        sql::column(&world.db, &sql).await.into_iter().collect()
    };
    let test = "guardians_whose_names_are_shown_are_subjects";
    on_both(test, (Role::PO, Purpose::Res), ask, async |world, trail, rows| {
        let (own, guardians) = (persons(&world.db, &rows).await, others(world, &rows).await);
        assert!(!guardians.is_subset(&own), "guardians who are not in the list themselves");
        assert_eq!(trail.subjects, own.union(&guardians).copied().collect());
    })
    .await;
    let without = ask.replace("guardianOf", "relation");
    on_both(test, (Role::PO, Purpose::Res), &without, async |world, trail, rows| {
        let own = persons(&world.db, &rows).await;
        assert!(!others(world, &rows).await.is_subset(&own));
        assert_eq!(trail.subjects, own);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_occurs_twice_is_one_subject() {
    on_both(
        "a_person_who_occurs_twice_is_one_subject",
        (Role::CW, Purpose::Res),
        "{ a: persons(first: 2) { nodes { id __typename } } \
           b: persons(first: 3) { edges { node { id __typename } } } }",
        async |_, trail, rows| {
            assert_eq!(trail.subjects, keys(&rows, "Person"));
            assert_eq!((trail.subjects.len(), trail.record.row_count), (3, 5));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_only_counted_are_no_subjects() {
    on_both(
        "those_who_are_only_counted_are_no_subjects",
        (Role::PO, Purpose::Res),
        "{ persons(where: { residences: { some: { arrivalDate: { gte: \"2016-01-01\" } } } }) \
         { totalCount } }",
        async |_, trail, _| {
            assert!(trail.answer["persons"]["totalCount"].as_i64() > Some(0));
            assert!(trail.subjects.is_empty());
            assert_eq!(trail.record.row_count, 0);
            assert_eq!(trail.record.fields, "ResidenceRegistration.arrivalDate:full");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_found_is_no_subject() {
    on_both(
        "who_is_not_found_is_no_subject",
        (Role::SU, Purpose::Sar),
        "{ persons(where: { sex: { eq: \"0\" } }) { nodes { id __typename name } totalCount } }",
        async |_, trail, _| {
            assert_eq!(trail.answer["persons"]["totalCount"], 0);
            assert!(trail.subjects.is_empty());
            assert_eq!(trail.record.row_count, 0);
            assert_eq!(trail.record.fields, "Person.name:full Person.sex:full");
        },
    )
    .await;
}
