//! Days and instants: those that do not exist, and those at the ends of the calendar.

use serde_json::json;

use super::site::{Site, officer};
use crate::support::{ask, backends};

#[tokio::test]
async fn days_and_instants_that_do_not_exist_are_refused() {
    let site = Site::sqlite().await;
    let mut taken = Vec::new();
    for (field, values) in [
        (
            "birthDate",
            &[
                "2015-02-30",
                "2015-13-01",
                "2015-00-10",
                "2015-1-1",
                "15-01-01",
                "2015/01/01",
                "2015-01-01T00:00:00Z",
                "+12015-01-01",
                "-2015-01-01",
                "",
                " 2015-01-01",
                "2015-02-29",
                "二〇一五",
            ][..],
        ),
        (
            "updatedAt",
            &[
                "2015-02-30T00:00:00Z",
                "2015-01-01",
                "2015-01-01T00:00:00",
                "2015-01-01T25:00:00Z",
                "2015-01-01T00:00:00+99:00",
                "now",
                "",
                "2015-01-01T00:61:00Z",
            ][..],
        ),
    ] {
        for value in values {
            let literal = format!(
                "{{ persons(where: {{ {field}: {{ eq: \"{value}\" }} }}) {{ totalCount }} }}"
            );
            let query = "query($w: PersonWhere) { persons(where: $w) { totalCount } }";
            let variables = json!({ "w": { field: { "in": [value] } } });
            for (query, variables) in [(literal.as_str(), json!({})), (query, variables)] {
                let answer = site.prompt(&officer(), query, variables).await;
                if answer["errors"][0]["extensions"]["code"] != "BAD_USER_INPUT" {
                    taken.push(format!("{field} {value}"));
                }
            }
        }
    }
    assert_eq!(taken, [""; 0]);
    for value in ["0001-01-01", "9999-12-31", "2016-02-29"] {
        let query = format!(
            "{{ persons(where: {{ birthDate: {{ gt: \"{value}\" }} }}) {{ totalCount }} }}"
        );
        site.data(&officer(), &query).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instants_and_days_at_the_ends_of_the_calendar_compare_alike_on_every_database() {
    let mut wrong = Vec::new();
    for backend in backends("instants_and_days_at_the_ends_of_the_calendar") {
        let site = Site::new(backend).await;
        for (field, value, all) in [
            ("updatedAt", "0001-01-01T00:00:00Z", true),
            ("updatedAt", "0000-01-01T00:00:00Z", true),
            ("updatedAt", "0000-01-01T00:00:00+14:00", true),
            ("updatedAt", "1969-12-31T23:59:59.999999999Z", true),
            ("updatedAt", "9999-12-31T23:59:59Z", false),
            ("updatedAt", "9999-12-31T23:59:59-23:59", false),
            ("birthDate", "0000-01-01", true),
            ("birthDate", "9999-12-31", false),
        ] {
            let count = |filter: String| {
                format!("{{ persons(where: {{ {field}: {{ {filter} }} }}) {{ totalCount }} }}")
            };
            let given = site.data(&officer(), &count("isNull: false".to_owned())).await;
            let asked = count(format!("gt: \"{value}\""));
            let answer = ask(&site.gateway, &officer(), &asked).await;
            let expected = if all { given } else { json!({ "persons": { "totalCount": 0 } }) };
            let refused = answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT";
            if !refused && answer["data"] != expected {
                wrong.push(format!("{backend:?} {field} > {value}: {answer}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}
