//! The grant matrix, whole: what every role may ask, of every field, at every position.

mod answers;
mod cases;
mod documents;
mod names;
mod oracle;
mod pieces;
mod plans;
mod program;
mod reading;
mod recorded;
mod sql;
mod statements;
mod table;
mod view;
