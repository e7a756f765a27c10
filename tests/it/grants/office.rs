//! Stewards at their desks: callers under P-ADM, and the short way to let them act.

use std::sync::Arc;

use chrono::DateTime;
use migrant_gateway::{
    app::Gateway,
    audit::{self, Verdict},
    auth::Caller,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use crate::support::{Backend, World, ask_with, caller, code};

/// Why something is needed, in enough words.
pub const NECESSITY: &str = "网格员上门登记须核对登记人性别 (residence registration at the door)";

pub struct Office {
    pub world: World,
    pub gateway: Arc<Gateway>,
}

/// Somebody who administers, by name and role.
pub fn steward(name: &str, role: Role) -> Caller {
    Caller {
        subject: name.to_owned(),
        token_id: "test".to_owned(),
        issuer: "test".to_owned(),
        role,
        unit: "220000".to_owned(),
        organization: None,
        person: None,
        identity: None,
        purposes: vec![Purpose::Adm],
        expires_at: DateTime::<chrono::Utc>::MAX_UTC,
        officer: None,
        is_client: false,
    }
}

/// A cell as a request writes it, of the caseload under the law on residence permits.
pub fn cell(role: &str, purpose: &str, target: &str, level: &str) -> Value {
    json!({
        "role": role, "purpose": purpose, "target": target, "level": level,
        "scope": "c", "legalBasis": "RESPERMIT-8",
    })
}

/// The cell that gives grid workers what persons live in: police data, to governance, class C2, of a group
/// that the purpose needs.
pub fn dwelling() -> Value {
    cell("GG", "P-REF", "ResidenceRegistration.dwellingType", "full")
}

impl Office {
    /// Over the grants that the gateway came with, and nobody's data.
    pub async fn new(backend: Backend) -> Office {
        Office::over(World::empty(backend).await).await
    }

    /// Over a population.
    pub async fn populated(backend: Backend) -> Office {
        Office::over(World::new(backend).await).await
    }

    async fn over(world: World) -> Office {
        let gateway = world.gateway().await;
        Office { world, gateway }
    }

    /// The whole answer.
    pub async fn ask(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        ask_with(&self.gateway, caller, query, variables).await
    }

    /// The `data` of an answer without errors.
    pub async fn data(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(caller, query, variables).await;
        assert!(answer["errors"].is_null(), "{query}\n{answer}");
        answer["data"].take()
    }

    /// The code of a refusal.
    pub async fn refusal(&self, caller: &Caller, query: &str, variables: Value) -> String {
        let answer = self.ask(caller, query, variables).await;
        code(&answer).unwrap_or_else(|| panic!("was answered: {query}\n{answer}")).to_owned()
    }

    /// Proposes cells.
    pub async fn try_propose(&self, caller: &Caller, cells: &[Value]) -> Value {
        let query = "mutation($why: String!, $cells: [GrantCellInput!]!) { \
             proposeGrants(necessity: $why, changes: $cells) { id status missing } }";
        self.ask(caller, query, json!({ "why": NECESSITY, "cells": cells })).await
    }

    /// Proposes cells; the number of the proposal.
    pub async fn propose(&self, caller: &Caller, cells: &[Value]) -> i64 {
        let answer = self.try_propose(caller, cells).await;
        let id = answer["data"]["proposeGrants"]["id"].as_i64();
        id.unwrap_or_else(|| panic!("{answer}"))
    }

    /// Decides; the whole answer.
    pub async fn decide(&self, caller: &Caller, what: &str, id: i64) -> Value {
        let query = format!(
            "mutation($id: Int!) {{ {what}Proposal(id: $id) {{ status missing version }} }}"
        );
        let mut answer = self.ask(caller, &query, json!({ "id": id })).await;
        if answer["errors"].is_null() {
            answer["data"][format!("{what}Proposal")].take()
        } else {
            answer
        }
    }

    /// Signs, and it counts.
    pub async fn approve(&self, caller: &Caller, id: i64) -> Value {
        let answer = self.decide(caller, "approve", id).await;
        assert!(answer["errors"].is_null(), "{answer}");
        answer
    }

    pub async fn status(&self, id: i64) -> String {
        let query = "query($id: Int!) { proposal(id: $id) { status } }";
        let data = self.data(&steward("auditor", Role::AU), query, json!({ "id": id })).await;
        data["proposal"]["status"].as_str().expect("a status").to_owned()
    }

    /// The version of the grants that the gateway goes by.
    pub fn version(&self) -> i64 {
        self.gateway.engine.grants().version()
    }

    /// What a caller with data to ask for is told when asking for it.
    pub async fn sees(&self, role: Role, purpose: Purpose, query: &str) -> Option<String> {
        let answer = self.ask(&caller(role, purpose), query, json!({})).await;
        code(&answer).map(str::to_owned)
    }

    /// Whether the chain of records holds.
    pub async fn assert_recorded(&self) {
        let verdict = audit::verify(&self.world.db, &self.world.secrets, |_, _| {}).await;
        let verdict = verdict.expect("the chain can be read");
        assert!(matches!(verdict, Verdict::Intact { .. }), "{verdict:?}");
    }
}
