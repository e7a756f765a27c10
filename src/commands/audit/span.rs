//! A period, as options name it.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone as _, Utc};
use clap::Args;

use crate::audit::Period;

/// From an instant on, up to and without another.
#[derive(Args, Clone, Copy, Debug)]
pub struct Span {
    /// From this instant on (2026-11-20T08:00:00+08:00), or from this day on (2026-11-20, in
    /// Asia/Shanghai).
    #[arg(long, value_name = "TIME", value_parser = begin)]
    from: Option<DateTime<Utc>>,
    /// Before this instant, or up to the end of this day.
    #[arg(long, value_name = "TIME", value_parser = end)]
    to: Option<DateTime<Utc>>,
}

impl Span {
    /// The period.
    pub fn period(self) -> Period {
        Period { from: self.from, to: self.to }
    }
}

fn begin(text: &str) -> Result<DateTime<Utc>, String> {
    parse(text, 0)
}

fn end(text: &str) -> Result<DateTime<Utc>, String> {
    parse(text, 1)
}

fn parse(text: &str, days: u64) -> Result<DateTime<Utc>, String> {
    let invalid = || {
        "write a day (2026-11-20) or an instant with its offset (2026-11-20T08:00:00+08:00)"
            .to_owned()
    };
    if let Ok(instant) = text.parse::<DateTime<FixedOffset>>() {
        return Ok(instant.to_utc());
    }
    let day: NaiveDate = text.parse().map_err(|_| invalid())?;
    let day = day.checked_add_days(Days::new(days)).ok_or_else(invalid)?;
    let shanghai = FixedOffset::east_opt(8 * 3600).ok_or_else(invalid)?;
    let midnight = shanghai.from_local_datetime(&day.and_time(NaiveTime::MIN)).single();
    midnight.map(|midnight| midnight.to_utc()).ok_or_else(invalid)
}
