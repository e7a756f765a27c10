//! The command line.

use std::path::PathBuf;

use clap::Parser;

use super::{contender::Contender, workload::Workload};

/// Persons of the province.
pub const PROVINCE: u64 = 2_206_000;

/// The gateway against its peers, on the same data and machine.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub struct Args {
    /// How many persons to load; at least 5000, so that every role has a list [default: 200000;
    /// with --quick 20000].
    #[arg(long, value_parser = clap::value_parser!(u64).range(5_000..))]
    persons: Option<u64>,
    /// As many persons as the province has migrants: 2,206,000.
    #[arg(long, conflicts_with = "persons")]
    province: bool,
    /// A look of about two minutes: fewer persons, one short round.
    #[arg(long)]
    pub quick: bool,
    /// How often every contender is measured [default: 5; with --quick 1].
    #[arg(long)]
    rounds: Option<usize>,
    /// How long each measurement takes, in seconds [default: 3; with --quick 1].
    #[arg(long)]
    seconds: Option<f64>,
    /// Which contenders [default: all that are built, but gateway-province
    /// and gateway-before].
    #[arg(long, value_enum, value_delimiter = ',')]
    pub contenders: Vec<Contender>,
    /// Which workloads [default: all].
    #[arg(long, value_enum, value_delimiter = ',')]
    pub workloads: Vec<Workload>,
    /// How many connections send requests at once.
    #[arg(long, value_delimiter = ',', default_value = "1,32")]
    pub connections: Vec<usize>,
    /// Where the results go as JSON [default: results/<time>.json].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Instead of measuring speed, send the gateway 500,000 requests with 10,000 documents and
    /// print its memory on the way.
    #[arg(long, conflicts_with_all = ["contenders", "workloads"])]
    pub memory: bool,
    /// Say which contenders and workloads there are, and stop.
    #[arg(long)]
    pub list: bool,
}

impl Args {
    /// The size of the population.
    pub fn persons(&self) -> u64 {
        match (self.persons, self.province, self.quick) {
            (Some(persons), ..) => persons,
            (None, true, _) => PROVINCE,
            (None, false, true) => 20_000,
            (None, false, false) => 200_000,
        }
    }

    /// How many rounds.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 1 } else { 5 })
    }

    /// The length of a measurement.
    pub fn seconds(&self) -> f64 {
        self.seconds.unwrap_or(if self.quick { 1.0 } else { 3.0 })
    }
}
