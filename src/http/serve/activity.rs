//! What a connection is doing: noted by its own task, read by those who watch over it.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Notify, task::AbortHandle};

use super::{
    ServeOptions,
    house::Stage,
    watch::{Watch, ticks},
};

/// How long a request's head may take, from its first byte, and the first one from the connection.
const HEAD: Duration = Duration::from_secs(10);

/// The same on a connection beyond the bound.
const SPARE_HEAD: Duration = Duration::from_secs(1);

/// How long a client may take nothing of what is sent to it.
const STALL: Duration = Duration::from_secs(10);

/// How long a client may take for an answer in all.
pub const TAKING: Duration = Duration::from_secs(60);

/// How long a connection that is closed waits for the other end to hear of it.
const LINGER: Duration = Duration::from_secs(2);

/// How long a connection may take to end after it was told to.
const LEAVING: Duration = Duration::from_secs(5);

/// How long a new connection is waited for when the gateway stops: whoever connected before the
/// door was closed is about to ask.
const LAST_WORD: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum State {
    /// Nothing came yet.
    Fresh,
    /// Part of a request's head came.
    Head,
    /// Requests are under way.
    Busy,
    /// All requests were answered.
    Idle,
    /// This end is closed.
    Closed,
}

/// What is to become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays.
    Stays,
    /// It is told to leave, and answers what it has begun.
    Leaves,
    /// It ends now.
    Ends,
}

/// What one connection is doing. All times are ticks of its thread's watch.
pub struct Activity {
    watch: Arc<Watch>,
    spare: bool,
    state: AtomicU8,
    since: AtomicU32,
    requests: AtomicU32,
    /// Since when the other end takes nothing, plus one; zero while it does.
    stalled: AtomicU32,
    http2: AtomicBool,
    /// When it was told to leave, plus one; zero where it was not.
    told: AtomicU32,
    hurried: AtomicBool,
    counted: AtomicBool,
    over: AtomicBool,
    goodbye: Notify,
    task: OnceLock<AbortHandle>,
}

impl Activity {
    pub fn new(watch: Arc<Watch>, spare: bool) -> Self {
        Self {
            since: AtomicU32::new(watch.now()),
            watch,
            spare,
            state: AtomicU8::new(State::Fresh as u8),
            requests: AtomicU32::new(0),
            stalled: AtomicU32::new(0),
            http2: AtomicBool::new(false),
            told: AtomicU32::new(0),
            hurried: AtomicBool::new(false),
            counted: AtomicBool::new(true),
            over: AtomicBool::new(false),
            goodbye: Notify::new(),
            task: OnceLock::new(),
        }
    }

    /// The task that serves it.
    pub fn belongs_to(&self, task: AbortHandle) {
        // Each connection has one task.
        let _ = self.task.set(task);
    }

    fn state(&self) -> State {
        match self.state.load(Relaxed) {
            0 => State::Fresh,
            1 => State::Head,
            2 => State::Busy,
            3 => State::Idle,
            _ => State::Closed,
        }
    }

    fn enter(&self, state: State) {
        self.since.store(self.watch.now(), Relaxed);
        self.state.store(state as u8, Relaxed);
    }

    /// Whether it is one beyond the bound.
    pub fn is_spare(&self) -> bool {
        self.spare
    }

    pub fn is_http2(&self) -> bool {
        self.http2.load(Relaxed)
    }

    /// Bytes came.
    pub fn was_read(&self, bytes: &[u8]) {
        match self.state() {
            State::Fresh => {
                self.http2.store(bytes.starts_with(b"PRI "), Relaxed);
                // The time of its first head counts from the beginning.
                self.state.store(State::Head as u8, Relaxed);
            }
            // HTTP/2 has frames that belong to no request.
            State::Idle if !self.is_http2() => self.enter(State::Head),
            _ => {}
        }
    }

