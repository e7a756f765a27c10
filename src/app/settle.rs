//! Settles what callers read with the database, in the background and at the end.

use std::{sync::Arc, time::Duration};

use tokio::time;

use super::Gateway;

/// How often what was read is settled.
const EVERY: Duration = Duration::from_millis(500);

/// How long settling may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Settles what a gateway's callers read, for as long as it is polled.
pub async fn settle(gateway: Arc<Gateway>) {
    let mut ticks = time::interval(EVERY);
    ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    let mut has_failed = false;
    loop {
        ticks.tick().await;
        let settled = time::timeout(PATIENCE, gateway.settle_volume()).await;
        let fails = !matches!(settled, Ok(Ok(())));
        if fails && !has_failed {
            tracing::warn!("what callers read cannot be settled with the database");
        }
        has_failed = fails;
    }
}

/// Settles what is left when a gateway stops.
pub async fn settle_rest(gateway: &Gateway) {
    if !matches!(time::timeout(PATIENCE, gateway.settle_volume()).await, Ok(Ok(()))) {
        tracing::warn!("what callers read in the last second was not settled with the database");
    }
}
