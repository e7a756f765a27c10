//! Rows as acts tell them: every column, and of free text and secrets their SHA-256 alone. Free text
//! may name persons, and records hold no personal values.

use chrono::{DateTime, SubsecRound as _, Utc};
use entity::{
    access_request, audit_case, break_glass, consent, grant_decision, grant_proposal,
    grant_version, guardian_closing, legal_basis, limit_agreement, oauth_client, oauth_credential,
    person_identity, revoked_token, sharing_grant, subject_request,
};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::{audit::subjects_digest, secrets::hex};

pub const LAW: &str = "legal_basis";
pub const GRANT: &str = "sharing_grant";
pub const VERSION: &str = "grant_version";
pub const PROPOSAL: &str = "grant_proposal";
pub const DECISION: &str = "grant_decision";
pub const CLIENT: &str = "oauth_client";
pub const CREDENTIAL: &str = "oauth_credential";
pub const REVOKED_TOKEN: &str = "revoked_token";
pub const AGREEMENT: &str = "limit_agreement";
pub const AUDIT_CASE: &str = "audit_case";
pub const CLOSING: &str = "guardian_closing";
pub const IDENTITY: &str = "person_identity";
pub const SUBJECT_REQUEST: &str = "subject_request";
pub const ACCESS_REQUEST: &str = "access_request";
pub const BREAK_GLASS: &str = "break_glass";
pub const CONSENT: &str = "consent";

/// One row: its table, what names it there, and its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The table.
    pub table: String,
    /// What names the row among those of its table.
    pub key: String,
    /// The columns.
    pub columns: Map<String, Json>,
}

impl Image {
    /// Of columns that are an object.
    pub fn new(table: &str, key: impl ToString, columns: Json) -> Image {
        let columns = columns.as_object().cloned().unwrap_or_default();
        Image { table: table.to_owned(), key: key.to_string(), columns }
    }

    /// As an act tells it.
    pub fn to_json(&self) -> Json {
        let mut told = self.columns.clone();
        told.insert("table".to_owned(), json!(self.table));
        told.insert("key".to_owned(), json!(self.key));
        Json::Object(told)
    }

    /// As an act told it.
    pub fn of_json(told: &Json) -> Option<Image> {
        let mut columns = told.as_object()?.clone();
        let table = columns.remove("table")?.as_str()?.to_owned();
        let key = columns.remove("key")?.as_str()?.to_owned();
        Some(Image { table, key, columns })
    }
}

/// Adds the rows that an act wrote to what it tells of itself.
pub fn tell(after: &mut Json, rows: impl IntoIterator<Item = Image>) {
    after["rows"] = rows.into_iter().map(|row| row.to_json()).collect();
}

/// An instant as databases keep it: to the microsecond.
pub fn instant(at: DateTime<Utc>) -> Json {
    json!(at.trunc_subsecs(6))
}

fn optional(at: Option<DateTime<Utc>>) -> Json {
    at.map_or(Json::Null, instant)
}

/// What binds a text without telling it.
pub fn digest(text: &str) -> Json {
    json!(hex(&Sha256::digest(text.as_bytes())))
}

/// What names a grant: its version and its cell.
pub fn grant_key(version: i64, role: &str, purpose: &str, target: &str) -> String {
    format!("{version} {role} {purpose} {target}")
}

/// A grant; its law by the law's code.
pub fn grant(row: &sharing_grant::Model, law: &str) -> Image {
    let target = row.field.as_deref().unwrap_or(&row.field_group);
    Image::new(
        GRANT,
        grant_key(row.version, &row.role, &row.purpose, target),
        json!({
            "fieldGroup": row.field_group,
            "level": row.level,
            "scope": row.scope,
            "legalBasis": law,
            "coversMinors": row.covers_minors,
            "validFrom": instant(row.valid_from),
            "validUntil": optional(row.valid_until),
        }),
    )
}

/// A law.
pub fn law(row: &legal_basis::Model) -> Image {
    Image::new(
        LAW,
        &row.code,
        json!({
            "id": row.id,
            "law": row.law,
            "instrument": row.instrument,
            "inForceFrom": instant(row.in_force_from),
            "inForceUntil": optional(row.in_force_until),
        }),
    )
}

/// A proposal; its cells as they are stored.
pub fn proposal(row: &grant_proposal::Model) -> Image {
    Image::new(
        PROPOSAL,
        row.id,
        json!({
            "baseVersion": row.base_version,
            "proposedAt": instant(row.proposed_at),
            "proposer": row.proposer,
            "proposerRole": row.proposer_role,
            "department": row.department,
            "necessityDigest": digest(&row.necessity),
            "cells": serde_json::from_str(&row.body).unwrap_or_else(|_| digest(&row.body)),
            "expiresAt": instant(row.expires_at),
            "restoresVersion": row.restores_version,
        }),
    )
}

