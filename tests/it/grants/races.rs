//! Many hands at once, through two gateways over one database: one outcome.

use std::sync::Arc;

use migrant_gateway::{app::Gateway, auth::Caller, policy::Role};
use serde_json::{Value, json};

use super::office::{Office, dwelling, steward};
use crate::support::{ask_with, backends, code};

async fn approve(gateway: Arc<Gateway>, caller: Caller, id: i64) -> Value {
    let query = "mutation($id: Int!) { approveProposal(id: $id) { status version } }";
    ask_with(&gateway, &caller, query, json!({ "id": id })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_signatures_one_makes_the_version() {
    for backend in backends("of_concurrent_signatures_one_makes_the_version") {
        let office = Office::new(backend).await;
        let before = office.version();
        let other = office.world.gateway().await;
        let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
        let hands = (0..12).map(|number| {
            let gateway = if number % 2 == 0 { office.gateway.clone() } else { other.clone() };
            let caller = steward(&format!("steward {number}"), Role::SG);
            tokio::spawn(approve(gateway, caller, id))
        });
        let mut made = 0;
        for answer in futures_util::future::join_all(hands).await {
            let answer = answer.expect("no panic");
            match code(&answer) {
                None => made += 1,
                Some(code) => assert_eq!(code, "CONFLICT", "{answer}"),
            }
        }
        assert_eq!(made, 1);
        other.look().await.unwrap();
        office.gateway.look().await.unwrap();
        assert_eq!((office.version(), other.engine.grants().version()), (before + 1, before + 1));
        office.assert_recorded().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn signing_rejecting_and_withdrawing_at_once_has_one_outcome() {
    for backend in backends("signing_rejecting_and_withdrawing_at_once_has_one_outcome") {
        let office = Arc::new(Office::new(backend).await);
        // Whatever was approved, the next round proposes something else.
        let mut levels = ["full", "masked"];
        for _ in 0..5 {
            let before = office.version();
            let wang = steward("wang", Role::SP);
            let mut cell = dwelling();
            cell["level"] = levels[0].into();
            let id = office.propose(&wang, &[cell]).await;
            let acts = [
                (steward("li", Role::SG), "approve"),
                (steward("chen", Role::SG), "reject"),
                (wang, "withdraw"),
                (steward("yang", Role::SG), "approve"),
            ];
            let hands = acts.map(|(caller, what)| {
                let office = office.clone();
                tokio::spawn(async move { office.decide(&caller, what, id).await })
            });
            let answers = futures_util::future::join_all(hands).await;
            let counted: Vec<Value> = answers
                .into_iter()
                .map(|answer| answer.expect("no panic"))
                .filter(|answer| code(answer).is_none())
                .collect();
            assert_eq!(counted.len(), 1, "{counted:?}");
            let became = counted[0]["status"].as_str().unwrap();
            assert_eq!(office.status(id).await, became);
            office.gateway.look().await.unwrap();
            let made = became == "APPROVED";
            assert_eq!(office.version(), before + i64::from(made));
            if made {
                levels.swap(0, 1);
            }
        }
        office.assert_recorded().await;
    }
}
