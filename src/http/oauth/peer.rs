//! The address at the other end of a connection.

use std::net::SocketAddr;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;

use crate::http::serve::Handed;

/// Who is connected: a client or the proxy before it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Handed>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Handed>) -> Self {
        Self(*stream.remote_addr())
    }
}
