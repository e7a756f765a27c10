//! What measures: everything but the contenders.

pub mod args;
pub mod callers;
pub mod check;
pub mod client;
pub mod contender;
pub mod documents;
pub mod facts;
pub mod load;
pub mod marks;
pub mod memory;
pub mod postgraphile;
pub mod process;
pub mod report;
pub mod requests;
pub mod run;
pub mod table;
pub mod workload;
pub mod world;
