//! A witness over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::post,
};
use tokio::time::timeout;

use super::{Refusal, Register};
use crate::log::note::MAX_LENGTH;

/// The longest request: a note and 63 hashes.
const MOST: usize = MAX_LENGTH + 4096;

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a witness answers. Half-sent heads and silent connections are whoever's who serves it.
pub fn router(register: Arc<Register>) -> Router {
    Router::new().route("/add-checkpoint", post(add_checkpoint)).with_state(register)
}

async fn add_checkpoint(State(register): State<Arc<Register>>, body: Body) -> Response {
    let request = match timeout(PATIENCE, to_bytes(body, MOST)).await {
        Ok(Ok(bytes)) => String::from_utf8(bytes.into()),
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let Ok(request) = request else { return StatusCode::BAD_REQUEST.into_response() };
    // It waits for the disk.
    let answered = tokio::task::spawn_blocking(move || register.add_checkpoint(&request)).await;
    match answered {
        Ok(Ok(line)) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], line).into_response()
        }
        Ok(Err(refusal)) => refused(refusal),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: Refusal) -> Response {
    let (status, message) = match refusal {
        Refusal::Form => (StatusCode::BAD_REQUEST, "not a request to add a checkpoint\n"),
        Refusal::UnknownLog => (StatusCode::NOT_FOUND, "this witness does not know the log\n"),
        Refusal::Unsigned => (StatusCode::FORBIDDEN, "not signed by the log\n"),
        Refusal::NotConsistent => {
            (StatusCode::UNPROCESSABLE_ENTITY, "not proven to begin with what was cosigned\n")
        }
        Refusal::Storage => (StatusCode::INTERNAL_SERVER_ERROR, "it could not be kept\n"),
        Refusal::Conflict(size) => {
            let size_type = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            return (StatusCode::CONFLICT, size_type, format!("{size}\n")).into_response();
        }
    };
    (status, message).into_response()
}
