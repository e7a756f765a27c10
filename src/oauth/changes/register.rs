//! `client.register`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::{oauth_client, organization};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel as _,
    QueryFilter,
};
use serde_json::Value;

use super::{Authority, LONGEST_ID, authority::unit_in_force, unavailable};
use crate::{
    audit::{Applied, Change},
    error::{Code, GatewayError},
    oauth::Client,
    policy::{Purpose, Role},
    replay::image,
};

/// Lets a client in.
pub struct Register {
    /// What it is to be.
    pub client: Client,
    /// Who lets it in.
    pub by: Authority,
}

#[async_trait]
impl Change for Register {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let client = &self.client;
        self.by.require(client.department, &client.unit, transaction, now).await?;
        check(client)?;
        check_place(transaction, client, now).await?;
        refuse_second(transaction, client).await?;
        let codes = |codes: Vec<&str>| codes.join(" ");
        let row = oauth_client::Model {
            client_id: client.id.clone(),
            name: client.name.clone(),
            department: client.department.code().to_owned(),
            organization: client.organization.clone(),
            unit: client.unit.clone(),
            roles: codes(client.roles.iter().map(|role| role.code()).collect()),
            purposes: codes(client.purposes.iter().map(|purpose| purpose.code()).collect()),
            suspended: false,
            registered_at: now,
        };
        let mut after = client.to_json();
        image::tell(&mut after, [image::client(&row)]);
        row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        Ok(Applied {
            action: "client.register",
            target: client.id.clone(),
            before: Value::Null,
            after,
            subjects: Vec::new(),
        })
    }
}

fn refused(message: &str) -> GatewayError {
    GatewayError::new(Code::BadUserInput, message)
}

/// What needs no table.
fn check(client: &Client) -> Result<(), GatewayError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if client.id.is_empty() || client.id.len() > LONGEST_ID || !client.id.chars().all(plain) {
        return Err(refused(
            "a client's id has 1 to 64 letters, digits, hyphens, dots or underscores",
        ));
    }
    let length = client.name.chars().count();
    if !(1..=128).contains(&length) || client.name.chars().any(char::is_control) {
        return Err(refused("a client's name has 1 to 128 characters, and no control characters"));
    }
    if client.roles.is_empty() {
        return Err(refused("a client has at least one role"));
    }
    if client.roles.contains(&Role::SU) {
        return Err(refused("a client is a system: it cannot act as the person herself"));
    }
    if !client.roles.iter().all(|role| role.department() == client.department) {
        return Err(refused("a client has roles of its own department alone"));
    }
    if client.purposes.contains(&Purpose::Adm) {
        return Err(refused("a client is a system: what is shared is for people to decide"));
    }
    let is_open = |purpose: &Purpose| client.roles.iter().any(|role| purpose.is_open_to(*role));
    if client.purposes.is_empty() || !client.purposes.iter().all(is_open) {
        return Err(refused("a client has purposes, each open to one of its roles"));
    }
    Ok(())
}

/// A unit in force, and an organization of the department within it: what every request is checked
/// for, told to whoever can mend it.
#[expect(clippy::disallowed_methods, reason = "organizations are public")]
async fn check_place(
    transaction: &DatabaseTransaction,
    client: &Client,
    now: DateTime<Utc>,
) -> Result<(), GatewayError> {
    let unit = unit_in_force(&client.unit, transaction, now).await?;
    let unit = unit.ok_or_else(|| refused("there is no such unit today"))?;
    let Some(code) = &client.organization else { return Ok(()) };
    let found = organization::Entity::find()
        .filter(organization::Column::Code.eq(code))
        .one(transaction)
        .await
        .map_err(unavailable)?;
    let fits = found.is_some_and(|organization| {
        organization.department == client.department.code()
            && (unit.id..=unit.subtree_end).contains(&organization.unit_id)
    });
    if fits {
        Ok(())
    } else {
        Err(refused("there is no such organization of the department in the unit"))
    }
}

#[expect(clippy::disallowed_methods, reason = "clients are no personal data")]
async fn refuse_second(
    transaction: &DatabaseTransaction,
    client: &Client,
) -> Result<(), GatewayError> {
    let known = oauth_client::Entity::find_by_id(&client.id).one(transaction).await;
    match known.map_err(unavailable)? {
        Some(_) => Err(GatewayError::new(Code::Conflict, "there is a client of this id")),
        None => Ok(()),
    }
}
