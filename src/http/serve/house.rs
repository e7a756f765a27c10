//! What all connections of a gateway share: how many there are, how many may be, and whether the
//! gateway is about to stop.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed},
};

use super::{ServeOptions, activity::Activity, watch::Watch};

/// Connections beyond the bound: whoever checks the gateway's health gets in when nobody else does.
pub const SPARE: usize = 32;

/// How far a gateway is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    /// It serves.
    Serving,
    /// It serves, and tells everybody to connect elsewhere.
    Announcing,
    /// It takes no more connections.
    Closing,
}

/// Whether a connection that came may stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// As one of those within the bound.
    Regular,
    /// For a health check.
    Spare,
    /// Not at all.
    Refused,
}

/// What the connections share.
pub struct House {
    pub options: ServeOptions,
    stage: AtomicU8,
    open: AtomicUsize,
    requests: AtomicUsize,
    watches: Vec<Arc<Watch>>,
    /// The tick in which nobody could be asked to go, plus one.
    full_since: AtomicU32,
}

impl House {
    pub fn new(options: ServeOptions, threads: usize) -> Self {
        Self {
            options,
            stage: AtomicU8::new(Stage::Serving as u8),
            open: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            watches: (0..threads).map(|_| Arc::default()).collect(),
            full_since: AtomicU32::new(0),
        }
    }

    pub fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            0 => Stage::Serving,
            1 => Stage::Announcing,
            _ => Stage::Closing,
        }
    }

    /// Goes on to a stage, and tells the connections that can be told at once.
    pub fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, Relaxed);
        for watch in &self.watches {
            watch.say_goodbye();
        }
    }

    pub fn watch(&self, thread: usize) -> Arc<Watch> {
        self.watches[thread].clone()
    }

    /// Counts a connection in, where it may stay. At the bound those who have sent nothing for a
    /// while, or only half of a request's head, make room first. Where the spare ones are taken,
    /// too, as many again are for those that a health check came with.
    pub fn admit(&self, asks_for_health: bool) -> Admission {
        let most = self.options.connections;
        if self.open.load(Relaxed) >= most {
            self.make_room();
        }
        let open = self.open.load(Relaxed);
        let admission = if open < most {
            Admission::Regular
        } else if open < most + SPARE || open < most + 2 * SPARE && asks_for_health {
            Admission::Spare
        } else {
            return Admission::Refused;
        };
        self.open.fetch_add(1, Relaxed);
        admission
    }

    /// Ends the connections that wait longest without a request, where there are any.
    pub fn make_room(&self) {
        let tick = self.watches[0].now();
        // A flood of new connections does not have all of them looked at for each.
        if self.full_since.load(Relaxed) == tick + 1 {
            return;
        }
        let mut waiting: Vec<_> = self.watches.iter().flat_map(|watch| watch.waiting()).collect();
        waiting.sort_unstable_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        waiting.truncate((self.options.connections / 16).max(8));
        for (_, activity) in &waiting {
            self.leave(activity);
            activity.give_way();
        }
        if waiting.is_empty() {
            self.full_since.store(tick + 1, Relaxed);
        }
    }

    /// A connection that was counted in, for as long as it is open.
    pub fn guest(self: &Arc<Self>, activity: Arc<Activity>) -> Guest {
        Guest { house: self.clone(), activity }
    }

    fn leave(&self, activity: &Activity) {
        if activity.leaves() {
            self.open.fetch_sub(1, Relaxed);
        }
    }

    /// Counts a request in, where it may begin.
    pub fn begin_request(self: &Arc<Self>) -> Option<UnderWay> {
        if self.requests.fetch_add(1, Relaxed) >= self.options.requests {
            self.requests.fetch_sub(1, Relaxed);
            return None;
        }
        Some(UnderWay(self.clone()))
    }
}

/// A connection that is counted.
pub struct Guest {
    pub house: Arc<House>,
    pub activity: Arc<Activity>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.house.leave(&self.activity);
        self.activity.is_over();
    }
}

/// A request that is counted, until its answer has been handed over.
pub struct UnderWay(Arc<House>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(connections: usize, requests: usize) -> Arc<House> {
        Arc::new(House::new(ServeOptions { connections, requests, ..ServeOptions::default() }, 1))
    }

    fn enter(house: &Arc<House>) -> (Admission, Guest) {
        let admission = house.admit(false);
        let activity = Arc::new(Activity::new(house.watch(0), admission == Admission::Spare));
        house.watch(0).add(activity.clone());
        (admission, house.guest(activity))
    }

    #[test]
    fn beyond_the_bound_there_is_room_for_health_checks_and_then_none() {
        let house = house(2, 1);
        let guests: Vec<_> = (0..2 + SPARE).map(|_| enter(&house)).collect();
        let regular = |(admission, _): &&(Admission, Guest)| *admission == Admission::Regular;
        assert_eq!(guests.iter().filter(regular).count(), 2);
        assert_eq!(house.admit(false), Admission::Refused);
        assert_eq!(house.admit(true), Admission::Spare);
        drop(guests);
        assert_eq!(enter(&house).0, Admission::Regular, "they have left");
    }

    #[test]
    fn at_the_bound_those_who_ask_nothing_make_room() {
        let house = house(2, 1);
        let (busy, silent) = (enter(&house).1, enter(&house).1);
        busy.activity.request_begins(false);
        for _ in 0..20 {
            house.watch(0).advance(1);
        }
        assert_eq!(enter(&house).0, Admission::Regular);
        assert!(silent.activity.is_hurried());
        assert!(!busy.activity.is_hurried());
        // It is counted out once, not again when it is gone.
        drop(silent);
        assert_eq!(house.open.load(Relaxed), 1);
    }

    #[test]
    fn requests_are_counted_until_their_answer_is_handed_over() {
        let house = house(2, 1);
        let one = house.begin_request().expect("room for one");
        assert!(house.begin_request().is_none());
        drop(one);
        assert!(house.begin_request().is_some());
    }
}
