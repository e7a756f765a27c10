//! The address at the other end of a connection.

use std::net::SocketAddr;

/// Who is connected: a client or the proxy before it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);
