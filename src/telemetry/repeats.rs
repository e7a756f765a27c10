//! Lines that repeat are collected: the first is written at once, the others are counted and told of
//! after a while, once for all. A line with another reason is another line.
//!
//! A database that is away for an hour is one fact, and what is written six times a second hides
//! everything else that happens in that hour.

use std::{
    collections::HashMap,
    fmt::{self, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tracing::{
    Event, Level, Metadata,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Filter};

/// For how long repetitions of a line are collected.
pub const INTERVAL: Duration = Duration::from_secs(10);

/// How many lines of one place in the program are told apart at a time; the others count as one.
const REASONS: usize = 8;

/// Where a line comes from; the address of what describes it.
type CallSite = usize;

/// The lines of warnings and errors of the last while. Others are not collected: each tells of a
/// request or an act of its own.
#[derive(Default)]
pub struct Repeats(Mutex<HashMap<CallSite, Vec<Line>>>);

struct Line {
    metadata: &'static Metadata<'static>,
    /// Its text; none for all lines beyond those that are told apart.
    text: Option<String>,
    since: Instant,
    repeated: u64,
}

/// Lines that were not written.
pub struct Summary {
    pub metadata: &'static Metadata<'static>,
    pub text: String,
    pub repeated: u64,
}

impl Repeats {
    /// Whether a line is to be written; counts it otherwise.
    fn is_new(&self, event: &Event<'_>, now: Instant) -> bool {
        let mut text = Text::default();
        event.record(&mut text);
        let mut places = self.0.lock();
        let metadata = event.metadata();
        let lines = places.entry(std::ptr::from_ref(metadata).addr()).or_default();
        if let Some(known) = lines.iter_mut().find(|line| line.text.as_ref() == Some(&text.0)) {
            known.repeated += 1;
            return false;
        }
        if let Some(others) = lines.iter_mut().find(|line| line.text.is_none()) {
            others.repeated += 1;
            return false;
        }
        let is_told_apart = lines.len() < REASONS;
        let text = is_told_apart.then_some(text.0);
        let repeated = u64::from(!is_told_apart);
        lines.push(Line { metadata, text, since: now, repeated });
        is_told_apart
    }

    /// What was collected for as long as the interval; all that was collected, where it ends.
    pub fn due(&self, now: Instant, is_end: bool) -> Vec<Summary> {
        let mut due = Vec::new();
        self.0.lock().retain(|_, lines| {
            lines.retain_mut(|line| {
                if !is_end && now.duration_since(line.since) < INTERVAL {
                    return true;
                }
                if line.repeated == 0 {
                    return false;
                }
                let text = line.text.clone().unwrap_or_else(|| "with other reasons".to_owned());
                due.push(Summary { metadata: line.metadata, text, repeated: line.repeated });
                (line.since, line.repeated) = (now, 0);
                // Whether it goes on the next interval tells; the others are told apart anew.
                line.text.is_some()
            });
            !lines.is_empty()
        });
        due
    }
}

/// Lets the first of equal lines through.
pub struct Once(pub Arc<Repeats>);

impl<S> Filter<S> for Once {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        let is_collected = *metadata.level() <= Level::WARN && metadata.target() != super::SUMMARY;
        !is_collected || self.0.is_new(event, Instant::now())
    }
}

/// What a line says: its message and then its fields.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a text does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::{Layer as _, layer::SubscriberExt as _};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What is written by a program, and what is still collected after it.
    fn written(program: impl FnOnce()) -> (Vec<String>, Arc<Repeats>) {
        let (written, repeats) = (Written::default(), Arc::new(Repeats::default()));
        let to = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || to.clone())
            .with_ansi(false)
            .with_filter(Once(repeats.clone()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), program);
        let text = String::from_utf8(written.0.lock().clone()).expect("text");
        (text.lines().map(str::to_owned).collect(), repeats)
    }

    fn later(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[test]
    fn a_line_that_repeats_is_written_once_and_counted() {
        let (lines, repeats) = written(|| {
            for _ in 0..30_000 {
                tracing::warn!(error = "too many files", "a connection was not accepted");
            }
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(repeats.due(later(1), false).is_empty(), "not yet");
        let due = repeats.due(later(11), false);
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].repeated, 29_999);
        assert!(due[0].text.starts_with("a connection was not accepted"), "{}", due[0].text);
        assert!(repeats.due(later(22), false).is_empty(), "it is over");
    }

    #[test]
    fn a_new_reason_is_written_at_once() {
        let (lines, _) = written(|| {
            for reason in ["refused", "refused", "timed out", "refused"] {
                tracing::error!(error = reason, "no record, so no answer");
            }
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].contains("timed out"));
    }

    #[test]
    fn reasons_without_end_are_one_line_from_some_number_on() {
        let (lines, repeats) = written(|| {
            for number in 0..1000 {
                tracing::warn!(number, "it is odd");
            }
        });
        assert_eq!(lines.len(), REASONS);
        let due = repeats.due(later(0), true);
        assert_eq!(due.iter().map(|summary| summary.repeated).sum::<u64>(), 1000 - REASONS as u64);
    }

    #[test]
    fn lines_that_tell_of_acts_are_all_written() {
        let act = || (0..3).for_each(|_| tracing::info!("a token was issued"));
        assert_eq!(written(act).0.len(), 3);
    }
}
