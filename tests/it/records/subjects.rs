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
            // Whoever is counted is a subject, too: another test tells of them.
            let text = request.query.replace(" totalCount", "");
            let plain = follow(&world.db, &gateway, &caller, None, query(&text)).await;
            let identified = query(&identified(&text));
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
async fn few_who_are_only_counted_are_subjects_and_their_count_is_exact() {
    on_both(
        "few_who_are_only_counted_are_subjects_and_their_count_is_exact",
        (Role::PO, Purpose::Res),
        "{ persons(where: { residences: { some: { arrivalDate: { gte: \"2026-06-01\" } } } }) \
         { totalCount } }",
        async |_, trail, _| {
            let count = trail.answer["persons"]["totalCount"].as_u64().expect("a count");
            assert!((11..=100).contains(&count), "{count}");
            assert_eq!(trail.subjects.len() as u64, count);
            assert_eq!(trail.record.row_count, 0);
            assert_eq!(
                trail.record.fields,
                "Person.id:predicate ResidenceRegistration.arrivalDate:full"
            );
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_are_only_counted_are_no_subjects_and_their_count_is_not_exact() {
    let test = "many_who_are_only_counted_are_no_subjects_and_their_count_is_not_exact";
    let (mut exact, mut counts) = (BTreeSet::new(), BTreeSet::new());
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let officer = caller(Role::PO, Purpose::Res);
        let ask = async |text: &str| follow(&world.db, &gateway, &officer, None, query(text)).await;
        for sex in ["[\"1\", \"2\"]", "[\"1\", \"2\", \"9\"]"] {
            let filter = format!("first: 500, where: {{ sex: {{ in: {sex} }} }}");
            let rough = ask(&format!("{{ persons({filter}) {{ totalCount }} }}")).await;
            let whole =
                ask(&format!("{{ persons({filter}) {{ totalCount nodes {{ id }} }} }}")).await;
            let rough_count = rough.answer["persons"]["totalCount"].as_i64().expect("a count");
            let whole_count = whole.answer["persons"]["totalCount"].as_i64().expect("a count");
            assert!(whole_count > 200, "{whole_count} are many");
            assert!(rough_count % 5 == 0 && (rough_count - whole_count).abs() < 100);
            assert!(rough.subjects.is_empty());
            assert_eq!(whole.subjects.len(), usize::try_from(whole_count).expect("a count"));
            exact.insert(whole_count);
            counts.insert(rough_count);
        }
    }
    // One set of persons, asked for in two ways on two databases.
    assert_eq!((exact.len(), counts.len()), (1, 1), "the same set, the same number");
}

fn id(world: &World, key: i64) -> String {
    let department = entity::sharing::Department::Health;
    migrant_gateway::graphql::ids::Identifiers::new(&world.secrets, department).id("Person", key)
}

/// Asks as a clinician about a patient of the organization, with `$T` for the patient and `$O` for
/// fifteen others.
async fn ask_about_a_patient(test: &str, text: &str, check: impl Fn(i64, &[i64], &Trail)) {
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let clinician = caller(Role::HC, Purpose::Hr);
        let plain = "{ persons(first: 16, where: { healthRecords: { some: { bloodType: { isNull: \
                     false } } } }) { nodes { id __typename } } }";
        let patients = follow(&world.db, &gateway, &clinician, None, query(plain)).await;
        let mut patients: Vec<i64> = patients.subjects.into_iter().collect();
        let patient = patients.remove(0);
        let others: Vec<String> =
            patients.iter().map(|key| format!("{:?}", id(&world, *key))).collect();
        let text = text
            .replace("$T", &format!("{:?}", id(&world, patient)))
            .replace("$O", &format!("[{}]", others.join(", ")));
        let mut told = BTreeSet::new();
        for blood in ["1", "2", "3", "4"] {
            let question = query(&text.replace("$B", &format!("{blood:?}")));
            let trail = follow(&world.db, &gateway, &clinician, None, question).await;
            assert_eq!(trail.record.decision, "allowed", "{}", trail.answer);
            assert!(trail.subjects.contains(&patient), "{backend:?} {blood}: {text}");
            let tested =
                trail.record.fields.split(' ').any(|f| f.starts_with("HealthRecord.bloodType:"));
            assert!(tested, "{}", trail.record.fields);
            check(patient, &patients, &trail);
            told.insert(trail.answer.to_string());
        }
        assert!(told.len() > 1, "the answer tells the blood type: {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn padding_a_count_with_others_names_everybody_it_is_about() {
    let text = "{ persons(where: { or: [{ id: { eq: $T }, healthRecords: { some: { bloodType: \
                { eq: $B } } } }, { id: { in: $O } }] }) { totalCount } }";
    let test = "padding_a_count_with_others_names_everybody_it_is_about";
    ask_about_a_patient(test, text, |_, others, trail| {
        assert!(others.iter().all(|other| trail.subjects.contains(other)));
        assert_eq!(trail.record.row_count, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_names_whom_it_is_about() {
    let text = "{ persons(where: { id: { eq: $T }, healthRecords: { some: { bloodType: \
                { eq: $B } } } }) { nodes { id } } }";
    ask_about_a_patient("an_empty_list_names_whom_it_is_about", text, |patient, _, trail| {
        assert_eq!(trail.subjects, BTreeSet::from([patient]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_about_through_a_relation_of_somebody_else_is_a_subject() {
    let test = "whoever_is_asked_about_through_a_relation_of_somebody_else_is_a_subject";
    let text = "{ persons(first: 500, where: { householdMemberships: { some: { household: { some: \
                { person: { id: { eq: $T }, healthRecords: { some: { bloodType: { eq: $B } } } } \
                } } } } }) { nodes { __typename } } }";
    ask_about_a_patient(test, text, |_, _, _| {}).await;
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
