//! A gateway that runs knows what it wrote: a log without that is answered from no more.

use super::desk::{Desk, eventually, readiness};
use crate::support::backends;

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_whose_log_was_cut_off_answers_nothing_until_it_is_restarted() {
    for backend in backends("a_gateway_whose_log_was_cut_off") {
        let desk = Desk::new(backend).await;
        let mut server = desk.installation.serve();
        desk.ask(&server, 3).await;
        desk.copy_head().await;
        desk.ask(&server, 3).await;
        assert_eq!(readiness(&server).await, 200);
        eventually("a checkpoint over all", || async { desk.latest().contains("\n6\n") }).await;
        desk.cut().await;
        for _ in 0..5 {
            let answer = desk.try_once(&server).await;
            assert_eq!(answer.status, 503, "{answer:?}");
            assert_eq!(answer.body["errors"][0]["extensions"]["code"], "RECORD_LOG_BEHIND");
            assert_eq!(answer.body.get("data"), None);
            assert_eq!(answer.receipt, None);
        }
        assert_eq!(readiness(&server).await, 503);
        let told = server.log();
        assert_eq!(told.matches("somebody restored or cut the database").count(), 1, "{told}");
        server.terminate();
        server.wait().expect("it ends");
        assert!(desk.refused().contains("does not start"), "its checkpoint is not forgotten");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_is_noticed_while_nobody_asks() {
    for backend in backends("a_cut_is_noticed_while_nobody_asks") {
        let desk = Desk::new(backend).await;
        let server = desk.installation.serve();
        desk.copy_head().await;
        desk.ask(&server, 2).await;
        desk.cut().await;
        eventually("it is not ready", || async { readiness(&server).await == 503 }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_cut_and_has_grown_again_is_not_taken_for_the_old_one() {
    for backend in backends("a_log_that_was_cut_and_has_grown_again") {
        let desk = Desk::new(backend).await;
        // It looks by itself too late to matter here: the commit has to find it.
        let first = desk.installation.serve();
        desk.ask(&first, 2).await;
        desk.copy_head().await;
        desk.ask(&first, 1).await;
        desk.cut().await;
        desk.lose_checkpoints();
        let second = desk.installation.serve();
        desk.ask(&second, 4).await;
        let answer = desk.try_once(&first).await;
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "RECORD_LOG_BEHIND");
        desk.ask(&second, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_gateways_write_one_log() {
    for backend in backends("several_gateways_write_one_log") {
        let desk = Desk::new(backend).await;
        let servers = [desk.installation.serve(), desk.installation.serve()];
        for round in 0..6 {
            desk.ask(&servers[round % 2], 1 + round % 3).await;
        }
        for mut server in servers {
            server.terminate();
            assert!(server.wait().expect("it ends").success());
            assert!(!server.log().contains("ERROR"), "{}", server.log());
        }
        let kept = desk.keep_checkpoint("kept");
        let verified = desk.verify(&["--against", &kept]);
        assert!(verified.out.starts_with("intact: 12 records"), "{verified:?}");
    }
}