/// What names a decision: nobody decides twice on one proposal.
pub fn decision_key(proposal: &str, subject: &str) -> String {
    format!("{proposal} {subject}")
}

/// A decision.
pub fn decision(row: &grant_decision::Model) -> Image {
    Image::new(
        DECISION,
        decision_key(&row.proposal_id.to_string(), &row.subject),
        json!({
            "at": instant(row.at),
            "role": row.role,
            "department": row.department,
            "decision": row.decision,
            "noteDigest": digest(&row.note),
        }),
    )
}

/// A version of the grants.
pub fn version(row: &grant_version::Model) -> Image {
    Image::new(
        VERSION,
        row.version,
        json!({ "at": instant(row.at), "proposal": row.proposal_id, "summary": row.summary }),
    )
}

/// A client.
pub fn client(row: &oauth_client::Model) -> Image {
    Image::new(
        CLIENT,
        &row.client_id,
        json!({
            "name": row.name,
            "department": row.department,
            "organization": row.organization,
            "unit": row.unit,
            "roles": words(&row.roles),
            "purposes": words(&row.purposes),
            "suspended": row.suspended,
            "registeredAt": instant(row.registered_at),
        }),
    )
}

fn words(text: &str) -> Vec<&str> {
    text.split_ascii_whitespace().collect()
}

/// A credential, without what proves anything.
pub fn credential(row: &oauth_credential::Model) -> Image {
    Image::new(
        CREDENTIAL,
        row.id,
        json!({
            "client": row.client_id,
            "kind": row.kind,
            "kid": row.kid,
            "valueDigest": digest(&row.value),
            "validFrom": instant(row.valid_from),
            "validUntil": optional(row.valid_until),
        }),
    )
}

/// What names a token that was taken back.
pub fn token_key(issuer: &str, jti: &str) -> String {
    format!("{issuer} {jti}")
}

/// A token that was taken back.
pub fn revoked_token(row: &revoked_token::Model) -> Image {
    let columns = json!({
        "expiresAt": instant(row.expires_at),
        "revokedAt": instant(row.revoked_at),
    });
    Image::new(REVOKED_TOKEN, token_key(&row.issuer, &row.jti), columns)
}

/// An agreement on a limit; its numbers as they are stored.
pub fn agreement(row: &limit_agreement::Model) -> Image {
    Image::new(
        AGREEMENT,
        row.id,
        json!({
            "kind": row.kind,
            "target": row.target,
            "amounts": serde_json::from_str(&row.amounts).unwrap_or_else(|_| digest(&row.amounts)),
            "law": row.law,
            "reasonDigest": digest(&row.reason),
            "validFrom": instant(row.valid_from),
            "validUntil": instant(row.valid_until),
            "proposer": row.proposer,
            "proposerRole": row.proposer_role,
            "proposedAt": instant(row.proposed_at),
            "lapsesAt": instant(row.lapses_at),
            "decision": row.decision,
            "decider": row.decider,
            "deciderRole": row.decider_role,
            "decidedAt": optional(row.decided_at),
            "endedAt": optional(row.ended_at),
            "endedBy": row.ended_by,
        }),
    )
}

/// An audit case; whom it is about by their digest.
pub fn audit_case(row: &audit_case::Model) -> Image {
    Image::new(
        AUDIT_CASE,
        row.id,
        json!({
            "kind": row.kind,
            "reasonCode": row.reason_code,
            "reasonDigest": digest(&row.reason),
            "requestDigest": row.request_ref.as_deref().map(digest),
            "person": row.person_id.map(|person| subjects_digest(&[person])),
            "records": serde_json::from_str(&row.records).unwrap_or_else(|_| digest(&row.records)),
            "unit": row.unit_id,
            "officer": row.officer,
            "officerIssuer": row.officer_issuer,
            "proposedAt": instant(row.proposed_at),
            "lapsesAt": instant(row.lapses_at),
            "decision": row.decision,
            "decider": row.decider,
            "deciderRole": row.decider_role,
            "decidedAt": optional(row.decided_at),
            "expiresAt": optional(row.expires_at),
            "closedAt": optional(row.closed_at),
            "closedBy": row.closed_by,
        }),
    )
}

/// What is closed to the guardians of a minor, who is named by a digest.
pub fn closing(row: &guardian_closing::Model) -> Image {
    Image::new(
        CLOSING,
        row.id,
        json!({
            "person": subjects_digest(&[row.person_id]),
            "fieldGroup": row.field_group,
            "organization": row.organization_id,
            "subject": row.subject,
            "issuer": row.issuer,
            "role": row.role,
            "reasonDigest": digest(&row.reason),
            "closedAt": instant(row.closed_at),
            "validUntil": instant(row.valid_until),
            "reopenedAt": optional(row.reopened_at),
            "reopenedBy": row.reopened_by,
        }),
    )
}

