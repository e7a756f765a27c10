//! Who sees what and why: the answers, beside what the gateway does.

use migrant_gateway::policy::{Purpose, Role};
use serde_json::json;

use super::office::{Office, dwelling, steward};
use crate::support::backends;

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_names_the_law_the_version_and_what_could_be_done() {
    for backend in backends("an_explanation_names_the_law_the_version_and_what_could_be_done") {
        let office = Office::new(backend).await;
        let auditor = steward("auditor", Role::AU);
        let explain = |field: &str, position: &str| {
            format!(
                "{{ explain(role: \"GG\", purpose: \"P-REF\", kind: \"Person\", field: \"{field}\", \
                 position: {position}) {{ allowed words law grantVersion refusal category requestable }} }}"
            )
        };
        let name = office.data(&auditor, &explain("name", "SELECT"), json!({})).await;
        assert_eq!(name["explain"]["allowed"], true);
        assert_eq!(name["explain"]["grantVersion"], 2);
        let words = name["explain"]["words"].as_str().unwrap();
        assert!(words.contains("个人信息保护法") && words.contains("mask"), "{words}");
        let filter = office.data(&auditor, &explain("name", "FILTER"), json!({})).await;
        assert_eq!(filter["explain"]["refusal"], "MASKED_VALUE");
        let sex = office.data(&auditor, &explain("sex", "SELECT"), json!({})).await;
        assert_eq!(sex["explain"]["refusal"], "NOT_GRANTED");
        assert_eq!(sex["explain"]["requestable"], true);
        let unknown = explain("soul", "SELECT");
        assert_eq!(office.refusal(&auditor, &unknown, json!({})).await, "BAD_USER_INPUT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_see_a_field_follows_the_grants() {
    for backend in backends("who_can_see_a_field_follows_the_grants") {
        let office = Office::populated(backend).await;
        let query = "{ whoCanSee(kind: \"ResidenceRegistration\", field: \"dwellingType\") \
             { role purpose positions } }";
        let auditor = steward("auditor", Role::AU);
        let grid = |data: &serde_json::Value| {
            let lines = data["whoCanSee"].as_array().unwrap().clone();
            lines.into_iter().find(|line| line["role"] == "GG")
        };
        assert_eq!(grid(&office.data(&auditor, query, json!({})).await), None);
        let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
        office.approve(&steward("li", Role::SG), id).await;
        let line = grid(&office.data(&auditor, query, json!({})).await).unwrap();
        assert_eq!(line["positions"], json!(["SELECT", "FILTER", "ORDER", "GROUP"]));
        let asked = "{ residenceRegistrations(first: 1, where: { dwellingType: { eq: \"1\" } }) \
             { nodes { dwellingType } } }";
        assert_eq!(office.sees(Role::GG, Purpose::Ref, asked).await, None);

        let nobody = office.data(&auditor, "{ seenByNobody }", json!({})).await;
        for path in nobody["seenByNobody"].as_array().unwrap() {
            let (kind, field) = path.as_str().unwrap().split_once('.').unwrap();
            let query = "query($kind: String!, $field: String!) { \
                 whoCanSee(kind: $kind, field: $field) { role } }";
            let variables = json!({ "kind": kind, "field": field });
            let data = office.data(&auditor, query, variables).await;
            assert_eq!(data["whoCanSee"], json!([]), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_comes_as_csv_markdown_and_json() {
    for backend in backends("the_matrix_comes_as_csv_markdown_and_json") {
        let office = Office::new(backend).await;
        let auditor = steward("auditor", Role::AU);
        let matrix = async |format: &str| {
            let query = format!("{{ matrix(format: {format}) }}");
            let data = office.data(&auditor, &query, json!({})).await;
            data["matrix"].as_str().unwrap().to_owned()
        };
        let (csv, json) = (matrix("CSV").await, matrix("JSON").await);
        assert!(csv.starts_with("role,purpose,kind,field,"));
        assert_eq!(csv.lines().count(), json.lines().count() + 1);
        assert!(
            csv.contains("\nGG,P-REF,Person,name,G02,C2,masked,STARS,k,"),
            "the grid's masked name"
        );
        let markdown = matrix("MARKDOWN").await;
        assert!(markdown.contains("## GG grid worker at a governance centre · P-REF"));
    }
}
