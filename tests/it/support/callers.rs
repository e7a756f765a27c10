//! A caller for every role, as the demo has them.

use chrono::DateTime;
use migrant_gateway::{
    auth::Caller,
    demo::{self, DemoRequest},
    policy::{Purpose, Role},
};

/// Every role with a purpose of its own: all combinations that a token can carry.
pub static CALLERS: std::sync::LazyLock<Vec<(Role, Purpose)>> = std::sync::LazyLock::new(|| {
    Role::ALL
        .into_iter()
        .flat_map(|role| Purpose::of(role).map(move |purpose| (role, purpose)))
        .collect()
});

/// The demo's request of a role, with its unit, organization and person.
pub fn demo_request(role: Role) -> DemoRequest {
    demo::requests().into_iter().find(|request| request.role == role).expect("every role has one")
}

/// A caller of a role with one purpose.
pub fn caller(role: Role, purpose: Purpose) -> Caller {
    let request = demo_request(role);
    Caller {
        subject: format!("test.{}", role.name()),
        token_id: "test".to_owned(),
        issuer: "test".to_owned(),
        role,
        unit: request.unit.to_owned(),
        organization: request.organization.map(str::to_owned),
        person: request.person,
        identity: None,
        purposes: vec![purpose],
        expires_at: DateTime::<chrono::Utc>::MAX_UTC,
        officer: None,
        is_client: false,
    }
}
