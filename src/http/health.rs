//! `/healthz`: the process lives. `/readyz`: it can answer.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};

use crate::{
    app::Gateway,
    read::{Statement, Value as Param},
};

pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Ready when both paths to the database work, reads and the place of access records, and what is
/// administered is known to be current.
pub async fn ready(State(gateway): State<Arc<Gateway>>) -> (StatusCode, Json<Value>) {
    let probe = Statement { sql: "SELECT 1".to_owned(), params: Vec::<Param>::new() };
    let reads = gateway.reader.read(&probe).await.is_ok();
    let records = gateway.db.ping().await.is_ok();
    let policy = !gateway.freshness.is_stale();
    let status =
        if reads && records && policy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |fine| if fine { "ok" } else { "unavailable" };
    let policy = if policy { "ok" } else { "stale" };
    (status, Json(json!({ "reads": word(reads), "records": word(records), "policy": policy })))
}
