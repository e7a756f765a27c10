//! A department's steward administers its clients, and every act is in the chain.

use migrant_gateway::policy::Role;
use serde_json::{Value, json};

use crate::{
    grants::office::{Office, steward},
    support::{backends, code},
};

const REGISTER: &str = "mutation($client: ClientInput!) { registerClient(client: $client) \
    { clientId department suspended roles purposes credentials { id } } }";

fn clinic() -> Value {
    json!({ "client": {
        "clientId": "chc-220102", "name": "南关区社区卫生服务中心", "roles": ["HC"],
        "purposes": ["P-HR"], "unit": "220102", "organization": "220102-CHC",
    } })
}

async fn acts(office: &Office) -> Vec<Value> {
    let query = "{ acts { record caller role action target before after } }";
    let told = office.data(&steward("auditor", Role::AU), query, json!({})).await;
    told["acts"].as_array().expect("acts").clone()
}

#[tokio::test]
async fn a_steward_registers_equips_suspends_and_resumes_a_client() {
    for backend in backends("a_steward_registers_equips_suspends_and_resumes_a_client") {
        let office = Office::populated(backend).await;
        let li = steward("li", Role::SH);
        let made = office.data(&li, REGISTER, clinic()).await;
        assert_eq!(made["registerClient"]["department"], "health", "{made}");
        let fresh = "mutation { addClientSecret(client: \"chc-220102\") \
            { secret client { credentials { id kind validUntil } } } }";
        let fresh = office.data(&li, fresh, json!({})).await;
        let secret = fresh["addClientSecret"]["secret"].as_str().expect("a secret").to_owned();
        let credential = &fresh["addClientSecret"]["client"]["credentials"][0];
        assert_eq!(credential["kind"], "secret");
        let end = "mutation($id: Int!) { endClientCredential(client: \"chc-220102\", \
            credential: $id) { credentials { validUntil } } }";
        let ended = office.data(&li, end, json!({ "id": credential["id"] })).await;
        assert!(ended["endClientCredential"]["credentials"][0]["validUntil"].is_string());
        for (what, suspended) in [("suspend", true), ("resume", false)] {
            let query =
                format!("mutation {{ {what}Client(client: \"chc-220102\") {{ suspended }} }}");
            let told = office.data(&li, &query, json!({})).await;
            assert_eq!(told[format!("{what}Client")]["suspended"], suspended);
        }
        let acts = acts(&office).await;
        let actions: Vec<&str> = acts.iter().filter_map(|act| act["action"].as_str()).collect();
        let expected = [
            "client.resume",
            "client.suspend",
            "client.credential.end",
            "client.credential.add",
            "client.register",
        ];
        assert_eq!(actions, expected);
        assert!(acts.iter().all(|act| act["caller"] == "li" && act["role"] == "SH"));
        assert_eq!(acts[1]["before"]["suspended"], false, "{}", acts[1]);
        assert_eq!(acts[1]["after"]["suspended"], true);
        assert!(acts.iter().all(|act| !act.to_string().contains(&secret)));
        office.assert_recorded().await;
    }
}

#[tokio::test]
async fn nobody_administers_clients_of_another_department() {
    let name = "nobody_administers_clients_of_another_department";
    for backend in backends(name) {
        let office = Office::populated(backend).await;
        office.data(&steward("li", Role::SH), REGISTER, clinic()).await;
        let wang = steward("wang", Role::SP);
        assert_eq!(office.refusal(&wang, REGISTER, clinic()).await, "FORBIDDEN");
        for query in [
            "mutation { suspendClient(client: \"chc-220102\") { suspended } }",
            "mutation { resumeClient(client: \"chc-220102\") { suspended } }",
            "mutation { addClientSecret(client: \"chc-220102\") { secret } }",
            "mutation { addClientKey(client: \"chc-220102\", jwk: \"{}\") { suspended } }",
            "mutation { endClientCredential(client: \"chc-220102\", credential: 1) \
             { suspended } }",
        ] {
            assert_eq!(office.refusal(&wang, query, json!({})).await, "FORBIDDEN", "{query}");
        }
        // The data protection officer stops anybody's, and does nothing else with it.
        let officer = steward("zhou", Role::DP);
        let suspend = "mutation { suspendClient(client: \"chc-220102\") { suspended } }";
        office.data(&officer, suspend, json!({})).await;
        let resume = "mutation { resumeClient(client: \"chc-220102\") { suspended } }";
        assert_eq!(office.refusal(&officer, resume, json!({})).await, "FORBIDDEN");
        assert_eq!(acts(&office).await.len(), 2, "what was refused changed nothing");
    }
}

#[tokio::test]
async fn a_client_is_no_steward_and_no_person() {
    for backend in backends("a_client_is_no_steward_and_no_person") {
        let office = Office::populated(backend).await;
        for (role, purpose, by) in [
            ("SH", "P-ADM", Role::SH),
            ("DP", "P-ADM", Role::DP),
            ("SU", "P-SAR", Role::DP),
            ("HC", "P-RES", Role::SH),
        ] {
            let mut client = clinic();
            client["client"]["roles"] = json!([role]);
            client["client"]["purposes"] = json!([purpose]);
            client["client"]["organization"] = Value::Null;
            let answer = office.ask(&steward("li", by), REGISTER, client).await;
            assert_eq!(code(&answer), Some("BAD_USER_INPUT"), "{role}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_stable_words() {
    for backend in backends("what_is_not_there_is_said_in_stable_words") {
        let office = Office::populated(backend).await;
        let li = steward("li", Role::SH);
        let nobody = "mutation { suspendClient(client: \"nobody\") { suspended } }";
        assert_eq!(office.refusal(&li, nobody, json!({})).await, "NOT_FOUND");
        assert_eq!(
            office.refusal(&li, "{ client(id: \"nobody\") { name } }", json!({})).await,
            "NOT_FOUND"
        );
        office.data(&li, REGISTER, clinic()).await;
        assert_eq!(office.refusal(&li, REGISTER, clinic()).await, "CONFLICT");
        let key = "mutation { addClientKey(client: \"chc-220102\", jwk: \"no key\") { name } }";
        assert_eq!(office.refusal(&li, key, json!({})).await, "BAD_USER_INPUT");
        assert_eq!(
            office.refusal(&li, "{ acts(first: 0) { record } }", json!({})).await,
            "BAD_USER_INPUT"
        );
    }
}
