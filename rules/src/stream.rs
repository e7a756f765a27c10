//! Many cases, one a line: each is answered by a line, in order, whole.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::json;

use crate::{
    calendar::Day,
    eval::{self, Answer},
    fault::{Code, Fault},
    rule::Rule,
};

/// The longest line that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases answered.
    pub answered: u64,
    /// Lines that could not be read.
    pub faults: u64,
    /// The first of them.
    pub first_fault: Option<(u64, Code)>,
}

/// Answers each line of the input. A line that cannot be read is answered by its fault, and the others
/// keep their places; empty lines are none.
///
/// # Errors
/// When the input cannot be read or the output not written.
pub fn run(
    rule: &Rule,
    edition: Option<&str>,
    on: Day,
    mut input: impl BufRead,
    mut output: impl Write,
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if input.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let is_whole = line.ends_with(b"\n") || line.len() as u64 <= LONGEST;
        if !is_whole {
            skip_line(&mut input)?;
        }
        let answer =
            if is_whole { answer(rule, edition, on, &line, number) } else { Err(too_long()) };
        let answer = match answer {
            Ok(None) => continue,
            Ok(Some(answer)) => {
                summary.answered += 1;
                answer
            }
            Err(fault) => {
                summary.faults += 1;
                summary.first_fault.get_or_insert((number, fault.code));
                let mut answer = Answer::default();
                answer.push("line", number);
                answer.push("rule", rule.id);
                answer
                    .push("error", json!({ "code": fault.code.name(), "message": fault.message }));
                answer
            }
        };
        // In one piece: nobody reads half an answer.
        let mut text = serde_json::to_vec(&answer)?;
        text.push(b'\n');
        output.write_all(&text)?;
    }
    output.flush()?;
    Ok(summary)
}

fn answer(
    rule: &Rule,
    edition: Option<&str>,
    on: Day,
    line: &[u8],
    number: u64,
) -> Result<Option<Answer>, Fault> {
    let text = std::str::from_utf8(line)
        .map_err(|_| Fault::new(Code::InvalidJson, "not UTF-8; save the file as UTF-8"))?;
    // Some editors begin a file with a mark of its encoding.
    let text = if number == 1 { text.trim_start_matches('\u{feff}') } else { text };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    eval::line(rule, edition, on, text, number).map(Some)
}

fn too_long() -> Fault {
    let message = format!("longer than {LONGEST} bytes; a line holds one case");
    Fault::new(Code::InvalidShape, message)
}

/// Reads to the end of a line without keeping it.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let (used, ends) = {
            let buffer = input.fill_buf()?;
            match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            }
        };
        input.consume(used);
        if ends {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testing::day;

    fn run_on(input: &[u8]) -> (Vec<Value>, Summary) {
        let mut output = Vec::new();
        let rule = crate::find("R-02").unwrap();
        let summary = run(rule, None, day("2015-07-31"), input, &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), summary)
    }

    #[test]
    fn a_bad_line_is_answered_by_its_fault_and_the_others_keep_their_places() {
        let good = r#"{"arrivalDate":"2015-01-31"}"#;
        let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(1 << 20));
        let input = format!(
            "\u{feff}{good}\n\nnot json\n{{\"shoeSize\":42}}\n[1]\n{long}\n{{\"arrivalDate\":\"x\"}}\n{good}"
        );
        let (answers, summary) = run_on(input.as_bytes());
        let seen: Vec<(u64, String)> = answers
            .iter()
            .map(|answer| {
                let code = answer["error"]["code"].as_str().map_or("ok", |code| code);
                (answer["line"].as_u64().unwrap(), code.to_owned())
            })
            .collect();
        let expected = [
            (1, "ok"),
            (3, "INVALID_JSON"),
            (4, "UNKNOWN_FIELD"),
            (5, "INVALID_SHAPE"),
            (6, "INVALID_SHAPE"),
            (7, "INVALID_DATE"),
            (8, "ok"),
        ];
        assert_eq!(seen, expected.map(|(line, code)| (line, code.to_owned())));
        assert_eq!((summary.answered, summary.faults), (2, 5));
        assert_eq!(summary.first_fault, Some((3, Code::InvalidJson)));
    }

    #[test]
    fn a_fault_names_the_field_and_the_known_ones_and_no_value() {
        let input = br#"{"residences":[{"arrivalDay":"2015-01-31"}]}
{"hukou":{"hukouRegionCode":"22-secret"}}"#;
        let (answers, _) = run_on(input);
        let message = answers[0]["error"]["message"].as_str().unwrap();
        assert!(message.contains("arrivalDay") && message.contains("arrivalDate"), "{message}");
        assert!(!answers[1].to_string().contains("secret"));
    }

    #[test]
    fn what_is_not_utf_8_is_a_fault_of_its_line() {
        let (answers, _) = run_on(b"{\"note\":\"\xff\"}\n{\"arrivalDate\":\"2015-01-31\"}\n");
        assert_eq!(answers[0]["error"]["code"], "INVALID_JSON");
        assert_eq!(answers[1]["result"], true);
    }
}
