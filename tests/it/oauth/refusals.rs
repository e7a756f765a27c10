//! Suspended clients and revoked tokens are refused with the next request, on every gateway.

use migrant_gateway::{
    error::Code,
    oauth::{Authority, Resume, Revoke, Suspend},
    policy::Role,
};
use serde_json::json;

use super::{
    signer::part,
    site::{Site, graphql, post},
};
use crate::support::backends;

fn refused(code: &str) -> (u16, Option<String>) {
    (401, Some(code.to_owned()))
}

fn suspend(client: &str) -> Suspend {
    Suspend { client: client.to_owned(), by: Authority::Operator }
}

#[tokio::test]
async fn a_suspended_client_is_refused_at_once_and_everywhere_until_it_is_resumed() {
    for backend in backends("a_suspended_client_is_refused_at_once") {
        let site = Site::start(backend).await;
        site.register("chc", &[Role::HC]).await;
        let secret = site.secret("chc", None).await;
        let token = site.token("chc", &secret).await;
        let (other, elsewhere) = site.second().await;
        assert_eq!(site.graphql(&token).await, (200, None), "it is remembered now");
        assert_eq!(graphql(&elsewhere, &token).await, (200, None));

        site.change(suspend("chc")).await.unwrap();
        other.look().await.unwrap();
        assert_eq!(site.graphql(&token).await, refused("CLIENT_SUSPENDED"));
        assert_eq!(graphql(&elsewhere, &token).await, refused("CLIENT_SUSPENDED"));
        let (status, answer) = site.ask(&[("client_id", "chc"), ("client_secret", &secret)]).await;
        assert_eq!((status, &answer["error"]), (401, &json!("invalid_client")));
        let again = site.change(suspend("chc")).await.unwrap_err();
        assert_eq!(again.code, Code::Conflict);
        // A gateway that starts now knows it too.
        let (_third, server) = site.second().await;
        assert_eq!(graphql(&server, &token).await, refused("CLIENT_SUSPENDED"));

        site.change(Resume { client: "chc".to_owned(), by: Authority::Operator }).await.unwrap();
        other.look().await.unwrap();
        assert_eq!(site.graphql(&token).await, (200, None));
        assert_eq!(graphql(&elsewhere, &token).await, (200, None));
        let unknown = site.change(suspend("nobody")).await.unwrap_err();
        assert_eq!(unknown.code, Code::NotFound);
    }
}

#[tokio::test]
async fn a_client_takes_its_own_tokens_back_and_no_others() {
    for backend in backends("a_client_takes_its_own_tokens_back_and_no_others") {
        let site = Site::start(backend).await;
        for id in ["chc", "other"] {
            site.register(id, &[Role::HC]).await;
        }
        let (secret, others) = (site.secret("chc", None).await, site.secret("other", None).await);
        let (token, kept) = (site.token("chc", &secret).await, site.token("chc", &secret).await);
        let (other, elsewhere) = site.second().await;
        assert_eq!(site.graphql(&token).await, (200, None));
        assert_eq!(graphql(&elsewhere, &token).await, (200, None));
        let revoke = async |id, secret, token| {
            let form = [("client_id", id), ("client_secret", secret), ("token", token)];
            site.post("/oauth/revoke", &form).await.0
        };
        assert_eq!(revoke("other", &*others, &*token).await, 400, "another's");
        assert_eq!(site.graphql(&token).await, (200, None));
        assert_eq!(revoke("chc", "wrong", &*token).await, 401);
        assert_eq!(revoke("chc", &*secret, &*token).await, 200);
        assert_eq!(site.graphql(&token).await, refused("TOKEN_REVOKED"));
        other.look().await.unwrap();
        assert_eq!(graphql(&elsewhere, &token).await, refused("TOKEN_REVOKED"));
        assert_eq!(site.graphql(&kept).await, (200, None), "another token of the client");
        for nothing in [&*token, "nonsense", "x.y.z"] {
            assert_eq!(revoke("chc", &*secret, nothing).await, 200, "{nothing}");
        }
        assert_eq!(revoke("chc", &*secret, "").await, 400, "no token");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_can_be_taken_back_too() {
    use crate::support::http::token;
    use migrant_gateway::policy::Purpose;
    let site = Site::sqlite().await;
    let foreign = token(&site.world, Role::HC, Purpose::Hr, crate::support::world::noon());
    assert_eq!(site.graphql(&foreign).await, (200, None));
    let claims = part(&foreign, 1);
    let revoke = |issuer: &str| Revoke {
        issuer: issuer.to_owned(),
        token_id: claims["jti"].as_str().unwrap().to_owned(),
        expires_at: crate::support::world::noon() + chrono::TimeDelta::hours(1),
    };
    site.change(revoke("elsewhere")).await.unwrap();
    assert_eq!(site.graphql(&foreign).await, (200, None), "the id is another issuer's");
    site.change(revoke("test")).await.unwrap();
    assert_eq!(site.graphql(&foreign).await, refused("TOKEN_REVOKED"));
    assert_eq!(site.change(revoke("test")).await.unwrap_err().code, Code::Conflict);
}

#[tokio::test]
async fn what_was_revoked_is_forgotten_once_it_has_expired() {
    use sea_orm::EntityTrait;
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    for _ in 0..2 {
        let token = site.token("chc", &secret).await;
        let form = [("client_id", "chc"), ("client_secret", &*secret), ("token", &*token)];
        assert_eq!(site.post("/oauth/revoke", &form).await.0, 200);
        #[expect(clippy::disallowed_methods, reason = "the tests look at the tables")]
        let rows = entity::revoked_token::Entity::find().all(&site.world.db).await.unwrap();
        assert_eq!(rows.len(), 1);
        site.world.clock.advance(chrono::TimeDelta::seconds(960));
    }
}

#[tokio::test]
async fn introspection_tells_clients_what_holds_and_nothing_of_what_does_not() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    let token = site.token("chc", &secret).await;
    let introspect = async |token: &str| {
        let form = [("client_id", "chc"), ("client_secret", &*secret), ("token", token)];
        let (status, answer) = site.post("/oauth/introspect", &form).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let answer = introspect(&token).await;
    assert_eq!(answer["active"], true);
    assert_eq!((&answer["client_id"], &answer["role"]), (&json!("chc"), &json!("HC")));
    assert_eq!(answer["scope"], part(&token, 1)["scope"]);
    assert_eq!(answer["exp"], part(&token, 1)["exp"]);
    let inactive = json!({ "active": false });
    let foreign = crate::support::http::token(
        &site.world,
        Role::HC,
        migrant_gateway::policy::Purpose::Hr,
        crate::support::world::noon(),
    );
    for other in ["nonsense", &*foreign] {
        assert_eq!(introspect(other).await, inactive);
    }
    let form = [("client_id", "chc"), ("client_secret", "wrong"), ("token", &*token)];
    assert_eq!(post(&site.server, "/oauth/introspect", &form).await.0, 401);
    assert_eq!(post(&site.server, "/oauth/introspect", &[("token", &*token)]).await.0, 401);
    site.change(Revoke {
        issuer: super::site::ISSUER.to_owned(),
        token_id: answer["jti"].as_str().unwrap().to_owned(),
        expires_at: crate::support::world::noon() + chrono::TimeDelta::hours(1),
    })
    .await
    .unwrap();
    assert_eq!(introspect(&token).await, inactive);
}
