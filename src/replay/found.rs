//! What stands in the tables.

use std::collections::HashMap;

use entity::{
    access_request, audit_case, break_glass, consent, grant_decision, grant_proposal,
    grant_version, guardian_closing, legal_basis, limit_agreement, oauth_client, oauth_credential,
    person_identity, revoked_token, sharing_grant, subject_request,
};
use futures_util::TryStreamExt as _;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, Select, StreamTrait,
};

use super::image::{self, Image};

/// Passes each row of a table on, one at a time.
#[expect(clippy::disallowed_methods, reason = "compares rows with acts, and shows no values")]
pub(super) async fn each<C: ConnectionTrait + StreamTrait>(
    db: &C,
    table: &str,
    mut take: impl FnMut(Image),
) -> Result<(), DbErr> {
    match table {
        image::LAW => stream(db, legal_basis::Entity::find(), |row| take(image::law(&row))).await,
        image::GRANT => {
            let laws: HashMap<i64, String> = legal_basis::Entity::find()
                .all(db)
                .await?
                .into_iter()
                .map(|law| (law.id, law.code))
                .collect();
            stream(db, sharing_grant::Entity::find(), |row| {
                let law = laws.get(&row.legal_basis_id).map(String::as_str);
                take(image::grant(&row, law.unwrap_or_default()));
            })
            .await
        }
        image::VERSION => {
            stream(db, grant_version::Entity::find(), |row| take(image::version(&row))).await
        }
        image::PROPOSAL => {
            stream(db, grant_proposal::Entity::find(), |row| take(image::proposal(&row))).await
        }
        image::DECISION => {
            stream(db, grant_decision::Entity::find(), |row| take(image::decision(&row))).await
        }
        image::CLIENT => {
            stream(db, oauth_client::Entity::find(), |row| take(image::client(&row))).await
        }
        image::CREDENTIAL => {
            stream(db, oauth_credential::Entity::find(), |row| take(image::credential(&row))).await
        }
        image::REVOKED_TOKEN => {
            stream(db, revoked_token::Entity::find(), |row| take(image::revoked_token(&row))).await
        }
        image::AGREEMENT => {
            stream(db, limit_agreement::Entity::find(), |row| take(image::agreement(&row))).await
        }
        image::AUDIT_CASE => {
            stream(db, audit_case::Entity::find(), |row| take(image::audit_case(&row))).await
        }
        image::CLOSING => {
            stream(db, guardian_closing::Entity::find(), |row| take(image::closing(&row))).await
        }
        image::IDENTITY => {
            stream(db, person_identity::Entity::find(), |row| take(image::identity(&row))).await
        }
        image::SUBJECT_REQUEST => {
            let requests = subject_request::Entity::find();
            stream(db, requests, |row| take(image::subject_request(&row))).await
        }
        image::ACCESS_REQUEST => {
            let requests = access_request::Entity::find();
            stream(db, requests, |row| take(image::access_request(&row))).await
        }
        image::BREAK_GLASS => {
            stream(db, break_glass::Entity::find(), |row| take(image::break_glass(&row))).await
        }
        image::CONSENT => {
            stream(db, consent::Entity::find(), |row| take(image::consent(&row))).await
        }
        _ => Ok(()),
    }
}

/// Passes on what stands in a table of one proposal, agreement or case.
#[expect(clippy::disallowed_methods, reason = "proposals are policy, not personal data")]
pub(super) async fn of_number(
    db: &impl ConnectionTrait,
    table: &str,
    number: i64,
    mut take: impl FnMut(Image),
) -> Result<(), DbErr> {
    match table {
        image::PROPOSAL => {
            let row = grant_proposal::Entity::find_by_id(number).one(db).await?;
            row.iter().for_each(|row| take(image::proposal(row)));
        }
        image::DECISION => {
            let of_it = grant_decision::Column::ProposalId.eq(number);
            let rows = grant_decision::Entity::find().filter(of_it).all(db).await?;
            rows.iter().for_each(|row| take(image::decision(row)));
        }
        image::AGREEMENT => {
            let row = limit_agreement::Entity::find_by_id(number).one(db).await?;
            row.iter().for_each(|row| take(image::agreement(row)));
        }
        image::AUDIT_CASE => {
            let row = audit_case::Entity::find_by_id(number).one(db).await?;
            row.iter().for_each(|row| take(image::audit_case(row)));
        }
        _ => {}
    }
    Ok(())
}

async fn stream<C: ConnectionTrait + StreamTrait, E: EntityTrait>(
    db: &C,
    select: Select<E>,
    mut take: impl FnMut(E::Model),
) -> Result<(), DbErr> {
    let mut rows = select.stream(db).await?;
    while let Some(row) = rows.try_next().await? {
        take(row);
    }
    Ok(())
}
