//! How connections are served.

use std::time::Duration;

use crate::{config::Config, descriptors};

/// Bounds on connections and requests, and on how long they may take.
#[derive(Clone, Copy, Debug)]
pub struct ServeOptions {
    /// Connections that may be open at once.
    pub connections: usize,
    /// Requests that may be under way at once, health checks apart.
    pub requests: usize,
    /// How long a connection may be open without a request.
    pub idle: Duration,
    /// How long one request may take to be read and answered, the taking of the answer apart.
    pub request: Duration,
    /// How long the gateway goes on taking connections after the signal to stop.
    pub announce: Duration,
    /// How long requests under way may take after that.
    pub patience: Duration,
}

impl ServeOptions {
    /// Those of a configuration, within what the system lets this process have open.
    ///
    /// # Errors
    /// When the configured connections are more than fit; the message says how to mend it.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let server = &config.server;
        Ok(Self {
            connections: descriptors::connections(config, descriptors::raise_limit())?,
            requests: server.max_requests.get(),
            idle: Duration::from_secs(server.idle_seconds.get()),
            // Once for its body to arrive and once for its answer.
            request: 2 * config.limits.request_time(),
            announce: Duration::from_secs(server.shutdown_announce_seconds),
            patience: Duration::from_secs(server.shutdown_seconds),
        })
    }
}

impl Default for ServeOptions {
    /// For gateways within a test: many connections, and no announcement of the end.
    fn default() -> Self {
        Self {
            connections: 1024,
            requests: 1024,
            idle: Duration::from_secs(75),
            request: Duration::from_secs(120),
            announce: Duration::ZERO,
            patience: Duration::from_secs(5),
        }
    }
}
