//! `serve`: answer requests until told to stop.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::{net::TcpListener, signal::unix::SignalKind};

use crate::{
    clock::SystemClock,
    config::Config,
    http::{self, ServeOptions},
    startup, state, telemetry, volume,
};

pub async fn run(config: Config) -> anyhow::Result<()> {
    let _log = telemetry::start(&config.log)?;
    let options = ServeOptions::of(&config)?;
    // Before anybody can know that it runs: whoever is told to stop from then on, stops.
    let mut stop = Box::pin(stop()?);
    let gateway = tokio::select! {
        gateway = startup::gateway(&config, Arc::new(SystemClock)) => Arc::new(gateway?),
        () = &mut stop => return Ok(()),
    };
    let listener = TcpListener::bind(config.server.listen).await.with_context(|| {
        format!("cannot listen on {}; set server.listen to another", config.server.listen)
    })?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    let refresh = tokio::spawn(state::follow(gateway.clone()));
    let settle = tokio::spawn(volume::keep(gateway.clone()));
    http::serve(gateway.clone(), listener, stop, options).await?;
    refresh.abort();
    settle.abort();
    volume::close(&gateway).await;
    tracing::info!("stopped");
    Ok(())
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
