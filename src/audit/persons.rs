//! Whose data a record tells of, and what of each.

use std::collections::HashMap;

use super::fields::Fields;

/// The persons of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subjects {
    /// Their keys, in any order and with repetitions.
    persons: Vec<i64>,
    /// What was shown or tested of each, where that was not the same.
    shown: Option<Shown>,
}

/// What was shown or tested of persons who stand in the order of their keys, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    sets: Vec<Fields>,
    /// The place of each person's set.
    of: Vec<usize>,
}

impl From<Vec<i64>> for Subjects {
    /// Of each of them everything that the record names.
    fn from(persons: Vec<i64>) -> Self {
        Self { persons, shown: None }
    }
}

impl Subjects {
    /// Persons in the order of their keys, each once with the place of what was shown or tested of it
    /// among `sets`.
    pub fn with(persons: Vec<(i64, usize)>, sets: Vec<Fields>) -> Self {
        let (persons, of) = persons.into_iter().unzip();
        Self { persons, shown: Some(Shown { sets, of }) }
    }

    /// Those of whom a record that names `fields` tells.
    pub(super) fn divide(self, fields: &Fields) -> Divided {
        let Self { mut persons, shown } = self;
        let Some(Shown { sets, of }) = shown else {
            persons.sort_unstable();
            persons.dedup();
            return Divided { persons, ..Divided::default() };
        };
        if let [all] = sets.as_slice()
            && all == fields
        {
            return Divided { persons, ..Divided::default() };
        }
        // Sets that differ in what the record does not name are one.
        let mut numbers: HashMap<String, i16> = HashMap::new();
        let mut marks: Vec<String> = Vec::new();
        let mut number_of = |set: &Fields| {
            let marked = fields.marks(set);
            *numbers.entry(marked).or_insert_with_key(|marked| {
                marks.push(marked.clone());
                i16::try_from(marks.len()).unwrap_or(i16::MAX)
            })
        };
        let numbers: Vec<i16> = sets.iter().map(&mut number_of).collect();
        let sets: Vec<i16> = of.iter().filter_map(|place| numbers.get(*place).copied()).collect();
        match marks.as_slice() {
            [all] if !all.contains('0') => Divided { persons, ..Divided::default() },
            // Of nobody anything; or more than there are numbers, where everything is named of everybody.
            [] => Divided { persons, ..Divided::default() },
            many if i16::try_from(many.len()).is_err() => Divided { persons, ..Divided::default() },
            [one] => Divided { persons, shown: Some(one.clone()), sets: Vec::new() },
            _ => Divided { persons, shown: Some(marks.join(" ")), sets },
        }
    }
}

/// The persons of a record as it keeps them.
#[derive(Debug, Default)]
pub(super) struct Divided {
    /// Sorted, each once.
    pub persons: Vec<i64>,
    /// The sets of fields that were shown or tested; none where all persons have all fields.
    pub shown: Option<String>,
    /// The number of each person's set, from 1; empty where there is one for all.
    pub sets: Vec<i16>,
}
