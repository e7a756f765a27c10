//! Derivations: values that are not simply a column.

use super::Group;

/// How a value comes about that is not simply a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Derivation {
    /// The database works it out.
    Computed(Computed),
    /// The gateway does, with what was read.
    Finished(Finished),
}

/// A value that the database works out of columns: it can be compared, ordered by and counted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Computed {
    /// The age band of a birth date on today's date.
    AgeBand(&'static str),
    /// Younger than 14 today, or without legal capacity (PIPL 28, 31).
    UnderGuardianship { birth_date: &'static str, incapacitated: &'static str },
    /// A column equals a value.
    Equals(&'static str, &'static str),
    /// A column has a value.
    Present(&'static str),
    /// A date is today or earlier.
    Reached(&'static str),
    /// Today is not before a date and before another, open while the other is null.
    Within { from: &'static str, until: &'static str },
    /// Today is in one of the windows of a list: its first day, and the day after its last or null.
    WithinAny(&'static str),
    /// An infectious disease was reported in time.
    Timely {
        disease: &'static str,
        category: &'static str,
        diagnosis: &'static str,
        reported: &'static str,
    },
    /// An identity number passes its checks (GB 11643-1999).
    ValidIdNumber(&'static str),
    /// A pregnancy was registered by twelve weeks and six days.
    EarlyRegistration { weeks: &'static str, lmp: &'static str, registered: &'static str },
    /// A pregnancy is registered and has not ended.
    InAntenatalCare { registered: &'static str, ended: &'static str, delivery: &'static str },
    /// So many visits were made by today.
    VisitsAtLeast { visits: &'static str, count: u32 },
    /// A visit after birth is due to the mother.
    PostpartumVisitDue { delivery: &'static str, visits: &'static str },
    /// The visit to the newborn is due; it is made together with the first visit to the mother.
    NewbornVisitDue { delivery: &'static str, visits: &'static str },
    /// At least so many calendar months between two dates, the second open while null.
    MonthsAtLeast { from: &'static str, until: &'static str, months: u32 },
    /// Given, not withdrawn, not expired.
    InForce { given: &'static str, expires: &'static str, withdrawn: &'static str },
    /// The name of an organization, generalized when its kind alone would disclose
    /// (psychiatric, infectious, detoxification, reproductive).
    Generalized { name: &'static str, kind: &'static str },
}

/// A value that only the gateway can finish: its columns are read one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finished {
    /// A keyed pseudonym of a key column: HMAC-SM3(department key, key).
    Pseudonym { of: Referent, key: &'static str },
    /// Whole calendar months between two dates, the second today while null.
    Months { from: &'static str, until: &'static str },
    /// The doses of a pending list that are due today.
    DueDoses(&'static str),
    /// The codes of a list of windows that hold today.
    CodesToday(&'static str),
    /// A list put together from part columns, each under a group of its own.
    Parts(&'static [(&'static str, Group)]),
}

impl Computed {
    /// The columns that it is made of.
    pub fn columns(self) -> Vec<&'static str> {
        match self {
            Self::AgeBand(column)
            | Self::Equals(column, _)
            | Self::Present(column)
            | Self::Reached(column)
            | Self::WithinAny(column)
            | Self::ValidIdNumber(column)
            | Self::VisitsAtLeast { visits: column, .. } => vec![column],
            Self::Timely { disease, category, diagnosis, reported } => {
                vec![disease, category, diagnosis, reported]
            }
            Self::EarlyRegistration { weeks, lmp, registered } => vec![weeks, lmp, registered],
            Self::InAntenatalCare { registered, ended, delivery } => {
                vec![registered, ended, delivery]
            }
            Self::PostpartumVisitDue { delivery, visits }
            | Self::NewbornVisitDue { delivery, visits } => vec![delivery, visits],
            Self::UnderGuardianship { birth_date, incapacitated } => {
                vec![birth_date, incapacitated]
            }
            Self::MonthsAtLeast { from, until, .. } | Self::Within { from, until } => {
                vec![from, until]
            }
            Self::InForce { given, expires, withdrawn } => vec![given, expires, withdrawn],
            Self::Generalized { name, kind } => vec![name, kind],
        }
    }
}

impl Finished {
    /// The columns that it is made of.
    pub fn columns(self) -> Vec<&'static str> {
        match self {
            Self::Pseudonym { key: column, .. }
            | Self::DueDoses(column)
            | Self::CodesToday(column) => vec![column],
            Self::Months { from, until } => vec![from, until],
            Self::Parts(parts) => parts.iter().map(|(column, _)| *column).collect(),
        }
    }
}

impl From<Computed> for Derivation {
    fn from(computed: Computed) -> Self {
        Self::Computed(computed)
    }
}

impl From<Finished> for Derivation {
    fn from(finished: Finished) -> Self {
        Self::Finished(finished)
    }
}

/// What a pseudonym stands for: one key means the same to a department wherever it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referent {
    /// A person.
    Person,
    /// A household.
    Household,
}

impl Referent {
    /// The word that pseudonyms are made under. Another word makes other pseudonyms.
    pub const fn word(self) -> &'static str {
        match self {
            Referent::Person => "person",
            Referent::Household => "household",
        }
    }
}
