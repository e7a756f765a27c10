//! Verifies tokens.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use chrono::TimeDelta;

use super::{
    AuthError, Caller, ClaimError, Officer, Refused, SetupError, SignatureCheck, Signatures,
    VerifierConfig,
    cache::{TokenKey, Verified, VerifiedTokens},
    claims::Validity,
    keyring::KeyRing,
    refusals::Refusals,
    token::{ACCESS_TOKEN, MAX_TOKEN_BYTES, UnverifiedToken},
};
use crate::clock::SharedClock;

/// Turns tokens into callers. Shared by all requests.
pub struct Verifier {
    audience: String,
    rings: HashMap<String, Arc<KeyRing>>,
    expiry_leeway: TimeDelta,
    not_before_leeway: TimeDelta,
    max_lifetime: TimeDelta,
    clock: SharedClock,
    cache: VerifiedTokens,
    refusals: Refusals,
    signatures: Arc<dyn SignatureCheck>,
}

impl Verifier {
    /// Sets up a verifier; key files are read now, key addresses at the first token.
    ///
    /// # Errors
    /// When the audience is empty, an issuer occurs twice, a key file or local key set cannot be
    /// used, or a key address is neither https nor loopback.
    pub fn new(config: VerifierConfig, clock: SharedClock) -> Result<Self, SetupError> {
        if config.audience.is_empty() {
            return Err(SetupError::NoAudience);
        }
        let mut rings = HashMap::new();
        for trusted in config.issuers.iter().cloned() {
            let issuer = trusted.issuer.clone();
            let Entry::Vacant(place) = rings.entry(issuer.clone()) else {
                return Err(SetupError::DuplicateIssuer(issuer));
            };
            let ring = KeyRing::open(trusted, &config, Arc::clone(&clock))
                .map_err(|source| SetupError::Source { issuer, source })?;
            place.insert(ring);
        }
        let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        Ok(Self {
            audience: config.audience,
            rings,
            expiry_leeway: delta(config.expiry_leeway),
            not_before_leeway: delta(config.not_before_leeway),
            max_lifetime: delta(config.max_lifetime),
            clock,
            cache: VerifiedTokens::new(config.cached_tokens),
            refusals: Refusals::default(),
            signatures: Arc::new(Signatures),
        })
    }

    /// The same verifier with another check of signatures, for whoever prices them (bench/).
    #[must_use]
    pub fn checked_by(self, signatures: Arc<dyn SignatureCheck>) -> Self {
        Self { signatures, ..self }
    }

    /// Refuses these from now on, and no others; tokens that were verified before too. Returns
    /// whether they are not those of before.
    pub fn refuse(&self, refused: Refused) -> bool {
        self.refusals.replace(refused)
    }

    /// Whether an issuer is this gateway itself: its authorization server, or its local key.
    pub fn is_own(&self, issuer: &str) -> bool {
        self.rings.get(issuer).is_some_and(|ring| ring.is_own())
    }

    /// The issuers whose tokens are accepted, in no order.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.rings.keys().map(String::as_str)
    }

    /// Verifies a token in JWS compact serialization.
    ///
    /// # Errors
    /// The reason the token is refused; [`AuthError::KeysUnavailable`] when that is not the
    /// token's doing. Needs a Tokio runtime.
    pub async fn verify(&self, token: &str) -> Result<Arc<Caller>, AuthError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(AuthError::TooLong);
        }
        let key = TokenKey::of(token);
        if let Some(known) = self.cache.get(&key) {
            let keys = known.ring.fresh().await?;
            if keys.generation == known.generation {
                self.check_time(known.validity)?;
                self.refusals.check(&known.caller)?;
                return Ok(known.caller);
            }
        }
        let verified = self.verify_anew(token).await?;
        let caller = Arc::clone(&verified.caller);
        self.refusals.check(&caller)?;
        self.cache.insert(key, verified);
        Ok(caller)
    }

    async fn verify_anew(&self, token: &str) -> Result<Verified, AuthError> {
        let token = UnverifiedToken::parse(token, &ACCESS_TOKEN)?;
        let kid = token.kid.as_deref().ok_or(AuthError::Malformed)?;
        let ring = self.rings.get(&token.issuer).ok_or(AuthError::UnknownIssuer)?;
        let loaded = ring.with_key(kid).await?;
        let key = loaded.keys.get(kid).ok_or(AuthError::UnknownKey)?;
        if !key.is_for(&token.algorithm) {
            return Err(AuthError::Algorithm);
        }
        if !self.signatures.holds(key, token.message, token.signature) {
            return Err(AuthError::Signature);
        }

        let claims = token.claims(ring.claims(), ring.person())?;
        if claims.iss != ring.issuer() {
            return Err(AuthError::UnknownIssuer);
        }
        if !claims.aud.contains(&self.audience) {
            return Err(AuthError::Audience);
        }
        let validity = claims.validity()?;
        if validity.expires_at - validity.not_before > self.max_lifetime {
            return Err(AuthError::Lifetime);
        }
        self.check_time(validity)?;
        let mut caller = claims.into_caller()?;
        caller.is_client |= ring.is_authorization_server();
        if caller.person.is_some() && !ring.is_own() {
            return Err(ClaimError::PersonForeign.into());
        }
        // Nobody but this gateway vouches for another issuer's officers.
        let vouched = |officer: &Officer| officer.issuer == caller.issuer || ring.is_own();
        if !caller.officer.as_ref().is_none_or(vouched) {
            return Err(ClaimError::ActorIssuer.into());
        }
        if !ring.speaks_for(caller.role.department()) {
            return Err(AuthError::Department);
        }
        let time_left = validity.expires_at - self.clock.now();
        Ok(Verified {
            caller: Arc::new(caller),
            validity,
            ring: Arc::clone(ring),
            generation: loaded.generation,
            time_left: time_left.to_std().unwrap_or_default(),
        })
    }

    fn check_time(&self, validity: Validity) -> Result<(), AuthError> {
        let now = self.clock.now();
        if now - validity.expires_at >= self.expiry_leeway {
            return Err(AuthError::Expired);
        }
        if validity.not_before - now > self.not_before_leeway {
            return Err(AuthError::NotYetValid);
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn cached(&self) -> u64 {
        self.cache.len()
    }
}
