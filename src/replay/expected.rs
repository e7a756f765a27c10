//! What must stand in the tables after the acts.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use crate::audit;

use super::{
    acts::Act,
    image::{self, Holds, Image},
    limitation, seeds,
};

/// The columns that are known of each row of a table.
pub(super) type Rows = BTreeMap<String, Map<String, Json>>;

/// The rows of each table.
#[derive(Default)]
pub(super) struct Expected {
    tables: HashMap<String, Rows>,
    /// The last version of the grants, while the limitation to purposes is not among them yet.
    unlimited: Option<i64>,
}

impl Expected {
    /// What the gateway comes with.
    pub fn seeded() -> Expected {
        let mut expected = Expected { unlimited: Some(1), ..Expected::default() };
        seeds::images().into_iter().for_each(|row| expected.set(row));
        expected
    }

    /// Takes the rows of a table out.
    pub fn take(&mut self, table: &str) -> Rows {
        self.tables.remove(table).unwrap_or_default()
    }

    /// All acts are done: what the gateway itself made of the grants since is there too.
    pub fn end(&mut self) {
        self.limit_before(i64::MAX);
    }

    /// The gateway limited the grants to what purposes need when it was updated, between two acts. Versions
    /// have no gaps, so that the one that no act made tells when.
    fn limit_before(&mut self, version: i64) {
        let Some(last) = self.unlimited else { return };
        if version == last + 1 {
            self.unlimited = Some(version);
            return;
        }
        self.unlimited = None;
        let rows = self.tables.get(image::GRANT).into_iter().flatten();
        let rows: Vec<_> = rows.filter_map(|(key, row)| limitation::grant(key, row)).collect();
        limitation::images(&rows).into_iter().for_each(|row| self.set(row));
    }

    /// Does what an act did; false where it does not tell every column that it wrote.
    pub fn apply(&mut self, act: &Act) -> bool {
        if act.action == audit::MISS {
            return true;
        }
        if act.action.starts_with("break_glass.") {
            self.set(of_person(act, image::BREAK_GLASS));
            return true;
        }
        if act.action.starts_with("consent.") {
            self.set(of_person(act, image::CONSENT));
            if act.action == "consent.withdraw" {
                self.withdraw_the_same(act);
            }
            return true;
        }
        if let Some(version) = act.after["version"].as_i64() {
            self.limit_before(version);
        }
        match act.after["rows"].as_array() {
            Some(rows) => {
                for row in rows.iter().filter_map(Image::of_json) {
                    self.set_told(row, act.changes_only());
                }
                true
            }
            None => {
                self.apply_partial(act);
                !["grant", "client", "token", "limit"].iter().any(|of| act.action.starts_with(of))
            }
        }
    }

    fn set(&mut self, row: Image) {
        let rows = self.tables.entry(row.table).or_default();
        rows.entry(row.key).or_default().extend(row.columns);
    }

    /// A row as an act told it. An act that only changes one explains no row that no act made, and of
    /// one that is known no more than it may change.
    fn set_told(&mut self, mut row: Image, only: Option<&[&str]>) {
        if let Some(only) = only {
            if !self.tables.get(&row.table).is_some_and(|rows| rows.contains_key(&row.key)) {
                return;
            }
            row.columns.retain(|name, _| only.contains(&name.as_str()));
        }
        self.set(row);
    }

