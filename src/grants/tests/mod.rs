//! The pure parts: who must sign, what may be set, how it is written and compared.

mod approval;
mod files;
mod floors;
mod owners;
mod statuses;
mod support;
