//! What two people do to agree on a limit: one proposes, another decides; either side ends it.

mod decide;
mod end;
mod propose;

use entity::{limit_agreement::Model, oauth_client, organization, sharing::Department};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};

pub use decide::{Decide, Verdict};
pub use end::End;
pub use propose::Propose;

use super::{
    agreement::{Amounts, Kind},
    store,
};
use crate::{
    audit::words_digest,
    error::{Code, GatewayError, Result},
    grants::ownership::steward,
    policy::Role,
    replay::image,
};

fn unavailable(_: DbErr) -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "agreements cannot be read or written")
}

fn wrong(message: impl Into<String>) -> GatewayError {
    GatewayError::new(Code::BadUserInput, message)
}

/// The department whose agreement it is.
///
/// # Errors
/// When there is no such client, role or organization.
#[expect(clippy::disallowed_methods, reason = "clients and organizations are no personal data")]
async fn department(
    transaction: &DatabaseTransaction,
    kind: Kind,
    target: &str,
) -> Result<Department> {
    let missing = |what: &str| GatewayError::new(Code::NotFound, format!("there is no {what}"));
    match kind {
        Kind::Contract => {
            let client = oauth_client::Entity::find_by_id(target).one(transaction).await;
            let client = client.map_err(unavailable)?;
            let department = client.and_then(|client| Department::parse(&client.department));
            department.ok_or_else(|| missing("client of this id"))
        }
        Kind::Role => {
            let role = Role::parse(target).ok_or_else(|| missing("role of this code"))?;
            Ok(role.department())
        }
        Kind::Emergency => {
            let found = organization::Entity::find()
                .filter(organization::Column::Code.eq(target))
                .one(transaction)
                .await
                .map_err(unavailable)?;
            let department = found.and_then(|found| Department::parse(&found.department));
            department.ok_or_else(|| missing("organization of this code"))
        }
    }
}

/// Whether a role may be the second to sign: the data protection officer; and where it is about
/// identity and residence alone, another steward of the same department.
fn may_decide(role: Role, proposer: Role, amounts: &Amounts) -> bool {
    let is_about_identity = Amounts {
        identity_day: amounts.identity_day,
        identity_month: amounts.identity_month,
        ..Amounts::default()
    } == *amounts;
    role == Role::DP || role == proposer && is_about_identity
}

/// The agreement of a number.
async fn found(transaction: &DatabaseTransaction, id: i64) -> Result<Model> {
    let row = store::agreement(transaction, id).await.map_err(unavailable)?;
    row.ok_or_else(|| GatewayError::new(Code::NotFound, "there is no agreement of this number"))
}

/// An agreement as records tell it. The reason stands beside it and is bound by its digest, for it may
/// name persons.
fn told(row: &Model) -> Json {
    json!({
        "kind": row.kind,
        "target": row.target,
        "amounts": serde_json::from_str::<Json>(&row.amounts).unwrap_or_default(),
        "law": row.law,
        "reasonDigest": words_digest(&row.reason),
        "validFrom": row.valid_from,
        "validUntil": row.valid_until,
        "proposer": row.proposer,
        "decision": row.decision,
        "decider": row.decider,
        "endedAt": row.ended_at,
    })
}

/// What stands there now, with the row as it is stored.
fn told_with_row(row: &Model) -> Json {
    let mut after = told(row);
    image::tell(&mut after, [image::agreement(row)]);
    after
}

/// Who may propose and end an agreement: the steward of its department.
fn require_steward(role: Role, department: Department) -> Result<()> {
    let responsible = steward(department);
    if role == responsible {
        return Ok(());
    }
    let message = format!("limits of {} are {responsible}'s to propose", department.code());
    Err(GatewayError::new(Code::Forbidden, message))
}
