//! `entitlement`: what a caller may see, and for all else why not and by which law.

use migrant_gateway::{
    catalogue::catalogue,
    policy::{Purpose, Role},
};
use serde_json::Value;

use super::site::{Site, officer};
use crate::support::{CALLERS, caller};

const QUERY: &str = "{ entitlement { role department purpose grantsVersion \
    shared { kind field group class level scope mask coversMinors filterable orderable labelZh \
    labelEn legalBasis } withheld { kind field group class level reason law shareCategory \
    requestable labelZh labelEn } } }";

fn paths(list: &Value) -> Vec<String> {
    let path = |one: &Value| {
        format!("{}.{}", one["kind"].as_str().unwrap(), one["field"].as_str().unwrap())
    };
    list.as_array().unwrap().iter().map(path).collect()
}

#[tokio::test]
async fn every_field_of_the_catalogue_is_either_shared_or_withheld_with_a_reason() {
    let site = Site::sqlite().await;
    let all: Vec<String> = catalogue().fields().iter().map(|field| field.path()).collect();
    for (role, purpose) in CALLERS.iter() {
        let data = site.data(&caller(*role, *purpose), QUERY).await;
        let entitlement = &data["entitlement"];
        assert_eq!(entitlement["role"], role.name());
        assert_eq!(entitlement["purpose"], purpose.code());
        let mut told = paths(&entitlement["shared"]);
        told.extend(paths(&entitlement["withheld"]));
        told.sort_unstable();
        let mut expected = all.clone();
        expected.sort_unstable();
        assert_eq!(told, expected, "{role} {purpose}");
        for one in entitlement["withheld"].as_array().unwrap() {
            for member in ["reason", "law", "shareCategory", "labelZh"] {
                assert!(!one[member].as_str().unwrap().is_empty(), "{role} {member} {one}");
            }
            assert!(one["requestable"].is_boolean());
        }
        for one in entitlement["shared"].as_array().unwrap() {
            assert!(!one["legalBasis"].as_str().unwrap().is_empty(), "{role} {one}");
            assert!(!one["scope"].as_str().unwrap().is_empty());
            assert_eq!(one["mask"].is_null(), one["level"] != "masked", "{one}");
        }
    }
}

/// What the entitlement calls shared can be selected, filtered and ordered by as it says; what it
/// calls withheld is refused.
#[tokio::test]
async fn the_entitlement_tells_the_truth_of_every_field() {
    let site = Site::sqlite().await;
    for (role, purpose) in [
        (Role::PO, Purpose::Res),
        (Role::HO, Purpose::Hr),
        (Role::MW, Purpose::Emp),
        (Role::GG, Purpose::Ref),
        (Role::SU, Purpose::Sar),
    ] {
        let caller = caller(role, purpose);
        let data = site.data(&caller, QUERY).await;
        for one in data["entitlement"]["shared"].as_array().unwrap() {
            let kind = catalogue().kind_named(one["kind"].as_str().unwrap()).unwrap();
            let name = one["field"].as_str().unwrap();
            let list = |arguments: &str, selection: &str| {
                format!("{{ {}{arguments} {{ {selection} }} }}", kind.plural)
            };
            let filter = list(&format!("(where: {{ {name}: {{}} }})"), "totalCount");
            let order = list(&format!("(orderBy: [{{ {name}: ASC }}])"), "totalCount");
            for (query, granted) in [(filter, &one["filterable"]), (order, &one["orderable"])] {
                let answer = site.prompt(&caller, &query, Value::Null).await;
                assert_eq!(answer["errors"].is_null(), *granted == true, "{role} {query} {answer}");
            }
        }
        for one in data["entitlement"]["withheld"].as_array().unwrap() {
            let kind = catalogue().kind_named(one["kind"].as_str().unwrap()).unwrap();
            let name = one["field"].as_str().unwrap();
            let query = format!("{{ {} {{ nodes {{ {name} }} }} }}", kind.plural);
            assert_eq!(site.refusal(&caller, &query).await, "FIELD_NOT_SHARED", "{role} {query}");
        }
    }
}

#[tokio::test]
async fn one_kind_can_be_asked_for_alone() {
    let site = Site::sqlite().await;
    let query = "{ entitlement(kind: \"Person\") { shared { kind } withheld { kind } } }";
    let data = site.data(&officer(), query).await;
    let lists =
        ["shared", "withheld"].map(|list| data["entitlement"][list].as_array().unwrap().clone());
    let kinds = lists.concat();
    assert!(kinds.len() > 20);
    assert!(kinds.iter().all(|one| one["kind"] == "Person"));
    let nothing = "{ entitlement(kind: \"Nobody\") { shared { kind } withheld { kind } } }";
    assert_eq!(site.refusal(&officer(), nothing).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_refused_field_names_its_law_and_nothing_of_anybody() {
    let site = Site::sqlite().await;
    for query in [
        "{ persons { nodes { stigmatizedDiseaseReports { id } } } }",
        "{ persons { nodes { severeMentalDisorderRecords { diagnosis } } } }",
        "{ persons(where: { maternalCareRecords: { some: {} } }) { totalCount } }",
        "{ persons { nodes { healthRecords { bloodType } } } }",
        "{ healthRecords { totalCount } }",
        "{ stigmatizedDiseaseReport(id: \"x\") { id } }",
    ] {
        let answer = site.prompt(&officer(), query, Value::Null).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "FIELD_NOT_SHARED", "{query} {answer}");
        assert!(!extensions["legalBasis"].as_str().unwrap().is_empty());
        assert!(answer["data"].is_null());
    }
}
