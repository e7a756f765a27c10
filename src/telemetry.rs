//! The log: to standard error, without values of requests or people.

mod repeats;

use std::{io::IsTerminal as _, sync::Arc, thread, time::Duration, time::Instant};

use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::FilterExt as _, filter::filter_fn, fmt,
    layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use self::repeats::{Once, Repeats, Summary};
use crate::config::{Log, LogFormat};

/// Libraries whose finest log lines hold parameters of statements, headers and bodies.
const TALKATIVE: [&str; 8] =
    ["tokio_postgres", "postgres", "sqlx", "sea_orm", "hyper", "h2", "reqwest", "rustls"];

/// The target of lines that tell of lines that were not written.
const SUMMARY: &str = "migrant_gateway::log";

/// How often it is looked whether some are to be told of.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The log while it is kept; tells of what was collected when it is dropped.
pub struct Logging(Arc<Repeats>);

impl Drop for Logging {
    fn drop(&mut self) {
        log_summaries(&self.0.due(Instant::now(), true));
    }
}

/// Starts logging.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(log: &Log) -> anyhow::Result<Logging> {
    let repeats = Arc::new(Repeats::default());
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| anyhow::anyhow!("log.filter is not valid: {error}"))?
        .and(filter_fn(holds_no_values))
        .and(Once(repeats.clone()));
    let lines =
        fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    let collected = repeats.clone();
    // A thread of its own: the others may be busy with what there is to tell of.
    thread::Builder::new().name("log".to_owned()).spawn(move || {
        loop {
            thread::sleep(LOOK_EVERY);
            log_summaries(&collected.due(Instant::now(), false));
        }
    })?;
    Ok(Logging(repeats))
}

/// Tells of lines that were not written.
fn log_summaries(summaries: &[Summary]) {
    for Summary { metadata, text, repeated } in summaries {
        let (line, source, seconds) =
            (text.as_str(), metadata.target(), repeats::INTERVAL.as_secs());
        if *metadata.level() == Level::ERROR {
            tracing::error!(target: SUMMARY, repeated, seconds, source, line, "repeated");
        } else {
            tracing::warn!(target: SUMMARY, repeated, seconds, source, line, "repeated");
        }
    }
}

/// Whatever the filter says, these lines are not written.
fn holds_no_values(line: &Metadata<'_>) -> bool {
    let of_library = TALKATIVE.iter().any(|library| line.target().starts_with(library));
    !of_library || *line.level() <= Level::INFO
}
