//! The product without a part of its accountability, to price the part: `gateway_without audit` or
//! `gateway_without verification`. It is configured as `migrant-gateway serve` is.

use std::sync::Arc;

use async_trait::async_trait;
use clap::{Parser, ValueEnum};
use migrant_gateway::{
    audit::{AuditError, Draft, Receipt, Recorder},
    auth::{SignatureCheck, VerificationKey},
    commands::serve,
    config::Config,
    startup::Accountability,
};

// As the product's own program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Args {
    /// What is left out.
    part: Part,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// Access records.
    Audit,
    /// The verification of signatures.
    Verification,
}

/// Gives the same receipt for every record, and keeps none.
struct Forgetful(Receipt);

#[async_trait]
impl Recorder for Forgetful {
    async fn record_answer(&self, _draft: Draft) -> Result<Receipt, AuditError> {
        Ok(self.0.clone())
    }
}

/// Takes every signature for good.
struct Credulous;

impl SignatureCheck for Credulous {
    fn holds(&self, _key: &VerificationKey, _message: &str, _signature: &str) -> bool {
        true
    }
}

#[tokio::main(worker_threads = 1)]
async fn main() -> anyhow::Result<()> {
    let mut accountability = Accountability::default();
    match Args::parse().part {
        Part::Audit => {
            let receipt = Receipt::from_bytes(&[0; 56])?;
            accountability.recorder = Some(Arc::new(Forgetful(receipt)));
        }
        Part::Verification => accountability.signatures = Some(Arc::new(Credulous)),
    }
    serve::run(Config::read(None)?, accountability).await
}
