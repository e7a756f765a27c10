//! What have in common: something that is owed after so many months of a stay, until it
//! is held in the county.

use crate::{
    calendar::{Day, days_between, months_after},
    facts::Row,
    fault::Fault,
    r01_migrant::{self, Migrant},
    regions::{self, County, Sense},
    residence::Resident,
    rule::{Edition, Outcome},
};

/// The edition of both: what document B asks.
pub const B_2015: Edition = Edition::new(
    "B-2015",
    Some("2015-03-06"),
    None,
    "吉卫流管发〔2015〕2号 (2015-03-06) 二(一), 二(三)",
);

/// A record or card that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The county whose unit has it; none where that is not known.
    pub county: Option<County>,
    /// Since when; none where that is not known.
    pub since: Option<Day>,
}

impl Held {
    /// A record or card from its row: the unit that manages it, else the region in its number.
    ///
    /// # Errors
    /// When a value cannot be read.
    pub fn read(row: &Row<'_>, since: &str, number: &str) -> Result<Held, Fault> {
        let unit = row.unit("managingOrg")?;
        let number = row.text(number)?;
        // 17 digits begin with the region where the record was first made.
        let first = number.as_deref().and_then(|number| number.get(..6));
        let first = first.filter(|code| regions::is_code(code)).map(str::to_owned);
        let place = unit.or(first);
        Ok(Held {
            county: place.and_then(|place| regions::county(&place, Sense::Health)),
            since: row.day(since)?,
        })
    }

    /// Whether it is held in a county on a day. One of which no unit is known is: it was told of as one
    /// that is held.
    fn is_held(&self, county: Option<&County>, on: Day) -> bool {
        let here = self.county.as_ref().is_none_or(|own| county.is_none_or(|county| own == county));
        here && self.since.is_none_or(|since| since <= on)
    }
}

/// Whether something is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No stay on the day, or no migrant: code, Chinese, English.
    NotConcerned(&'static str, &'static str, &'static str),
    /// The months are not complete.
    NotYet,
    /// It is held in the county.
    Held,
    /// It is due; there is one, held elsewhere.
    DueElsewhere,
    /// It is due; there is none.
    Due,
}

/// What is owed to somebody on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Whether.
    pub state: State,
    /// The first day of the stay.
    pub start: Option<Day>,
    /// The day on which the months are complete.
    pub due_on: Option<Day>,
    /// Days since the later of that day and 2015-03-06; 0 where it is not due.
    pub overdue_days: i64,
    /// Whether the hukou is unknown: it is owed all the same.
    pub data_gap: bool,
}

/// What is owed to a migrant after so many months of the present stay.
pub fn owed(person: &Resident, held: &[Held], months: u32, on: Day) -> Owed {
    let start = person.stay_on(on);
    let due_on = start.map(|start| months_after(start, months));
    let migrant = r01_migrant::gateway(person, on);
    let data_gap = matches!(migrant, Migrant::Unknown(..));
    let county = person.open_on(on).and_then(|residence| residence.county());
    let state = match (migrant, due_on) {
        (Migrant::No(code, zh, en), _) => State::NotConcerned(code, zh, en),
        (_, Some(due_on)) if on < due_on => State::NotYet,
        _ if held.iter().any(|held| held.is_held(county.as_ref(), on)) => State::Held,
        _ if held.iter().any(|held| held.since.is_none_or(|since| since <= on)) => {
            State::DueElsewhere
        }
        _ => State::Due,
    };
    let is_due = matches!(state, State::Due | State::DueElsewhere);
    let in_force = B_2015.from.and_then(|from| from.parse().ok());
    let since = due_on.max(in_force).filter(|_| is_due);
    let overdue_days = since.map_or(0, |since| days_between(since, on).max(0));
    Owed { state, start, due_on, overdue_days, data_gap }
}

/// Words of a rule for its answers.
pub struct Words {
    /// What is owed: Chinese, English.
    pub thing: (&'static str, &'static str),
    /// The code where it is due.
    pub code: &'static str,
    /// The months of stay.
    pub months: u32,
    /// The derived field of the dictionary.
    pub field: &'static str,
}

/// The answer in words. A day before 2015-03-06 gets one, too, marked as not in force: overdue days
/// count from that day on.
pub fn outcome(owed: &Owed, words: &Words, on: Day) -> Outcome {
    let Words { thing: (zh, en), code, months, field } = *words;
    let is_due = matches!(owed.state, State::Due | State::DueElsewhere);
    let day = owed.due_on.map(|day| day.to_string()).unwrap_or_default();
    let outcome = match &owed.state {
        State::NotConcerned(code, zh, en) => Outcome::new(false, code, *zh, *en),
        State::NotYet => Outcome::new(
            false,
            "NOT_YET",
            format!("连续居住未满{months}个月,{day}起应建{zh}"),
            format!("{months} months of stay are not complete; {en} is due from {day}"),
        ),
        State::Held => Outcome::new(
            false,
            "HELD",
            format!("本县(市、区)已有{zh}"),
            format!("{en} is held in the county"),
        ),
        State::DueElsewhere => Outcome::new(
            true,
            "NOT_TRANSFERRED",
            format!("已满{months}个月,{zh}尚未转入本县(市、区),应转入或建立"),
            format!("{months} months are complete and {en} was not transferred to the county"),
        ),
        State::Due => Outcome::new(
            true,
            code,
            format!("{day}起连续居住满{months}个月,尚无{zh},应建立"),
            format!("{months} months of stay are complete since {day} and there is no {en}"),
        ),
    };
    let outcome = Outcome { in_force: B_2015.is_in_force(on), ..outcome.of(&B_2015) };
    let outcome = outcome
        .with(field, is_due)
        .with_day("stayStart", owed.start)
        .with_day("dueOn", owed.due_on)
        .with("overdueDays", owed.overdue_days);
    if owed.data_gap { outcome.with("dataGap", true) } else { outcome }
}
