//! A person's own view: what is held, who looked, what is shared and owed, and requests about it.

mod access_requests;
mod copies;
mod identity;
mod requests;
mod view;
mod wards;

use migrant_gateway::replay::{Finding, replay};

use crate::support::World;

/// What the acts on identities and requests do not explain. The world's contracts are rows that no act made.
async fn unexplained(world: &World) -> Vec<Finding> {
    let report = replay(&world.db, &world.secrets, |_, _| {}).await.unwrap();
    let own = ["person_identity", "subject_request", "access_request"];
    report.findings.into_iter().filter(|finding| own.contains(&&*finding.table)).collect()
}
