//! The results on screen: a table for each workload and number of connections.

use std::time::Duration;

use super::report::{Cell, ratio};

/// Prints all tables.
pub fn print(all: &[Cell]) {
    let mut last = None;
    for cell in all {
        let group = (cell.workload, cell.connections);
        if last != Some(group) {
            last = Some(group);
            heading(cell);
        }
        row(cell, all);
    }
}

fn heading(cell: &Cell) {
    let noun = if cell.connections == 1 { "connection" } else { "connections" };
    println!("\n{} · {} {noun}", format!("{:?}", cell.workload).to_lowercase(), cell.connections);
    println!(
        "{:<29}{:>8}{:>7}{:>11}{:>11}{:>11}{:>10}{:>10}{:>8}{:>8}",
        "", "req/s", "ratio", "p50", "p99", "p99.9", "server", "postgres", "peak", "errors"
    );
}

fn row(cell: &Cell, all: &[Cell]) {
    let ratio = ratio(cell, all).map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    let postgres = cell.postgres().map_or_else(|| "–".to_owned(), |used| format!("{used:.0} µs"));
    println!(
        "{:<29}{:>8.0}{:>7}{:>11}{:>11}{:>11}{:>10}{:>10}{:>8}{:>8}",
        cell.contender.name(),
        cell.median(|round| round.per_second),
        ratio,
        span(cell.latency(50.0)),
        span(cell.latency(99.0)),
        span(cell.latency(99.9)),
        format!("{:.0} µs", cell.median(|round| round.server_microseconds)),
        postgres,
        format!("{:.0} M", cell.peak_mib()),
        cell.errors(),
    );
}

fn span(latency: Duration) -> String {
    match latency.as_micros() {
        micros @ ..1_000 => format!("{micros} µs"),
        micros => format!("{:.2} ms", micros as f64 / 1_000.0),
    }
}
