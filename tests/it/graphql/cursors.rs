//! Cursors and identifiers: only what was given out to this department for this list is taken.

use entity::sharing::Department;
use migrant_gateway::policy::{Purpose, Role};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::caller;

async fn cursor(site: &Site, caller: &migrant_gateway::auth::Caller, list: &str) -> String {
    let data = site.data(caller, &format!("{{ list: {list} {{ edges {{ cursor }} }} }}")).await;
    data["list"]["edges"][1]["cursor"].as_str().unwrap().to_owned()
}

fn broken(text: &str) -> Vec<String> {
    let flipped = |at: usize| {
        let old = text.as_bytes()[at];
        let new = if old == b'A' { 'B' } else { 'A' };
        format!("{}{new}{}", &text[..at], &text[at + 1..])
    };
    let mut all: Vec<String> = (0..text.len()).map(flipped).collect();
    all.extend([1, 2, 8, 16, text.len() - 1].map(|end| text[..text.len() - end].to_owned()));
    all.extend([text[1..].to_owned(), format!("{text}A"), format!("{text}="), format!(" {text}")]);
    all.extend([text.to_lowercase(), text.chars().rev().collect(), text.repeat(2)]);
    all.extend(
        ["", "A", "AAAA", "=", "null", "eyJpZCI6MX0", "MQ==", "0", "-1", "1"].map(str::to_owned),
    );
    all.extend([format!("{}\0", &text[1..]), "名".repeat(20), "A".repeat(5_000)]);
    all
}

const LIST: &str = "query($c: String) { list: persons(first: 5, after: $c) { edges { cursor } } \
    back: persons(last: 5, before: $c) { edges { cursor } } }";

#[tokio::test]
async fn changed_cursors_are_refused() {
    let site = Site::sqlite().await;
    let good = cursor(&site, &officer(), "persons(first: 5)").await;
    site.data_with(&officer(), LIST, json!({ "c": good })).await;
    for bad in broken(&good) {
        let code = site.refusal_with(&officer(), LIST, json!({ "c": bad })).await;
        assert_eq!(code, "CURSOR_INVALID", "{bad}");
    }
}

#[tokio::test]
async fn changed_identifiers_are_refused() {
    let site = Site::sqlite().await;
    let good = site.id(Department::Police, "Person", 1);
    let one = "query($c: ID!) { person(id: $c) { id } }";
    let filter = "query($c: ID!) { persons(where: { id: { in: [$c] } }) { totalCount } }";
    for query in [one, filter] {
        site.data_with(&officer(), query, json!({ "c": good })).await;
        for bad in broken(&good) {
            let code = site.refusal_with(&officer(), query, json!({ "c": bad })).await;
            assert_eq!(code, "ID_INVALID", "{bad}");
        }
    }
    assert_eq!(site.refusal_with(&officer(), one, json!({ "c": 1 })).await, "ID_INVALID");
    assert_eq!(site.refusal(&officer(), "{ person(id: 1) { id } }").await, "ID_INVALID");
}

#[tokio::test]
async fn a_cursor_holds_for_its_own_list_order_and_department() {
    let site = Site::sqlite().await;
    let county = caller(Role::HO, Purpose::Hr);
    let mine = cursor(&site, &officer(), "persons(first: 5, orderBy: [{ sex: ASC }])").await;
    for query in [
        "query($c: String) { persons(after: $c) { nodes { id } } }",
        "query($c: String) { persons(after: $c, orderBy: [{ sex: DESC }]) { nodes { id } } }",
        "query($c: String) { persons(after: $c, orderBy: [{ birthDate: ASC }]) { nodes { id } } }",
        "query($c: String) { persons(after: $c, orderBy: [{ sex: ASC }, { name: ASC }]) { nodes { id } } }",
        "query($c: String) { residenceRegistrations(before: $c) { nodes { id } } }",
    ] {
        let code = site.refusal_with(&officer(), query, json!({ "c": mine })).await;
        assert_eq!(code, "CURSOR_INVALID", "{query}");
    }
    let same = "query($c: String) { persons(after: $c, orderBy: [{ sex: ASC }]) { nodes { id } } }";
    site.data_with(&officer(), same, json!({ "c": mine })).await;
    let theirs = cursor(&site, &county, "persons(first: 5)").await;
    assert_eq!(site.refusal_with(&officer(), LIST, json!({ "c": theirs })).await, "CURSOR_INVALID");
}

#[tokio::test]
async fn identifiers_and_cursors_do_not_stand_for_each_other_or_for_other_kinds() {
    let site = Site::sqlite().await;
    let person = site.id(Department::Police, "Person", 1);
    let residence = site.id(Department::Police, "ResidenceRegistration", 1);
    let cursor = cursor(&site, &officer(), "persons(first: 5)").await;
    assert_eq!(site.refusal_with(&officer(), LIST, json!({ "c": person })).await, "CURSOR_INVALID");
    let one = "query($c: ID!) { person(id: $c) { id } }";
    for wrong in [&residence, &cursor, &site.id(Department::Health, "Person", 1)] {
        assert_eq!(site.refusal_with(&officer(), one, json!({ "c": wrong })).await, "ID_INVALID");
    }
}

#[tokio::test]
async fn a_cursor_of_another_county_opens_nothing_there() {
    let site = Site::sqlite().await;
    let mut there = officer();
    there.unit = "220103".to_owned();
    there.organization = Some("220103-PSB".to_owned());
    let theirs = cursor(&site, &there, "persons(first: 5)").await;
    let data = site.data_with(&officer(), LIST, json!({ "c": theirs })).await;
    let mine = site.nodes(&officer(), "{ persons(first: 500) { nodes { id } } }").await;
    let query = "query($c: String) { persons(first: 500, after: $c) { nodes { id } } }";
    for row in site.nodes_with(&officer(), query, json!({ "c": theirs })).await {
        assert!(mine.contains(&row));
    }
    assert_ne!(data["list"], Value::Null);
}
