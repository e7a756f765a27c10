//! Requests of persons about their data (PIPL 44–50): their kinds, states and days.

use chrono::{DateTime, NaiveDate, Utc};

use super::calendar::{add_working_days, day_of};

/// Working days within which a request is answered (PIPL 50: 及时; choice).
pub const ANSWER_DAYS: u32 = 15;

/// What can be asked: code in answers, code as stored (data dictionary), Chinese label, English label.
pub const KINDS: [(&str, &str, &str, &str); 7] = [
    ("ACCESS", "1", "查阅", "to see what is held"),
    ("COPY", "2", "复制", "a copy of what is held"),
    ("CORRECTION", "3", "更正", "to correct what is wrong"),
    ("COMPLETION", "4", "补充", "to complete what is missing"),
    ("DELETION", "5", "删除", "to delete"),
    ("EXPLANATION", "6", "解释说明", "to explain the rules of processing"),
    ("OBJECTION", "7", "限制或拒绝", "to restrict or refuse processing"),
];

/// The kinds as an enumeration: code, Chinese label, English label.
pub const KIND_CODES: [(&str, &str, &str); 7] = {
    let mut codes = [("", "", ""); 7];
    let mut place = 0;
    while place < KINDS.len() {
        let (code, _, zh, en) = KINDS[place];
        codes[place] = (code, zh, en);
        place += 1;
    }
    codes
};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer.
    Answered,
    /// With a refusal and its reason.
    Refused,
    /// The person took it back.
    Withdrawn,
}

impl Outcome {
    /// The code as stored.
    pub const fn code(self) -> &'static str {
        match self {
            Outcome::Answered => "ANSWERED",
            Outcome::Refused => "REFUSED",
            Outcome::Withdrawn => "WITHDRAWN",
        }
    }
}

/// The code in answers and the Chinese label of where a request stands.
pub fn state(outcome: Option<&str>, is_forwarded: bool) -> (&'static str, &'static str) {
    match outcome {
        Some("ANSWERED") => ("ANSWERED", "已答复"),
        Some("REFUSED") => ("REFUSED", "已拒绝"),
        Some(_) => ("WITHDRAWN", "已撤回"),
        None if is_forwarded => ("FORWARDED", "已转办"),
        None => ("FILED", "已受理"),
    }
}

/// The code of a kind, and its Chinese label, by the code as stored.
pub fn kind(stored: &str) -> Option<(&'static str, &'static str)> {
    KINDS.iter().find(|(_, known, ..)| *known == stored).map(|(code, _, zh, _)| (*code, *zh))
}

/// The code of a kind as it is stored.
pub fn stored(code: &str) -> Option<&'static str> {
    KINDS.iter().find(|(known, ..)| *known == code).map(|(_, stored, ..)| *stored)
}

/// The last day on which an answer is in time.
pub fn due_on(filed_at: DateTime<Utc>) -> NaiveDate {
    add_working_days(day_of(filed_at), ANSWER_DAYS)
}

/// Whether a request was, or is, answered too late.
pub fn is_overdue(due_on: NaiveDate, closed_at: Option<DateTime<Utc>>, today: NaiveDate) -> bool {
    closed_at.map_or(today, day_of) > due_on
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_due_on_the_fifteenth_working_day_in_local_time() {
        // Friday noon, and Friday evening in London, which is Saturday in Changchun.
        let due = |at: &str| due_on(at.parse().unwrap()).to_string();
        assert_eq!(due("2026-11-20T04:00:00Z"), "2026-12-11");
        assert_eq!(due("2026-11-20T17:00:00Z"), "2026-12-11");
        // Over the holidays of the National Day, whose make-up days are worked.
        assert_eq!(due("2026-09-25T00:00:00Z"), "2026-10-22");
    }

    #[test]
    fn the_last_day_is_in_time_and_the_next_is_not() {
        let due: NaiveDate = "2026-12-11".parse().unwrap();
        let at = |text: &str| Some(text.parse().unwrap());
        assert!(!is_overdue(due, at("2026-12-11T15:59:59Z"), due));
        assert!(is_overdue(due, at("2026-12-11T16:00:00Z"), due));
        assert!(!is_overdue(due, None, due));
        assert!(is_overdue(due, None, due.succ_opt().unwrap()));
    }

    #[test]
    fn every_kind_has_a_code_of_the_dictionary() {
        let stored: Vec<&str> = KINDS.iter().map(|(_, stored, ..)| *stored).collect();
        assert_eq!(stored, ["1", "2", "3", "4", "5", "6", "7"]);
        for (code, ..) in KIND_CODES {
            assert_eq!(kind(super::stored(code).unwrap()).unwrap().0, code);
        }
    }
}
