//! Clients that were registered for purposes which are not their roles' any more.

use entity::oauth_client;
use sea_orm::{ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _};

use super::Finding;
use crate::policy::{Purpose, Role};

/// Names clients with a role under which they get no token, for none of their purposes is open to it.
#[expect(clippy::disallowed_methods, reason = "clients are no personal data")]
pub(super) async fn clients(db: &DatabaseConnection) -> Finding {
    let active = oauth_client::Entity::find().filter(oauth_client::Column::Suspended.eq(false));
    let clients = active.all(db).await.map_err(|_| "the clients cannot be read".to_owned())?;
    let idle: Vec<String> = clients.iter().flat_map(idle).collect();
    Ok(match idle.as_slice() {
        [] => format!("{} are registered, each for purposes of its roles", clients.len()),
        _ => format!(
            "no token for {}; register each anew under another id, with the purpose, and suspend the old: \
             migrant-gateway client register ID --role ROLE --purpose PURPOSE …",
            idle.join(", ")
        ),
    })
}

/// The roles of a client that none of its purposes is open to, in words.
fn idle(client: &oauth_client::Model) -> Vec<String> {
    let purposes: Vec<Purpose> =
        client.purposes.split_ascii_whitespace().filter_map(Purpose::parse).collect();
    let roles = client.roles.split_ascii_whitespace().filter_map(Role::parse);
    let idle = roles.filter(|role| !purposes.iter().any(|purpose| purpose.is_open_to(*role)));
    idle.map(|role| {
        let open: Vec<&str> = Purpose::of(role).map(Purpose::code).collect();
        format!("{} as {role} (asks under {})", client.client_id, open.join(", "))
    })
    .collect()
}
