//! Takes connections in, and hands them to the serving threads in turn.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use rustix::io::Errno;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
};

use super::{
    Accepted, door,
    house::{Admission, House},
    refusal,
};

/// How long accepting pauses where the system has no descriptor or memory left.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a door that lets nobody in stays open for those who are on their way through.
const SETTLING: Duration = Duration::from_millis(50);

/// How many connections beyond all bounds are asked what they want before they are refused, and for
/// how long each is listened to.
const LOBBY: usize = 64;
const LISTENING: Duration = Duration::from_millis(50);

/// How many connections may wait to be taken in, where the system allows as many. The usual 128 are
/// full after a few milliseconds of a rush, and who comes then tries again a second later.
const WAITING: u32 = 4096;

/// Listens at an address.
///
/// # Errors
/// When it is taken, or not this machine's.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Otherwise a restart would have to wait for the connections of the one before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Who takes connections in.
pub struct Acceptor {
    listener: TcpListener,
    house: Arc<House>,
    hands: Vec<mpsc::UnboundedSender<Accepted>>,
    next: usize,
    lobby: Arc<Semaphore>,
}

impl Acceptor {
    pub fn new(
        listener: TcpListener,
        house: Arc<House>,
        hands: Vec<mpsc::UnboundedSender<Accepted>>,
    ) -> Self {
        Self { listener, house, hands, next: 0, lobby: Arc::new(Semaphore::new(LOBBY)) }
    }

    /// Accepts for ever.
    pub async fn accept(&mut self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Otherwise the client is gone already.
                    if let Ok(stream) = stream.set_nodelay(true).and_then(|()| stream.into_std()) {
                        self.take(stream, peer);
                    }
                }
                Err(error) if is_exhausted(&error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    self.house.make_room();
                    tokio::time::sleep(PAUSE).await;
                }
                // A client that went away before it was let in.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    fn take(&mut self, stream: std::net::TcpStream, peer: SocketAddr) {
        self.next = (self.next + 1) % self.hands.len();
        let hand = self.hands[self.next].clone();
        let spare = match self.house.admit(false) {
            Admission::Regular => false,
            Admission::Spare => true,
            Admission::Refused => {
                tracing::warn!("connections beyond what the gateway can take are refused");
                match self.lobby.clone().try_acquire_owned() {
                    Ok(place) => {
                        tokio::spawn(hear_out(stream, peer, hand, self.house.clone(), place));
                    }
                    Err(_) => refuse(stream),
                }
                return;
            }
        };
        // A thread ends only when all do.
        let _ = hand.send(Accepted { stream, peer, spare });
    }

    /// Lets nobody new in, takes in everybody who is on the way, and closes.
    pub async fn close(mut self) {
        door::shut(&self.listener);
        // An error means that the time is over.
        let _ = tokio::time::timeout(SETTLING, self.accept()).await;
        // Whoever the time did not suffice for.
        while let Some(Ok((stream, peer))) =
            futures_util::FutureExt::now_or_never(self.listener.accept())
        {
            if let Ok(stream) = stream.set_nodelay(true).and_then(|()| stream.into_std()) {
                self.take(stream, peer);
            }
        }
    }
}

/// Waits a moment for what a connection beyond all bounds wants: a health check gets in.
async fn hear_out(
    stream: std::net::TcpStream,
    peer: SocketAddr,
    hand: mpsc::UnboundedSender<Accepted>,
    house: Arc<House>,
    _place: OwnedSemaphorePermit,
) {
    let Ok(stream) = TcpStream::from_std(stream) else { return };
    // Late or broken, it is refused all the same.
    let _ = tokio::time::timeout(LISTENING, stream.readable()).await;
    let Ok(stream) = stream.into_std() else { return };
    if asks_for_health(&stream) && house.admit(true) != Admission::Refused {
        let _ = hand.send(Accepted { stream, peer, spare: true });
    } else {
        refuse(stream);
    }
}

/// Whether a health check is what came with a connection.
fn asks_for_health(stream: &std::net::TcpStream) -> bool {
    let mut head = [0; 16];
    let read = stream.peek(&mut head).unwrap_or(0);
    head[..read].starts_with(b"GET /healthz ") || head[..read].starts_with(b"GET /readyz ")
}

/// Refuses a connection without anybody serving it.
fn refuse(mut stream: std::net::TcpStream) {
    // Bytes left unread would tear down the connection before the answer is read.
    let mut scrap = [0; 4096];
    let _ = stream.read(&mut scrap);
    let _ = stream.write(&CANNED);
    let _ = stream.shutdown(Shutdown::Write);
}

static CANNED: LazyLock<Vec<u8>> = LazyLock::new(refusal::canned);

fn is_exhausted(error: &io::Error) -> bool {
    let scarce = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    scarce.iter().any(|scarce| error.raw_os_error() == Some(scarce.raw_os_error()))
}
