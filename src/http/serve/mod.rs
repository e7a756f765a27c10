//! Connections: taken up to a bound, handed to the serving threads in turn, watched while they are
//! open, and seen through to their last answer when the gateway stops.

mod accept;
mod activity;
mod answer;
mod body;
mod connection;
mod door;
mod house;
mod options;
mod refusal;
mod stream;
mod watch;

pub use accept::listen;
pub use options::ServeOptions;

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};

use self::{
    accept::Acceptor,
    activity::Activity,
    house::{House, Stage},
    watch::{Pace, TICK, Watch},
};
use super::router::router;
use crate::{app::Gateway, read::Reader, threads};

/// How often the last connections of a gateway that stops are looked at.
const LAST_LOOKS: Duration = Duration::from_millis(10);

/// A connection that belongs to no thread yet.
struct Accepted {
    stream: std::net::TcpStream,
    peer: SocketAddr,
    /// Beyond the bound on connections: only for health checks, and not for long.
    spare: bool,
}

/// Serves until `stop` resolves. Then says so to all who ask, for as long as is announced, while
/// everybody is still served; closes the door behind the last who came; and lets the requests
/// under way end, for as long as patience lasts.
///
/// # Errors
/// When the serving threads cannot be started.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    options: ServeOptions,
) -> io::Result<()> {
    let reader = gateway.reader.clone();
    let open = move || open_reads(reader.clone());
    serve_router(router(gateway.clone()), open, listener, stop, options).await?;
    gateway.audit.clone().close().await;
    Ok(())
}

/// Serves any routes in the same way; `open` is what each thread does before anybody asks.
///
/// # Errors
/// As [`serve`].
pub async fn serve_router<Opened: Future<Output = ()>>(
    router: Router,
    open: impl Fn() -> Opened + Clone + Send + 'static,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    options: ServeOptions,
) -> io::Result<()> {
    let house = Arc::new(House::new(options, threads::count()));
    let (opening, mut opened) = mpsc::channel::<()>(1);
    let (serving, mut ended) = mpsc::channel::<()>(1);
    let mut hands = Vec::new();
    for number in 0..threads::count() {
        let (hand, handed) = mpsc::unbounded_channel();
        hands.push(hand);
        let thread = Thread { number, house: house.clone(), router: router.clone() };
        let (open, opening, serving) = (open.clone(), opening.clone(), serving.clone());
        threads::start(number, move || async move {
            open().await;
            drop(opening);
            thread.serve(handed).await;
            drop(serving);
        })?;
    }
    drop((opening, serving));
    // Nothing is ever sent on these two: each ends with the last thread that holds it.
    let _ = opened.recv().await;

    let mut acceptor = Acceptor::new(listener, house.clone(), hands);
    tokio::select! {
        () = acceptor.accept() => {}
        () = stop => {}
    }
    house.enter(Stage::Announcing);
    // An error means that the time is over.
    let _ = tokio::time::timeout(options.announce, acceptor.accept()).await;
    acceptor.close().await;
    house.enter(Stage::Closing);
    let _ = ended.recv().await;
    Ok(())
}

/// Opens the read connections of this thread before anybody asks: the first request is not slow,
/// and no flood of connections takes their descriptors first.
async fn open_reads(reader: Arc<dyn Reader>) {
    if reader.open().await.is_err() {
        tracing::warn!("read connections cannot be opened yet; they are opened when they are used");
    }
}

/// One serving thread.
struct Thread {
    number: usize,
    house: Arc<House>,
    router: Router,
}

impl Thread {
    async fn serve(self, mut handed: mpsc::UnboundedReceiver<Accepted>) {
        let watch = self.house.watch(self.number);
        let mut pace = Pace::new();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                accepted = handed.recv() => match accepted {
                    Some(accepted) => self.take(accepted, &watch),
                    // The door is closed, and all who came through it are here.
                    None => break,
                },
                _ = ticks.tick() => {
                    watch.advance(pace.due(Instant::now()));
                    watch.sweep(&self.house);
                }
            }
        }
        self.see_through(&watch, pace).await;
    }

    fn take(&self, Accepted { stream, peer, spare }: Accepted, watch: &Arc<Watch>) {
        let activity = Arc::new(Activity::new(watch.clone(), spare));
        let guest = self.house.guest(activity.clone());
        let Ok(stream) = TcpStream::from_std(stream) else { return };
        let router = self.router.clone();
        let task = tokio::spawn(connection::serve(stream, peer, router, guest));
        activity.belongs_to(task.abort_handle());
        watch.add(activity);
    }

    /// Lets what is under way end.
    async fn see_through(&self, watch: &Watch, mut pace: Pace) {
        let deadline = Instant::now() + self.house.options.patience;
        while !watch.is_empty() {
            if Instant::now() >= deadline {
                tracing::warn!("requests were still under way at the end of the grace period");
                return;
            }
            watch.advance(pace.due(Instant::now()));
            watch.sweep(&self.house);
            tokio::time::sleep(LAST_LOOKS).await;
        }
    }
}
