//! A steward's unit bounds what it administers: grants hold in the whole province.

use migrant_gateway::{auth::Caller, policy::Role};
use serde_json::{Value, json};

use super::office::{NECESSITY, Office, dwelling, steward};
use crate::support::{Backend, backends, code};

fn of(unit: &str, name: &str, role: Role) -> Caller {
    Caller { unit: unit.to_owned(), ..steward(name, role) }
}

fn is_of_unit(answer: &Value) -> bool {
    code(answer) == Some("FORBIDDEN") && answer["errors"][0]["extensions"]["reason"] == "UNIT"
}

#[tokio::test]
async fn the_steward_of_a_county_or_prefecture_neither_proposes_nor_signs_nor_takes_away() {
    for backend in backends("the_steward_of_a_county_or_prefecture_neither_proposes") {
        let office = Office::new(backend).await;
        let revoke = "mutation { revokeGrant(role: \"HC\", purpose: \"P-HR\", target: \"G13\") }";
        let restore =
            "mutation($why: String!) { restoreVersion(version: 1, necessity: $why) { id } }";
        for unit in ["220102", "220100"] {
            let police = of(unit, "wang", Role::SP);
            let refused = office.try_propose(&police, &[dwelling()]).await;
            assert!(is_of_unit(&refused), "{refused}");
            let refused = office.ask(&police, restore, json!({ "why": NECESSITY })).await;
            assert!(is_of_unit(&refused), "{refused}");
            let refused = office.ask(&of(unit, "li", Role::SH), revoke, json!({})).await;
            assert!(is_of_unit(&refused), "{refused}");
        }
        let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
        for what in ["approve", "reject"] {
            let refused = office.decide(&of("220102", "zhao", Role::SG), what, id).await;
            assert!(is_of_unit(&refused), "{refused}");
        }
        assert_eq!((office.status(id).await.as_str(), office.version()), ("PENDING", 2));
        office.approve(&steward("zhao", Role::SG), id).await;
        assert_eq!(office.version(), 3);
        office.assert_recorded().await;
    }
}

#[tokio::test]
async fn the_steward_of_a_county_administers_the_partner_systems_within_it() {
    let office = Office::populated(Backend::Sqlite).await;
    let query = "mutation($client: ClientInput!) { registerClient(client: $client) { unit } }";
    let clinic = |id: &str, unit: &str| {
        json!({ "client": { "clientId": id, "name": "CHC", "roles": ["HC"],
                "purposes": ["P-HR"], "unit": unit, "organization": format!("{unit}-CHC") } })
    };
    let county = of("220102", "li", Role::SH);
    let own = office.data(&county, query, clinic("own", "220102")).await;
    assert_eq!(own["registerClient"]["unit"], "220102");
    let foreign = office.ask(&county, query, clinic("foreign", "220103")).await;
    assert!(is_of_unit(&foreign), "{foreign}");
    office.data(&of("220100", "li", Role::SH), query, clinic("foreign", "220103")).await;
    let suspend = "mutation { suspendClient(client: \"foreign\") { suspended } }";
    let refused = office.ask(&county, suspend, json!({})).await;
    assert!(is_of_unit(&refused), "{refused}");
    office.data(&steward("li", Role::SH), suspend, json!({})).await;
}

#[tokio::test]
async fn the_steward_of_a_county_neither_raises_limits_nor_ends_them() {
    for backend in backends("the_steward_of_a_county_neither_raises_limits") {
        let office = Office::populated(backend).await;
        let propose = "mutation($kind: LimitKind!, $target: String!, $amounts: \
            LimitAmountsInput!) { proposeLimit(kind: $kind, target: $target, amounts: $amounts, \
            law: \"HEALTH-33\", reason: \"查漏补种期间每日核对接种档案的工作量（国家免疫规划）\", \
            validUntil: \"2027-06-01T00:00:00Z\") { id } }";
        let register =
            "mutation($client: ClientInput!) { registerClient(client: $client) { unit } }";
        for unit in ["220102", "220103"] {
            let client = json!({ "client": { "clientId": format!("chc-{unit}"), "name": "CHC",
                "roles": ["HC"], "purposes": ["P-HR"], "unit": unit,
                "organization": format!("{unit}-CHC") } });
            office.data(&steward("li", Role::SH), register, client).await;
        }
        let asked = |kind: &str, target: &str| {
            let amounts = match kind {
                "EMERGENCY" => json!({ "openAtOnce": 4 }),
                _ => json!({ "healthDay": 30 }),
            };
            json!({ "kind": kind, "target": target, "amounts": amounts })
        };
        let mut made = Vec::new();
        for (kind, target) in
            [("ROLE", "HC"), ("CONTRACT", "chc-220102"), ("CONTRACT", "chc-220103")]
        {
            for unit in ["220102", "220100"] {
                let county = of(unit, "wang", Role::SH);
                let refused = office.ask(&county, propose, asked(kind, target)).await;
                assert!(is_of_unit(&refused), "{kind} {unit}: {refused}");
            }
            let all = office.data(&steward("wang", Role::SH), propose, asked(kind, target)).await;
            made.push(json!({ "id": all["proposeLimit"]["id"] }));
        }
        let county = of("220102", "wang", Role::SH);
        let emergency = asked("EMERGENCY", "220102-EMS");
        assert!(is_of_unit(&office.ask(&county, propose, emergency).await));
        let officer = of("220102", "officer", Role::DP);
        for what in ["approveLimit", "rejectLimit"] {
            let query = format!("mutation($id: Int!) {{ {what}(id: $id) {{ id }} }}");
            let refused = office.ask(&officer, &query, made[0].clone()).await;
            assert!(is_of_unit(&refused), "{what}: {refused}");
        }
        let end = "mutation($id: Int!) { endLimit(id: $id) { status } }";
        for id in made {
            let refused = office.ask(&county, end, id.clone()).await;
            assert!(is_of_unit(&refused), "{refused}");
            office.data(&steward("wang", Role::SH), end, id).await;
        }
    }
}

#[tokio::test]
async fn whoever_looks_may_do_so_from_anywhere() {
    let office = Office::new(Backend::Sqlite).await;
    let county = of("220102", "wang", Role::SP);
    let told = office.data(&county, "{ grantsVersion proposals { id } }", json!({})).await;
    assert_eq!(told["grantsVersion"], 2);
}
