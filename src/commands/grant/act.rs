//! Commands that change something: requests under P-ADM, with a token that is verified as every
//! other is, to a gateway in this process.

use std::sync::Arc;

use anyhow::Context as _;
use async_graphql::InputType as _;
use serde_json::{Value as Json, json};

use super::{Actor, CellName, Decision};
use crate::{
    clock::SystemClock,
    config::Config,
    grants::{Cell, CellText},
    graphql::Request,
    log,
    policy::Purpose,
    secrets::Secrets,
    startup,
};

const PROPOSAL: &str = "{ id status missing version }";

pub async fn propose(
    config: &Config,
    actor: &Actor,
    necessity: &str,
    cells: &[Cell],
) -> anyhow::Result<String> {
    let query = format!(
        "mutation($why: String!, $cells: [GrantCellInput!]!) \
         {{ made: proposeGrants(necessity: $why, changes: $cells) {PROPOSAL} }}"
    );
    let cells = cells.iter().map(|cell| CellText::from(cell).to_value().into_json());
    let cells: Vec<Json> = cells.collect::<Result<_, _>>()?;
    let made = ask(config, actor, query, json!({ "why": necessity, "cells": cells })).await?;
    Ok(told(&made))
}

pub async fn restore(
    config: &Config,
    actor: &Actor,
    version: i64,
    necessity: &str,
) -> anyhow::Result<String> {
    let query = format!(
        "mutation($version: Int!, $why: String!) \
         {{ made: restoreVersion(version: $version, necessity: $why) {PROPOSAL} }}"
    );
    let made = ask(config, actor, query, json!({ "version": version, "why": necessity })).await?;
    Ok(told(&made))
}

pub async fn decide(config: &Config, what: &str, decision: Decision) -> anyhow::Result<String> {
    let query = format!(
        "mutation($id: Int!, $note: String!) \
         {{ made: {what}Proposal(id: $id, note: $note) {PROPOSAL} }}"
    );
    let variables = json!({ "id": decision.id, "note": decision.note });
    let made = ask(config, &decision.actor, query, variables).await?;
    Ok(told(&made))
}

pub async fn revoke(
    config: &Config,
    actor: &Actor,
    cell: &CellName,
    note: &str,
) -> anyhow::Result<String> {
    let query = "mutation($role: String!, $purpose: String!, $target: String!, $note: String!) \
                 { made: revokeGrant(role: $role, purpose: $purpose, target: $target, note: $note) }";
    let variables = json!({
        "role": cell.of.code(),
        "purpose": cell.purpose.code(),
        "target": cell.target.to_string(),
        "note": note,
    });
    let version = ask(config, actor, query.to_owned(), variables).await?;
    Ok(format!("taken away by version {version}\n"))
}

/// Asks and returns what the one field `made` answered.
pub async fn ask(
    config: &Config,
    actor: &Actor,
    query: String,
    variables: Json,
) -> anyhow::Result<Json> {
    let gateway = startup::gateway(config, Arc::new(SystemClock)).await?;
    let secrets = Secrets::open(&config.master_key())?;
    log::setup::vouch(config, &secrets, &gateway.db, &gateway.audit).await?;
    let caller = gateway.verifier.verify(&actor.token).await.context("the token is refused")?;
    let subject = actor.subject.as_ref();
    anyhow::ensure!(
        subject.is_none_or(|subject| *subject == caller.principal().subject)
            && actor.role.is_none_or(|role| role == caller.role),
        "the token is another's: it was issued to {} as {}",
        caller.subject,
        caller.role
    );
    let variables = variables.as_object().cloned().unwrap_or_default();
    let request = Request { query, variables, ..Request::default() };
    let answer = gateway.answer(&caller, Some(Purpose::Adm.code()), request).await;
    gateway.audit.clone().close().await;
    let data = answer.result.map_err(|error| match error.extensions.get("floors") {
        Some(Json::Array(floors)) => {
            let floors: Vec<String> = floors.iter().map(floor).collect();
            anyhow::anyhow!("{error}\n{}", floors.join("\n"))
        }
        _ => anyhow::Error::new(error),
    })?;
    let mut data: Json = serde_json::from_slice(&data)?;
    Ok(data["made"].take())
}

fn floor(hit: &Json) -> String {
    let text = |member: &str| hit[member].as_str().unwrap_or_default();
    format!("! {}: {} ({})", text("cell"), text("reason"), text("legalBasis"))
}

fn told(made: &Json) -> String {
    let id = &made["id"];
    let status = made["status"].as_str().unwrap_or_default().to_lowercase();
    let missing: Vec<&str> =
        made["missing"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    match (made["version"].as_i64(), missing.is_empty()) {
        (Some(version), _) => format!("proposal {id} is {status}: version {version}\n"),
        (None, true) => format!("proposal {id} is {status}\n"),
        (None, false) => {
            format!("proposal {id} is {status}, to be signed by {}\n", missing.join(", "))
        }
    }
}
