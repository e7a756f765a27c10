//! `audit show` tells who saw a person's data.

use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::Value;

use super::{process::Installation, sql, trail};
use crate::support::{World, backends, caller};

const QUERY: &str = "{ persons(first: 1) { nodes { name } } }";

#[tokio::test(flavor = "multi_thread")]
async fn accesses_to_a_person_are_shown_newest_first() {
    for backend in backends("accesses_to_a_person_are_shown_newest_first") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let clinician = caller(Role::HC, Purpose::Hr);
        let seen = trail::follow(&world.db, &gateway, &clinician, None, trail::query(QUERY)).await;
        let person = *seen.subjects.first().expect("a person");
        for query in ["{ persons(first: 1) { nodes { phone } } }", QUERY] {
            trail::follow(&world.db, &gateway, &clinician, None, trail::query(query)).await;
        }
        let unseen: Vec<i64> = sql::column(&world.db, "SELECT max(id) FROM person").await;

        let installation = Installation::over(&world);
        let show = |arguments: &[&str]| {
            let person = person.to_string();
            installation.succeed(&[&["audit", "show", "--person", &person], arguments].concat())
        };
        let text = show(&[]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 6, "{text}");
        for (line, (seq, fields)) in lines.chunks(2).zip([(3, "name"), (2, "phone"), (1, "name")]) {
            assert!(line[0].starts_with(&format!("#{seq} ")), "{text}");
            for told in ["2026-11-20 04:00:00", "HC", "test.health", "220102-CHC", "P-HR"] {
                assert!(line[0].contains(told), "{told}: {text}");
            }
            assert_eq!(line[1].trim(), format!("Person.{fields}:full"));
        }

        let json = show(&["--format", "json", "--limit", "1", "--before", "3"]);
        let access: Value = serde_json::from_str(&json).expect("one line of JSON");
        assert_eq!(access["record"], 2);
        assert_eq!(access["caller"], clinician.subject.as_str());
        assert_eq!(access["role"], "HC");
        assert_eq!(access["purpose"], "P-HR");
        assert_eq!(access["organization"], "220102-CHC");
        assert_eq!(access["fields"], "Person.phone:full");
        assert_eq!(access["decision"], "allowed");

        let nobody = unseen[0].to_string();
        assert_eq!(installation.succeed(&["audit", "show", "--person", &nobody]), "");
    }
}

/// What `audit show` and the person's own `accessEvents` tell of each access, newest first.
const TOLD: [&str; 4] = ["at", "department", "purpose", "fields"];

#[tokio::test(flavor = "multi_thread")]
async fn persons_see_what_audit_show_does_also_where_it_ended_in_an_error() {
    let test = "persons_see_what_audit_show_does_also_where_it_ended_in_an_error";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        // Without a contract, so that there is a limit.
        let officer = Caller { subject: "somebody".to_owned(), ..caller(Role::PO, Purpose::Res) };
        let first = "{ persons(first: 100) { nodes { id name } } }";
        let seen = trail::follow(&world.db, &gateway, &officer, None, trail::query(first)).await;
        let id = seen.answer["persons"]["nodes"][0]["id"].as_str().expect("an identifier");
        let again = format!("{{ person(id: {id:?}) {{ name phone }} }}");
        let over = trail::follow(&world.db, &gateway, &officer, None, trail::query(&again)).await;
        assert_eq!(over.record.decision, "QUOTA_EXCEEDED", "{}", over.answer);
        let person = *over.subjects.first().expect("whom it named");
        assert_eq!(over.subjects.len(), 1);

        let herself = Caller { person: Some(person), ..caller(Role::SU, Purpose::Sar) };
        let members = TOLD.join(" ");
        let own = format!("{{ accessEvents(first: 9) {{ nodes {{ {members} }} }} }}");
        let own = trail::follow(&world.db, &gateway, &herself, None, trail::query(&own)).await;
        let nodes = own.answer["accessEvents"]["nodes"].as_array().expect("accesses").clone();
        let person = person.to_string();
        let before = own.record.seq.to_string();
        let shown = Installation::over(&world).succeed(&[
            "audit", "show", "--person", &person, "--format", "json", "--before", &before,
        ]);
        let mut shown: Vec<Value> =
            shown.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(shown.len(), 2);
        let told = |access: &Value| -> Vec<String> {
            let text = |name| access[name].as_str().unwrap_or_default().replace(".000000", "");
            TOLD.map(text).to_vec()
        };
        shown.sort_by_key(|access| access["record"].as_i64());
        let mut seen: Vec<Vec<String>> = nodes.iter().map(told).collect();
        let mut known: Vec<Vec<String>> = shown.iter().map(told).collect();
        // Of a child in the list its guardian sees the same.
        for all in [&mut seen, &mut known] {
            all.sort();
            all.dedup();
        }
        assert_eq!(seen, known, "{backend:?}");
        assert_eq!(shown[1]["decision"], "QUOTA_EXCEEDED");
    }
}
