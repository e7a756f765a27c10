//! What becomes of a request before any route sees it.

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{
    Request, Response, Version,
    body::Incoming,
    header::{CONNECTION, HeaderValue},
};
use tower_service::Service as _;

use super::{
    activity::Activity,
    body::{Answering, Counted},
    house::{House, Stage},
    refusal,
};
use crate::http::oauth::Peer;

/// What answers the requests of one connection.
pub struct Host {
    pub router: Router,
    pub peer: SocketAddr,
    pub house: Arc<House>,
    pub activity: Arc<Activity>,
}

impl Host {
    /// Answers a request, where there is room for it.
    pub fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Counted>> + Send + use<> {
        let http2 = request.version() == Version::HTTP_2;
        self.activity.request_begins(http2);
        let is_health = matches!(request.uri().path(), "/healthz" | "/readyz");
        let under_way =
            if is_health || self.activity.is_spare() { None } else { self.house.begin_request() };
        let is_admitted = is_health || under_way.is_some();
        let answering = Answering { activity: self.activity.clone(), _request: under_way };
        let (mut router, peer, house) = (self.router.clone(), self.peer, self.house.clone());
        async move {
            let mut response = if !is_admitted {
                refusal::overloaded(request.uri().path())
            } else if house.stage() > Stage::Serving && request.uri().path() == "/readyz" {
                refusal::stopping()
            } else {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(Peer(peer)));
                match router.call(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                }
            };
            let activity = &answering.activity;
            let is_stopping = house.stage() > Stage::Serving;
            if is_stopping && http2 {
                activity.tell_to_leave();
            } else if is_stopping || activity.is_told_to_leave() || activity.is_spare() {
                let close = HeaderValue::from_static("close");
                if !http2 {
                    response.headers_mut().insert(CONNECTION, close);
                }
            }
            response.map(|body| Counted::new(body, answering))
        }
    }
}
