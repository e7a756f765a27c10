//! The product's own load, as its user runs it.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::process::Command;

/// How often memory is looked at; the kernel keeps the peak.
const PAUSE: Duration = Duration::from_millis(10);

/// What a load took.
pub struct Load {
    /// From start to end of the process: migrations and statistics too.
    pub time: Duration,
    /// Peak resident memory.
    pub peak_kib: u64,
}

/// Migrates and fills an empty database.
pub async fn load(persons: u64, url: &str, directory: &Path) -> anyhow::Result<Load> {
    let program = std::env::current_exe()?.with_file_name("migrant-gateway");
    let start = Instant::now();
    let mut process = Command::new(program)
        .args(["demo", "--load-only", "--listen", "127.0.0.1:0"])
        .args(["--persons", &persons.to_string(), "--database", url])
        .current_dir(directory)
        .spawn()
        .context("cannot run migrant-gateway demo")?;
    let status = format!("/proc/{}/status", process.id().context("it has ended")?);
    let mut peak_kib = 0;
    let outcome = loop {
        peak_kib = peak(&status).unwrap_or(peak_kib);
        if let Ok(outcome) = tokio::time::timeout(PAUSE, process.wait()).await {
            break outcome?;
        }
    };
    anyhow::ensure!(outcome.success(), "the population was not loaded");
    Ok(Load { time: start.elapsed(), peak_kib })
}

fn peak(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