    /// Bytes were taken by the other end, or were not.
    pub fn was_written(&self, taken: bool) {
        match (taken, self.stalled.load(Relaxed)) {
            (true, 0) => {}
            (true, _) => self.stalled.store(0, Relaxed),
            (false, 0) => self.stalled.store(self.watch.now() + 1, Relaxed),
            (false, _) => {}
        }
    }

    /// The head of a request came whole.
    pub fn request_begins(&self, http2: bool) {
        if http2 {
            self.http2.store(true, Relaxed);
        }
        self.requests.fetch_add(1, Relaxed);
        self.enter(State::Busy);
    }

    /// A request was answered, or given up.
    pub fn request_ends(&self) {
        if self.requests.fetch_sub(1, Relaxed) == 1 && self.state() == State::Busy {
            self.enter(State::Idle);
        }
    }

    /// This end is closed.
    pub fn is_closing(&self) {
        self.enter(State::Closed);
    }

    /// The connection is gone.
    pub fn is_over(&self) {
        self.over.store(true, Relaxed);
    }

    pub fn has_gone(&self) -> bool {
        self.over.load(Relaxed)
    }

    /// Counts it out; true the first time.
    pub fn leaves(&self) -> bool {
        self.counted.swap(false, Relaxed)
    }

    /// Resolves when it is told to leave.
    pub async fn goodbye(&self) {
        self.goodbye.notified().await;
    }

    pub fn is_told_to_leave(&self) -> bool {
        self.told.load(Relaxed) != 0
    }

    /// Whether its place is needed: then it does not wait for the other end.
    pub fn is_hurried(&self) -> bool {
        self.hurried.load(Relaxed)
    }

    /// Whether it was told to leave and has nothing under way. One of HTTP/2 is told so by a frame,
    /// and leaves when the client has answered that.
    pub fn may_leave(&self) -> bool {
        self.is_told_to_leave()
            && !self.is_http2()
            && matches!(self.state(), State::Fresh | State::Idle)
    }

    /// Tells it to leave when what it has begun is answered.
    pub fn tell_to_leave(&self) {
        let told = self.told.compare_exchange(0, self.watch.now() + 1, Relaxed, Relaxed);
        if told.is_ok() {
            self.goodbye.notify_one();
        }
    }

    /// Ends it because its place is needed. One of HTTP/1 between two requests looks once more
    /// whether one came.
    pub fn give_way(&self) {
        self.hurried.store(true, Relaxed);
        match self.state() {
            State::Fresh | State::Idle if !self.is_http2() => self.tell_to_leave(),
            _ => self.abort(),
        }
    }

    /// Ends it, whatever it does.
    pub fn abort(&self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }

    /// How readily it is ended where room is needed: the more readily the greater. None where it
    /// has a request under way, or has not waited long enough to tell.
    pub fn rank(&self) -> Option<(bool, u32)> {
        let age = self.age();
        match self.state() {
            State::Busy => None,
            _ if self.is_hurried() => None,
            State::Idle => (age >= ticks(Duration::from_secs(1))).then_some((false, age)),
            _ => (age >= ticks(Duration::from_millis(200))).then_some((true, age)),
        }
    }

    fn age(&self) -> u32 {
        self.watch.now().wrapping_sub(self.since.load(Relaxed))
    }

