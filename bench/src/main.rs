//! The benchmark: starts a database, loads one population, starts every contender, checks that all
//! answer the same, and measures them in turns.

mod harness;

use clap::Parser as _;
use harness::{args::Args, run};

// One thread: the load must leave the processors to those that are measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    run::run(Args::parse()).await
}
