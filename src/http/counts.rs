//! `/subject-requests`: how many requests of persons there were, and what came of them; published.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};

use super::{media::Media, response};
use crate::app::Gateway;

pub async fn get(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.request_counts().await {
        Ok(counts) => Json(counts.as_ref()).into_response(),
        Err(error) => response::of_error(&error, Media::GraphqlResponse),
    }
}
