//! Handlers as a good engineer writes them by hand: typed rows, prepared statements, one SELECT a
//! level, no authorization and no audit. Who may see which rows comes in as plain parameters.

pub mod answer;
pub mod ask;
pub mod records;
pub mod serve;
pub mod sql;

pub use answer::{Answer, Failed, Page, Reply, attach, page, page_with_info, person, reports};
pub use ask::Ask;
pub use sql::{Dialect, Query, Sql};
