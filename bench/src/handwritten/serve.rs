//! How every Rust contender is told where to listen and what to read.

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;

/// The database's URL, from the environment as `DATABASE_URL`.
///
/// # Errors
/// When it is not set.
pub fn database_url() -> anyhow::Result<String> {
    std::env::var("DATABASE_URL").context("set DATABASE_URL")
}

/// Serves on `PORT` of 127.0.0.1 until the process ends.
///
/// # Errors
/// When the port is not set or not free.
pub async fn serve(router: Router) -> anyhow::Result<()> {
    let port: u16 = std::env::var("PORT").context("set PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}
