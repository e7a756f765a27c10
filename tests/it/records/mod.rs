//! Access records and the program around them: what a record holds, that none is lost, that
//! tampering is found, that there is no answer without one, and the command line.

mod accountability;
mod catalogue;
mod cli;
mod codes;
mod content;
pub mod crash;
mod custody;
mod demo;
mod divided;
mod doctor;
mod lists;
mod log;
mod look;
mod pipes;
pub mod process;
mod refusals;
mod rules;
mod schema;
mod serve;
mod show;
pub mod sql;
pub mod stop;
mod subjects;
mod tampering;
mod token;
pub mod trail;
mod unavailable;
