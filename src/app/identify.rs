//! From a token's identity to the person it is of.

use std::sync::Arc;

use super::Gateway;
use crate::{
    auth::Caller,
    error::{Code, GatewayError},
    identity,
};
use entity::sharing::Department;

/// A caller who is not let in, as records name it, and why.
#[derive(Debug)]
pub struct Stranger {
    /// The caller: no person, and named by a pseudonym.
    pub caller: Arc<Caller>,
    /// What it is told.
    pub error: GatewayError,
}

impl Gateway {
    /// Finds the person whose token it is, where an identity provider vouches for that; every other caller
    /// is as it was. It is asked with each request, so that what was unlinked counts at once.
    ///
    /// The record names a person by a pseudonym: what the issuer calls it may be its identity number.
    ///
    /// # Errors
    /// When there is no one such person: whether there is none, or several, or one that is not linked, is
    /// not told.
    pub async fn identify(&self, caller: Arc<Caller>) -> Result<Arc<Caller>, Box<Stranger>> {
        let Some(identity) = &caller.identity else { return Ok(caller) };
        let identifiers = &self.identifiers[Department::Subject as usize];
        let found =
            identity::find(self.reader.as_ref(), &self.identity_digests, &caller.issuer, identity);
        let (person, error) = match found.await {
            Ok(Some(person)) => (Some(person), None),
            Ok(None) => (None, Some(unknown())),
            Err(error) => (None, Some(error)),
        };
        let subject = match person {
            Some(person) => format!("person/{}", identifiers.pseudonym("caller", person)),
            None => {
                let digest = self.identity_digests.of(&caller.issuer, &identity.value);
                format!("identity/{}", &digest[..32])
            }
        };
        let named = Caller { subject, person, identity: None, ..Caller::clone(&caller) };
        let caller = Arc::new(named);
        match error {
            None => Ok(caller),
            Some(error) => Err(Box::new(Stranger { caller, error })),
        }
    }
}

fn unknown() -> GatewayError {
    let message = "this identity is linked to no person here; ask at a service window (服务窗口) with your \
                   identity document (本人身份证件)";
    GatewayError::new(Code::IdentityUnknown, message)
}
