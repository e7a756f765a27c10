//! How much of people's data one caller may learn (domain rules §4.8; 法释〔2017〕10号 5, 11).
//!
//! Rows are counted by person and category for whoever acts. What nothing on file explains is limited
//! in any 24 hours and any 30 days; what something explains is compared with what is usual for the role;
//! what a client has a contract for is limited by that. The check comes before an answer leaves.

mod account;
mod agreement;
mod alarm;
mod category;
mod changes;
mod explain;
mod meter;
mod refusal;
mod settle;
mod standing;
pub mod store;
mod tally;

pub use agreement::{
    Agreements, Amounts, Kind, Limits, MOST_A_DAY, MOST_OPEN, Status, end as end_of,
};
pub use alarm::Baselines;
pub use category::{Category, DAY, Each, HALF, MONTH, is_stay, stay_end};
pub use changes::{Decide, End, Made, Propose, Verdict};
pub use explain::explained;
pub use meter::{Meter, Reading};
pub use refusal::exceeded;
pub use standing::Standing;
pub use tally::{Counted, Tally};

use std::{sync::Arc, time::Duration};

use tokio::time;

use crate::app::Gateway;

/// How often what was read is settled.
const EVERY: Duration = Duration::from_millis(500);

/// How long settling may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

/// Settles what a gateway's callers read, for as long as it is polled.
pub async fn keep(gateway: Arc<Gateway>) {
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
pub async fn close(gateway: &Gateway) {
    if !matches!(time::timeout(PATIENCE, gateway.settle_volume()).await, Ok(Ok(()))) {
        tracing::warn!("what callers read in the last second was not settled with the database");
    }
}
