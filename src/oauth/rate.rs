//! How often a client and an address may ask: guesses must not burn the processor.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use chrono::DateTime;
use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use super::{ErrorCode, OAuthError};
use crate::clock::SharedClock;

/// How many clients or addresses are remembered before those that may ask freely are forgotten.
const REMEMBERED: usize = 10_000;

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// The limits of one gateway.
pub(super) struct Rates {
    clients: Limiter<String>,
    peers: Limiter<IpAddr>,
    ticks: Ticks,
}

/// The gateway's clock, as the limiter reads it: time since 1970.
#[derive(Clone)]
struct Ticks(SharedClock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let passed = self.0.now() - DateTime::UNIX_EPOCH;
        passed.to_std().unwrap_or_default()
    }
}

impl Rates {
    /// So many requests a minute, all at once if need be.
    pub(super) fn new(clients: NonZeroU32, peers: NonZeroU32, clock: SharedClock) -> Self {
        let ticks = Ticks(clock);
        let (clients, peers) = (Quota::per_minute(clients), Quota::per_minute(peers));
        Self {
            clients: RateLimiter::dashmap_with_clock(clients, ticks.clone()),
            peers: RateLimiter::dashmap_with_clock(peers, ticks.clone()),
            ticks,
        }
    }

    /// Counts a request of an address.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) fn of_peer(&self, peer: IpAddr) -> Result<(), OAuthError> {
        self.admit(&self.peers, &network(peer))
    }

    /// Counts a request in the name of a client.
    ///
    /// # Errors
    /// When there were too many.
    pub(super) fn of_client(&self, id: &str) -> Result<(), OAuthError> {
        self.admit(&self.clients, &id.to_owned())
    }

    fn admit<K: Hash + Eq + Clone>(&self, limiter: &Limiter<K>, key: &K) -> Result<(), OAuthError> {
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|until| OAuthError {
            code: ErrorCode::TemporarilyUnavailable,
            description: "too many requests",
            retry_after: Some(until.wait_time_from(self.ticks.now())),
        })
    }
}

/// Whoever has one IPv6 address has the 2^64 of its network.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        address => address,
    }
}
