//! Faults as they happen: a disk that fills, a process that stands still, a server that goes away,
//! tables that are locked. Real programs over real databases; no received answer is without its
//! record, before or after. `FAULT_ROUNDS` says how often each fault is made, where a few times do
//! not tell enough.

mod cluster;
mod crash;
mod disk;
mod emergencies;
mod load;
mod pause;
mod ready;
mod server;

/// How often a fault is made: a few times, or as often as the environment says.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many")]
pub fn rounds(few: usize) -> usize {
    std::env::var("FAULT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(few)
}
