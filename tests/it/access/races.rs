//! What is done at the same moment, on two gateways, has one outcome.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use migrant_gateway::{app::Gateway, auth::Caller, policy::Role};
use serde_json::Value;

use super::{
    acting::{act, acts, assert_chain, clinician, open, strangers},
    review::{officer, waiting},
};
use crate::{graphql::site::Site, support::backends};

const AT_ONCE: usize = 8;

fn only_one(outcomes: Vec<Result<Value, String>>) {
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(refused.into_iter().all(|code| code == "CONFLICT"), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_emergencies_opened_and_reviewed_at_once_one_of_each_stands() {
    for backend in backends("of_emergencies_opened_and_reviewed_at_once") {
        let site = Site::new(backend).await;
        let gateways: [Arc<Gateway>; 2] = [site.gateway.clone(), site.world.gateway().await];
        let patient = &strangers(&site).await[0];
        let emergency = clinician(Role::HE);
        let opened = (0..AT_ONCE).map(|turn| open(&gateways[turn % 2], &emergency, patient));
        only_one(join_all(opened).await);

        site.world.clock.advance(TimeDelta::minutes(60));
        let mut with = waiting(&site, &officer()).await;
        let reviewers: Vec<Caller> = (0..AT_ONCE)
            .map(|turn| Caller { subject: format!("reviewer {turn}"), ..officer() })
            .collect();
        let reviews = reviewers.iter().enumerate().map(|(turn, reviewer)| {
            with["verdict"] = ["JUSTIFIED", "UNJUSTIFIED"][turn % 2].into();
            let query = "mutation($id: ID!, $verdict: BreakGlassVerdict!) { reviewBreakGlass(id: \
                         $id, verdict: $verdict) { verdict } }";
            act(&gateways[turn % 2], reviewer, query, with.clone())
        });
        only_one(join_all(reviews.collect::<Vec<_>>()).await);
        assert_eq!(acts(&site.world).await.len(), 2);
        assert_chain(&site.world).await;
    }
}
