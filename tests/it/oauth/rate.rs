//! How often one may ask, and what a guess costs.

use chrono::TimeDelta;
use migrant_gateway::policy::Role;

use super::{
    signer::Signer,
    site::{Rates, Site, asserting},
};
use crate::support::{Backend, World};

async fn site(rates: Rates) -> Site {
    let site = Site::over(World::new(Backend::Sqlite).await, rates).await;
    site.register("chc", &[Role::HC]).await;
    site
}

#[tokio::test]
async fn a_client_asks_so_often_and_is_told_when_to_ask_again() {
    let site = site(Rates { client: 3, peer: 100 }).await;
    let secret = site.secret("chc", None).await;
    for _ in 0..3 {
        site.token("chc", &secret).await;
    }
    let url = format!("{}/oauth/token", site.server.base);
    let form = [("client_id", "chc"), ("client_secret", &*secret)];
    let response = site.server.client.post(&url).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 429);
    let wait: i64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    let before = site.gateway.oauth.as_ref().unwrap().secrets().runs();
    assert_eq!(site.ask(&form).await.0, 429);
    let runs = site.gateway.oauth.as_ref().unwrap().secrets().runs();
    assert_eq!(runs, before, "no hash is computed for it");
    assert_eq!(site.ask(&[("client_id", "other"), ("client_secret", "x")]).await.0, 401);
    site.world.clock.advance(TimeDelta::seconds(wait));
    site.token("chc", &secret).await;
}

#[tokio::test]
async fn an_address_asks_so_often_in_whatever_name() {
    let site = site(Rates { client: 100, peer: 5 }).await;
    for number in 0..5 {
        let id = format!("guess-{number}");
        assert_eq!(site.ask(&[("client_id", &id), ("client_secret", "x")]).await.0, 401);
    }
    for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect"] {
        let (status, answer) = site.post(path, &[]).await;
        assert_eq!((status, answer["error"].as_str()), (429, Some("temporarily_unavailable")));
    }
    site.world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(site.ask(&[("client_id", "chc"), ("client_secret", "x")]).await.0, 401);
}

#[tokio::test]
async fn whoever_is_wrong_with_a_secret_costs_one_hash_and_is_told_the_same() {
    let site = site(Rates::default()).await;
    let secret = site.secret("chc", None).await;
    site.secret("chc", None).await;
    site.register("keyed", &[Role::HC]).await;
    site.key("keyed", &Signer::es256(), None).await;
    let (selector, _) = secret.split_once('.').unwrap();
    let runs = || site.gateway.oauth.as_ref().unwrap().secrets().runs();
    let mut answers = Vec::new();
    for (id, guess) in [
        ("chc", format!("{selector}.wrong")),
        ("chc", "unknown.wrong".to_owned()),
        ("chc", "wrong".to_owned()),
        ("keyed", "wrong".to_owned()),
        ("nobody", secret.clone()),
        (&*"x".repeat(1000), secret.clone()),
    ] {
        let before = runs();
        answers.push(site.ask(&[("client_id", id), ("client_secret", &guess)]).await);
        assert_eq!(runs() - before, 1, "{id} {guess}");
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let before = runs();
    let assertion = Signer::es256().token(None, &site.assertion("nobody"));
    assert_eq!(site.ask(&asserting(&assertion)).await, answers[0]);
    assert_eq!(runs(), before);
}
