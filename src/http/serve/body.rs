//! An answer's body, which keeps its request under way until it was handed over.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::{activity::Activity, house::UnderWay};

/// How much of an answer is given away at once over HTTP/2, in bytes: a frame. More would wait in
/// memory for a client that does not take it.
const PIECE: usize = 16 * 1024;

/// What ends with an answer.
pub struct Answering {
    pub activity: Arc<Activity>,
    /// None for a health check.
    pub _request: Option<UnderWay>,
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.activity.request_ends();
    }
}

/// A body that is counted.
pub struct Counted {
    body: Body,
    in_pieces: bool,
    rest: Bytes,
    _answering: Answering,
}

impl Counted {
    pub fn new(body: Body, answering: Answering) -> Self {
        let in_pieces = answering.activity.is_http2();
        Self { body, in_pieces, rest: Bytes::new(), _answering: answering }
    }

    fn next_piece(&mut self) -> Frame<Bytes> {
        Frame::data(self.rest.split_to(self.rest.len().min(PIECE)))
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if !this.rest.is_empty() {
            return Poll::Ready(Some(Ok(this.next_piece())));
        }
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) if this.in_pieces => Some(Ok(match frame.into_data() {
                Ok(data) => {
                    this.rest = data;
                    this.next_piece()
                }
                Err(other) => other,
            })),
            other => other,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    fn sizes(http2: bool) -> Vec<usize> {
        let activity = Arc::new(Activity::new(Arc::default(), false));
        activity.request_begins(http2);
        let answering = Answering { activity, _request: None };
        let mut body = Counted::new(Body::from(vec![7; 40_000]), answering);
        let mut context = Context::from_waker(Waker::noop());
        let mut sizes = Vec::new();
        while let Poll::Ready(Some(frame)) =
            http_body::Body::poll_frame(Pin::new(&mut body), &mut context)
        {
            sizes.push(frame.expect("no error").into_data().expect("data").len());
            let left = 40_000 - sizes.iter().sum::<usize>() as u64 as usize;
            assert_eq!(http_body::Body::size_hint(&body).exact(), Some(left as u64));
        }
        sizes
    }

    #[test]
    fn an_answer_goes_whole_over_http1_and_in_frames_over_http2() {
        assert_eq!(sizes(false), [40_000]);
        assert_eq!(sizes(true), [16_384, 16_384, 7_232]);
    }
}
