//! An export proves itself to who has neither the database nor its keys.

use std::fs;

use migrant_gateway::clock::{Clock, SystemClock};

use super::desk::Desk;
use crate::{
    records::process::{Installation, Outcome},
    support::backends,
};

/// `audit export verify`, as somebody runs it who has nothing else.
fn verify(file: &str, key: &str) -> Outcome {
    Installation::empty().run(&["audit", "export", "verify", file, "--key", key])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_verified_without_the_database_and_what_was_altered_in_it_is_found() {
    let test = "an_export_is_verified_without_the_database";
    for backend in backends(test) {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(7).await;
        let key = desk.key();
        for format in ["ndjson", "csv"] {
            let file = desk.print_to(format, &["audit", "export", "--format", format]);
            let proven = verify(&file, &key);
            assert_eq!(proven.code, Some(0), "{proven:?}");
            let last = if format == "ndjson" { 8 } else { 9 };
            let told =
                format!("proven: the {last} records from 1 to {last} are in migrant-gateway/");
            assert!(proven.out.starts_with(&told), "{proven:?}");
            assert!(proven.out.contains("sealed: the lines are as the gateway wrote them"));

            let text = fs::read_to_string(&file).expect("the export");
            let lines: Vec<&str> = text.lines().collect();
            let without = |place: usize| {
                let kept = lines.iter().enumerate().filter(|(at, _)| *at != place);
                kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
            };
            let altered = |from: &str, to: &str| {
                assert!(text.contains(from), "{from}");
                text.replacen(from, to, 1)
            };
            for (what, said) in [
                (altered("P-HR", "P-IMM"), "lines were altered"),
                (altered("\"records\":", "\"records\":1"), "were added or removed"),
                (without(3), "does not follow the one before it"),
                (without(1), "does not follow"),
                (without(lines.len() - 2), "altered"),
                (without(lines.len() - 1), "its end is missing"),
                (altered("\"exportRecord\":", "\"nothing\":"), "its end is missing"),
                (altered("sha256 ", "sha256 0"), "not those that the log's key sealed"),
            ] {
                let place = desk.installation.path("altered");
                fs::write(&place, what).expect("a file");
                let refused = verify(place.to_str().expect("UTF-8"), &key);
                assert_eq!(refused.code, Some(2), "{format} {said}: {refused:?}");
                assert!(refused.out.starts_with("not proven: "), "{refused:?}");
                assert!(refused.out.contains(said), "{format} {said}: {refused:?}");
            }
        }
        // A part from the middle, and none.
        let later = ["audit", "export", "--from", "2999-01-01"];
        let file = desk.print_to("none", &later);
        let proven = verify(&file, &key);
        assert!(proven.out.starts_with("proven: there is no record of this period"), "{proven:?}");

        let other = Desk::new(backend).await;
        other.serve_and_ask(1).await;
        let refused = verify(&file, &other.key());
        assert!(refused.out.contains("another log"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_from_the_middle_of_the_log_is_proven_too() {
    for backend in backends("a_part_from_the_middle_of_the_log") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(3).await;
        let since = SystemClock.now();
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        desk.serve_and_ask(4).await;
        let until = SystemClock.now();
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        desk.serve_and_ask(2).await;
        let (since, until) = (since.to_rfc3339(), until.to_rfc3339());
        let file = desk.print_to("part", &["audit", "export", "--from", &since, "--to", &until]);
        let proven = verify(&file, &desk.key());
        assert!(proven.out.starts_with("proven: the 4 records from 4 to 7 are in"), "{proven:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_a_log_that_was_never_signed_says_so() {
    for backend in backends("an_export_of_a_log_that_was_never_signed") {
        let desk = Desk::new(backend).await;
        let file = desk.print_to("unsigned", &["audit", "export"]);
        let other = Desk::new(backend).await;
        other.serve_and_ask(1).await;
        let refused = verify(&file, &other.key());
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.out.contains("carries no checkpoint"), "{refused:?}");
    }
}
