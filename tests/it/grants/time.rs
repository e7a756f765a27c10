//! Scheduled beginnings and ends, expiry, and laws that end: to the second, through a gateway whose
//! permits and plans are cached.

use chrono::{DateTime, TimeDelta, Utc};
use migrant_gateway::policy::{Purpose, Role};
use serde_json::{Value, json};

use super::{
    floors::law,
    office::{Office, dwelling, steward},
};
use crate::support::{backends, code, world::noon};

const DWELLING: &str = "{ residenceRegistrations(first: 1) { nodes { dwellingType } } }";

async fn shown(office: &Office, at: DateTime<Utc>) -> bool {
    office.world.clock.set(at);
    // Asked twice: from the document that was just prepared, and from the cache.
    let first = office.sees(Role::GG, Purpose::Ref, DWELLING).await.is_none();
    assert_eq!(office.sees(Role::GG, Purpose::Ref, DWELLING).await.is_none(), first);
    first
}

async fn grant(office: &Office, with: Value) -> i64 {
    let mut cell = dwelling();
    for (name, value) in with.as_object().unwrap() {
        cell[name] = value.clone();
    }
    let id = office.propose(&steward("wang", Role::SP), &[cell]).await;
    office.approve(&steward("li", Role::SG), id).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_grant_begins_and_ends_to_the_second() {
    for backend in backends("a_scheduled_grant_begins_and_ends_to_the_second") {
        let office = Office::populated(backend).await;
        let (begin, end) = (noon() + TimeDelta::days(2), noon() + TimeDelta::days(3));
        let second = TimeDelta::seconds(1);
        assert!(!shown(&office, noon()).await);
        grant(&office, json!({ "validFrom": begin, "validUntil": end })).await;
        for (at, expected) in [
            (noon(), false),
            (begin - second, false),
            (begin, true),
            (end - second, true),
            (end, false),
        ] {
            assert_eq!(shown(&office, at).await, expected, "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_law_that_goes_out_of_force_kills_its_grants_at_that_instant() {
    for backend in backends("a_law_that_goes_out_of_force_kills_its_grants_at_that_instant") {
        let office = Office::populated(backend).await;
        let end = noon() + TimeDelta::hours(6);
        law(&office, "TRIAL", end).await;
        grant(&office, json!({ "legalBasis": "TRIAL" })).await;
        assert!(shown(&office, end - TimeDelta::seconds(1)).await);
        assert!(!shown(&office, end).await);
        let why = "{ explain(role: \"GG\", purpose: \"P-REF\", kind: \"ResidenceRegistration\", \
             field: \"dwellingType\") \
             { allowed refusal grantVersion } }";
        let data = office.data(&steward("auditor", Role::AU), why, json!({})).await;
        assert_eq!(data["explain"]["refusal"], "LAW_NOT_IN_FORCE");
        assert_eq!(data["explain"]["grantVersion"], office.version());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dated_back_begins_when_it_is_approved() {
    for backend in backends("what_is_dated_back_begins_when_it_is_approved") {
        let office = Office::new(backend).await;
        grant(&office, json!({ "validFrom": noon() - TimeDelta::days(100) })).await;
        let query = "{ grants(role: \"GG\", group: \"G08\") { cell { target validFrom } } }";
        let data = office.data(&steward("auditor", Role::AU), query, json!({})).await;
        let of_field = data["grants"].as_array().unwrap().iter();
        let mut of_field = of_field
            .filter(|grant| grant["cell"]["target"] == "ResidenceRegistration.dwellingType");
        let from = of_field.next().unwrap()["cell"]["validFrom"].as_str().unwrap();
        assert_eq!(from.parse::<DateTime<Utc>>().unwrap(), noon());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_expires_after_fourteen_days_to_the_second() {
    for backend in backends("a_proposal_expires_after_fourteen_days_to_the_second") {
        let office = Office::new(backend).await;
        let wang = steward("wang", Role::SP);
        let id = office.propose(&wang, &[dwelling()]).await;
        let end = noon() + TimeDelta::days(14);
        office.world.clock.set(end - TimeDelta::seconds(1));
        assert_eq!(office.status(id).await, "PENDING");
        office.world.clock.set(end);
        assert_eq!(office.status(id).await, "EXPIRED");
        let late = office.decide(&steward("li", Role::SG), "approve", id).await;
        assert_eq!(code(&late), Some("CONFLICT"), "{late}");
        assert_eq!(late["errors"][0]["extensions"]["status"], "expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_away_ends_what_was_scheduled_too() {
    for backend in backends("taking_away_ends_what_was_scheduled_too") {
        let office = Office::populated(backend).await;
        let begin = noon() + TimeDelta::days(2);
        grant(&office, json!({ "validFrom": begin })).await;
        let revoke = "mutation { revokeGrant(role: \"GG\", purpose: \"P-REF\", \
             target: \"ResidenceRegistration.dwellingType\") }";
        office.data(&steward("wang", Role::SP), revoke, json!({})).await;
        assert!(!shown(&office, begin).await);
    }
}
