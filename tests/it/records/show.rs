//! `audit show` tells who saw a person's data.

use migrant_gateway::policy::{Purpose, Role};
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
