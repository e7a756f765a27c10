//! The authorization server of a configuration.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use sea_orm::DatabaseConnection;
use url::Url;

use super::{AuthorizationServer, Options};
use crate::{
    auth::{MAX_LIFETIME, SigningKeys, is_loopback},
    clock::SharedClock,
    config::Config,
};

/// The signing keys, where there is an authorization server; created where there are none.
///
/// # Errors
/// When a key cannot be used.
pub fn signing_keys(
    config: &Config,
    clock: SharedClock,
) -> anyhow::Result<Option<Arc<SigningKeys>>> {
    if config.tokens.issuer_url.is_none() {
        return Ok(None);
    }
    let keys = match &config.keys.signing_pem {
        Some(pem) => SigningKeys::of_pem(pem.reveal(), clock).context("keys.signing_pem")?,
        None => {
            let directory = config.signing_keys();
            SigningKeys::open_or_create(&directory, clock)
                .with_context(|| format!("the signing keys in {}", directory.display()))?
        }
    };
    Ok(Some(Arc::new(keys)))
}

/// The `iss` of tokens of the authorization server, where there is one.
///
/// # Errors
/// When the address would let tokens be taken on their way, or is more than an address.
pub fn issuer(config: &Config) -> anyhow::Result<Option<String>> {
    config.tokens.issuer_url.as_ref().map(|url| address(url, "tokens.issuer_url")).transpose()
}

/// The address by which callers reach the gateway, where the configuration has one.
///
/// # Errors
/// When it is not one that an issuer could have.
pub fn public_url(config: &Config) -> anyhow::Result<Option<String>> {
    config.server.public_url.as_ref().map(|url| address(url, "server.public_url")).transpose()
}

fn address(url: &Url, key: &str) -> anyhow::Result<String> {
    anyhow::ensure!(
        url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)),
        "{key} must begin with https://, or http:// on a loopback address"
    );
    anyhow::ensure!(
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none(),
        "{key} is scheme, host and port, and nothing behind them"
    );
    anyhow::ensure!(
        url.username().is_empty() && url.password().is_none(),
        "{key} holds no password"
    );
    Ok(url.origin().ascii_serialization())
}

/// The authorization server, where the configuration has one.
///
/// # Errors
/// When the configuration is not in order.
pub fn server(
    config: &Config,
    keys: Option<Arc<SigningKeys>>,
    db: DatabaseConnection,
    clock: SharedClock,
) -> anyhow::Result<Option<AuthorizationServer>> {
    let (Some(issuer), Some(keys)) = (issuer(config)?, keys) else { return Ok(None) };
    let tokens = &config.tokens;
    let lifetime = Duration::from_secs(tokens.lifetime_seconds);
    anyhow::ensure!(
        (Duration::from_secs(1)..=MAX_LIFETIME).contains(&lifetime),
        "tokens.lifetime_seconds is between 1 and {}",
        MAX_LIFETIME.as_secs()
    );
    let options = Options {
        issuer,
        audience: tokens.audience.clone(),
        lifetime,
        keys,
        client_requests_per_minute: tokens.client_requests_per_minute,
        peer_requests_per_minute: tokens.peer_requests_per_minute,
    };
    AuthorizationServer::new(options, db, clock).map(Some)
}
