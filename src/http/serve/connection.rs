//! One connection, from its first byte to its last.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::pin, time::Duration};

use axum::Router;
use hyper::{body::Incoming, rt::Executor, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::net::TcpStream;

use super::{activity::TAKING, answer, house::Guest, stream::Stream};

/// Requests that a client of HTTP/2 may have under way in one connection.
const STREAMS: u32 = 100;

/// Streams that a client of HTTP/2 may open and reset before anybody looked at them.
const RESETS: usize = 20;

/// How often a client of HTTP/2 is asked whether it is still there, and how long it may take.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);

/// The longest head of a request, in bytes, and the most headers in it.
const HEAD_BYTES: usize = 64 * 1024;
const HEADERS: usize = 100;

/// Serves a connection until either end closes it.
pub async fn serve(stream: TcpStream, peer: SocketAddr, router: Router, guest: Guest) {
    let activity = guest.activity.clone();
    let stream = TokioIo::new(Stream::new(stream, activity.clone()));
    let builder = builder(guest.house.options.request + TAKING);
    let host = answer::Host { router, peer, house: guest.house.clone(), activity };
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let answer = host.answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut connection = pin!(builder.serve_connection(stream, service));
    loop {
        tokio::select! {
            // Errors are the other end's: it went away, or does not speak HTTP.
            _ = connection.as_mut() => break,
            () = guest.activity.goodbye() => {
                // One of HTTP/1 finds out when it next reads.
                if guest.activity.is_http2() {
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// What HTTP allows a client. Time limits on heads, idleness and stalls are those of
/// [`super::activity`].
fn builder(longest: Duration) -> Builder<Streams> {
    let mut builder = Builder::new(Streams { longest });
    builder.http1().max_buf_size(HEAD_BYTES).max_headers(HEADERS).header_read_timeout(None);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG)
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS);
    builder
}

/// Runs the requests of HTTP/2, each with a bound on how long its answer may take to be taken.
#[derive(Clone, Copy)]
struct Streams {
    longest: Duration,
}

impl<F> Executor<F> for Streams
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        tokio::spawn(tokio::time::timeout(self.longest, stream));
    }
}
