//! What a proposal would do, told before anybody signs it.

use migrant_gateway::policy::{Purpose, Role};
use serde_json::{Value, json};

use super::office::{Office, cell, dwelling, steward};
use crate::support::backends;

const IMPACT: &str = "query($id: Int!) { grantImpact(proposal: $id) { \
     fields { appears vanishes after { role purpose kind field level } } \
     floors { cell reason } persons { role kind count isCounted } \
     wouldStop { requests fields } wouldChange { requests fields } \
     mayBegin { requests fields } } }";

async fn impact(office: &Office, id: i64) -> Value {
    let mut data = office.data(&steward("auditor", Role::AU), IMPACT, json!({ "id": id })).await;
    data["grantImpact"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_persons_and_refused_queries_are_told_before_a_field_appears() {
    for backend in backends("fields_persons_and_refused_queries_are_told_before_a_field_appears") {
        let office = Office::populated(backend).await;
        let query =
            "{ residenceRegistrations(first: 1) { nodes { residenceRegionCode dwellingType } } }";
        for _ in 0..3 {
            assert!(office.sees(Role::GG, Purpose::Ref, query).await.is_some());
        }
        let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
        let found = impact(&office, id).await;
        let field = json!([{
            "appears": true, "vanishes": false,
            "after": {
                "role": "GG", "purpose": "P-REF", "kind": "ResidenceRegistration",
                "field": "dwellingType", "level": "full",
            },
        }]);
        assert_eq!(found["fields"], field);
        assert_eq!(found["floors"], json!([]));
        assert_eq!(
            found["mayBegin"],
            json!([{ "requests": 3, "fields": ["ResidenceRegistration.dwellingType"] }])
        );
        assert_eq!((&found["wouldStop"], &found["wouldChange"]), (&json!([]), &json!([])));
        let persons = found["persons"].as_array().unwrap();
        assert_eq!((persons.len(), &persons[0]["kind"]), (1, &json!("ResidenceRegistration")));
        let count = persons[0]["count"].as_i64().unwrap();
        assert!(count >= 10 && count % 5 == 0, "{count}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_that_would_stop_or_change_are_counted_by_document() {
    for backend in backends("queries_that_would_stop_or_change_are_counted_by_document") {
        let office = Office::populated(backend).await;
        let reads = [
            ("{ persons(first: 1) { nodes { name } } }", 2),
            ("{ persons(first: 2) { nodes { name } } }", 1),
            ("{ persons(first: 1) { nodes { personRef } } }", 4),
        ];
        for (query, times) in reads {
            for _ in 0..times {
                assert_eq!(office.sees(Role::GG, Purpose::Ref, query).await, None);
            }
        }
        let wang = steward("wang", Role::SP);
        let away = office.propose(&wang, &[cell("GG", "P-REF", "G02", "none")]).await;
        let found = impact(&office, away).await;
        let names = |requests| json!({ "requests": requests, "fields": ["Person.name"] });
        assert_eq!(found["wouldStop"], json!([names(2), names(1)]));
        assert_eq!(found["persons"], json!([]));
        let more = office.propose(&wang, &[cell("GG", "P-REF", "G02", "full")]).await;
        let found = impact(&office, more).await;
        assert_eq!(found["wouldChange"], json!([names(2), names(1)]));
        assert_eq!(found["wouldStop"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_that_singles_more_persons_out_says_so() {
    for backend in backends("a_proposal_that_singles_more_persons_out_says_so") {
        let office = Office::new(backend).await;
        let wang = steward("wang", Role::SP);
        let crowds = async |id: i64| {
            let query = "query($id: Int!) { grantImpact(proposal: $id) { crowds { role purpose \
                         before after namedBefore namedAfter lowers underFloor } } }";
            let auditor = steward("auditor", Role::AU);
            let mut data = office.data(&auditor, query, json!({ "id": id })).await;
            data["grantImpact"]["crowds"].take()
        };
        let finer = office.propose(&wang, &[dwelling()]).await;
        let found = crowds(finer).await;
        let found = &found.as_array().unwrap()[..];
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0]["role"], &found[0]["purpose"]), (&json!("GG"), &json!("P-REF")));
        assert_eq!((&found[0]["lowers"], &found[0]["namedAfter"]), (&json!(true), &json!(false)));
        let percent = |name: &str| found[0][name].as_str().unwrap().parse::<f64>().unwrap();
        assert!(percent("after") < percent("before") && percent("before") >= 90.0);
        let named = office.propose(&wang, &[cell("GG", "P-REF", "G02", "full")]).await;
        let found = crowds(named).await;
        assert_eq!((&found[0]["lowers"], &found[0]["namedAfter"]), (&json!(true), &json!(true)));
        let less = office.propose(&wang, &[cell("GG", "P-REF", "G08", "none")]).await;
        let found = crowds(less).await;
        assert_eq!((&found[0]["lowers"], &found[0]["underFloor"]), (&json!(false), &json!(false)));
    }
}
