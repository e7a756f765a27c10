//! Connections, handed to the serving threads in turn.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, serve::Listener};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
};

use super::{oauth::Peer, router::router};
use crate::{app::Gateway, threads};

/// How long accepting pauses where the system has no descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` resolves; then requests under way may end, for so long.
///
/// # Errors
/// When the serving threads cannot be started.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> io::Result<()> {
    let router = router(gateway.clone());
    let (stopping, stopped) = watch::channel(false);
    let (serving, mut ended) = mpsc::channel::<()>(1);
    let mut threads = Vec::new();
    for number in 0..threads::count() {
        let (hand, handed) = mpsc::unbounded_channel();
        threads.push(hand);
        let (router, stopped, serving) = (router.clone(), stopped.clone(), serving.clone());
        threads::start(number, move || async move {
            serve_handed(Handed(handed), router, stopped, patience).await;
            drop(serving);
        })?;
    }
    drop(serving);
    tokio::select! {
        () = hand_out(listener, &threads) => {}
        () = stop => {}
    }
    let _ = stopping.send(true);
    // Nothing is ever sent; the channel ends with the last thread.
    let _ = ended.recv().await;
    gateway.audit.clone().close().await;
    Ok(())
}

/// Accepts for ever.
async fn hand_out(listener: TcpListener, threads: &[mpsc::UnboundedSender<std::net::TcpStream>]) {
    for thread in threads.iter().cycle() {
        // A thread ends only when all do.
        let _ = thread.send(accept(&listener).await);
    }
}

/// The next connection, which belongs to no thread yet.
async fn accept(listener: &TcpListener) -> std::net::TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Otherwise the client is gone already.
                if let Ok(stream) = stream.set_nodelay(true).and_then(|()| stream.into_std()) {
                    return stream;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// One thread's part.
async fn serve_handed(
    handed: Handed,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    patience: Duration,
) {
    let mut stopping = stopped.clone();
    let deadline = async move {
        // An error means that nobody waits for the requests under way any more.
        if stopping.wait_for(|stopped| *stopped).await.is_ok() {
            tokio::time::sleep(patience).await;
        }
    };
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(handed, service).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    tokio::select! {
        _ = server => {}
        () = deadline => {
            tracing::warn!("requests were still under way at the end of the grace period");
        }
    }
}

/// The connections handed to one thread.
pub(super) struct Handed(mpsc::UnboundedReceiver<std::net::TcpStream>);

impl Listener for Handed {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let Some(stream) = self.0.recv().await else {
                // No more will come; those under way are served to their end.
                std::future::pending::<()>().await;
                continue;
            };
            if let Ok(stream) = TcpStream::from_std(stream)
                && let Ok(address) = stream.peer_addr()
            {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
