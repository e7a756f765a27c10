//! Lets nobody new through a listening socket, and everybody who is half way.
//!
//! A listening socket that is closed tears down the connections that wait in it, although their
//! clients may have sent a request already. Looking once more before closing leaves a gap. So the
//! system is told to drop the first segment of new connections: their clients send it again a
//! second later, and are then refused.

use socket2::SockRef;
use tokio::net::TcpListener;

/// Shuts the door; on systems that cannot, the gap stays.
pub fn shut(listener: &TcpListener) {
    #[cfg(target_os = "linux")]
    if SockRef::from(listener).attach_filter(&filter()).is_err() {
        tracing::debug!("new connections cannot be held back while the listener closes");
    }
}

/// For each segment to the listener: none where SYN is set and ACK is not, else all of it.
#[cfg(target_os = "linux")]
fn filter() -> [socket2::SockFilter; 5] {
    use socket2::SockFilter;
    /// Where the flags stand in a segment, and those two (RFC 9293 §3.1).
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    // Of the classic Berkeley packet filter.
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN | ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ]
}
