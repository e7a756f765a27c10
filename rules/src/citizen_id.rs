//! Citizen identity numbers (GB 11643-1999): check character, parts and validity.
//!
//! The demonstration makes up its population by it, R-12 finds numbers that it refuses, and `idNumberValid` says
//! the same of a number when it is read.

use chrono::{Datelike, NaiveDate};

/// What sort of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 18 characters with a check character.
    Current,
    /// 15 digits as issued until 1999: no check character; report cards still allow it.
    Legacy,
}

/// A number that passed its checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitizenId {
    /// The number, its `x` in upper case.
    pub number: String,
    /// Current or legacy.
    pub kind: Kind,
    /// The birth date it holds.
    pub birth: NaiveDate,
    /// Whether its sequence is odd.
    pub male: bool,
}

/// Why a text is not a valid number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing given; a newborn has no number yet.
    #[error("no number")]
    Missing,
    /// Neither 18 nor 15 characters.
    #[error("neither 18 nor 15 characters")]
    Length,
    /// Something other than digits, or an X before the end.
    #[error("a character that does not belong")]
    Character,
    /// The digits of the birth date are no day.
    #[error("the birth date is no day of the calendar")]
    BirthDate,
    /// Sequence 000, which is never issued.
    #[error("sequence 000 is never issued")]
    Sequence,
    /// The check character is wrong.
    #[error("the check character is wrong")]
    CheckCharacter,
}

impl CitizenId {
    /// Checks a number. The region is not checked against the birth date: it is the place where
    /// the number was first given, often under a code retired since.
    pub fn parse(text: &str) -> Result<CitizenId, Invalid> {
        let number = text.trim().to_ascii_uppercase();
        let digits = match number.len() {
            0 => return Err(Invalid::Missing),
            15 => &number[..],
            18 => number.get(..17).ok_or(Invalid::Character)?,
            _ => return Err(Invalid::Length),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Invalid::Character);
        }
        let (kind, birth, sequence) = match digits.len() {
            15 => (Kind::Legacy, format!("19{}", &digits[6..12]), &digits[12..]),
            _ => (Kind::Current, digits[6..14].to_owned(), &digits[14..]),
        };
        let birth = NaiveDate::parse_from_str(&birth, "%Y%m%d").map_err(|_| Invalid::BirthDate)?;
        let male = sequence.as_bytes()[2] % 2 == 1;
        if kind == Kind::Current {
            if sequence == "000" {
                return Err(Invalid::Sequence);
            }
            if !number.ends_with(check_character(digits)) {
                return Err(Invalid::CheckCharacter);
            }
        }
        Ok(CitizenId { number, kind, birth, male })
    }
}

/// The check character over the first 17 digits (ISO 7064 MOD 11-2).
pub fn check_character(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let weighted =
        digits.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight);
    CHARACTERS[(weighted.sum::<u32>() % 11) as usize]
}

/// The number with these parts.
pub fn compose(region: u32, birth: NaiveDate, sequence: u32) -> String {
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    let mut number = format!("{region:06}{year:04}{month:02}{day:02}{sequence:03}");
    number.push(check_character(&number));
    number
}

/// Whether a number's region is one of 229901–229904, which no living person can have.
pub fn is_synthetic(number: &str) -> bool {
    matches!(number.get(..6), Some("229901" | "229902" | "229903" | "229904"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows;

    #[test]
    fn the_vectors_hold() {
        let mut seen = 0;
        for row in rows(include_str!("../data/id_vectors.csv")) {
            let parsed = CitizenId::parse(row[0]);
            let held = match row[1] {
                "valid" | "valid-checksum" => {
                    parsed.as_ref().is_ok_and(|id| id.kind == Kind::Current && id.number == row[0])
                }
                "normalise" => parsed.as_ref().is_ok_and(|id| id.number.ends_with('X')),
                "legacy" => parsed.as_ref().is_ok_and(|id| id.kind == Kind::Legacy),
                "policy" => parsed == Err(Invalid::Sequence),
                "missing" => parsed == Err(Invalid::Missing),
                "invalid" => matches!(parsed, Err(Invalid::CheckCharacter | Invalid::BirthDate)),
                other => panic!("an unknown expectation: {other}"),
            };
            assert!(held, "{row:?} gave {parsed:?}");
            seen += 1;
        }
        assert_eq!(seen, 16);
    }

    #[test]
    fn parts_are_read() {
        let id = CitizenId::parse("11010519491231002x").unwrap();
        assert_eq!((id.birth, id.male), (NaiveDate::from_ymd_opt(1949, 12, 31).unwrap(), false));
        let legacy = CitizenId::parse("110105491231002").unwrap();
        assert_eq!((legacy.birth, legacy.male), (id.birth, false));
    }

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        assert_eq!(CitizenId::parse("123"), Err(Invalid::Length));
        assert_eq!(CitizenId::parse("11010519491231X02X"), Err(Invalid::Character));
        assert_eq!(CitizenId::parse("身份证号码"), Err(Invalid::Character));
        assert_eq!(CitizenId::parse("身份证号码身"), Err(Invalid::Character));
    }

    #[test]
    fn composed_numbers_parse_and_are_synthetic() {
        let birth = NaiveDate::from_ymd_opt(1985, 6, 15).unwrap();
        let number = compose(229901, birth, 1);
        assert_eq!(number, "229901198506150016");
        assert!(is_synthetic(&number) && CitizenId::parse(&number).is_ok());
        assert!(!is_synthetic("11010519491231002X") && !is_synthetic("2299"));
    }
}
