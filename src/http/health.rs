//! `/healthz`: the process lives. `/readyz`: it can answer.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    app::Gateway,
    read::{Statement, Value as Param},
};

/// How long a look at a part of the gateway may take: whoever asks has others to send requests to.
const WITHIN: Duration = Duration::from_millis(1500);

/// What a table of personal data is read with; nothing of it is told.
const PROBE: &str = "SELECT 1 FROM person LIMIT 1";

pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// Ready when people can be read, a record can be committed, what is administered is known to be
/// current, and what callers read can be settled; all four are tried, and the answer comes within one
/// and a half seconds.
pub async fn ready(State(gateway): State<Arc<Gateway>>) -> (StatusCode, Json<Value>) {
    let probe = Statement { sql: PROBE.to_owned(), params: Vec::<Param>::new() };
    let (reads, records, policy, volume) = tokio::join!(
        timeout(WITHIN, gateway.reader.read(&probe)),
        gateway.audit.is_ready(),
        timeout(WITHIN, gateway.current()),
        timeout(WITHIN, gateway.is_metering()),
    );
    let lost = gateway.audit.is_lost();
    let (reads, records) = (matches!(reads, Ok(Ok(_))), records && !lost);
    let (policy, volume) = (matches!(policy, Ok(Ok(_))), volume.unwrap_or(false));
    let status = if reads && records && policy && volume {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |fine| if fine { "ok" } else { "unavailable" };
    let policy = if policy { "ok" } else { "stale" };
    let records = if lost { "behind" } else { word(records) };
    let answer = json!({
        "reads": word(reads), "records": records, "policy": policy, "volume": word(volume),
    });
    (status, Json(answer))
}
