//! Whether the gateway's memory stays where it is under many requests with many documents.

use std::{sync::Arc, time::Duration};

use super::{
    callers::Tokens, contender::Contender, facts::Facts, load, marks::Marks, requests,
    workload::Workload, world::World,
};

/// Documents that differ, more than the caches keep.
const DOCUMENTS: usize = 10_000;

/// Good answers, at least.
const ANSWERS: u64 = 500_000;

const CONNECTIONS: usize = 32;
const STEP: Duration = Duration::from_secs(5);

/// Sends the mixed workload, every request with a document of its own name, and prints the resident
/// memory on the way.
///
/// # Errors
/// When the gateway cannot be started or asked.
pub async fn watch(world: &World, facts: &Facts, tokens: &Tokens) -> anyhow::Result<()> {
    let gateway = Contender::Gateway.start(world).await?;
    let marks = Marks::learn(&gateway, &[Workload::Mixed], facts, tokens).await?;
    let asks = Workload::Mixed.asks(facts);
    let named = |number: usize| requests::named(&asks[number % asks.len()], number, &marks, tokens);
    let requests: Arc<Vec<Vec<u8>>> = Arc::new((0..DOCUMENTS).map(named).collect());
    println!(
        "{DOCUMENTS} documents, {CONNECTIONS} connections\n   answers   resident      peak  errors"
    );
    let (mut answers, mut errors) = (0, 0);
    while answers < ANSWERS {
        let outcome = load::run(gateway.port, &requests, CONNECTIONS, STEP).await?;
        answers += outcome.latencies.len();
        errors += outcome.errors;
        let (resident, peak) = (gateway.tree.resident_kib() / 1024, gateway.tree.peak_kib() / 1024);
        println!("{answers:>10} {resident:>6} MiB {peak:>5} MiB {errors:>7}");
    }
    Ok(())
}
