//! What is done on a case, each act with its record.

mod close;
mod decide;
mod look;
mod propose;
mod request;

use entity::audit_case::{Column, Entity, Model};
use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, IntoActiveModel as _};
use serde_json::{Value as Json, json};

pub use close::Close;
pub use decide::{Decide, Verdict};
pub use look::{Look, Seen};
pub use propose::Propose;
pub use request::Request;

use super::{Overseer, Status, store, unavailable, wrong};
use crate::{
    audit::{self, Applied, Concerned, Made, words_digest},
    db::next_key,
    error::{Code, GatewayError, Result},
    grants::proposal::{LONGEST, NECESSITY},
    replay::image,
    rules::text::visible,
};

/// The case of a number, of a unit that is overseen.
async fn found(transaction: &DatabaseTransaction, id: i64, overseer: &Overseer) -> Result<Model> {
    let row = store::case(transaction, id).await.map_err(unavailable)?;
    row.filter(|row| overseer.oversees(row.unit_id))
        .ok_or_else(|| GatewayError::new(Code::NotFound, "there is no case of this number"))
}

/// The accesses that a case concerns: each of them of a unit that the officer oversees.
async fn accesses(
    transaction: &DatabaseTransaction,
    officer: &Overseer,
    records: &[i64],
) -> Result<Vec<Concerned>> {
    let found = audit::concerned_at(transaction, officer.units, records).await;
    let found = found.map_err(unavailable)?;
    if found.len() != records.len() {
        let message = "not each of these records is an access of this unit that tells of C4";
        return Err(GatewayError::new(Code::NotFound, message));
    }
    Ok(found)
}

/// Writes a new case down under the next number, which `made` is told.
async fn enter(
    transaction: &DatabaseTransaction,
    row: Model,
    action: &'static str,
    made: &Made,
) -> Result<Applied> {
    let id = next_key::<Entity>(transaction, Column::Id).await.map_err(unavailable)?;
    let row = Model { id, ..row };
    let (after, subjects) = (told_with_row(&row), row.person_id.into_iter().collect());
    row.into_active_model().insert(transaction).await.map_err(unavailable)?;
    made.set(id);
    Ok(Applied { action, target: id.to_string(), before: Json::Null, after, subjects })
}

/// A case as records tell it. Words stand beside it and are bound by their digest, for they may name
/// persons.
fn told(row: &Model) -> Json {
    json!({
        "kind": row.kind,
        "reasonCode": row.reason_code,
        "reasonDigest": words_digest(&row.reason),
        "accesses": store::records(row).len(),
        "officer": row.officer,
        "decision": row.decision,
        "decider": row.decider,
        "expiresAt": row.expires_at,
        "closedAt": row.closed_at,
    })
}

/// What stands there now, with the row as it is stored.
fn told_with_row(row: &Model) -> Json {
    let mut after = told(row);
    image::tell(&mut after, [image::audit_case(row)]);
    after
}

/// A case that stands otherwise than an act needs it.
fn standing(status: Status) -> GatewayError {
    let code = status.code();
    GatewayError::new(Code::Conflict, format!("the case is {code}")).with("status", code)
}

/// Why, in words that can be read.
fn require_words(reason: &str) -> Result<()> {
    if visible(reason) < NECESSITY {
        return Err(wrong(format!("say in at least {NECESSITY} characters why it is needed")));
    }
    require_plain(reason)
}

fn require_plain(text: &str) -> Result<()> {
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(wrong(format!("write at most {LONGEST} characters of plain text")));
    }
    Ok(())
}