    /// An act of before acts told their rows.
    fn apply_partial(&mut self, act: &Act) {
        let (target, after) = (&act.target, &act.after);
        match act.action.as_str() {
            "grant.propose" => self.set(Image::new(
                image::PROPOSAL,
                target,
                json!({
                    "proposer": act.caller,
                    "proposerRole": act.role,
                    "cells": after["cells"],
                    "baseVersion": after["baseVersion"],
                    "restoresVersion": after["restoresVersion"],
                    "necessityDigest": after["necessityDigest"],
                }),
            )),
            "grant.approve" | "grant.reject" | "grant.withdraw" => {
                let key = image::decision_key(target, &act.caller);
                let decision = act.action.trim_start_matches("grant.");
                let columns = json!({
                    "role": act.role, "decision": decision, "noteDigest": after["noteDigest"],
                });
                self.set(Image::new(image::DECISION, key, columns));
                if let Some(version) = after["version"].as_i64() {
                    let cells = self.cells_of(target);
                    self.publish(version, &cells, json!(target.parse::<i64>().ok()));
                }
            }
            "grant.revoke" => {
                if let Some(version) = after["version"].as_i64() {
                    self.publish(version, &after["cells"], Json::Null);
                }
            }
            "client.register" => {
                let mut columns = after.clone();
                if let Some(columns) = columns.as_object_mut() {
                    columns.remove("clientId");
                }
                self.set(Image::new(image::CLIENT, target, columns));
            }
            "client.suspend" | "client.resume" => {
                let columns = json!({ "suspended": after["suspended"] });
                self.set(Image::new(image::CLIENT, target, columns));
            }
            "client.credential.add" | "client.credential.end" => self.set(Image::new(
                image::CREDENTIAL,
                &after["id"],
                json!({
                    "client": target,
                    "kind": after["kind"],
                    "kid": after["kid"],
                    "validFrom": to_the_microsecond(&after["validFrom"]),
                    "validUntil": to_the_microsecond(&after["validUntil"]),
                }),
            )),
            "limit.propose" | "limit.approve" | "limit.reject" | "limit.end" => {
                let mut columns = after.clone();
                for instant in ["validFrom", "validUntil", "endedAt"] {
                    columns[instant] = to_the_microsecond(&after[instant]);
                }
                self.set(Image::new(image::AGREEMENT, target, columns));
            }
            "token.revoke" => {
                let key = image::token_key(after["issuer"].as_str().unwrap_or_default(), target);
                let columns = json!({ "expiresAt": to_the_microsecond(&after["expiresAt"]) });
                self.set(Image::new(image::REVOKED_TOKEN, key, columns));
            }
            _ => {}
        }
    }

    fn cells_of(&self, proposal: &str) -> Json {
        let rows = self.tables.get(image::PROPOSAL);
        let cells = rows.and_then(|rows| rows.get(proposal)?.get("cells"));
        cells.cloned().unwrap_or_default()
    }

    /// A version of cells, without the instants that it gave them.
    fn publish(&mut self, version: i64, cells: &Json, proposal: Json) {
        self.set(Image::new(image::VERSION, version, json!({ "proposal": proposal })));
        for cell in cells.as_array().into_iter().flatten() {
            let text = |name: &str| cell[name].as_str().unwrap_or_default();
            let key = image::grant_key(version, text("role"), text("purpose"), text("target"));
            let columns = json!({
                "level": cell["level"],
                "scope": cell["scope"],
                "legalBasis": cell["legal_basis"],
                "coversMinors": cell["covers_minors"],
                "validUntil": to_the_microsecond(&cell["valid_until"]),
            });
            self.set(Image::new(image::GRANT, key, columns));
        }
    }

    /// Whoever withdraws means all consents that say the same and hold still.
    fn withdraw_the_same(&mut self, act: &Act) {
        let at = to_the_microsecond(&act.after["withdrawnAt"]);
        let Some(rows) = self.tables.get_mut(image::CONSENT) else { return };
        for row in rows.values_mut() {
            let same = ["recipientDepartment", "purpose", "fieldGroup"]
                .iter()
                .all(|column| row.get(*column) == Some(&act.after[*column]))
                && row.get("person") == Some(&json!(act.subjects_digest));
            let lasts = |column: &str| match row.get(column).map(instant_of) {
                Some(Some(end)) => instant_of(&at).is_some_and(|at| at < end),
                _ => true,
            };
            if same && lasts("withdrawnAt") && lasts("expiresAt") {
                row.insert("withdrawnAt".to_owned(), at.clone());
            }
        }
    }
}

/// The row of an act on one person, who is the subject of its record.
fn of_person(act: &Act, table: &str) -> Image {
    let mut columns = Map::new();
    for (name, holds) in image::OF_PERSONS {
        let Some(value) = act.after.get(name) else { continue };
        let value = match holds {
            Holds::Instant => to_the_microsecond(value),
            Holds::Text => value.clone(),
        };
        columns.insert(name.to_owned(), value);
    }
    columns.insert("person".to_owned(), json!(act.subjects_digest));
    Image { table: table.to_owned(), key: act.target.clone(), columns }
}

fn instant_of(value: &Json) -> Option<DateTime<Utc>> {
    value.as_str().and_then(|text| text.parse().ok())
}

/// An instant in the one spelling that images have.
fn to_the_microsecond(value: &Json) -> Json {
    instant_of(value).map_or(Json::Null, image::instant)
}
