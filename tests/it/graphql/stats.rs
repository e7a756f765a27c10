//! Counts: rounded to 5, small cells suppressed, never one of them alone, and no filter.

use std::collections::BTreeMap;

use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::{backends, caller};

/// What of raw counts may be shown.
fn expected(raw: &[i64], small: i64) -> Vec<Option<i64>> {
    let rounded = |count: i64| (count as f64 / 5.0).round() as i64 * 5;
    let mut shown: Vec<Option<i64>> =
        raw.iter().map(|count| (*count >= small).then(|| rounded(*count))).collect();
    if shown.iter().filter(|cell| cell.is_none()).count() == 1 {
        let visible = (0..raw.len()).filter(|cell| shown[*cell].is_some());
        if let Some(smallest) = visible.min_by_key(|cell| raw[*cell]) {
            shown[smallest] = None;
        }
    }
    shown
}

fn assert_cells(cells: &[Value], raw: &[i64], small: i64) {
    assert_eq!(cells.len(), raw.len());
    for (cell, expected) in cells.iter().zip(expected(raw, small)) {
        assert_eq!(cell["count"].as_i64(), expected, "{cells:?} of {raw:?}");
        assert_eq!(cell["suppressed"], expected.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_those_of_the_rows_the_caller_could_list() {
    for backend in backends("counts_are_those_of_the_rows_the_caller_could_list") {
        let site = Site::new(backend).await;
        let rows = site
            .nodes(
                &officer(),
                "{ persons(first: 500) { nodes { sex ageBand ethnicity education } } }",
            )
            .await;
        for dimensions in [
            &["sex"][..],
            &["ageBand"],
            &["ethnicity"],
            &["education", "sex"],
            &["sex", "ageBand", "ethnicity", "education"],
        ] {
            let mut raw: BTreeMap<Vec<&str>, i64> = BTreeMap::new();
            for row in &rows {
                let cell = dimensions.iter().map(|name| row[*name].as_str().unwrap_or("~~"));
                *raw.entry(cell.collect()).or_default() += 1;
            }
            let names = dimensions.join(" ");
            let query =
                format!("{{ personStats(groupBy: [{names}]) {{ {names} count suppressed }} }}");
            let data = site.data(&officer(), &query).await;
            let cells = data["personStats"].as_array().unwrap();
            let told: Vec<Vec<&str>> = cells
                .iter()
                .map(|cell| {
                    dimensions.iter().map(|name| cell[*name].as_str().unwrap_or("~~")).collect()
                })
                .collect();
            assert_eq!(told, raw.keys().cloned().collect::<Vec<_>>(), "{names}");
            assert_cells(cells, &raw.values().copied().collect::<Vec<_>>(), 10);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_counts_the_whole_province() {
    for backend in backends("an_analyst_counts_the_whole_province") {
        let site = Site::new(backend).await;
        let analyst = caller(Role::HA, Purpose::Stat);
        let sql =
            "SELECT sex, count(*) AS n FROM person WHERE sex IS NOT NULL GROUP BY sex ORDER BY sex";
        let statement =
            Statement::from_string(site.world.db.get_database_backend(), sql.to_owned());
        let rows = site.world.db.query_all_raw(statement).await.unwrap();
        let raw: Vec<i64> = rows.iter().map(|row| row.try_get("", "n").unwrap()).collect();
        let data =
            site.data(&analyst, "{ personStats(groupBy: [sex]) { sex count suppressed } }").await;
        let cells: Vec<Value> = data["personStats"].as_array().unwrap().clone();
        let known: Vec<Value> = cells.into_iter().filter(|cell| !cell["sex"].is_null()).collect();
        assert_cells(&known, &raw, 10);
        assert!(raw.iter().sum::<i64>() > 1_000);
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn a_single_small_cell_takes_the_next_smallest_with_it() {
    let site = Site::sqlite().await;
    let run = |sql: &'static str| site.world.db.execute_unprepared(sql);
    // Nobody is seen by a telephone number alone, and counted as one whose band is not shown.
    run("UPDATE person SET phone_collected_by = 'health' WHERE collecting_department <> 'police'")
        .await
        .unwrap();
    // Three bands remain: a small one, a middle one and a big one.
    run("UPDATE person SET marital_status = 'big' WHERE collecting_department = 'police'")
        .await
        .unwrap();
    run("UPDATE person SET marital_status = 'middle' WHERE id IN (SELECT id FROM person WHERE \
         collecting_department = 'police' AND residence_unit_id BETWEEN (SELECT id FROM \
         administrative_unit WHERE code = '220102') AND (SELECT subtree_end FROM administrative_unit \
         WHERE code = '220102') ORDER BY id LIMIT 30)").await.unwrap();
    run("UPDATE person SET marital_status = 'small' WHERE id IN (SELECT id FROM person WHERE \
         marital_status = 'middle' ORDER BY id LIMIT 3)")
    .await
    .unwrap();
    let query = "{ personStats(groupBy: [maritalStatus]) { maritalStatus count suppressed } }";
    let data = site.data(&officer(), query).await;
    let cells = data["personStats"].as_array().unwrap();
    let suppressed: Vec<&str> = cells
        .iter()
        .filter(|cell| cell["suppressed"] == true)
        .map(|cell| cell["maritalStatus"].as_str().unwrap())
        .collect();
    assert_eq!(suppressed, ["middle", "small"], "{cells:?}");
    assert!(cells.iter().all(|cell| cell["count"].is_null() == (cell["suppressed"] == true)));
}

#[tokio::test]
async fn no_answer_of_any_analyst_has_a_small_or_an_uneven_count() {
    let site = Site::sqlite().await;
    for (role, purpose) in [
        (Role::HA, Purpose::Stat),
        (Role::PA, Purpose::Stat),
        (Role::GC, Purpose::Stat),
        (Role::MC, Purpose::Stat),
        (Role::FA, Purpose::Fund),
    ] {
        let caller = caller(role, purpose);
        let schema =
            "{ __schema { queryType { fields { name } } types { name enumValues { name } } } }";
        let schema = site.data(&caller, schema).await["__schema"].take();
        for field in schema["queryType"]["fields"].as_array().unwrap() {
            let Some(single) = field["name"].as_str().unwrap().strip_suffix("Stats") else {
                continue;
            };
            let dimension = format!("{}{}Dimension", single[..1].to_uppercase(), &single[1..]);
            let types = schema["types"].as_array().unwrap();
            let found = types.iter().find(|one| one["name"] == dimension.as_str()).unwrap();
            for name in found["enumValues"].as_array().unwrap() {
                let name = name["name"].as_str().unwrap();
                let query =
                    format!("{{ {single}Stats(groupBy: [{name}]) {{ {name} count suppressed }} }}");
                let data = site.data(&caller, &query).await;
                let cells = data[format!("{single}Stats")].as_array().unwrap().clone();
                let hidden = cells.iter().filter(|cell| cell["suppressed"] == true).count();
                assert!(hidden != 1 || cells.len() == 1, "{role} {query} {cells:?}");
                for cell in &cells {
                    let count = cell["count"].as_i64();
                    assert!(
                        count.is_none_or(|count| count >= 10 && count % 5 == 0),
                        "{query} {cell}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn counts_take_no_filter_and_no_value_that_is_not_a_code() {
    let site = Site::sqlite().await;
    for (query, code) in [
        ("{ personStats(where: { name: { eq: \"x\" } }) { count } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ personStats(groupBy: [name]) { count } }", "FIELD_NOT_SHARED"),
        ("{ personStats(groupBy: [birthDate]) { count } }", "FIELD_NOT_SHARED"),
        ("{ personStats(groupBy: [id]) { count } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ personStats(first: 1) { count } }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ personStats(groupBy: [sex, ageBand, ethnicity, education, nationality]) { count } }",
            "LIMIT_EXCEEDED",
        ),
    ] {
        assert_eq!(site.refusal(&officer(), query).await, code, "{query}");
    }
    let query = "query($d: [PersonDimension!]) { personStats(groupBy: $d) { count } }";
    for value in
        [json!(["name"]), json!(["birthDate"]), json!([1]), json!([null]), json!({ "a": 1 })]
    {
        let code = site.refusal_with(&officer(), query, json!({ "d": value })).await;
        assert!(matches!(code.as_str(), "FIELD_NOT_SHARED" | "BAD_USER_INPUT"), "{value} {code}");
    }
}
