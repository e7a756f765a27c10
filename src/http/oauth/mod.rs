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

use axum::{body::Body, http::HeaderMap};

use self::form::Form;
use crate::{
    app::Gateway,
    oauth::{AuthorizationServer, Client, OAuthError},
};

/// Whoever asks: admitted, heard out, and known. What is wrong ends here, before anything is done.
async fn known(
    gateway: &Gateway,
    server: &Arc<AuthorizationServer>,
    Peer(peer): Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Client, Form), OAuthError> {
    server.admit(peer.ip())?;
    let reading = tokio::time::timeout(gateway.limits.request_time(), Form::read(headers, body));
    let late = || Err(OAuthError::request("the request took too long to arrive"));
    let mut form = reading.await.unwrap_or_else(|_| late())?;
    let presented = presented::presented(headers, &mut form)?;
    let client = server.authenticate(presented).await?;
    Ok((client, form))
}
