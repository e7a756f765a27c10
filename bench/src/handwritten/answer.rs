//! Answers in the shape that GraphQL gives them, so that contenders can be compared.

use std::collections::HashMap;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// `{"data": …}`.
#[derive(Debug, Serialize)]
pub struct Answer<T> {
    data: T,
}

/// `{"person": …}`.
#[derive(Debug, Serialize)]
pub struct One<T> {
    person: Option<T>,
}

/// `{"persons": …}`.
#[derive(Debug, Serialize)]
pub struct Persons<T> {
    persons: Page<T>,
}

/// `{"infectiousDiseaseReports": …}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reports<T> {
    infectious_disease_reports: Page<T>,
}

/// A page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    nodes: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_info: Option<PageInfo>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<i64>,
}

/// What a handler returns.
pub type Reply<T> = Result<Json<Answer<T>>, Failed>;

/// One person, if there is one.
pub fn person<T>(row: Option<T>) -> Json<Answer<One<T>>> {
    Json(Answer { data: One { person: row } })
}

/// A page of persons.
pub fn page<T>(nodes: Vec<T>) -> Json<Answer<Persons<T>>> {
    Json(Answer { data: Persons { persons: Page { nodes, page_info: None } } })
}

/// A page of persons for which one row too many was read.
pub fn page_with_info<T>(
    mut nodes: Vec<T>,
    first: i64,
    id: impl Fn(&T) -> i64,
) -> Json<Answer<Persons<T>>> {
    let first = usize::try_from(first).unwrap_or_default();
    let has_next_page = nodes.len() > first;
    nodes.truncate(first);
    let end_cursor = nodes.last().map(id);
    let page_info = Some(PageInfo { has_next_page, end_cursor });
    Json(Answer { data: Persons { persons: Page { nodes, page_info } } })
}

/// A page of reports.
pub fn reports<T>(nodes: Vec<T>) -> Json<Answer<Reports<T>>> {
    Json(Answer { data: Reports { infectious_disease_reports: Page { nodes, page_info: None } } })
}

/// Hands every row to its parent.
pub fn attach<P, C>(
    parents: &mut [P],
    id: impl Fn(&P) -> i64,
    rows: Vec<C>,
    parent: impl Fn(&C) -> i64,
    mut give: impl FnMut(&mut P, C),
) {
    let places: HashMap<i64, usize> =
        parents.iter().enumerate().map(|(place, row)| (id(row), place)).collect();
    for row in rows {
        if let Some(place) = places.get(&parent(&row)) {
            give(&mut parents[*place], row);
        }
    }
}

/// The database failed.
#[derive(Debug)]
pub struct Failed(String);

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}
