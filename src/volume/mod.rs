//! How much of people's data one caller may learn, and what is told of it.

mod refusal;

pub use refusal::exceeded;
