//! What a request came to.

use std::fmt;

use crate::error::Code;

/// What was decided on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Allowed,
    /// It was refused, or ended in an error.
    Refused(Code),
}

impl Outcome {
    /// As records keep it: `allowed`, or the code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Allowed => "allowed",
            Outcome::Refused(code) => code.as_str(),
        }
    }

    /// Reads what a record keeps; none of what no version wrote.
    pub fn parse(text: &str) -> Option<Outcome> {
        if text == Outcome::Allowed.as_str() {
            return Some(Outcome::Allowed);
        }
        Code::parse(text).map(Outcome::Refused)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
