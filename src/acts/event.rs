//! An emergency access, as acts read, record and answer it.

use chrono::{DateTime, Utc};
use entity::break_glass::{Entity, Model};
use sea_orm::DerivePartialModel;
use serde_json::{Value as Json, json};

use super::Told;
use crate::{
    audit::Applied,
    graphql::{
        events::{Shows, of_instant},
        ids::Identifiers,
    },
    rules::break_glass::Span,
};

/// What is read of an access that an act changes: all but what was written in words.
#[derive(Clone, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub(super) struct Event {
    pub id: i64,
    pub person_id: i64,
    pub subject: String,
    pub issuer: Option<String>,
    pub role: String,
    pub organization_id: i64,
    pub reason_code: String,
    pub opened_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub reviewed_at: Option<DateTime<Utc>>,
    pub reviewer: Option<String>,
    pub verdict: Option<String>,
    pub review_flag: Option<String>,
}

/// What clinician and reviewer wrote in their words: told to reviewers alone.
#[derive(Clone, Default, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub(super) struct Words {
    pub reason_text: String,
    pub note: Option<String>,
}

impl From<Model> for Event {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            subject: row.subject,
            issuer: row.issuer,
            role: row.role,
            organization_id: row.organization_id,
            reason_code: row.reason_code,
            opened_at: row.opened_at,
            expires_at: row.expires_at,
            closed_at: row.closed_at,
            reviewed_at: row.reviewed_at,
            reviewer: row.reviewer,
            verdict: row.verdict,
            review_flag: row.review_flag,
        }
    }
}

impl Event {
    /// Whether it opens its patient's record at an instant.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        let Self { opened_at, expires_at, closed_at, .. } = *self;
        Span { opened_at, expires_at, closed_at }.is_open(now)
    }

    /// What its record tells: nothing of what was written in words.
    pub fn recorded(&self, organization: &str) -> Json {
        json!({
            "openedBy": self.subject,
            "issuer": self.issuer,
            "role": self.role,
            "organization": organization,
            "reasonCode": self.reason_code,
            "openedAt": of_instant(self.opened_at),
            "expiresAt": of_instant(self.expires_at),
            "closedAt": self.closed_at.map(of_instant),
            "reviewedAt": self.reviewed_at.map(of_instant),
            "reviewer": self.reviewer,
            "verdict": self.verdict,
            "reviewFlag": self.review_flag,
        })
    }

    /// What an act has to answer with, of which the caller's view takes its part.
    pub fn describe(
        &self,
        words: Option<&Words>,
        organization: &str,
        identifiers: &Identifiers,
    ) -> Json {
        let key = |shows: Shows, key| shows.of_key(key, identifiers);
        json!({
            "id": key(Shows::Event, self.id),
            "personId": key(Shows::Patient, self.person_id),
            "personRef": key(Shows::Pseudonym, self.person_id),
            "openedBy": self.subject,
            "role": self.role,
            "organization": organization,
            "openedAt": of_instant(self.opened_at),
            "expiresAt": of_instant(self.expires_at),
            "closedAt": self.closed_at.map(of_instant),
            "reasonCode": self.reason_code,
            "reasonLabelZh": Shows::Reason.of_text(&self.reason_code),
            "reasonText": words.map(|words| &words.reason_text),
            "reviewedAt": self.reviewed_at.map(of_instant),
            "reviewer": self.reviewer,
            "verdict": self.verdict,
            "note": words.and_then(|words| words.note.as_ref()),
            "reviewFlag": self.review_flag,
        })
    }

    /// What an act did, and what there is to tell of it.
    pub fn told(
        self,
        action: &'static str,
        before: Json,
        words: Option<Words>,
        organization: String,
    ) -> (Applied, Told) {
        let after = self.recorded(&organization);
        let (target, subjects) = (self.id.to_string(), vec![self.person_id]);
        let applied = Applied { action, target, before, after, subjects };
        (applied, Told::Event { event: Box::new(self), words, organization })
    }
}
