//! Grants that people administer, over real databases and the real gateway.

mod accesses;
pub mod by_hand;
mod cases;
mod floors;
mod impact;
pub mod office;
mod operator;
mod questions;
mod races;
mod restoring;
mod time;
mod two_people;
mod units;
mod updating;
