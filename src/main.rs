//! The command line of the gateway.

use std::process::ExitCode;

// A request allocates some two hundred times; this spends half as long on it as the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// Requests have threads of their own (`threads.rs`); one more writes their records.
#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    match migrant_gateway::commands::run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
