//! The authorization server: who a client is.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use sea_orm::DatabaseConnection;
use zeroize::Zeroizing;

use super::{
    Client, ErrorCode, Kind, OAuthError, Registered, SecretVerifier, assertion::Assertion,
    rate::Rates, secret, store,
};
use crate::{
    auth::{Jwk, SigningKeys, VerificationKey},
    clock::SharedClock,
};

/// Tells clients apart and issues tokens to them. Shared by all requests.
pub struct AuthorizationServer {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) lifetime: Duration,
    pub(super) keys: Arc<SigningKeys>,
    pub(super) clock: SharedClock,
    token_endpoint: String,
    db: DatabaseConnection,
    secrets: SecretVerifier,
    rates: Rates,
    decoy: VerificationKey,
}

/// What an authorization server is put together from.
pub struct Options {
    /// The `iss` of its tokens: the address of the gateway, without a slash at the end.
    pub issuer: String,
    /// The `aud` of its tokens.
    pub audience: String,
    /// How long its tokens hold: at most [`MAX_LIFETIME`](crate::auth::MAX_LIFETIME).
    pub lifetime: Duration,
    /// The keys it signs with.
    pub keys: Arc<SigningKeys>,
    /// How often a client may ask in a minute.
    pub client_requests_per_minute: NonZeroU32,
    /// How often an address may.
    pub peer_requests_per_minute: NonZeroU32,
}

/// What a client shows.
pub struct Presented {
    /// The id it names itself by, where it does.
    pub client_id: Option<String>,
    /// What it proves that with.
    pub proof: Proof,
}

/// What a client proves itself with.
pub enum Proof {
    /// A secret (`client_secret_basic`, `client_secret_post`).
    Secret(Zeroizing<String>),
    /// A signed assertion (`private_key_jwt`).
    Assertion(String),
}

/// Who proved to be here.
pub struct Authenticated {
    /// The client.
    pub client: Client,
    /// The officer who acts through it, as its assertion says.
    pub officer: Option<String>,
}

impl AuthorizationServer {
    /// Puts a server together over the tables of a database.
    ///
    /// # Errors
    /// When no secret can be hashed.
    pub fn new(
        options: Options,
        db: DatabaseConnection,
        clock: SharedClock,
    ) -> anyhow::Result<Self> {
        let decoy = serde_json::from_value::<Jwk>(options.keys.signer().key.public_jwk())?;
        let places = std::thread::available_parallelism().map_or(1, |cores| cores.get() / 2);
        Ok(Self {
            token_endpoint: format!("{}/oauth/token", options.issuer),
            rates: Rates::new(
                options.client_requests_per_minute,
                options.peer_requests_per_minute,
                clock.clone(),
            ),
            issuer: options.issuer,
            audience: options.audience,
            lifetime: options.lifetime,
            keys: options.keys,
            clock,
            db,
            secrets: SecretVerifier::new(places.max(1))?,
            decoy: decoy.into_verification_key().ok_or_else(|| anyhow::anyhow!("no decoy key"))?,
        })
    }

    /// The `iss` of its tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The verification of secrets.
    pub fn secrets(&self) -> &SecretVerifier {
        &self.secrets
    }

    /// Whether an address names this gateway as a resource (RFC 8707).
    pub(super) fn is_here(&self, resource: &str) -> bool {
        resource == self.audience
            || resource
                .strip_prefix(&self.issuer)
                .is_some_and(|path| matches!(path, "" | "/" | "/graphql"))
    }

    /// Counts a request of an address, before anything of it is read.
    ///
    /// # Errors
    /// When there were too many.
    pub fn admit(&self, peer: IpAddr) -> Result<(), OAuthError> {
        self.rates.of_peer(peer)
    }

    /// The client that this proves to be here.
    ///
    /// # Errors
    /// When nothing is proved, which is said in the same words and takes the same time whatever is
    /// wrong; when there were too many requests; when the client is suspended.
    pub async fn authenticate(&self, presented: Presented) -> Result<Authenticated, OAuthError> {
        let (registered, officer) = match &presented.proof {
            Proof::Secret(secret) => {
                (self.by_secret(presented.client_id, secret.clone()).await?, None)
            }
            Proof::Assertion(text) => self.by_assertion(presented.client_id, text).await?,
        };
        if registered.client.suspended {
            let description = "the client is suspended";
            return Err(OAuthError::new(ErrorCode::InvalidClient, description));
        }
        Ok(Authenticated { client: registered.client, officer })
    }

    async fn by_secret(
        &self,
        id: Option<String>,
        secret: Zeroizing<String>,
    ) -> Result<Registered, OAuthError> {
        let id = id.ok_or_else(|| OAuthError::request("client_id is missing"))?;
        let registered = self.look_up(&id).await?;
        let selector = secret::selector(&secret);
        let hash = registered.as_ref().and_then(|registered| {
            let mut secrets = registered.of_kind(Kind::Secret);
            let named = secrets.find(|secret| secret.kid.as_deref() == Some(selector));
            named.map(|secret| secret.value.clone())
        });
        let proved = self.secrets.verify(hash, secret).await?;
        registered.filter(|_| proved).ok_or_else(OAuthError::client)
    }

    async fn by_assertion(
        &self,
        id: Option<String>,
        text: &str,
    ) -> Result<(Registered, Option<String>), OAuthError> {
        let assertion = Assertion::parse(text)?;
        if id.is_some_and(|id| id != assertion.client_id()) {
            return Err(OAuthError::client());
        }
        let registered = self.look_up(assertion.client_id()).await?;
        let now = self.clock.now();
        let keys = registered.iter().flat_map(|registered| registered.of_kind(Kind::Jwk));
        let audiences = [self.issuer.as_str(), &self.token_endpoint];
        let valid = assertion.check(keys, &self.decoy, &audiences, now);
        let (Some(registered), Some(valid)) = (registered, valid) else {
            return Err(OAuthError::client());
        };
        let id = &registered.client.id;
        if store::use_up(&self.db, id, &valid.jti, valid.expires_at, now).await? {
            Ok((registered, valid.officer))
        } else {
            Err(OAuthError::client())
        }
    }

    /// The client of an id that somebody names.
    async fn look_up(&self, id: &str) -> Result<Option<Registered>, OAuthError> {
        // Longer than any that is registered; nothing of it is kept.
        if id.len() > super::changes::LONGEST_ID {
            return Ok(None);
        }
        self.rates.of_client(id)?;
        Ok(store::registered(&self.db, id, self.clock.now()).await?)
    }
}
