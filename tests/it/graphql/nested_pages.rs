//! Connections below a row: pages and counts, exact for every parent.

use std::collections::BTreeSet;

use entity::{residence_registration, sharing::Department};
use migrant_gateway::graphql::ids::Identifiers;
use sea_orm::{
    ActiveModelTrait as _, EntityTrait as _, FromQueryResult as _, IntoActiveModel as _,
    Iterable as _, Statement,
};
use serde_json::{Value, json};

use super::site::{Site, column, officer};
use crate::{
    records::{
        sql,
        trail::{follow, query},
    },
    support::backends,
};

const PAGE: &str = "nodes { id } edges { cursor node { id } } totalCount pageInfo { hasNextPage \
    hasPreviousPage startCursor endCursor }";

fn orders() -> [Value; 4] {
    [
        json!([]),
        json!([{ "arrivalDate": "DESC" }]),
        json!([{ "departureDate": "ASC" }]),
        json!([{ "departureDate": "DESC" }, { "moveReason": "ASC" }]),
    ]
}

/// The page of every person's stays, by the person's identifier.
async fn pages(site: &Site, variables: Value) -> Vec<(Value, Value)> {
    let text = format!(
        "query($o: [ResidenceRegistrationOrderBy!], $w: ResidenceRegistrationWhere, $first: Int, \
         $after: String, $last: Int, $before: String) {{ persons(first: 500) {{ nodes {{ id \
         residencesConnection(orderBy: $o, where: $w, first: $first, after: $after, last: $last, \
         before: $before) {{ {PAGE} }} }} }} }}"
    );
    let rows = site.nodes_with(&officer(), &text, variables).await;
    rows.into_iter().map(|row| (row["id"].clone(), row["residencesConnection"].clone())).collect()
}

fn ids(page: &Value) -> Vec<Value> {
    let edges: Vec<Value> =
        page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect();
    assert_eq!(page["nodes"], json!(edges));
    column(&edges, "id").into_iter().cloned().collect()
}

