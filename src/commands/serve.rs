//! `serve`: answer requests until told to stop.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{net::TcpListener, signal::unix::SignalKind, task::JoinHandle};

use crate::{
    app::{self, Gateway},
    clock::SystemClock,
    config::Config,
    http::{self, ServeOptions},
    log::keeper::Keeper,
    startup::{self, Accountability},
    telemetry,
};

/// Serves until told to stop.
///
/// # Errors
/// When the gateway cannot start, or the port cannot be listened on.
pub async fn run(config: Config, accountability: Accountability) -> anyhow::Result<()> {
    let _log = telemetry::start(&config.log)?;
    let options = ServeOptions::of(&config)?;
    // Before anybody can know that it runs: whoever is told to stop from then on, stops.
    let mut stop = Box::pin(stop()?);
    let (gateway, keeper) = tokio::select! {
        started = start(&config, accountability) => started?,
        () = &mut stop => return Ok(()),
    };
    let listener: TcpListener = http::listen(config.server.listen).with_context(|| {
        format!("cannot listen on {}; set server.listen to another", config.server.listen)
    })?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let refresh = tokio::spawn(app::follow(gateway.clone()));
    let settle = tokio::spawn(app::settle(gateway.clone()));
    let keeping = keep(&gateway, &keeper, &config);
    http::serve(gateway.clone(), listener, stop, options).await?;
    refresh.abort();
    settle.abort();
    keeping.abort();
    app::settle_rest(&gateway).await;
    keeper.close().await;
    tracing::info!("stopped");
    Ok(())
}

async fn start(
    config: &Config,
    accountability: Accountability,
) -> anyhow::Result<(Arc<Gateway>, Arc<Keeper>)> {
    let clock = Arc::new(SystemClock);
    let gateway = startup::gateway_with(config, clock.clone(), accountability).await?;
    let keeper = startup::keeper(config, &gateway, clock).await?;
    Ok((Arc::new(gateway), Arc::new(keeper)))
}

/// Signs the log in the background.
pub fn keep(gateway: &Arc<Gateway>, keeper: &Arc<Keeper>, config: &Config) -> JoinHandle<()> {
    let every = Duration::from_secs(config.checkpoints.interval_seconds.get().into());
    let (gateway, keeper) = (gateway.clone(), keeper.clone());
    tokio::spawn(async move { keeper.run(&gateway.audit, every).await })
}

/// Resolves at SIGTERM or SIGINT, if one comes after this call.
pub fn stop() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
