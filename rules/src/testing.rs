//! What the tests of several rules share.

use serde_json::Value;

use crate::{calendar::Day, eval};

/// A day from its text.
pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// What a rule answers about a case on a day, as the command line prints it.
pub fn answer(rule: &str, on: &str, case: &str) -> Value {
    answer_in(rule, None, on, case)
}

/// The same in a named edition.
pub fn answer_in(rule: &str, edition: Option<&str>, on: &str, case: &str) -> Value {
    let rule = crate::find(rule).unwrap();
    let answer = eval::line(rule, edition, day(on), case, 1);
    serde_json::to_value(answer.unwrap_or_else(|fault| panic!("{fault}: {case}"))).unwrap()
}

/// The answer's result, and the code of its reason.
pub fn result(rule: &str, on: &str, case: &str) -> (Value, String) {
    let answer = answer(rule, on, case);
    (answer["result"].clone(), answer["reason"]["code"].as_str().unwrap().to_owned())
}

/// Asserts that a rule turns on a day: not so on its eve, so on the day.
pub fn assert_turns(rule: &str, turn: &str, before: bool, after: bool, case: &str) {
    let turn = day(turn);
    let eve = turn.pred_opt().unwrap();
    for (on, expected) in [(eve, before), (turn, after)] {
        let (found, reason) = result(rule, &on.to_string(), case);
        assert_eq!(found, Value::Bool(expected), "{rule} on {on}: {reason}: {case}");
    }
}
