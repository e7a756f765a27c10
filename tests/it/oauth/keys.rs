//! Signing keys follow each other without a restart and without a token refused.

use std::{fs, os::unix::fs::PermissionsExt as _};

use chrono::TimeDelta;
use migrant_gateway::{auth::SigningKeys, policy::Role};

use super::{
    signer::part,
    site::{Site, graphql, signing_keys},
};

async fn assert_published(site: &Site, expected: &[&str]) {
    assert_eq!(published(site).await, expected);
}

async fn published(site: &Site) -> Vec<String> {
    let url = format!("{}/.well-known/jwks.json", site.server.base);
    let keys: serde_json::Value =
        site.server.client.get(url).send().await.unwrap().json().await.unwrap();
    let keys = keys["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn signed(site: &Site, secret: &str) -> (String, String) {
    let token = site.token("chc", secret).await;
    let kid = part(&token, 0)["kid"].as_str().unwrap().to_owned();
    (token, kid)
}

#[tokio::test]
async fn a_new_key_is_published_first_then_signs_and_the_old_one_goes_when_its_tokens_have() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    let (_other, elsewhere) = site.second().await;
    let (first, old) = signed(&site, &secret).await;
    assert_published(&site, &[&old]).await;
    assert_eq!(graphql(&elsewhere, &first).await, (200, None));

    // Another process rotates; those that run follow.
    let keys = signing_keys(&site.world);
    let new = keys.rotate(TimeDelta::minutes(5)).unwrap().key.kid().to_owned();
    site.world.clock.advance(TimeDelta::seconds(1));
    assert_published(&site, &[&old, &new]).await;
    assert_eq!(signed(&site, &secret).await.1, old, "published and not signing yet");

    site.world.clock.advance(TimeDelta::seconds(299));
    let (last, kid) = signed(&site, &secret).await;
    assert_eq!(kid, new);
    assert_eq!(graphql(&elsewhere, &last).await, (200, None), "of a key it had not seen sign");
    assert_eq!(site.graphql(&first).await, (200, None), "of the old key");
    assert_published(&site, &[&old, &new]).await;

    site.world.clock.advance(TimeDelta::seconds(3600 + 31));
    // Nothing that the old one signed holds any more.
    assert_published(&site, &[&new]).await;
    let directory = site.world.directory.path().join("keys/signing");
    let files = || fs::read_dir(&directory).unwrap().count();
    assert_eq!(files(), 2);
    let keys = signing_keys(&site.world);
    keys.rotate(TimeDelta::minutes(5)).unwrap();
    assert_eq!(files(), 2, "the ended key is removed, the announced one added");
    assert_eq!(keys.list().len(), 2);
}

#[tokio::test]
async fn a_token_of_a_key_that_was_removed_is_refused_within_a_second() {
    let site = Site::sqlite().await;
    site.register("chc", &[Role::HC]).await;
    let secret = site.secret("chc", None).await;
    let (token, _) = signed(&site, &secret).await;
    assert_eq!(site.graphql(&token).await, (200, None));
    let directory = site.world.directory.path().join("keys/signing");
    let old = fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    signing_keys(&site.world).rotate(TimeDelta::zero()).unwrap();
    fs::remove_file(old).unwrap();
    site.world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.graphql(&token).await.0, 401);
    let (next, _) = signed(&site, &secret).await;
    assert_eq!(site.graphql(&next).await, (200, None));
}

#[tokio::test]
async fn keys_are_their_owners_alone_and_what_is_no_key_does_not_stop_a_server() {
    let site = Site::sqlite().await;
    let directory = site.world.directory.path().join("keys/signing");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let key = fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    assert_eq!(mode(&key), 0o600);
    let before = published(&site).await;
    fs::write(directory.join("20990101T000000Z.abcdefgh.pem"), "no key").unwrap();
    fs::write(directory.join("README"), "not a key").unwrap();
    site.world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(published(&site).await, before);
    let opened = SigningKeys::open_or_create(&directory, site.world.clock.clone());
    assert!(opened.is_err(), "a start says so");
    fs::remove_file(directory.join("20990101T000000Z.abcdefgh.pem")).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(SigningKeys::open_or_create(&directory, site.world.clock.clone()).is_err());
}

#[tokio::test]
async fn one_key_may_come_from_the_environment_and_is_not_rotated() {
    let site = Site::sqlite().await;
    let directory = site.world.directory.path().join("keys/signing");
    let file = fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    let pem = fs::read_to_string(file).unwrap();
    let keys = SigningKeys::of_pem(&pem, site.world.clock.clone()).unwrap();
    assert_eq!(keys.published(), signing_keys(&site.world).published());
    assert!(keys.rotate(TimeDelta::zero()).is_err());
    assert!(SigningKeys::of_pem("no key", site.world.clock).is_err());
}
