//! Handlers as a good engineer writes them by hand: typed rows, prepared statements, one SELECT a
//! level, no authorization and no audit. Who may see which rows comes in as plain parameters.

pub mod answer;
pub mod ask;
pub mod records;
pub mod serve;
pub mod sql;

/// One route a query, to the handlers of these names where it is used.
#[macro_export]
macro_rules! routes {
    ($app:expr) => {
        axum::Router::new()
            .route("/point", axum::routing::get(point))
            .route("/list", axum::routing::get(list))
            .route("/nested", axum::routing::get(nested))
            .route("/filtered", axum::routing::get(filtered))
            .route("/police", axum::routing::get(police))
            .route("/population", axum::routing::get(population))
            .route("/street", axum::routing::get(street))
            .route("/workers", axum::routing::get(workers))
            .route("/clinic", axum::routing::get(clinic))
            .route("/reports", axum::routing::get(disease_reports))
            .with_state($app)
    };
}

pub use answer::{Answer, Failed, Page, Reply, attach, page, page_with_info, person, reports};
pub use ask::Ask;
pub use sql::{Dialect, Query, Sql};