    /// What is to become of it now.
    pub fn verdict(&self, stage: Stage, options: &ServeOptions) -> Verdict {
        let stalled = self.stalled.load(Relaxed);
        if stalled != 0 && (self.watch.now() + 1).wrapping_sub(stalled) >= ticks(STALL) {
            return Verdict::Ends;
        }
        let told = self.told.load(Relaxed);
        let state = self.state();
        if told != 0
            && state != State::Busy
            && (self.watch.now() + 1).wrapping_sub(told) >= ticks(LEAVING)
        {
            return Verdict::Ends;
        }
        let age = self.age();
        let head = if self.spare { SPARE_HEAD } else { HEAD };
        let closing = stage == Stage::Closing;
        match state {
            State::Fresh | State::Head if age >= ticks(head) => Verdict::Ends,
            State::Fresh if closing && age >= ticks(LAST_WORD) => Verdict::Leaves,
            State::Head if closing && self.is_http2() && age >= ticks(LAST_WORD) => Verdict::Leaves,
            State::Busy if age >= ticks(options.request + TAKING) => Verdict::Ends,
            State::Idle if closing || age >= ticks(options.idle) => Verdict::Leaves,
            State::Closed if age >= ticks(LINGER) => Verdict::Ends,
            _ => Verdict::Stays,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: ServeOptions = ServeOptions {
        connections: 1,
        requests: 1,
        idle: Duration::from_secs(75),
        request: Duration::from_secs(20),
        announce: Duration::ZERO,
        patience: Duration::ZERO,
    };

    /// How long a connection in this state stays, to the second.
    fn stays(activity: &Activity, stage: Stage) -> u32 {
        for tick in 0.. {
            if activity.verdict(stage, &OPTIONS) != Verdict::Stays {
                return tick / 10;
            }
            activity.watch.advance(1);
        }
        unreachable!("no state lasts for ever")
    }

    fn fresh(spare: bool) -> Activity {
        Activity::new(Arc::default(), spare)
    }

    #[test]
    fn silent_and_half_sent_heads_last_ten_seconds_however_they_trickle() {
        assert_eq!(stays(&fresh(false), Stage::Serving), 10);
        let trickling = fresh(false);
        for _ in 0..99 {
            trickling.watch.advance(1);
            trickling.was_read(b"G");
            assert_eq!(trickling.verdict(Stage::Serving, &OPTIONS), Verdict::Stays);
        }
        trickling.watch.advance(1);
        assert_eq!(trickling.verdict(Stage::Serving, &OPTIONS), Verdict::Ends);
        assert_eq!(stays(&fresh(true), Stage::Serving), 1);
    }

    #[test]
    fn a_later_head_has_ten_seconds_of_its_own() {
        let activity = fresh(false);
        activity.request_begins(false);
        activity.request_ends();
        (0..300).for_each(|_| activity.watch.advance(1));
        activity.was_read(b"GET /");
        assert_eq!(stays(&activity, Stage::Serving), 10);
    }

    #[test]
    fn idle_connections_are_told_to_leave_and_busy_ones_have_their_time() {
        let activity = fresh(false);
        activity.request_begins(false);
        assert_eq!(stays(&activity, Stage::Serving), 80);
        activity.request_ends();
        assert_eq!(stays(&activity, Stage::Serving), 75);
        assert_eq!(activity.verdict(Stage::Serving, &OPTIONS), Verdict::Leaves);
        let answered = fresh(false);
        answered.request_begins(false);
        answered.request_ends();
        assert_eq!(answered.verdict(Stage::Announcing, &OPTIONS), Verdict::Stays);
        assert_eq!(answered.verdict(Stage::Closing, &OPTIONS), Verdict::Leaves);
    }

    #[test]
    fn frames_without_a_request_do_not_keep_an_http2_connection_nor_end_it_early() {
        let activity = fresh(false);
        activity.request_begins(true);
        activity.request_ends();
        (0..200).for_each(|_| activity.watch.advance(1));
        activity.was_read(b"GET /");
        assert_eq!(stays(&activity, Stage::Serving), 55);
    }

    #[test]
    fn whoever_takes_nothing_of_an_answer_loses_it() {
        let activity = fresh(false);
        activity.request_begins(false);
        activity.was_written(false);
        activity.watch.advance(1);
        activity.was_written(false);
        assert_eq!(stays(&activity, Stage::Serving), 9);
        activity.was_written(true);
        assert_eq!(activity.verdict(Stage::Serving, &OPTIONS), Verdict::Stays);
    }
}
