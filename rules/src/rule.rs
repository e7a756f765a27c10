//! What a rule is: its name, editions, source, the fields it reads, and the function.

use serde_json::Value;

use crate::{calendar::Day, facts::Facts, fault::Fault};

/// An edition of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Edition {
    /// Its name.
    pub id: &'static str,
    /// The first day in force; none where it has none or the day is unknown.
    pub from: Option<&'static str>,
    /// The last day in force.
    pub until: Option<&'static str>,
    /// Where it is written.
    pub source: &'static str,
    /// Whether its days are confirmed.
    pub confirmed: bool,
    /// Whether its first day is unknown: then it is in force on no day.
    pub unknown_start: bool,
}

impl Edition {
    /// An edition with its first and last day, both confirmed.
    pub const fn new(
        id: &'static str,
        from: Option<&'static str>,
        until: Option<&'static str>,
        source: &'static str,
    ) -> Edition {
        Edition { id, from, until, source, confirmed: true, unknown_start: false }
    }

    /// The same with days that are not confirmed.
    pub const fn unconfirmed(self) -> Edition {
        Edition { confirmed: false, ..self }
    }

    /// The same with a first day that nobody knows yet.
    pub const fn without_start(self) -> Edition {
        Edition { confirmed: false, unknown_start: true, ..self }
    }

    /// Whether it is in force on a day.
    pub fn is_in_force(&self, on: Day) -> bool {
        let parse = |day: Option<&str>| day.and_then(|day| day.parse::<Day>().ok());
        !self.unknown_start
            && parse(self.from).is_none_or(|from| from <= on)
            && parse(self.until).is_none_or(|until| on <= until)
    }
}

/// Fields of a kind that a rule reads.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// The kind.
    pub kind: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The day asked about.
    pub on: Day,
    /// The edition asked for; none for the one in force, or the rule's default.
    pub edition: Option<&'static Edition>,
}

/// A rule.
pub struct Rule {
    /// Its name: `R-02`.
    pub id: &'static str,
    /// Other names that find it: those of the derived field or of the worklist.
    pub aliases: &'static [&'static str],
    /// The title in Chinese.
    pub title_zh: &'static str,
    /// The title in English.
    pub title_en: &'static str,
    /// The definition.
    pub text: &'static str,
    /// The days on which its answer turns, by examples.
    pub boundaries: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// Its editions, oldest first.
    pub editions: &'static [Edition],
    /// Whether a day in the case picks the edition (of diagnosis, of birth), and not the day asked about.
    pub dated_by_case: bool,
    /// Whether it decides what somebody is owed: such a rule reads no permit and no status.
    pub eligibility: bool,
    /// All it reads. What is not here never reaches it.
    pub inputs: &'static [Input],
    /// A day to ask the example about.
    pub example_on: &'static str,
    /// A case, as one line of JSON.
    pub example: &'static str,
    /// The function.
    pub evaluate: fn(&Facts<'_>, Question) -> Result<Outcome, Fault>,
}

impl Rule {
    /// The edition with a name.
    pub fn edition(&self, id: &str) -> Option<&'static Edition> {
        self.editions.iter().find(|edition| edition.id.eq_ignore_ascii_case(id))
    }

    /// Whether it reads a field.
    pub fn reads(&self, kind: &str, field: &str) -> bool {
        self.inputs.iter().any(|input| input.kind == kind && input.fields.contains(&field))
    }
}

/// The reason of an answer, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A stable code.
    pub code: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What a rule answers.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The edition that answered; a list where each series of the case has its own.
    pub edition: Value,
    /// Whether that edition is in force on the day.
    pub in_force: bool,
    /// The answer: true, false, null where it cannot be told, or a word.
    pub result: Value,
    /// What else there is to know: days, lists, derived fields by the dictionary's names.
    pub details: Vec<(String, Value)>,
    /// Why.
    pub reason: Reason,
}

impl Outcome {
    /// An answer with its reason.
    pub fn new(
        result: impl Into<Value>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Outcome {
        let reason = Reason { code, zh: zh.into(), en: en.into() };
        Outcome {
            edition: Value::Null,
            in_force: true,
            result: result.into(),
            details: Vec::new(),
            reason,
        }
    }

    /// No answer, for the edition is not in force on the day.
    pub fn not_in_force(edition: &'static Edition, on: Day) -> Outcome {
        let span = |empty: &str| {
            let end = |day: Option<&'static str>| day.unwrap_or(empty).to_owned();
            (end(edition.from), end(edition.until))
        };
        let ((from, until), id) = (span("…"), edition.id);
        let outcome = Outcome::new(
            "NOT_IN_FORCE",
            "NOT_IN_FORCE",
            format!("{on} 不在版本 {id} 的施行期间({from} 至 {until})"),
            format!("edition {id} is not in force on {on}; it is from {from} to {until}"),
        );
        Outcome { in_force: false, ..outcome.of(edition) }
    }

    /// The same as an answer of an edition.
    pub fn of(self, edition: &'static Edition) -> Outcome {
        Outcome { edition: edition.id.into(), ..self }
    }

    /// The same with one more detail.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Outcome {
        self.details.retain(|(known, _)| known != name);
        self.details.push((name.to_owned(), value.into()));
        self
    }

    /// The same with a day, where there is one.
    pub fn with_day(self, name: &str, day: Option<Day>) -> Outcome {
        self.with(name, day.map(|day| day.to_string()))
    }
}
