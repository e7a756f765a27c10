//! Access tokens (RFC 9068).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Client, ErrorCode, OAuthError,
    scope::{self, Scope},
    server::{Authenticated, AuthorizationServer},
};
use crate::auth::{Act, Audience, Claims, ClientMarks, names_of_client, token_id};

/// A token that was issued, and what its client is told of it.
pub struct Issued {
    /// The token.
    pub access_token: String,
    /// How long it holds, in seconds.
    pub expires_in: u64,
    /// What it is for, which may be more than was asked for by name.
    pub scope: String,
}

#[derive(Serialize)]
struct AccessToken<'a> {
    #[serde(flatten)]
    claims: Claims,
    client_id: &'a str,
    scope: &'a str,
}

impl AuthorizationServer {
    /// Issues a token to a client that proved who it is; where it says who acts through it, the token
    /// says so in its words.
    ///
    /// # Errors
    /// When the scope is not the client's, a resource is not this gateway, or nothing can be
    /// signed.
    pub fn issue(
        &self,
        Authenticated { client, officer }: &Authenticated,
        scope: Option<&str>,
        resources: &[String],
    ) -> Result<Issued, OAuthError> {
        if !resources.iter().all(|resource| self.is_here(resource)) {
            let description = "the resource is not this gateway";
            return Err(OAuthError::new(ErrorCode::InvalidTarget, description));
        }
        let scope = Scope::of(client, scope)?;
        let text = scope::text(scope.role, &scope.purposes);
        let failed = || OAuthError::new(ErrorCode::ServerError, "the token could not be signed");
        let act = officer.as_ref().map(|officer| Act {
            sub: officer.clone(),
            iss: Some(names_of_client(&self.issuer, &client.id)),
        });
        let claims = self.claims(client, act, scope, self.clock.now()).ok_or_else(failed)?;
        let token = AccessToken { claims, client_id: &client.id, scope: &text };
        let signed = self.keys.signer().key.sign("at+jwt", &token).map_err(|_| failed())?;
        Ok(Issued { access_token: signed, expires_in: self.lifetime.as_secs(), scope: text })
    }

    fn claims(
        &self,
        client: &Client,
        act: Option<Act>,
        scope: Scope,
        now: DateTime<Utc>,
    ) -> Option<Claims> {
        let start = u64::try_from(now.timestamp()).ok()?;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: Audience::One(self.audience.clone()),
            exp: start + self.lifetime.as_secs(),
            nbf: start,
            iat: Some(start),
            sub: client.id.clone(),
            jti: token_id().ok()?,
            role: scope.role,
            unit: client.unit.clone(),
            organization: client.organization.clone(),
            purposes: scope.purposes,
            person: None,
            identity: None,
            act,
            marks: ClientMarks::default(),
        };
        // The verifier's own rules, so that whatever is issued is also accepted.
        claims.check().ok().map(|()| claims)
    }
}
