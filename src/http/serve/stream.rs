//! The bytes of a connection, with a note of each that moved.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::activity::Activity;

/// How much is read and thrown away of what still comes after this end was closed, in bytes.
const MOST_DRAINED: usize = 4 * 1024 * 1024;

/// A stream whose activity is noted.
pub struct Stream {
    inner: TcpStream,
    activity: Arc<Activity>,
    is_shut: bool,
    drained: usize,
}

impl Stream {
    pub fn new(inner: TcpStream, activity: Arc<Activity>) -> Self {
        Self { inner, activity, is_shut: false, drained: 0 }
    }

    /// What has come and was not told of yet, or the end: a client may have sent its request while
    /// it was being decided that none would come.
    fn last_look(&self, buffer: &mut ReadBuf<'_>) -> io::Result<()> {
        match rustix::io::read(&self.inner, buffer.initialize_unfilled()) {
            Ok(read) => buffer.advance(read),
            Err(rustix::io::Errno::WOULDBLOCK) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let mut read = Pin::new(&mut this.inner).poll_read(context, buffer);
        if read.is_pending() && this.activity.may_leave() {
            // Nothing is the end of the stream to whoever reads: the connection closes.
            read = Poll::Ready(this.last_look(buffer));
        }
        if buffer.filled().len() > before {
            this.activity.was_read(&buffer.filled()[before..]);
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.activity.was_written(written.is_ready());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.activity.was_written(written.is_ready());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    /// Closes this end, and waits a little for the other: closed with bytes unread, the system
    /// would tear down the connection, and whoever is still sending a long body would not get to
    /// read that it is too long.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.is_shut {
            ready!(Pin::new(&mut this.inner).poll_shutdown(context))?;
            this.is_shut = true;
            this.activity.is_closing();
        }
        let mut scrap = [0; 8192];
        while this.drained < MOST_DRAINED && !this.activity.is_hurried() {
            let mut buffer = ReadBuf::new(&mut scrap);
            match ready!(Pin::new(&mut this.inner).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => this.drained += buffer.filled().len(),
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}
