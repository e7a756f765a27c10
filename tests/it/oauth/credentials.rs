//! Secrets: one at a time or two that overlap, until they end.

use std::time::Duration;

use chrono::TimeDelta;
use migrant_gateway::{
    error::Code,
    oauth::{AddCredential, EndCredential, Kind, NewSecret, Register},
    policy::{Purpose, Role},
};
use serde_json::Value;

use super::site::{Site, client};
use crate::support::backends;

async fn status(site: &Site, id: &str, secret: &str) -> u16 {
    site.ask(&[("client_id", id), ("client_secret", secret)]).await.0
}

#[tokio::test]
async fn two_secrets_that_overlap_are_a_rotation() {
    for backend in backends("two_secrets_that_overlap_are_a_rotation") {
        let site = Site::start(backend).await;
        site.register("chc", &[Role::HC]).await;
        let old = site.secret("chc", None).await;
        let new = site.secret("chc", None).await;
        assert_eq!(status(&site, "chc", &old).await, 200);
        assert_eq!(status(&site, "chc", &new).await, 200);
        let at = site.world.clock.clone();
        let end = |credential, after| EndCredential {
            client: "chc".to_owned(),
            credential,
            at: Some(migrant_gateway::clock::Clock::now(&*at) + TimeDelta::seconds(after)),
        };
        site.change(end(1, 60)).await.unwrap();
        assert_eq!(status(&site, "chc", &old).await, 200, "until then");
        site.world.clock.advance(TimeDelta::seconds(60));
        assert_eq!(status(&site, "chc", &old).await, 401, "from then on");
        assert_eq!(status(&site, "chc", &new).await, 200);
        let again = site.change(end(1, 0)).await.unwrap_err();
        assert_eq!(again.code, Code::Conflict, "what has ended is not ended later");
        let others = EndCredential { client: "other".to_owned(), credential: 2, at: None };
        assert_eq!(site.change(others).await.unwrap_err().code, Code::NotFound);
        let none = EndCredential { client: "chc".to_owned(), credential: 77, at: None };
        assert_eq!(site.change(none).await.unwrap_err().code, Code::NotFound);
    }
}

#[tokio::test]
async fn a_secret_that_has_expired_is_refused() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", Some(Duration::from_secs(60))).await;
    site.world.clock.advance(TimeDelta::seconds(59));
    assert_eq!(status(&site, "chc", &secret).await, 200);
    site.world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(status(&site, "chc", &secret).await, 401);
}

#[tokio::test]
async fn a_secret_is_its_clients_alone_and_whole() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    site.register("other", &[Role::HF]).await;
    let secret = site.secret("chc", None).await;
    let others = site.secret("other", None).await;
    let (selector, rest) = secret.split_once('.').unwrap();
    let (_, foreign) = others.split_once('.').unwrap();
    for wrong in [
        others.clone(),
        format!("{selector}.{foreign}"),
        format!("{selector}."),
        rest.to_owned(),
        selector.to_owned(),
        format!("{secret} "),
        secret.to_lowercase(),
        "x".repeat(10_000),
    ] {
        assert_eq!(status(&site, "chc", &wrong).await, 401, "{wrong}");
    }
    assert_eq!(status(&site, "CHC", &secret).await, 401);
    assert_eq!(status(&site, &"x".repeat(1000), &secret).await, 401);
    assert_eq!(status(&site, "chc", &secret).await, 200);
}

#[tokio::test]
async fn neither_tables_nor_records_hold_a_secret() {
    use sea_orm::EntityTrait;
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    #[expect(clippy::disallowed_methods, reason = "the tests look at the tables")]
    let credentials = entity::oauth_credential::Entity::find().all(&site.world.db).await.unwrap();
    assert!(credentials[0].value.starts_with("$argon2id$v=19$"), "{credentials:?}");
    #[expect(clippy::disallowed_methods, reason = "the tests look at the records")]
    let records = entity::access_record::Entity::find().all(&site.world.db).await.unwrap();
    let change: Value = serde_json::from_str(records[1].change.as_deref().unwrap()).unwrap();
    assert_eq!(change["action"], "client.credential.add");
    assert_eq!(change["target"], "chc");
    assert_eq!(change["after"]["kind"], "secret");
    let told = format!("{credentials:?} {records:?}");
    assert!(!told.contains(secret.split_once('.').unwrap().1));
    assert!(!records.iter().any(|record| format!("{record:?}").contains("argon2")));
}

#[tokio::test]
async fn a_credential_is_added_to_a_client_that_is_there_under_a_name_of_its_own() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = NewSecret::generate().unwrap();
    let add = |client: &str, holds: Option<i64>| AddCredential {
        client: client.to_owned(),
        kind: Kind::Secret,
        kid: Some(secret.selector.clone()),
        value: secret.hash.clone(),
        valid_from: None,
        valid_until: holds.map(|holds| crate::support::world::noon() + TimeDelta::seconds(holds)),
    };
    assert_eq!(site.change(add("none", None)).await.unwrap_err().code, Code::NotFound);
    assert_eq!(site.change(add("chc", Some(0))).await.unwrap_err().code, Code::BadUserInput);
    site.change(add("chc", None)).await.unwrap();
    assert_eq!(site.change(add("chc", None)).await.unwrap_err().code, Code::Conflict);
}

#[tokio::test]
async fn only_a_client_that_could_ask_is_registered() {
    for backend in backends("only_a_client_that_could_ask_is_registered") {
        let site = Site::start(backend).await;
        let refused = async |change: fn(&mut migrant_gateway::oauth::Client), code| {
            let mut client = client("chc", &[Role::HC]);
            change(&mut client);
            let error = site.change(Register(client)).await.unwrap_err();
            assert_eq!(error.code, code, "{error}");
        };
        refused(|c| c.id.clear(), Code::BadUserInput).await;
        refused(|c| c.id = "a b".to_owned(), Code::BadUserInput).await;
        refused(|c| c.id = "x".repeat(65), Code::BadUserInput).await;
        refused(|c| c.name = "a\nb".to_owned(), Code::BadUserInput).await;
        refused(|c| c.roles.clear(), Code::BadUserInput).await;
        refused(|c| c.roles = vec![Role::HC, Role::PO], Code::BadUserInput).await;
        refused(|c| c.roles = vec![Role::SU], Code::BadUserInput).await;
        refused(|c| c.purposes.clear(), Code::BadUserInput).await;
        refused(|c| c.purposes = vec![Purpose::Res], Code::BadUserInput).await;
        refused(|c| c.unit = "999999".to_owned(), Code::BadUserInput).await;
        refused(|c| c.unit = "220103".to_owned(), Code::BadUserInput).await;
        refused(|c| c.organization = Some("220102-PSB".to_owned()), Code::BadUserInput).await;
        refused(|c| c.organization = Some("none".to_owned()), Code::BadUserInput).await;
        site.register("chc", &[Role::HC]).await;
        refused(|_| {}, Code::Conflict).await;
    }
}
