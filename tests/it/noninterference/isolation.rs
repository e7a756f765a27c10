//! Departments that ask at the same moment, over real HTTP: each is answered as if it were alone.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use migrant_gateway::policy::{Purpose, Role};
use serde_json::{Value, json};

use super::copies::copy;
use crate::support::{
    Backend, World, backends,
    http::{Server, token},
    world::noon,
};

/// How many times all of them ask at once.
const ROUNDS: usize = 240;

const CALLERS: [(Role, Purpose); 8] = [
    (Role::PO, Purpose::Res),
    (Role::HC, Purpose::Hr),
    (Role::HM, Purpose::Mch),
    (Role::HV, Purpose::Imm),
    (Role::CA, Purpose::Sa),
    (Role::CW, Purpose::Res),
    (Role::MW, Purpose::Emp),
    (Role::SU, Purpose::Sar),
];

/// What all of them may ask: the very same text, so that a plan or an answer kept for one could
/// reach another.
const SHARED: [&str; 3] = [
    "{ persons(first: 20) { nodes { id name } totalCount } }",
    "{ persons(first: 5) { pageInfo { endCursor } nodes { id personRef name ageBand \
     residences { id residentThreeMonths person { id name } } } } }",
    "{ persons(first: 9, where: { residences: { some: {} } }) { totalCount nodes { id \
     residences { id residentThreeMonths } } } }",
];

/// What only one of them asks.
fn own(role: Role) -> &'static str {
    match role {
        Role::PO => "{ persons(first: 9) { nodes { idNumber phone ethnicity } } }",
        Role::HC => {
            "{ healthRecords(first: 9) { nodes { recordNumber bloodType pastDiseases { code } } } }"
        }
        Role::HM => "{ maternalCareRecords(first: 9) { nodes { lmpDate person { name } } } }",
        Role::HV => "{ immunizationCards(first: 9) { nodes { cardNumber person { phone } } } }",
        Role::CA => "{ assistanceCases(first: 9) { nodes { benefitAmount person { idNumber } } } }",
        Role::CW => "{ persons(first: 9) { nodes { name residences { residenceAddress } } } }",
        Role::MW => "{ employments(first: 9) { nodes { occupation person { name } } } }",
        _ => "{ persons { nodes { idNumber healthRecords { pastDiseases { code } } } } }",
    }
}

struct Asker {
    role: Role,
    token: String,
}

/// A server over a world, with a token for every caller.
async fn serve(backend: Backend) -> (World, Server, Vec<Asker>) {
    let world = copy(backend).await;
    let askers = CALLERS
        .into_iter()
        .map(|(role, purpose)| Asker { role, token: token(&world, role, purpose, noon()) })
        .collect();
    let server = Server::start(world.gateway().await).await;
    (world, server, askers)
}

async fn ask(server: &Server, token: &str, query: &str) -> String {
    let response = server.post(token, &json!({ "query": query })).await;
    response.text().await.expect("a body")
}

async fn answer(server: &Server, asker: &Asker, query: &str) -> Value {
    serde_json::from_str(&ask(server, &asker.token, query).await).expect("answers are JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn departments_that_ask_at_the_same_moment_are_answered_as_if_each_were_alone() {
    for backend in backends("departments that ask at the same moment") {
        let (_world, server, askers) = serve(backend).await;
        let mut alone = Vec::new();
        for asker in &askers {
            for query in SHARED.into_iter().chain([own(asker.role)]) {
                let text = ask(&server, &asker.token, query).await;
                assert!(!text.contains("\"errors\""), "{} {query}: {text}", asker.role);
                alone.push((asker, query, text));
            }
        }
        for (place, (asker, query, text)) in alone.iter().enumerate() {
            let alike = alone[..place].iter().filter(|(_, other, _)| other == query);
            for (other, _, theirs) in alike {
                let health = |asker: &Asker| asker.role.code().starts_with('H');
                assert!(
                    health(asker) && health(other) || text != theirs,
                    "{} and {} see different rows",
                    asker.role,
                    other.role
                );
            }
        }
        for round in 0..ROUNDS {
            // One text for all and each one's own; other neighbours every round.
            alone.rotate_left(round % 7 + 1);
            let text_of_round = SHARED[round % SHARED.len()];
            let asked: Vec<_> = alone
                .iter()
                .filter(|(_, query, _)| *query == text_of_round || !SHARED.contains(query))
                .collect();
            let together = asked.iter().map(|(asker, query, _)| ask(&server, &asker.token, query));
            for (got, (asker, query, text)) in join_all(together).await.iter().zip(&asked) {
                assert_eq!(got, text, "{backend:?} round {round}: {} {query}", asker.role);
            }
        }
    }
}

/// The texts under a key anywhere in a value.
fn texts(value: &Value, key: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == key => {
                        found.insert(text.clone());
                    }
                    _ => texts(member, key, found),
                }
            }
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_identifier_of_one_department_is_known_to_another() {
    let (_world, server, askers) = serve(Backend::Sqlite).await;
    let mut seen: Vec<(Role, BTreeSet<String>)> = Vec::new();
    for asker in &askers {
        // For employment and training nobody needs the household.
        let joined = match asker.role {
            Role::MW => "employments { id }",
            _ => "householdMemberships { id householdRef }",
        };
        let query = format!(
            "{{ persons(first: 500) {{ nodes {{ id personRef {joined} }} pageInfo {{ endCursor }} }} }}"
        );
        let answer = answer(&server, asker, &query).await;
        let mut own = BTreeSet::new();
        for key in ["id", "personRef", "householdRef", "endCursor"] {
            texts(&answer, key, &mut own);
        }
        assert!(!own.is_empty(), "{}: {answer}", asker.role);
        for (other, theirs) in &seen {
            if other.department() != asker.role.department() {
                let shared: Vec<_> = own.intersection(theirs).collect();
                assert!(shared.is_empty(), "{} and {other}: {shared:?}", asker.role);
            }
        }
        seen.push((asker.role, own));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identifier_or_cursor_of_one_department_is_refused_for_another() {
    let (_world, server, askers) = serve(Backend::Sqlite).await;
    let mut handed_out = Vec::new();
    for asker in &askers {
        let query = "{ persons(first: 1) { nodes { id } edges { cursor } } }";
        let answer = answer(&server, asker, query).await;
        let text = |pointer: &str| {
            answer.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned()
        };
        handed_out.push((
            asker.role,
            text("/data/persons/nodes/0/id"),
            text("/data/persons/edges/0/cursor"),
        ));
    }
    for asker in &askers {
        for (role, id, cursor) in &handed_out {
            let same = role.department() == asker.role.department();
            for (query, code) in [
                (format!("{{ person(id: \"{id}\") {{ id }} }}"), "ID_INVALID"),
                (
                    format!(
                        "{{ persons(where: {{ id: {{ in: [\"{id}\"] }} }}) {{ totalCount }} }}"
                    ),
                    "ID_INVALID",
                ),
                (
                    format!("{{ persons(first: 1, after: \"{cursor}\") {{ nodes {{ id }} }} }}"),
                    "CURSOR_INVALID",
                ),
                (
                    format!("{{ persons(last: 1, before: \"{cursor}\") {{ nodes {{ id }} }} }}"),
                    "CURSOR_INVALID",
                ),
            ] {
                let answer = answer(&server, asker, &query).await;
                let found = answer["errors"][0]["extensions"]["code"].as_str();
                let expected = (!same).then_some(code);
                assert_eq!(found, expected, "{} with what {role} was given: {answer}", asker.role);
            }
        }
    }
}
