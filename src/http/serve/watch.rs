//! Watches over the connections of one thread.
//!
//! A clock that ticks while the thread runs, in place of a timer for every request: what is noted
//! with each read and write costs nothing, and after a pause of the whole process nobody is taken
//! for silent who could not be heard.
//!
//! Late ticks are made up for, so that ten seconds are ten on a busy machine, too; a pause is not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::Instant;

use super::{
    activity::{Activity, Verdict},
    house::House,
};

/// How long a tick is, and how often all connections are looked at.
pub const TICK: Duration = Duration::from_millis(100);

/// A time in ticks.
pub fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u32::MAX)
}

/// Ticks that are made up for at once.
const MOST_MADE_UP: u32 = 5;

/// How the clock of a thread goes.
pub struct Pace(Instant);

impl Pace {
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// Ticks since they were asked for last.
    pub fn due(&mut self, now: Instant) -> u32 {
        let due = ticks(now - self.0);
        if due > MOST_MADE_UP {
            self.0 = now;
            return MOST_MADE_UP;
        }
        self.0 += TICK * due;
        due
    }
}

/// The connections of one thread.
#[derive(Default)]
pub struct Watch {
    now: AtomicU32,
    connections: Mutex<Vec<Arc<Activity>>>,
}

impl Watch {
    /// How often it ticked.
    pub fn now(&self) -> u32 {
        self.now.load(Relaxed)
    }

    /// Watches over one more.
    pub fn add(&self, activity: Arc<Activity>) {
        self.connections.lock().push(activity);
    }

    /// Whether all are gone.
    pub fn is_empty(&self) -> bool {
        self.connections.lock().is_empty()
    }

    /// So many ticks went by.
    pub fn advance(&self, ticks: u32) {
        self.now.fetch_add(ticks, Relaxed);
    }

    /// Ends connections whose time is over, and forgets those that are gone.
    pub fn sweep(&self, house: &House) {
        let stage = house.stage();
        self.connections.lock().retain(|activity| {
            if activity.has_gone() {
                return false;
            }
            match activity.verdict(stage, &house.options) {
                Verdict::Stays => {}
                Verdict::Leaves => activity.tell_to_leave(),
                Verdict::Ends => activity.abort(),
            }
            true
        });
    }

    /// Tells clients of HTTP/2 that they are to go elsewhere for their next request; those of
    /// HTTP/1 hear it with their next answer.
    pub fn say_goodbye(&self) {
        for activity in self.connections.lock().iter().filter(|activity| activity.is_http2()) {
            activity.tell_to_leave();
        }
    }

    /// Those that wait without a request, each with how readily it is ended.
    pub fn waiting(&self) -> Vec<((bool, u32), Arc<Activity>)> {
        let connections = self.connections.lock();
        let ranked = |activity: &Arc<Activity>| Some((activity.rank()?, activity.clone()));
        connections.iter().filter_map(ranked).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_ticks_are_made_up_for_and_a_pause_is_not() {
        let mut pace = Pace::new();
        let begin = pace.0;
        let at = |millis| begin + Duration::from_millis(millis);
        assert_eq!(pace.due(at(99)), 0);
        assert_eq!(pace.due(at(130)), 1);
        assert_eq!(pace.due(at(260)), 1);
        assert_eq!(pace.due(at(690)), 4);
        assert_eq!(pace.due(at(9_690)), MOST_MADE_UP, "nine seconds of silence were nobody's");
        assert_eq!(pace.due(at(9_789)), 0);
    }
}
