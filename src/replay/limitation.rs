//! The version in which an update of the gateway limited the grants to what purposes need: made anew from
//! what the acts before it made, by the same rule as the update's.

use chrono::{DateTime, Utc};
use entity::{grant_version, sharing_grant};
use migration::GrantRow;
use serde_json::{Map, Value as Json};

use super::image::{self, Image};
use crate::policy::Target;

/// A grant as the acts made it.
pub(super) fn grant(key: &str, columns: &Map<String, Json>) -> Option<GrantRow> {
    let mut parts = key.splitn(4, ' ');
    let (version, role, purpose, target) =
        (parts.next()?.parse().ok()?, parts.next()?, parts.next()?, parts.next()?);
    let text = |name: &str| columns.get(name).and_then(Json::as_str);
    let instant = |name: &str| text(name).and_then(|at| at.parse::<DateTime<Utc>>().ok());
    let group = match text("fieldGroup") {
        Some(group) => group.to_owned(),
        None => Target::parse(target)?.group()?.code().to_owned(),
    };
    Some(GrantRow {
        version,
        role: role.to_owned(),
        purpose: purpose.to_owned(),
        field: (target != group).then(|| target.to_owned()),
        group,
        level: text("level")?.to_owned(),
        scope: text("scope").map(str::to_owned),
        law: text("legalBasis")?.to_owned(),
        covers_minors: columns.get("coversMinors").and_then(Json::as_bool).unwrap_or_default(),
        valid_from: instant("validFrom"),
        valid_until: instant("validUntil"),
    })
}

/// What the update made of them.
#[expect(clippy::expect_used, reason = "the data file was read by a migration")]
pub(super) fn images(rows: &[GrantRow]) -> Vec<Image> {
    let made = migration::limited(rows).expect("the data file was read by a migration");
    let Some(version) = made.iter().map(|row| row.version).max() else { return Vec::new() };
    let at = migration::limitation_decided_at().expect("a constant");
    let summary = migration::LIMITATION_SUMMARY.to_owned();
    let of_version =
        image::version(&grant_version::Model { version, at, proposal_id: None, summary });
    made.into_iter().map(of_grant).chain([of_version]).collect()
}

fn of_grant(row: GrantRow) -> Image {
    let is_known = row.valid_from.is_some();
    let law = row.law;
    let row = sharing_grant::Model {
        id: 0,
        version: row.version,
        role: row.role,
        field_group: row.group,
        field: row.field,
        level: row.level,
        scope: row.scope,
        purpose: row.purpose,
        legal_basis_id: 0,
        covers_minors: row.covers_minors,
        valid_from: row.valid_from.unwrap_or_default(),
        valid_until: row.valid_until,
    };
    let mut image = image::grant(&row, &law);
    if !is_known {
        // The acts of before did not tell when what they made began.
        image.columns.remove("validFrom");
    }
    image
}
