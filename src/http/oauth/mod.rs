//! The authorization server over HTTP.

mod form;
mod introspect;
mod metadata;
mod peer;
mod presented;
mod response;
mod revoke;
mod token;

pub use introspect::introspect;
pub use metadata::{keys, metadata};
pub use peer::Peer;
pub use revoke::revoke;
pub use token::token;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Response},
};

use self::form::Form;
use crate::{
    app::Gateway,
    http::{media::is_compressed, request::declared_length, response::not_found},
    oauth::{Authenticated, AuthorizationServer, ErrorCode, OAuthError},
};

/// The authorization server; where there is none, there is nothing at its paths.
pub struct Server(Arc<AuthorizationServer>);

/// A client that proved who it is, and what it asks.
pub struct Known {
    server: Arc<AuthorizationServer>,
    client: Authenticated,
    form: Form,
}

impl FromRequestParts<Arc<Gateway>> for Server {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, Response> {
        match &gateway.oauth {
            Some(server) => Ok(Self(server.clone())),
            None => Err(not_found().await),
        }
    }
}

impl FromRequest<Arc<Gateway>> for Known {
    type Rejection = Response;

    async fn from_request(request: Request, gateway: &Arc<Gateway>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        if is_compressed(&parts.headers) {
            return Err(response::compressed());
        }
        let Server(server) = Server::from_request_parts(&mut parts, gateway).await?;
        let ConnectInfo(peer) = ConnectInfo::from_request_parts(&mut parts, gateway)
            .await
            .map_err(IntoResponse::into_response)?;
        if declared_length(&body).is_some_and(|length| length > form::LONGEST as u64) {
            return Err(response::too_long());
        }
        let (client, form) = known(gateway, &server, peer, &parts.headers, body)
            .await
            .map_err(IntoResponse::into_response)?;
        Ok(Self { server, client, form })
    }
}

/// Whoever asks: admitted, heard out, and known. What is wrong ends here, before anything is done.
async fn known(
    gateway: &Gateway,
    server: &Arc<AuthorizationServer>,
    Peer(peer): Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Authenticated, Form), OAuthError> {
    server.admit(peer.ip())?;
    if gateway.audit.is_lost() {
        // Who was restored with the database may have been taken back since.
        let why = "the access records are behind what the gateway wrote";
        return Err(OAuthError::new(ErrorCode::TemporarilyUnavailable, why));
    }
    let reading = tokio::time::timeout(gateway.limits.request_time(), Form::read(headers, body));
    let late = || Err(OAuthError::request("the request took too long to arrive"));
    let mut form = reading.await.unwrap_or_else(|_| late())?;
    let presented = presented::presented(headers, &mut form)?;
    // Whose tokens are refused is known, and the database there, which would be waited for.
    gateway.reach().await.map_err(|_| OAuthError::unavailable())?;
    let client = server.authenticate(presented).await?;
    Ok((client, form))
}