/// The stays of every person as a plain list, under the same arguments.
async fn lists(site: &Site, order: &Value, filter: &Value) -> Vec<(Value, Vec<Value>)> {
    let text = "query($o: [ResidenceRegistrationOrderBy!], $w: ResidenceRegistrationWhere) \
        { persons(first: 500) { nodes { id residences(orderBy: $o, where: $w, first: 500) \
        { id } } } }";
    let rows = site.nodes_with(&officer(), text, json!({ "o": order, "w": filter })).await;
    rows.iter()
        .map(|row| {
            let stays = column(row["residences"].as_array().unwrap(), "id");
            (row["id"].clone(), stays.into_iter().cloned().collect())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_every_parent_is_the_beginning_or_the_end_of_its_list() {
    for backend in backends("a_page_of_every_parent_is_the_beginning_or_the_end_of_its_list") {
        let site = Site::new(backend).await;
        let mut several = 0;
        let open = json!({ "departureDate": { "isNull": true } });
        for (order, filter) in orders()
            .into_iter()
            .flat_map(|order| [(order.clone(), json!({})), (order, open.clone())])
        {
            let lists = lists(&site, &order, &filter).await;
            for (first, size) in [("first", 1), ("last", 1), ("first", 100), ("first", 0)] {
                let variables = json!({ "o": order, "w": filter, first: size });
                let pages = pages(&site, variables).await;
                assert_eq!(pages.len(), lists.len());
                for ((id, page), (of, list)) in pages.iter().zip(&lists) {
                    assert_eq!(id, of);
                    let shown = size.min(list.len());
                    let expected = match first {
                        "first" => &list[..shown],
                        _ => &list[list.len() - shown..],
                    };
                    assert_eq!(ids(page), expected, "{order} {filter} {first}: {size}");
                    assert_eq!(page["totalCount"], list.len());
                    let more = size > 0 && list.len() > size;
                    assert_eq!(page["pageInfo"]["hasNextPage"], first == "first" && more);
                    assert_eq!(page["pageInfo"]["hasPreviousPage"], first == "last" && more);
                    several += usize::from(more);
                }
            }
        }
        assert!(several > 50, "{several}");
    }
}

/// As a client does that refetches a connection: by the parent's identifier alone.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_one_parent_put_together_are_its_list() {
    for backend in backends("pages_of_one_parent_put_together_are_its_list") {
        let site = Site::new(backend).await;
        let text = format!(
            "query($id: ID!, $o: [ResidenceRegistrationOrderBy!], $first: Int, $after: String, \
             $last: Int, $before: String) {{ node(id: $id) {{ ... on Person {{ page: \
             residencesConnection(orderBy: $o, first: $first, after: $after, last: $last, \
             before: $before) {{ {PAGE} }} }} }} }}"
        );
        for order in orders() {
            let several = lists(&site, &order, &json!({})).await.into_iter();
            for (id, list) in several.filter(|(_, list)| list.len() > 1).take(6) {
                for (size, cursor, more, end) in [
                    ("first", "after", "hasNextPage", "endCursor"),
                    ("last", "before", "hasPreviousPage", "startCursor"),
                ] {
                    let (mut all, mut at) = (Vec::new(), Value::Null);
                    loop {
                        let variables = json!({ "id": id, "o": order, size: 1, cursor: at });
                        let mut data = site.data_with(&officer(), &text, variables).await;
                        let page = data["node"]["page"].take();
                        assert_eq!(page["totalCount"], list.len());
                        let place = if size == "first" { all.len() } else { 0 };
                        all.splice(place..place, ids(&page));
                        at = page["pageInfo"][end].clone();
                        if page["pageInfo"][more] == false {
                            break;
                        }
                    }
                    assert_eq!(all, list, "{order} {size}");
                }
            }
        }
    }
}

#[tokio::test]
async fn cursors_of_a_list_are_good_at_the_root_and_below_a_row_and_nowhere_else() {
    let site = Site::sqlite().await;
    let nested = "query($at: String, $o: [ResidenceRegistrationOrderBy!]) { persons(first: 3) \
        { nodes { residencesConnection(after: $at, orderBy: $o) { pageInfo { hasPreviousPage } } \
        } } }";
    let text = "{ residenceRegistrations(first: 1) { pageInfo { endCursor } } \
        persons(first: 1) { pageInfo { endCursor } } }";
    let data = site.data(&officer(), text).await;
    let cursor = |root: &str| data[root]["pageInfo"]["endCursor"].clone();
    let at = json!({ "at": cursor("residenceRegistrations") });
    for row in site.nodes_with(&officer(), nested, at.clone()).await {
        assert_eq!(row["residencesConnection"]["pageInfo"]["hasPreviousPage"], true);
    }
    let ordered = json!({ "at": at["at"], "o": [{ "arrivalDate": "ASC" }] });
    for variables in [json!({ "at": cursor("persons") }), ordered, json!({ "at": "x" })] {
        let code = site.refusal_with(&officer(), nested, variables).await;
        assert_eq!(code, "CURSOR_INVALID");
    }
    for (arguments, expected) in [
        ("first: 1, last: 1", "BAD_USER_INPUT"),
        ("first: -1", "BAD_USER_INPUT"),
        ("first: 501", "LIMIT_EXCEEDED"),
        ("nothing: 1", "GRAPHQL_VALIDATION_FAILED"),
        ("where: { nothing: 1 }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let text = format!(
            "{{ persons(first: 1) {{ nodes {{ residencesConnection({arguments}) \
             {{ totalCount }} }} }} }}"
        );
        assert_eq!(site.refusal(&officer(), &text).await, expected, "{arguments}");
    }
}

/// A person with more stays than a page can hold: all of them are reached.
#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_a_page_can_hold_are_read_page_by_page() {
    for backend in backends("more_rows_than_a_page_can_hold_are_read_page_by_page") {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        let rows = site.nodes(&officer(), "{ persons(first: 1) { nodes { id } } }").await;
        let key = Identifiers::new(&site.world.secrets, Department::Police)
            .key("Person", rows[0]["id"].as_str().unwrap())
            .unwrap();
        let text = format!("SELECT * FROM residence_registration WHERE person_id = {key} LIMIT 1");
        let one = residence_registration::Model::find_by_statement(Statement::from_string(
            db.get_database_backend(),
            text,
        ))
        .one(db)
        .await
        .unwrap()
        .unwrap();
        let copies = (0..1_203).map(|number| {
            let copy = residence_registration::Model { id: 9_000_000 + number, ..one.clone() };
            copy.into_active_model().reset_all()
        });
        let copies: Vec<_> = copies.collect();
        let columns = residence_registration::Column::iter().count();
        for some in copies.chunks(30_000 / columns) {
            residence_registration::Entity::insert_many(some.to_vec())
                .exec_without_returning(db)
                .await
                .unwrap();
        }
        let count = format!("SELECT id FROM residence_registration WHERE person_id = {key}");
        let all = sql::column::<i64>(db, &count).await.len();
        let text = "query($id: ID!, $after: String) { node(id: $id) { ... on Person { page: \
            residencesConnection(first: 500, after: $after) { totalCount nodes { id } pageInfo \
            { hasNextPage endCursor } } } } }";
        let (mut seen, mut after, mut totals) = (BTreeSet::new(), Value::Null, BTreeSet::new());
        loop {
            let variables = json!({ "id": rows[0]["id"], "after": after });
            let data = site.data_with(&officer(), text, variables).await;
            let page = &data["node"]["page"];
            seen.extend(page["nodes"].as_array().unwrap().iter().map(Value::to_string));
            totals.insert(page["totalCount"].as_i64().unwrap());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(seen.len(), all);
        // Of many the number is a rough one, the same on every page.
        let rough = *totals.first().unwrap();
        assert_eq!(totals.len(), 1);
        assert!(rough % 5 == 0 && rough.abs_diff(i64::try_from(all).unwrap()) < 100, "{rough}");
    }
}

/// Members of a household are others than the one above: whoever is shown, counted or tells that
/// there is another page is a subject.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_counted_below_a_row_stands_in_the_record() {
    for backend in backends("who_is_counted_below_a_row_stands_in_the_record") {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        let whole =
            "{ householdMembers(first: 200) { nodes { id household { id person { id } } } } }";
        let rows = site.nodes(&officer(), whole).await;
        let row = rows
            .iter()
            .find(|row| row["household"].as_array().unwrap().len() > 2)
            .expect("a household of three");
        let persons: BTreeSet<i64> = row["household"]
            .as_array()
            .unwrap()
            .iter()
            .map(|member| {
                let identifiers = Identifiers::new(&site.world.secrets, Department::Police);
                identifiers.key("Person", member["person"]["id"].as_str().unwrap()).unwrap()
            })
            .collect();
        let ask = async |members: &str| {
            let text = format!(
                "{{ householdMember(id: {}) {{ householdConnection{members} }} }}",
                row["id"]
            );
            let trail = follow(db, &site.gateway, &officer(), None, query(&text)).await;
            assert_eq!(trail.record.decision, "allowed", "{}", trail.answer);
            trail
        };
        let counted = ask("{ totalCount }").await;
        let page = &counted.answer["householdMember"]["householdConnection"];
        assert_eq!(page["totalCount"], persons.len());
        assert_eq!(counted.subjects, persons, "{backend:?}");
        // The row above; the first of the page, and the one beyond it where that is told.
        let first = ask("(first: 1) { nodes { id } }").await.subjects;
        let told = ask("(first: 1) { nodes { id } pageInfo { hasNextPage } }").await.subjects;
        assert!(first.len() <= 2 && first.is_subset(&told) && told.is_subset(&persons));
        assert!(told.len() >= 2);
        let all = ask("(first: 1) { nodes { id } totalCount }").await.subjects;
        assert_eq!(all, persons);
    }
}
