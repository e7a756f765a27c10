//! Proofs hold for who has nothing else, and by an implementation that is not the gateway's.

use std::fs;

use super::desk::{Desk, tlog_says};
use crate::{records::process::Installation, support::backends};

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_proven_to_who_has_no_database() {
    for backend in backends("a_receipt_is_proven") {
        let desk = Desk::new(backend).await;
        let receipts = desk.serve_and_ask(7).await;
        let key = desk.key();
        let elsewhere = Installation::empty();
        for receipt in &receipts {
            let proof = desk.print_to("proof", &["audit", "prove", receipt]);
            let verify = ["audit", "receipt", "verify", &proof, "--key", &key];
            let told = elsewhere.succeed(&[&verify[..], &["--receipt", receipt]].concat());
            assert!(told.contains("7 records, signed at"), "{told}");
            if let Some(said) = tlog_says(&["verify", &proof, &key, receipt]) {
                assert!(said.starts_with("proven: record "), "{said}");
            }
            let other = receipts.iter().find(|other| *other != receipt).expect("seven");
            let outcome = elsewhere.run(&[&verify[..], &["--receipt", other]].concat());
            assert_eq!(outcome.code, Some(2), "{outcome:?}");
        }
        assert!(!elsewhere.path("gateway.db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_was_changed_proves_nothing() {
    for backend in backends("a_proof_that_was_changed") {
        let desk = Desk::new(backend).await;
        let receipts = desk.serve_and_ask(5).await;
        let key = desk.key();
        let proof = desk.installation.succeed(&["audit", "prove", &receipts[2]]);
        let changed = desk.installation.path("changed");
        for (from, to) in [("index 2", "index 1"), ("\n5\n", "\n6\n"), ("extra ", "extra A")] {
            fs::write(&changed, proof.replace(from, to)).unwrap();
            let file = changed.to_str().unwrap();
            let outcome =
                desk.installation.run(&["audit", "receipt", "verify", file, "--key", &key]);
            assert_eq!(outcome.code, Some(2), "{from}: {outcome:?}");
            assert!(outcome.out.starts_with("not proven: "), "{outcome:?}");
        }
        let unknown = format!("r{}", "A".repeat(75));
        let refused = desk.installation.fail(&["audit", "prove", &unknown]);
        assert!(refused.contains("gave no such receipt"), "{refused}");
        desk.installation.fail(&["audit", "prove", "7"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_of_a_record_that_was_written_anew_is_not_proven() {
    for backend in backends("the_receipt_of_a_record_that_was_written_anew") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(2).await;
        desk.copy_head().await;
        let lost = desk.serve_and_ask(2).await;
        desk.cut().await;
        desk.lose_checkpoints();
        desk.serve_and_ask(3).await;
        let refused = desk.installation.fail(&["audit", "prove", &lost[0]]);
        assert!(refused.contains("is not in the log of the checkpoint"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_proven_to_have_only_grown() {
    for backend in backends("a_log_is_proven_to_have_only_grown") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(6).await;
        let key = desk.key();
        let sizes = |from: &str, to: &str| {
            ["audit", "prove", "--from", from, "--to", to].map(str::to_owned)
        };
        for (from, to) in [("1", "6"), ("2", "3"), ("4", "6"), ("5", "5"), ("6", "6")] {
            let older = sizes("0", from);
            let older = desk.installation.succeed(&older.each_ref().map(String::as_str));
            let (_, older) = older.split_once("\n\n").expect("a checkpoint");
            fs::write(desk.installation.path("older"), older).unwrap();
            let older = desk.installation.path("older");
            let proof = sizes(from, to);
            let proof = desk.print_to("proof", &proof.each_ref().map(String::as_str));
            let said = tlog_says(&["consistent", &proof, &key, older.to_str().unwrap()]);
            assert!(said.is_none_or(|said| said.contains(&format!("{to} records begin"))));
        }
        desk.installation.fail(&["audit", "prove", "--from", "3", "--to", "2"]);
        desk.installation.fail(&["audit", "prove", "--from", "3", "--to", "7"]);
        desk.installation.fail(&["audit", "prove", "--from", "3"]);
        desk.installation.fail(&["audit", "prove"]);
    }
}
