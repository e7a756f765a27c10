//! What was measured, and what follows from it.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    contender::{Contender, Store},
    load::{Latencies, Outcome, latencies},
    workload::Workload,
};

/// One contender under one workload with so many connections, over all rounds.
pub struct Cell {
    pub contender: Contender,
    pub workload: Workload,
    pub connections: usize,
    pub rounds: Vec<Round>,
    pub latencies: Latencies,
}

/// One measurement.
#[derive(Clone, Debug, Serialize)]
pub struct Round {
    /// Good answers a second.
    pub per_second: f64,
    /// Processor time of the server for each, in microseconds.
    pub server_microseconds: f64,
    /// The same of PostgreSQL.
    pub postgres_microseconds: Option<f64>,
    /// Peak memory of the server's processes, in MiB.
    pub peak_mib: f64,
    /// Requests that failed.
    pub errors: u64,
}

/// What processes used during a measurement.
pub struct Usage {
    pub server: u64,
    pub postgres: Option<u64>,
    pub peak_kib: u64,
}

impl Cell {
    /// Nothing measured yet.
    pub fn new(contender: Contender, workload: Workload, connections: usize) -> Self {
        Self { contender, workload, connections, rounds: Vec::new(), latencies: latencies() }
    }

    /// Adds a measurement.
    pub fn add(&mut self, outcome: Outcome, usage: &Usage) -> anyhow::Result<()> {
        let good = outcome.latencies.len();
        let each = |microseconds: u64| microseconds as f64 / good.max(1) as f64;
        self.rounds.push(Round {
            per_second: good as f64 / outcome.elapsed.as_secs_f64(),
            server_microseconds: each(usage.server),
            postgres_microseconds: usage.postgres.map(each),
            peak_mib: usage.peak_kib as f64 / 1024.0,
            errors: outcome.errors,
        });
        Ok(self.latencies.add(outcome.latencies)?)
    }

    /// The median over rounds.
    pub fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(of).collect())
    }

    /// PostgreSQL's processor time for each answer, where PostgreSQL has a part.
    pub fn postgres(&self) -> Option<f64> {
        let of: Option<Vec<f64>> =
            self.rounds.iter().map(|round| round.postgres_microseconds).collect();
        (self.contender.store() != Store::Sqlite).then(|| of.map(median))?
    }

    /// A percentile of latency.
    pub fn latency(&self, percentile: f64) -> Duration {
        Duration::from_micros(self.latencies.value_at_percentile(percentile))
    }

    /// The most memory of any round.
    pub fn peak_mib(&self) -> f64 {
        self.rounds.iter().map(|round| round.peak_mib).fold(0.0, f64::max)
    }

    /// Failures of all rounds.
    pub fn errors(&self) -> u64 {
        self.rounds.iter().map(|round| round.errors).sum()
    }

    /// Throughput against another's, round by round: what drifts between rounds falls out.
    pub fn ratio(&self, other: &Cell) -> Option<f64> {
        let pairs = self.rounds.iter().zip(&other.rounds);
        let ratios: Vec<f64> = pairs
            .filter(|(_, other)| other.per_second > 0.0)
            .map(|(own, other)| own.per_second / other.per_second)
            .collect();
        (!ratios.is_empty()).then(|| median(ratios))
    }

    fn is_beside(&self, other: &Cell) -> bool {
        self.workload == other.workload && self.connections == other.connections
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => 0.0,
        (odd, middle) if odd % 2 == 1 => values[middle],
        (_, middle) => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// The ratio of a cell to its baseline's.
pub fn ratio(cell: &Cell, all: &[Cell]) -> Option<f64> {
    let baseline = cell.contender.baseline();
    cell.ratio(all.iter().find(|other| other.is_beside(cell) && other.contender == baseline)?)
}

/// Everything as JSON.
pub fn json(about: Value, all: &[Cell]) -> Value {
    let results: Vec<Value> = all
        .iter()
        .map(|cell| {
            let microseconds =
                |percentile| u64::try_from(cell.latency(percentile).as_micros()).unwrap_or(0);
            json!({
                "contender": cell.contender,
                "workload": cell.workload,
                "connections": cell.connections,
                "requestsPerSecond": cell.median(|round| round.per_second),
                "baseline": cell.contender.baseline(),
                "ratioToBaseline": ratio(cell, all),
                "latencyMicroseconds": {
                    "p50": microseconds(50.0),
                    "p99": microseconds(99.0),
                    "p99.9": microseconds(99.9),
                },
                "cpuMicrosecondsPerRequest": {
                    "server": cell.median(|round| round.server_microseconds),
                    "postgres": cell.postgres(),
                },
                "peakMemoryMiB": cell.peak_mib(),
                "errors": cell.errors(),
                "rounds": cell.rounds,
            })
        })
        .collect();
    json!({ "about": about, "results": results })
}
