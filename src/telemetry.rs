//! The log: to standard error, without values of requests or people.

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterExt as _, filter::filter_fn, fmt,
    layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::config::{Log, LogFormat};

/// Libraries whose finest log lines hold parameters of statements, headers and bodies.
const TALKATIVE: [&str; 8] =
    ["tokio_postgres", "postgres", "sqlx", "sea_orm", "hyper", "h2", "reqwest", "rustls"];

/// Starts logging.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| anyhow::anyhow!("log.filter is not valid: {error}"))?
        .and(filter_fn(holds_no_values));
    let lines =
        fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    Ok(())
}

/// Whatever the filter says, these lines are not written.
fn holds_no_values(line: &Metadata<'_>) -> bool {
    let of_library = TALKATIVE.iter().any(|library| line.target().starts_with(library));
    !of_library || *line.level() <= Level::INFO
}
