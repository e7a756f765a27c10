//! A GraphQL data-sharing gateway: a token reads exactly what its role is entitled to, and every
//! answer leaves a record of whose data it holds.

pub mod acts;
pub mod admin;
pub mod anonymity;
pub mod app;
pub mod audit;
pub mod audit_case;
pub mod auth;
pub mod catalogue;
pub mod clock;
pub mod commands;
pub mod config;
pub mod custody;
pub mod db;
pub mod demo;
mod descriptors;
pub mod directory;
pub mod error;
pub mod files;
pub mod grants;
pub mod graphql;
pub mod http;
pub mod log;
pub mod oauth;
pub mod policy;
mod process;
pub mod published;
pub mod read;
pub mod replay;
pub mod rules;
pub mod secrets;
pub mod startup;
pub mod state;
pub mod telemetry;
mod threads;
pub mod volume;
