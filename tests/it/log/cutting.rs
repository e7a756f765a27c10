//! What a chain cannot show by itself: that its end was cut off, that it was emptied, rebuilt, forked.

use super::desk::Desk;
use crate::support::backends;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_end_was_cut_off_is_found_against_a_checkpoint_and_not_served() {
    for backend in backends("a_log_whose_end_was_cut_off_is_found") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(3).await;
        desk.copy_head().await;
        let early = desk.keep_checkpoint("early");
        desk.serve_and_ask(4).await;
        let late = desk.keep_checkpoint("late");
        let both = ["--against", &early, &late];
        assert_eq!(desk.verify(&both).code, Some(0), "{:?}", desk.verify(&both));

        desk.cut().await;
        // The chain holds, with its head and its tree: nothing in the database tells.
        let alone = desk.verify(&[]);
        assert!(alone.out.starts_with("intact: 3 records"), "{alone:?}");
        assert_eq!(desk.verify(&["--against", &early]).code, Some(0));
        let found = desk.verify(&both);
        assert_eq!(found.code, Some(2), "{found:?}");
        assert!(found.out.starts_with("broken at record 4: missing"), "{found:?}");
        let refused = desk.refused();
        assert!(refused.contains("the log has 3 records, and its checkpoint over 7"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_emptied_and_one_that_was_written_anew_are_found() {
    for backend in backends("a_log_that_was_emptied") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(5).await;
        let kept = desk.keep_checkpoint("kept");
        desk.empty().await;
        assert!(desk.verify(&[]).out.starts_with("intact: 0 records"));
        let found = desk.verify(&["--against", &kept]);
        assert!(found.out.starts_with("broken at record 1: missing"), "{found:?}");
        assert!(desk.refused().contains("the log has 0 records"));

        // Who has the keys, too, and begins anew writes a chain that holds.
        desk.lose_checkpoints();
        desk.serve_and_ask(8).await;
        assert!(desk.verify(&[]).out.starts_with("intact: 8 records"));
        let found = desk.verify(&["--against", &kept]);
        assert_eq!(found.code, Some(2), "{found:?}");
        assert!(found.out.starts_with("broken at record 5: forked"), "{found:?}");
        std::fs::copy(&kept, desk.checkpoints().join("2020-01-01.checkpoint")).unwrap();
        std::fs::remove_file(desk.checkpoints().join("latest.checkpoint")).unwrap();
        for entry in std::fs::read_dir(desk.checkpoints()).unwrap() {
            let path = entry.unwrap().path();
            let is_new = !path.ends_with("2020-01-01.checkpoint");
            if is_new && path.extension().is_some_and(|extension| extension == "checkpoint") {
                std::fs::remove_file(path).unwrap();
            }
        }
        let refused = desk.refused();
        assert!(refused.contains("the first 5 records are not those"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_checkpoint_of_this_log_is_no_verdict() {
    for backend in backends("what_is_no_checkpoint_of_this_log") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(2).await;
        let kept = desk.keep_checkpoint("kept");
        let forged = std::fs::read_to_string(&kept).unwrap().replace("\n2\n", "\n1\n");
        std::fs::write(desk.installation.path("forged"), forged).unwrap();
        let refused = desk.installation.fail(&["audit", "verify", "--against", "forged"]);
        assert!(refused.contains("not signed by the log's key"), "{refused}");
        desk.installation.fail(&["audit", "verify", "--against", "nowhere"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_before_the_tree_get_theirs_at_the_start() {
    for backend in backends("records_of_before_the_tree") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(5).await;
        let kept = desk.keep_checkpoint("kept");
        // As a database is that an older version filled and a migration brought here.
        desk.execute("UPDATE access_head SET tree_size = 0, tree = ''").await;
        desk.execute("DELETE FROM access_node").await;
        assert_eq!(desk.verify(&["--against", &kept]).code, Some(0));
        desk.serve_and_ask(3).await;
        let verified = desk.verify(&["--against", &kept]);
        assert!(verified.out.starts_with("intact: 8 records"), "{verified:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_that_is_not_the_records_is_found() {
    for backend in backends("a_tree_that_is_not_the_records") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(3).await;
        for altered in ["tree = 'x'", "tree_size = 2", "tree = replace(tree, '1', '2')"] {
            desk.copy_head().await;
            desk.execute(&format!("UPDATE access_head SET {altered}")).await;
            let found = desk.verify(&[]);
            assert!(found.out.starts_with("broken at record 3: altered: the tree"), "{found:?}");
            desk.cut().await;
            assert_eq!(desk.verify(&[]).code, Some(0));
        }
    }
}

/// Commands that write a record; the token of the last ones is none, which is not looked at any more.
const WRITING: [&[&str]; 8] = [
    &["client", "register", "chc", "--name=社区卫生服务中心", "--unit=220102", "--role=HC"],
    &["client", "suspend", "test.chc"],
    &["audit", "show", "--person", "1"],
    &["audit", "search", "--role", "HC"],
    &["audit", "export"],
    &["grant", "approve", "1", "--token", "none"],
    &["limit", "end", "1", "--token", "none"],
    &["client", "volume", "approve", "1", "--token", "none"],
];

#[tokio::test(flavor = "multi_thread")]
async fn no_command_writes_on_a_log_that_was_cut_off_and_doctor_finds_it() {
    for backend in backends("no_command_writes_on_a_log_that_was_cut_off") {
        let desk = Desk::new(backend).await;
        assert!(desk.doctor().contains("ok    log: never signed yet"), "{}", desk.doctor());
        // On a log that was never signed commands write.
        desk.installation.succeed(WRITING[0]);
        desk.serve_and_ask(2).await;
        desk.copy_head().await;
        desk.serve_and_ask(3).await;
        let told = desk.doctor();
        assert!(told.contains("ok    log: 6 records, of which 6 were signed at "), "{told}");

        desk.cut().await;
        let told = desk.doctor();
        let behind = "log: the log has 3 records, and its checkpoint over 6";
        assert!(told.contains(&format!("FAIL  {behind}")), "{told}");
        for arguments in WRITING {
            let refused = desk.installation.fail(arguments);
            assert!(refused.contains("RECORD_LOG_BEHIND: the log has 3 records"), "{refused}");
        }
        assert!(desk.verify(&[]).out.starts_with("intact: 3 records"), "nothing was written");

        desk.lose_checkpoints();
        let told = desk.doctor();
        assert!(told.contains("FAIL  log: there are 3 records and no checkpoint"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_finds_a_log_that_was_written_anew_and_signed_by_an_older_checkpoint() {
    for backend in backends("doctor_finds_a_log_that_was_written_anew") {
        let desk = Desk::new(backend).await;
        desk.serve_and_ask(5).await;
        let kept = desk.keep_checkpoint("kept");
        desk.empty().await;
        desk.lose_checkpoints();
        desk.serve_and_ask(8).await;
        assert!(desk.doctor().contains("ok    log: 8 records"), "{}", desk.doctor());
        // The checkpoint of an earlier day was forgotten, or is put back from where it was kept.
        std::fs::copy(&kept, desk.checkpoints().join("2020-01-01.checkpoint")).unwrap();
        let told = desk.doctor();
        assert!(told.contains("FAIL  log: the first 5 records are not those"), "{told}");
    }
}
