//! The keys of one issuer, kept fresh without letting anyone hammer the issuer.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entity::sharing::Department;
use parking_lot::RwLock;
use tokio::sync::Mutex;

use super::{
    AuthError, ClaimNames, KeySource, KeySourceError, PersonClaims, TrustedIssuer, VerifierConfig,
    jwks::KeySet, source::Loader,
};
use crate::clock::SharedClock;

/// How old keys of this machine may be, and how soon they are looked at again: a look costs next
/// to nothing, and a key that was rotated counts at once.
const NEARBY: Duration = Duration::from_secs(1);

/// One issuer's keys, and what it may vouch for.
pub(super) struct KeyRing {
    issuer: String,
    departments: Vec<Department>,
    claims: ClaimNames,
    person: Option<PersonClaims>,
    origin: Origin,
    loader: Loader,
    clock: SharedClock,
    interval: TimeDelta,
    max_age: TimeDelta,
    state: RwLock<State>,
    /// Held during an attempt; whoever needs its outcome waits here.
    turn: Mutex<()>,
}

/// Whose keys they are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// This gateway's authorization server's, which issues tokens to clients alone.
    AuthorizationServer,
    /// This gateway's local key's.
    Local,
    /// Another issuer's.
    Other,
}

impl Origin {
    fn of(source: &KeySource) -> Self {
        match source {
            KeySource::Signing(_) => Self::AuthorizationServer,
            KeySource::Local(_) => Self::Local,
            KeySource::File(_) | KeySource::Url(_) => Self::Other,
        }
    }
}

#[derive(Default)]
struct State {
    loaded: Option<Loaded>,
    last_attempt: Option<DateTime<Utc>>,
}

/// A key set as loaded.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) keys: Arc<KeySet>,
    /// Moves on whenever the key set changes; what was verified under an earlier one is void.
    pub(super) generation: u64,
    at: DateTime<Utc>,
}

impl KeyRing {
    /// Opens an issuer's key source.
    pub(super) fn open(
        trusted: TrustedIssuer,
        config: &VerifierConfig,
        clock: SharedClock,
    ) -> Result<Arc<Self>, KeySourceError> {
        let origin = Origin::of(&trusted.source);
        let (loader, keys) = Loader::open(trusted.source)?;
        let mut state = State::default();
        if let Some(keys) = keys {
            state.install(keys, clock.now());
        }
        let (interval, max_age) = if loader.is_nearby() {
            (NEARBY, NEARBY)
        } else {
            (config.refresh_interval, config.max_key_age)
        };
        Ok(Arc::new(Self {
            issuer: trusted.issuer,
            departments: trusted.departments,
            claims: trusted.claims,
            person: trusted.person,
            origin,
            loader,
            clock,
            interval: delta(interval),
            max_age: delta(max_age),
            state: RwLock::new(state),
            turn: Mutex::new(()),
        }))
    }

    /// How its tokens name a person.
    pub(super) fn person(&self) -> Option<&PersonClaims> {
        self.person.as_ref()
    }

    /// Whether the issuer is this gateway.
    pub(super) fn is_own(&self) -> bool {
        self.origin != Origin::Other
    }

    /// Whether it is this gateway's authorization server, whose tokens are clients'.
    pub(super) fn is_authorization_server(&self) -> bool {
        self.origin == Origin::AuthorizationServer
    }

    /// The issuer's name.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether the issuer may vouch for roles of a department.
    pub(super) fn speaks_for(&self, department: Department) -> bool {
        self.departments.is_empty() || self.departments.contains(&department)
    }

    /// Where the issuer's tokens have their claims.
    pub(super) fn claims(&self) -> &ClaimNames {
        &self.claims
    }

    /// The present keys, loaded anew where they have aged.
    pub(super) async fn fresh(self: &Arc<Self>) -> Result<Loaded, AuthError> {
        if let Some(loaded) = self.loaded() {
            if !self.loader.can_change() || within(self.max_age, loaded.at, self.clock.now()) {
                return Ok(loaded);
            }
            // While the issuer is away, its old keys must not cost each request a timeout.
            if self.state.read().last_attempt.is_some_and(|attempt| attempt > loaded.at) {
                if self.may_attempt() {
                    tokio::spawn(Arc::clone(self).attempt_in_turn());
                }
                return Ok(loaded);
            }
        }
        self.refresh().await;
        self.loaded().ok_or(AuthError::KeysUnavailable)
    }

    /// The present keys, where they hold this id; else as they are after a refresh.
    pub(super) async fn with_key(self: &Arc<Self>, kid: &str) -> Result<Loaded, AuthError> {
        let loaded = self.fresh().await?;
        if loaded.keys.get(kid).is_some() {
            return Ok(loaded);
        }
        self.refresh().await;
        self.loaded().ok_or(AuthError::KeysUnavailable)
    }

    fn loaded(&self) -> Option<Loaded> {
        self.state.read().loaded.clone()
    }

    /// Starts an attempt, or waits for the one under way, or finds that it is too early for one.
    async fn refresh(self: &Arc<Self>) {
        if self.turn.try_lock().is_ok() && !self.may_attempt() {
            return;
        }
        // In a task of its own: a caller who hangs up must not take the attempt along.
        let attempt = tokio::spawn(Arc::clone(self).attempt_in_turn());
        if attempt.await.is_err() {
            tracing::error!(issuer = self.issuer, "loading the issuer's keys was interrupted");
        }
    }

    async fn attempt_in_turn(self: Arc<Self>) {
        let _turn = self.turn.lock().await;
        if !self.may_attempt() {
            return;
        }
        let now = self.clock.now();
        self.state.write().last_attempt = Some(now);
        match self.loader.load().await {
            Ok(Some(keys)) => {
                if keys.is_empty() {
                    tracing::warn!(issuer = self.issuer, "the issuer publishes no usable key");
                }
                self.state.write().install(keys, now);
            }
            Ok(None) => {}
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(issuer = self.issuer, error, "the issuer's keys were not refreshed");
            }
        }
    }

    fn may_attempt(&self) -> bool {
        let too_early = |attempt| within(self.interval, attempt, self.clock.now());
        self.loader.can_change() && !self.state.read().last_attempt.is_some_and(too_early)
    }
}

impl State {
    fn install(&mut self, keys: KeySet, now: DateTime<Utc>) {
        let (keys, generation) = match self.loaded.take() {
            Some(old) if old.keys.same_as(&keys) => (old.keys, old.generation),
            Some(old) => (Arc::new(keys), old.generation + 1),
            None => (Arc::new(keys), 0),
        };
        self.loaded = Some(Loaded { keys, generation, at: now });
    }
}

/// Whether less than `span` has passed; a clock that was set back ends every wait.
fn within(span: TimeDelta, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let passed = now - since;
    TimeDelta::zero() <= passed && passed < span
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
