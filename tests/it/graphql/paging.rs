//! Pages by keyset, forward and backward, over orders with ties and absent values.

use serde_json::{Value, json};

use super::site::{Site, column, officer};
use crate::support::backends;

const QUERY: &str = "query($w: ResidenceRegistrationWhere, $o: [ResidenceRegistrationOrderBy!], \
    $first: Int, $after: String, $last: Int, $before: String) { residenceRegistrations(where: $w, \
    orderBy: $o, first: $first, after: $after, last: $last, before: $before) { nodes { id } \
    edges { cursor node { id } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor \
    endCursor } } }";

async fn page(site: &Site, variables: Value) -> Value {
    let page = site.data_with(&officer(), QUERY, variables).await["residenceRegistrations"].take();
    let edges = page["edges"].as_array().unwrap();
    let nodes: Vec<&Value> = edges.iter().map(|edge| &edge["node"]).collect();
    assert_eq!(nodes, page["nodes"].as_array().unwrap().iter().collect::<Vec<_>>());
    let ends =
        [edges.first(), edges.last()].map(|edge| edge.map_or(Value::Null, |e| e["cursor"].clone()));
    assert_eq!(
        ends,
        [&page["pageInfo"]["startCursor"], &page["pageInfo"]["endCursor"]].map(Clone::clone)
    );
    page
}

fn ids(page: &Value) -> Vec<Value> {
    column(page["nodes"].as_array().unwrap(), "id").into_iter().cloned().collect()
}

fn orders() -> [Value; 6] {
    [
        json!([]),
        json!([{ "moveReason": "ASC" }]),
        json!([{ "moveReason": "DESC" }, { "departureDate": "ASC" }]),
        json!([{ "departureDate": "ASC" }]),
        json!([{ "departureDate": "DESC" }]),
        json!([{ "updatedAt": "DESC" }, { "departureDate": "DESC" }]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_forward_and_backward_put_together_are_the_whole_list() {
    for backend in backends("pages_forward_and_backward_put_together_are_the_whole_list") {
        let site = Site::new(backend).await;
        let filter = json!({ "adminUnitCode": { "eq": "220102" } });
        for order in orders() {
            let whole = page(&site, json!({ "w": filter, "o": order, "first": 500 })).await;
            let expected = ids(&whole);
            let total = whole["totalCount"].as_u64().unwrap();
            assert_eq!(expected.len() as u64, total);
            assert!(total > 100);

            // Who does not see them all is told how many roughly, on every page alike.
            let few = page(&site, json!({ "w": filter, "o": order, "first": 37 })).await;
            let rough = few["totalCount"].as_u64().unwrap();
            assert!(rough % 5 == 0 && rough.abs_diff(total) < 100, "{rough} of {total}");

            let (mut forward, mut after) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ "w": filter, "o": order, "first": 37, "after": after });
                let page = page(&site, variables).await;
                assert_eq!(page["totalCount"], rough);
                assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
                forward.extend(ids(&page));
                let more = forward.len() < expected.len();
                assert_eq!(page["pageInfo"]["hasNextPage"], more, "{order}");
                after = page["pageInfo"]["endCursor"].clone();
                if !more {
                    break;
                }
            }
            assert_eq!(forward, expected, "{order}");

            let (mut backward, mut before) = (Vec::new(), Value::Null);
            loop {
                let variables = json!({ "w": filter, "o": order, "last": 41, "before": before });
                let page = page(&site, variables).await;
                assert_eq!(page["pageInfo"]["hasNextPage"], !before.is_null());
                backward.splice(0..0, ids(&page));
                let more = backward.len() < expected.len();
                assert_eq!(page["pageInfo"]["hasPreviousPage"], more, "{order}");
                before = page["pageInfo"]["startCursor"].clone();
                if !more {
                    break;
                }
            }
            assert_eq!(backward, expected, "{order}");
        }
    }
}

