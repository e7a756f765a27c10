//! `rules`: the list, and answers about cases that somebody brings.

use std::{fs, process::Command};

use serde_json::Value;

use super::process::{Installation, PROGRAM, run};
use crate::pages::blocks::{Block, Language, blocks};

/// An installation with a file of cases.
fn with_cases(cases: &str) -> Installation {
    let installation = Installation::empty();
    fs::write(installation.path("cases.jsonl"), cases).expect("a file");
    installation
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn the_list_has_every_rule_with_editions_and_sources() {
    let installation = Installation::empty();
    let text = installation.succeed(&["rules"]);
    let json: Value =
        serde_json::from_str(&installation.succeed(&["rules", "--json"])).expect("JSON");
    let rules = json.as_array().expect("a list");
    for number in 1..=13 {
        let id = format!("R-{number:02}");
        assert!(text.contains(&id), "{id}");
        let rule = rules.iter().find(|rule| rule["id"] == *id).expect("the rule");
        for field in ["titleZh", "titleEn", "text", "source"] {
            assert_ne!(rule[field], "", "{id}.{field}");
        }
        assert!(!rule["editions"].as_array().expect("editions").is_empty(), "{id}");
    }
    // It asks neither a configuration nor a database.
    assert!(fs::read_dir(installation.directory.path()).expect("a directory").next().is_none());
}

#[test]
fn cases_are_answered_in_order_with_result_edition_and_reason() {
    let installation = with_cases(
        r#"{"case":"flat","hukouRegionCode":"230102","residenceRegionCode":"220104","arrivalDate":"2015-01-31"}
{"case":"nested","householdRegistration":{"hukouRegionCode":"230102"},"residenceRegistrations":[{"residenceRegionCode":"220104001001","arrivalDate":"2015-02-01"}],"healthRecords":[]}
{"case":"permit","hukouRegionCode":"230102","residenceRegionCode":"220104","arrivalDate":"2015-01-31","residencePermit":{"permitStatus":"3","endorsedUntil":"2014-01-01"}}
"#,
    );
    let out = installation.succeed(&[
        "rules",
        "eval",
        "--rule",
        "R-02",
        "--on",
        "2015-07-31",
        "--input",
        "cases.jsonl",
    ]);
    let answers = lines(&out);
    let seen: Vec<_> = answers
        .iter()
        .map(|answer| (answer["case"].as_str(), answer["result"].as_bool()))
        .collect();
    assert_eq!(
        seen,
        [(Some("flat"), Some(true)), (Some("nested"), Some(false)), (Some("permit"), Some(true))]
    );
    assert_eq!(
        (&answers[0]["dueOn"], &answers[0]["edition"]),
        (&"2015-07-31".into(), &"B-2015".into())
    );
    for answer in &answers {
        assert!(answer["reason"]["zh"].is_string() && answer["reason"]["en"].is_string());
    }
}

#[test]
fn a_line_that_cannot_be_read_is_an_error_of_that_line_alone() {
    let installation = with_cases(
        "{\"arrivalDate\":\"2015-01-31\"}\n{\"shoeSize\":1}\n{\"arrivalDate\":\"2015-01-31\"}\n",
    );
    let outcome = installation.run(&[
        "rules",
        "eval",
        "--rule",
        "R-02",
        "--on",
        "2015-07-31",
        "--input",
        "cases.jsonl",
    ]);
    let answers = lines(&outcome.out);
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.err.contains("line 2") && outcome.err.contains("UNKNOWN_FIELD"),
        "{}",
        outcome.err
    );
    assert_eq!(
        (answers.len(), &answers[0]["result"], &answers[2]["result"]),
        (3, &true.into(), &true.into())
    );
    assert_eq!(answers[1]["error"]["code"], "UNKNOWN_FIELD");
    assert!(answers[1]["error"]["message"].as_str().expect("words").contains("arrivalDate"));
}

#[test]
fn what_cannot_be_asked_says_what_can() {
    let installation = with_cases("{}");
    for (arguments, known) in [
        (vec!["--rule", "R-99"], "R-13"),
        (vec!["--rule", "R-01", "--edition", "FP-2010"], "FP-2009"),
        (vec!["--rule", "R-02", "--on", "31.07.2015"], "--on"),
    ] {
        let all = [vec!["rules", "eval", "--input", "cases.jsonl"], arguments].concat();
        assert!(installation.fail(&all).contains(known), "{all:?}");
    }
    let missing =
        installation.fail(&["rules", "eval", "--rule", "R-02", "--input", "no-such-file"]);
    assert!(missing.contains("no-such-file"));
}

/// Every command of the documentation is pasted into a shell.
#[test]
fn the_commands_of_the_documentation_work_as_pasted() {
    let installation = Installation::empty();
    let document = include_str!("../../../docs/rules.md");
    let mut blocks = blocks(document);
    blocks.retain(|block| block.language == Language::Shell);
    assert!(blocks.len() > 20, "{}", blocks.len());
    let directory = std::path::Path::new(PROGRAM).parent().expect("a directory").display();
    for Block { text, .. } in blocks {
        let mut shell = Command::new("sh");
        installation.configure(&mut shell);
        let script = format!("set -e\nPATH=\"{directory}:$PATH\"\n{text}");
        let outcome = run(shell.args(["-c", &script]));
        assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""), "{text}");
        assert!(!outcome.out.contains("\"error\""), "{text}: {}", outcome.out);
    }
}
