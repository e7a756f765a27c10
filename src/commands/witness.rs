//! `witness`: remember what logs were, and cosign what they are.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use tokio::net::TcpListener;

use super::{print, serve};
use crate::{
    clock::SystemClock,
    config::Config,
    http::{self, ServeOptions},
    log::{
        key::LogKey,
        note::{Kind, Signer, VerifierKey},
        witness::{self, Register},
    },
    telemetry,
};

#[derive(Subcommand)]
pub enum Command {
    /// Make the key of a new witness, and print what its cosignatures are verified with.
    Init {
        /// Its name, best a URL without its scheme: oversight.example.gov.cn/witness.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        place: WitnessDirectory,
    },
    /// Print what the cosignatures of the witness are verified with.
    Key(WitnessDirectory),
    /// Serve `POST /add-checkpoint` (https://c2sp.org/tlog-witness), until told to stop.
    #[allow(rustdoc::bare_urls, reason = "it is the command's help, too")]
    Serve {
        #[command(flatten)]
        place: WitnessDirectory,
        /// Address and port to listen on; plain HTTP, so put TLS in a proxy before it.
        #[arg(long, default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
        /// The key of a log to watch over, as `audit checkpoint --key` prints it; may be given
        /// more than once.
        #[arg(long = "log", value_name = "KEY", required = true)]
        logs: Vec<VerifierKey>,
    },
}

/// Where the witness keeps its key and what it remembers.
#[derive(Args)]
pub struct WitnessDirectory {
    /// The directory of the witness: its key, its name, and what it remembers. It never runs twice
    /// and is never restored to an earlier state: it could cosign a fork.
    #[arg(long, default_value = "witness")]
    directory: PathBuf,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Init { name, place } => {
            let path = place.directory.join("witness.pem");
            anyhow::ensure!(!path.exists(), "{} exists already", path.display());
            let key = LogKey::create(&path).with_context(|| path.display().to_string())?;
            let signer = key.into_signer(&name).with_context(|| format!("--name {name}"))?;
            let public = format!("{}\n", signer.verifier(Kind::Cosignature));
            let path = place.directory.join("witness.pub");
            std::fs::write(&path, &public).with_context(|| path.display().to_string())?;
            print(&public)
        }
        Command::Key(place) => {
            let public = signer(&place)?.verifier(Kind::Cosignature);
            print(&format!("{public}\n"))
        }
        Command::Serve { place, listen, logs } => {
            let _log = telemetry::start(&config.log)?;
            let stop = serve::stop()?;
            let signer = signer(&place)?;
            let memory = place.directory.join("logs");
            let register = Register::open(signer, logs, &memory, Arc::new(SystemClock))
                .context("the witness cannot start")?;
            let listener: TcpListener = http::listen(listen).with_context(|| {
                format!("cannot listen on {listen}; choose another with --listen")
            })?;
            tracing::info!(address = %listener.local_addr()?, "witnessing");
            let router = witness::router(Arc::new(register));
            let options = ServeOptions::of(config)?;
            http::serve_router(router, || async {}, listener, stop, options).await?;
            tracing::info!("stopped");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn signer(place: &WitnessDirectory) -> anyhow::Result<Signer> {
    let path = place.directory.join("witness.pub");
    let public = std::fs::read_to_string(&path).with_context(|| {
        format!("{}: make the witness with: migrant-gateway witness init", path.display())
    })?;
    let public: VerifierKey = public.parse().with_context(|| path.display().to_string())?;
    let path = place.directory.join("witness.pem");
    let key = LogKey::open(&path).with_context(|| path.display().to_string())?;
    let signer = key.into_signer(public.name())?;
    anyhow::ensure!(
        signer.verifier(Kind::Cosignature) == public,
        "witness.pub is not the public half of {}",
        path.display()
    );
    Ok(signer)
}