#[tokio::test]
async fn after_and_before_together_cut_a_piece_out() {
    let site = Site::sqlite().await;
    for order in orders() {
        let whole = page(&site, json!({ "o": order, "first": 60 })).await;
        let (expected, edges) = (ids(&whole), whole["edges"].as_array().unwrap());
        let (after, before) = (&edges[9]["cursor"], &edges[30]["cursor"]);
        let between = json!({ "o": order, "after": after, "before": before, "first": 100 });
        assert_eq!(ids(&page(&site, between).await), expected[10..30], "{order}");
        let last = json!({ "o": order, "after": after, "before": before, "last": 5 });
        assert_eq!(ids(&page(&site, last).await), expected[25..30], "{order}");
        let none = json!({ "o": order, "after": before, "before": after, "first": 5 });
        assert!(ids(&page(&site, none).await).is_empty());
    }
}

#[tokio::test]
async fn a_page_of_no_rows_tells_nothing() {
    let site = Site::sqlite().await;
    let empty = page(&site, json!({ "first": 0 })).await;
    assert_eq!(empty["nodes"], json!([]));
    assert_eq!(
        empty["pageInfo"],
        json!({ "hasNextPage": false, "hasPreviousPage": false,
        "startCursor": null, "endCursor": null })
    );
    let none = page(&site, json!({ "first": 5, "w": { "or": [] } })).await;
    assert_eq!(none["totalCount"], 0);
    assert_eq!(none["pageInfo"]["hasNextPage"], false);
    let whole = page(&site, json!({ "first": 500 })).await;
    let exact = page(&site, json!({ "first": whole["totalCount"] })).await;
    assert_eq!(exact["pageInfo"]["hasNextPage"], false);
    assert_eq!(ids(&exact), ids(&whole));
}

#[tokio::test]
async fn a_page_has_its_usual_size_where_none_is_named() {
    let site = Site::sqlite().await;
    let usual = page(&site, json!({})).await;
    assert_eq!(ids(&usual).len(), 50);
    assert_eq!(usual["pageInfo"]["hasNextPage"], true);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn a_cursor_outlives_the_row_it_was_given_for() {
    use sea_orm::ConnectionTrait;
    let site = Site::sqlite().await;
    let order = json!([{ "moveReason": "ASC" }]);
    let before = page(&site, json!({ "o": order, "first": 20 })).await;
    let police = entity::sharing::Department::Police;
    let last = before["nodes"][9]["id"].as_str().unwrap();
    let key =
        (1..60_000).find(|key| site.id(police, "ResidenceRegistration", *key) == last).unwrap();
    let sql = format!("DELETE FROM residence_registration WHERE id = {key}");
    site.world.db.execute_unprepared(&sql).await.unwrap();
    let cursor = &before["edges"][9]["cursor"];
    let after = page(&site, json!({ "o": order, "first": 10, "after": cursor })).await;
    assert_eq!(ids(&after), ids(&before)[10..]);
}

#[tokio::test]
async fn cursors_tell_nothing_readable_and_differ_from_row_to_row() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let site = Site::sqlite().await;
    let query = "{ persons(first: 200, orderBy: [{ name: ASC }, { idNumber: ASC }]) \
                 { edges { cursor node { name idNumber birthDate } } } }";
    let data = site.data(&officer(), query).await;
    let mut seen = std::collections::BTreeSet::new();
    for edge in data["persons"]["edges"].as_array().unwrap() {
        let cursor = edge["cursor"].as_str().unwrap();
        assert!(seen.insert(cursor.to_owned()));
        let plain = URL_SAFE_NO_PAD.decode(cursor).unwrap();
        for field in ["name", "idNumber", "birthDate"] {
            let Some(value) = edge["node"][field].as_str() else { continue };
            assert!(!cursor.contains(value));
            assert!(!plain.windows(value.len()).any(|window| window == value.as_bytes()));
        }
    }
}