/// Which person an issuer knows by a subject; the person by a digest.
pub fn identity(row: &person_identity::Model) -> Image {
    Image::new(
        IDENTITY,
        row.id,
        json!({
            "issuer": row.issuer,
            "subjectDigest": row.subject_digest,
            "person": subjects_digest(&[row.person_id]),
            "linkedAt": instant(row.linked_at),
            "linkedBy": row.linked_by,
            "unlinkedAt": optional(row.unlinked_at),
            "unlinkedBy": row.unlinked_by,
        }),
    )
}

/// What a department asked to be shared.
pub fn access_request(row: &access_request::Model) -> Image {
    Image::new(
        ACCESS_REQUEST,
        row.id,
        json!({
            "subject": row.subject,
            "issuer": row.issuer,
            "clientKeyDigest": digest(&row.client_key),
            "role": row.role,
            "purpose": row.purpose,
            "field": row.field,
            "refusal": row.refusal,
            "necessityDigest": digest(&row.necessity),
            "steward": row.steward,
            "requestedAt": instant(row.requested_at),
            "decision": row.decision,
            "proposal": row.proposal_id,
            "noteDigest": row.note.as_deref().map(digest),
            "decidedAt": optional(row.decided_at),
            "decidedBy": row.decided_by,
        }),
    )
}

/// A request of a person, who is named by a digest.
pub fn subject_request(row: &subject_request::Model) -> Image {
    Image::new(
        SUBJECT_REQUEST,
        row.id,
        json!({
            "person": subjects_digest(&[row.person_id]),
            "filedBy": subjects_digest(&[row.filed_by_person_id]),
            "clientKeyDigest": digest(&row.client_key),
            "kind": row.kind,
            "concerns": row.concerns,
            "statementDigest": digest(&row.statement),
            "unit": row.unit_id,
            "filedAt": instant(row.filed_at),
            "dueOn": row.due_on,
            "forwardedTo": row.forwarded_to,
            "forwardedAt": optional(row.forwarded_at),
            "forwardedBy": row.forwarded_by,
            "outcome": row.outcome,
            "answerDigest": row.answer.as_deref().map(digest),
            "closedAt": optional(row.closed_at),
            "closedBy": row.closed_by,
        }),
    )
}

/// What a column of an image holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A code or a name, as it stands.
    Text,
    /// An instant, which is written in one spelling.
    Instant,
}

/// What acts tell of emergency accesses and consents that are columns of these.
pub const OF_PERSONS: [(&str, Holds); 16] = [
    ("openedBy", Holds::Text),
    ("issuer", Holds::Text),
    ("role", Holds::Text),
    ("reasonCode", Holds::Text),
    ("openedAt", Holds::Instant),
    ("expiresAt", Holds::Instant),
    ("closedAt", Holds::Instant),
    ("reviewedAt", Holds::Instant),
    ("reviewer", Holds::Text),
    ("verdict", Holds::Text),
    ("reviewFlag", Holds::Text),
    ("recipientDepartment", Holds::Text),
    ("purpose", Holds::Text),
    ("fieldGroup", Holds::Text),
    ("givenAt", Holds::Instant),
    ("withdrawnAt", Holds::Instant),
];

/// An emergency access as its acts tell it; the patient is the one subject of their records.
pub fn break_glass(row: &break_glass::Model) -> Image {
    Image::new(
        BREAK_GLASS,
        row.id,
        json!({
            "person": subjects_digest(&[row.person_id]),
            "openedBy": row.subject,
            "issuer": row.issuer,
            "role": row.role,
            "reasonCode": row.reason_code,
            "openedAt": instant(row.opened_at),
            "expiresAt": instant(row.expires_at),
            "closedAt": optional(row.closed_at),
            "reviewedAt": optional(row.reviewed_at),
            "reviewer": row.reviewer,
            "verdict": row.verdict,
            "reviewFlag": row.review_flag,
        }),
    )
}

/// A consent as its acts tell it; the person is the one subject of their records.
pub fn consent(row: &consent::Model) -> Image {
    Image::new(
        CONSENT,
        row.id,
        json!({
            "person": subjects_digest(&[row.person_id]),
            "recipientDepartment": row.recipient_department,
            "purpose": row.purpose,
            "fieldGroup": row.field_group,
            "givenAt": instant(row.given_at),
            "expiresAt": optional(row.expires_at),
            "withdrawnAt": optional(row.withdrawn_at),
        }),
    )
}
