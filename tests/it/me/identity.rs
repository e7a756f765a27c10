//! Persons by verified identity: real signed tokens of an identity provider, over HTTP.

use std::sync::Arc;

use entity::{access_record, person};
use migrant_gateway::{
    app::Gateway,
    auth::{
        By, ClaimPlace, KeySource, PersonClaims, TrustedIssuer, VerifiedBy, Verifier,
        VerifierConfig,
    },
    identity::{Digests, Link, Unlink},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use testkit::signer::{Signer, with};

use crate::{
    records::process::Installation,
    support::{
        Backend, World, backends,
        http::Server,
        world::{noon, patient},
    },
};

const ISSUER: &str = "https://id.jl.example.gov.cn";

fn by_number() -> PersonClaims {
    PersonClaims {
        by: By::IdNumber,
        claim: Some(ClaimPlace::Path("citizen.number".to_owned())),
        verified: Some(VerifiedBy {
            claim: ClaimPlace::Path("acr".to_owned()),
            values: vec!["L3".to_owned(), "L4".to_owned()],
        }),
        unit: "220000".to_owned(),
    }
}

fn by_subject() -> PersonClaims {
    PersonClaims { by: By::Subject, claim: None, verified: None, unit: "220000".to_owned() }
}

struct Portal {
    world: World,
    server: Server,
    gateway: Arc<Gateway>,
    signer: Signer,
}

impl Portal {
    /// A gateway that trusts an identity provider of which the keys are in a file, as another issuer's.
    async fn new(backend: Backend, person: Option<PersonClaims>) -> Portal {
        let world = World::new(backend).await;
        let signer = Signer::es256();
        let keys = json!({ "keys": [signer.jwk(Some("k1"))] });
        let file = world.directory.path().join("provider.json");
        std::fs::write(&file, keys.to_string()).unwrap();
        let issuer = TrustedIssuer { person, ..TrustedIssuer::new(ISSUER, KeySource::File(file)) };
        let mut parts = world.parts(patient()).await;
        let config = VerifierConfig::new("migrant-gateway", vec![issuer]);
        parts.verifier = Verifier::new(config, world.clock.clone()).unwrap();
        let gateway = Arc::new(Gateway::new(parts, &world.secrets));
        let server = Server::start(gateway.clone()).await;
        Portal { world, server, gateway, signer }
    }

    async fn ask(&self, claims: &Value) -> (u16, Value) {
        let token = self.signer.sign(&json!({ "alg": "ES256", "kid": "k1" }), claims);
        let query = json!({ "query": "{ me { person { name idNumber } } }" });
        let response = self.server.post(&token, &query).await;
        (response.status().as_u16(), response.json().await.unwrap())
    }

    #[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
    async fn somebody(&self) -> person::Model {
        let with_number = person::Entity::find().filter(person::Column::IdNumber.is_not_null());
        with_number.order_by_asc(person::Column::Id).one(&self.world.db).await.unwrap().unwrap()
    }

    /// Every text that a record holds.
    #[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
    async fn last_record(&self) -> access_record::Model {
        let last = access_record::Entity::find().order_by_desc(access_record::Column::Seq).limit(1);
        last.one(&self.world.db).await.unwrap().unwrap()
    }
}

fn claims(number: &str) -> Value {
    let now = noon().timestamp();
    json!({
        "iss": ISSUER, "aud": "migrant-gateway", "sub": number, "iat": now, "exp": now + 600,
        "acr": "L3", "citizen": { "number": number },
    })
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_the_identity_number_that_the_provider_verified() {
    for backend in backends("a_person_is_found_by_the_identity_number") {
        let portal = Portal::new(backend, Some(by_number())).await;
        let somebody = portal.somebody().await;
        let number = somebody.id_number.clone().unwrap();
        let (status, answer) = portal.ask(&claims(&number)).await;
        assert_eq!(status, 200, "{backend:?} {answer}");
        assert_eq!(answer["data"]["me"]["person"]["name"], json!(somebody.name));
        assert_eq!(answer["data"]["me"]["person"]["idNumber"], json!(number));
        // Whatever else the provider says, it is hers and nobody else's view.
        let more = json!({
            "role": "PO", "unit": "220102", "purposes": ["P-RES"], "person": somebody.id + 1,
            "organization": "220102-PSB", "act": { "sub": "wang" },
        });
        let (status, answer) = portal.ask(&with(claims(&number), more)).await;
        assert_eq!((status, &answer["data"]["me"]["person"]["name"]), (200, &json!(somebody.name)));
        // No record holds the number, which is also what the provider calls her.
        let record = portal.last_record().await;
        assert!(record.caller.starts_with("person/"), "{}", record.caller);
        assert_eq!((record.role.as_str(), record.purpose.as_deref()), ("SU", Some("P-SAR")));
        assert!(!format!("{record:?}").contains(&number));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_nobody_here_is_refused_alike_and_on_record() {
    for backend in backends("whoever_is_nobody_here_is_refused_alike") {
        let portal = Portal::new(backend, Some(by_number())).await;
        let somebody = portal.somebody().await;
        let number = somebody.id_number.clone().unwrap();
        // Nobody; no number at all; one that two persons have; one of the dead.
        let (_, nobody) = portal.ask(&claims("110101199003070417")).await;
        assert_eq!(code(&nobody), "IDENTITY_UNKNOWN");
        let (_, malformed) = portal.ask(&claims("1101011990")).await;
        let twice = format!(
            "UPDATE person SET id_number = '{number}' WHERE id = \
             (SELECT max(id) FROM person WHERE id <> {})",
            somebody.id
        );
        execute(&portal.world, &twice).await;
        let (status, double) = portal.ask(&claims(&number)).await;
        assert_eq!(status, 403);
        execute(
            &portal.world,
            "UPDATE person SET id_number = NULL WHERE id = (SELECT max(id) FROM person)",
        )
        .await;
        let alive = portal.ask(&claims(&number)).await.0;
        assert_eq!(alive, 200);
        let died =
            format!("UPDATE person SET vital_status = 'deceased' WHERE id = {}", somebody.id);
        execute(&portal.world, &died).await;
        let (_, dead) = portal.ask(&claims(&number)).await;
        for answer in [&malformed, &double, &dead] {
            assert_eq!(*answer, nobody, "{backend:?}");
        }
        let record = portal.last_record().await;
        assert_eq!(record.decision, "IDENTITY_UNKNOWN");
        assert!(record.caller.starts_with("identity/") && !format!("{record:?}").contains(&number));
        assert_eq!(record.subject_count, 0);
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn execute(world: &World, sql: &str) {
    world.db.execute_unprepared(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_was_not_verified_is_no_token() {
    let portal = Portal::new(Backend::Sqlite, Some(by_number())).await;
    let number = portal.somebody().await.id_number.unwrap();
    for change in [
        json!({ "acr": "L1" }),
        json!({ "acr": null }),
        json!({ "citizen": null }),
        json!({ "citizen": { "number": 7 } }),
        json!({ "citizen": { "number": " " } }),
        // A token that the provider gave a system for itself.
        json!({ "azp": number.clone() }),
        json!({ "exp": noon().timestamp() - 1 }),
    ] {
        let (status, answer) = portal.ask(&with(claims(&number), change.clone())).await;
        assert_eq!(status, 401, "{change} {answer}");
        assert!(!answer.to_string().contains(&number));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_issuers_table_key_is_not_taken() {
    let portal = Portal::new(Backend::Sqlite, None).await;
    let now = noon().timestamp();
    let keyed = json!({
        "iss": ISSUER, "aud": "migrant-gateway", "sub": "portal", "jti": "t", "nbf": now,
        "exp": now + 600, "role": "SU", "unit": "220000", "purposes": ["P-SAR"], "person": 1,
    });
    let (status, answer) = portal.ask(&keyed).await;
    assert_eq!((status, code(&answer)), (401, "UNAUTHENTICATED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_is_the_person_that_it_was_linked_to_until_it_is_unlinked() {
    for backend in backends("a_subject_is_the_person_that_it_was_linked_to") {
        let portal = Portal::new(backend, Some(by_subject())).await;
        let somebody = portal.somebody().await;
        let subject = claims("u-4711");
        assert_eq!(code(&portal.ask(&subject).await.1), "IDENTITY_UNKNOWN");
        let digest = Digests::new(&portal.world.secrets).of(ISSUER, "u-4711");
        let link = Link {
            issuer: ISSUER.to_owned(),
            digest: digest.clone(),
            id_number: somebody.id_number.clone().unwrap(),
            operator: "root".to_owned(),
        };
        change(&portal, link.clone()).await.unwrap();
        let (status, answer) = portal.ask(&subject).await;
        assert_eq!((status, &answer["data"]["me"]["person"]["name"]), (200, &json!(somebody.name)));
        // Another issuer's subject of the same name is somebody else.
        let foreign = Digests::new(&portal.world.secrets).of("https://other.example", "u-4711");
        assert_ne!(foreign, digest);
        // One person at a time.
        assert_eq!(change(&portal, link).await.unwrap_err(), "CONFLICT");
        let unlink = Unlink { issuer: ISSUER.to_owned(), digest, operator: "root".to_owned() };
        change(&portal, unlink.clone()).await.unwrap();
        // With the next request, although the token was verified before.
        assert_eq!(code(&portal.ask(&subject).await.1), "IDENTITY_UNKNOWN");
        assert_eq!(change(&portal, unlink).await.unwrap_err(), "NOT_FOUND");
        // Both acts are on the chain and explain the table.
        assert_eq!(super::unexplained(&portal.world).await, [], "{backend:?}");
        execute(&portal.world, "UPDATE person_identity SET unlinked_at = NULL").await;
        assert_eq!(super::unexplained(&portal.world).await.len(), 1);
    }
}

/// A change as a command commits it.
async fn change(
    portal: &Portal,
    change: impl migrant_gateway::audit::Change + 'static,
) -> Result<(), String> {
    use migrant_gateway::{
        audit::{Draft, Fields, Outcome, Subjects},
        error::GatewayError,
    };
    let draft = Draft {
        at: noon(),
        caller: "root".to_owned(),
        token_id: "-".to_owned(),
        role: "-".to_owned(),
        department: "gateway".to_owned(),
        unit: "-".to_owned(),
        organization: None,
        purpose: None,
        operation: Some("identity.link".to_owned()),
        document_hash: String::new(),
        grants_version: 1,
        decision: Outcome::Allowed,
        fields: Fields::default(),
        protected: false,
        row_count: 0,
        subjects: Subjects::default(),
    };
    let done = portal.gateway.audit.change(draft, Arc::new(change)).await;
    done.map(drop).map_err(|error| GatewayError::from(error).code.as_str().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_links_and_unlinks_by_the_command_line_and_the_person_sees_it() {
    let world = World::new(Backend::Sqlite).await;
    let installation = Installation::over(&world);
    let keys = json!({ "keys": [Signer::es256().jwk(Some("k1"))] });
    std::fs::write(installation.path("provider.json"), keys.to_string()).unwrap();
    let config = format!(
        "[[tokens.issuers]]\nissuer = \"{ISSUER}\"\njwks_file = \"provider.json\"\n\
         [tokens.issuers.person]\nby = \"subject\"\n"
    );
    std::fs::write(installation.path("migrant-gateway.toml"), config).unwrap();
    #[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
    let somebody = person::Entity::find()
        .filter(person::Column::IdNumber.is_not_null())
        .order_by_asc(person::Column::Id)
        .one(&world.db)
        .await
        .unwrap()
        .unwrap();
    std::fs::write(installation.path("number"), somebody.id_number.clone().unwrap()).unwrap();
    let named = ["--issuer", ISSUER, "--subject", "u-4711"];
    let link = [&["identity", "link"][..], &named, &["--id-number-file", "number"]].concat();
    let unlink = [&["identity", "unlink"][..], &named].concat();
    assert!(installation.succeed(&link).contains("done, and recorded as #"));
    let listed = installation.succeed(&["identity", "list", "--issuer", ISSUER]);
    // Neither the subject nor whose it is.
    assert!(listed.starts_with(ISSUER) && !listed.contains("u-4711"), "{listed}");
    assert!(installation.fail(&link).contains("CONFLICT"));
    installation.succeed(&unlink);
    assert_eq!(installation.succeed(&["identity", "list"]), "nothing is linked\n");
    assert!(installation.fail(&unlink).contains("NOT_FOUND"));
    // What names nobody, and an issuer whose tokens could not use it.
    std::fs::write(installation.path("number"), "110101199003070418").unwrap();
    assert!(installation.fail(&link).contains("no citizen identity number"));
    let foreign = ["identity", "link", "--issuer", "https://x.example", "--subject", "u"];
    let foreign = [&foreign[..], &["--id-number-file", "number"]].concat();
    assert!(installation.fail(&foreign).contains("is none of tokens.issuers"));
    // The program goes by the machine's clock, which is ahead of the world's.
    world.clock.set("2100-01-01T00:00:00Z".parse().unwrap());
    let gateway = world.gateway().await;
    let query = "{ me { whoLooked(first: 2) { sentence role } } }";
    let own = crate::access::acting::herself(somebody.id);
    let told = crate::support::ask(&gateway, &own, query).await;
    let sentence = told["data"]["me"]["whoLooked"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("系统运维人员办理了您的身份关联等登记事项"), "{sentence}");
}
