//! Closed-loop load: so many connections, each sends its next request when it has its answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use super::client::Connection;

/// Latencies in microseconds, up to a minute, to three digits.
pub type Latencies = Histogram<u32>;

/// An empty histogram.
pub fn latencies() -> Latencies {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are constants")
}

/// What came of a while of load.
pub struct Outcome {
    /// Of good answers.
    pub latencies: Latencies,
    /// Refusals, failures, broken connections.
    pub errors: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

/// Sends requests in turn over so many connections for so long.
///
/// # Errors
/// When a connection cannot be opened at the start.
pub async fn run(
    port: u16,
    requests: &Arc<Vec<Vec<u8>>>,
    connections: usize,
    duration: Duration,
) -> anyhow::Result<Outcome> {
    let turn = Arc::new(AtomicUsize::new(0));
    let mut opened = Vec::new();
    for _ in 0..connections {
        opened.push(Connection::open(port).await?);
    }
    let start = Instant::now();
    let tasks: Vec<_> = opened
        .into_iter()
        .map(|connection| {
            let (requests, turn) = (requests.clone(), turn.clone());
            tokio::spawn(one(port, connection, requests, turn, start + duration))
        })
        .collect();
    let mut outcome = Outcome { latencies: latencies(), errors: 0, elapsed: Duration::ZERO };
    for task in tasks {
        let (latencies, errors) = task.await?;
        outcome.latencies.add(latencies)?;
        outcome.errors += errors;
    }
    outcome.elapsed = start.elapsed();
    Ok(outcome)
}

async fn one(
    port: u16,
    mut connection: Connection,
    requests: Arc<Vec<Vec<u8>>>,
    turn: Arc<AtomicUsize>,
    until: Instant,
) -> (Latencies, u64) {
    let (mut latencies, mut errors) = (latencies(), 0);
    let mut begun = Instant::now();
    while begun < until {
        let request = &requests[turn.fetch_add(1, Ordering::Relaxed) % requests.len()];
        let good = connection.send(request).await.map(|reply| reply.is_good());
        let ended = Instant::now();
        match good {
            Ok(true) => {
                latencies.saturating_record(
                    u64::try_from((ended - begun).as_micros()).unwrap_or(u64::MAX),
                );
            }
            Ok(false) => errors += 1,
            Err(_) => {
                errors += 1;
                tokio::time::sleep(Duration::from_millis(5)).await;
                if let Ok(again) = Connection::open(port).await {
                    connection = again;
                }
            }
        }
        begun = Instant::now();
    }
    (latencies, errors)
}
