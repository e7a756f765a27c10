//! The command line of the gateway.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match migrant_gateway::commands::run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
