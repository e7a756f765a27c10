//! Secrets: one at a time or two that overlap, until they end.

use std::time::Duration;

use chrono::TimeDelta;
use migrant_gateway::{
    error::Code,
    oauth::{
        AddCredential, Authority, EndCredential, NewCredential, NewSecret, Register, Resume,
        Suspend,
    },
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
            by: Authority::Operator,
        };
        site.change(end(1, 60)).await.unwrap();
        assert_eq!(status(&site, "chc", &old).await, 200, "until then");
        site.world.clock.advance(TimeDelta::seconds(60));
        assert_eq!(status(&site, "chc", &old).await, 401, "from then on");
        assert_eq!(status(&site, "chc", &new).await, 200);
        let again = site.change(end(1, 0)).await.unwrap_err();
        assert_eq!(again.code, Code::Conflict, "what has ended is not ended later");
        let others = EndCredential { client: "other".to_owned(), ..end(2, 0) };
        assert_eq!(site.change(others).await.unwrap_err().code, Code::NotFound);
        let none = end(77, 0);
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
        what: NewCredential::Secret {
            selector: secret.selector.clone(),
            hash: secret.hash.clone(),
        },
        valid_from: None,
        valid_until: holds.map(|holds| crate::support::world::noon() + TimeDelta::seconds(holds)),
        by: Authority::Operator,
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
            let error =
                site.change(Register { client, by: Authority::Operator }).await.unwrap_err();
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

/// Whatever door a change comes by, it is the change that looks whose client it is.
#[tokio::test]
async fn a_client_is_changed_by_the_steward_of_its_department_and_unit_alone() {
    for backend in backends("a_client_is_changed_by_the_steward_of_its_department") {
        let site = Site::start(backend).await;
        site.register("chc", &[Role::HC]).await;
        site.secret("chc", None).await;
        let of = |role, units| Authority::Steward { role, units };
        let id = || "chc".to_owned();
        for by in [of(Role::SP, None), of(Role::SH, Some(0..=0)), of(Role::DP, None)] {
            let secret = || NewCredential::Secret { selector: id(), hash: id() };
            let (client, valid_from, valid_until) = (id(), None, None);
            let add =
                AddCredential { client, what: secret(), valid_from, valid_until, by: by.clone() };
            let end = EndCredential { client: id(), credential: 1, at: None, by: by.clone() };
            let new = Register { client: client_of("new"), by: by.clone() };
            let resume = Resume { client: id(), by: by.clone() };
            let refused = [
                site.change(add).await,
                site.change(end).await,
                site.change(new).await,
                site.change(resume).await,
            ];
            for refusal in refused {
                assert_eq!(refusal.unwrap_err().code, Code::Forbidden, "{by:?}");
            }
        }
        let suspend = |by| Suspend { client: id(), by };
        let refused = site.change(suspend(of(Role::SP, None))).await;
        assert_eq!(refused.unwrap_err().code, Code::Forbidden);
        // The data protection officer stops anybody's; its steward lets it go on.
        site.change(suspend(of(Role::DP, None))).await.unwrap();
        site.change(Resume { client: id(), by: of(Role::SH, None) }).await.unwrap();
    }
}

fn client_of(id: &str) -> migrant_gateway::oauth::Client {
    client(id, &[Role::HC])
}
