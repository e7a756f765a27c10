//! Code lists, and labels beside codes.

use std::collections::{BTreeMap, BTreeSet};

use entity::sharing::{Finished, Type};
use migrant_gateway::{
    auth::Caller,
    catalogue::{
        Field, Kind, Source, catalogue,
        code_lists::{self, Language, label_name},
    },
    graphql::Unshared,
    policy::{self, Permit, Position, Purpose, Role, explain},
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::{Backend, CALLERS, ask, backends, caller};

/// All lists as a caller reads them: the labels by list and code.
async fn labels(site: &Site, caller: &Caller) -> BTreeMap<String, BTreeMap<String, Value>> {
    let query = "{ codeLists { name titleZh titleEn source codes { code labelZh labelEn } } }";
    let data = site.data(caller, query).await;
    let mut all = BTreeMap::new();
    for list in data["codeLists"].as_array().unwrap() {
        for member in ["name", "titleZh", "titleEn", "source"] {
            assert!(list[member].is_string(), "{member} of {list}");
        }
        let codes = list["codes"].as_array().unwrap().iter();
        let codes = codes.map(|entry| (entry["code"].as_str().unwrap().to_owned(), entry.clone()));
        all.insert(list["name"].as_str().unwrap().to_owned(), codes.collect());
    }
    all
}

fn permit(grants: &policy::GrantSet, role: Role, purpose: Purpose, site: &Site) -> Permit {
    let now = migrant_gateway::clock::Clock::now(&*site.world.clock);
    Permit::decide(explain::typical(role, purpose), grants, now).unwrap()
}

#[tokio::test]
async fn every_caller_reads_every_code_list() {
    let site = Site::sqlite().await;
    let first = labels(&site, &officer()).await;
    let known: BTreeSet<&str> = catalogue().code_lists().iter().map(|list| list.name).collect();
    assert_eq!(first.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for (role, purpose) in CALLERS.iter() {
        let caller = caller(*role, *purpose);
        let query = "{ codeList(name: \"sex\") { code labelZh labelEn validFrom validUntil } \
            byStandard: codeList(name: \"GB/T 2261.1\") { code } }";
        let data = site.data(&caller, query).await;
        let man = json!({ "code": "1", "labelZh": "男性", "labelEn": "male", "validFrom": null, "validUntil": null });
        assert_eq!(data["codeList"][1], man, "{role} {purpose}");
        assert_eq!(data["byStandard"][1]["code"], "1");
    }
    let query = "{ codeList(name: \"regions\") { code labelZh validFrom validUntil } }";
    let regions = site.data(&officer(), query).await;
    let jiutai = |code: &str| {
        let all = regions["codeList"].as_array().unwrap();
        all.iter().find(|entry| entry["code"] == code).unwrap().clone()
    };
    assert_eq!(jiutai("220181")["validUntil"], "2014-12-31");
    assert_eq!(jiutai("220113")["validFrom"], "2014-01-01");
    let error = site.prompt(&officer(), "{ codeList(name: \"none\") { code } }", json!({})).await;
    assert_eq!(error["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert!(error["errors"][0]["extensions"]["codeLists"].as_array().unwrap().len() > 50);
}

/// The fields of a kind whose codes a permit shows, with their lists.
fn coded(permit: &Permit, kind: &Kind) -> Vec<(&'static Field, &'static str)> {
    permit
        .fields_at(kind.id, Position::Select)
        .filter_map(|field| {
            let list = code_lists::shown(field, permit.field(field.id).mask)?;
            Some((field, list.name))
        })
        .collect()
}

#[tokio::test]
async fn a_label_is_the_label_of_the_code_beside_it_for_every_caller() {
    for backend in backends("labels") {
        let site = Site::new(backend).await;
        let grants = policy::load(&site.world.db).await.unwrap();
        let known = labels(&site, &officer()).await;
        let (mut seen, mut absent) = (BTreeSet::new(), 0);
        for (role, purpose) in CALLERS.iter().copied() {
            let (permit, caller) = (permit(&grants, role, purpose, &site), caller(role, purpose));
            for kind in catalogue().kinds().iter().filter(|kind| permit.shows_kind(kind.id)) {
                let coded = coded(&permit, kind);
                if coded.is_empty() {
                    continue;
                }
                let zh = |field: &Field| label_name(field.spec.name, Language::Zh);
                let en = |field: &Field| label_name(field.spec.name, Language::En);
                let chosen: Vec<String> = coded
                    .iter()
                    .map(|(field, _)| format!("{} {} {}", field.spec.name, zh(field), en(field)))
                    .collect();
                let query = format!(
                    "{{ {}(first: 100) {{ nodes {{ {} }} }} }}",
                    kind.plural,
                    chosen.join(" ")
                );
                for row in site.nodes(&caller, &query).await {
                    for (field, list) in &coded {
                        let expect = |code: &Value, label: &Value, member: &str| {
                            let Some(code) = code.as_str() else {
                                assert!(label.is_null(), "{role} {purpose} {}", field.path());
                                return;
                            };
                            let entry = known[*list].get(code);
                            let entry = entry
                                .unwrap_or_else(|| panic!("{}: {code} of {list}", field.path()));
                            assert_eq!(*label, entry[member], "{} {code}", field.path());
                        };
                        let (code, zh, en) =
                            (&row[field.spec.name], &row[&zh(field)], &row[&en(field)]);
                        match code.as_array() {
                            Some(codes) => {
                                assert_eq!(codes.len(), zh.as_array().unwrap().len());
                                for (place, code) in codes.iter().enumerate() {
                                    expect(code, &zh[place], "labelZh");
                                    expect(code, &en[place], "labelEn");
                                }
                            }
                            None => {
                                expect(code, zh, "labelZh");
                                expect(code, en, "labelEn");
                            }
                        }
                        match code.is_null() {
                            true => absent += 1,
                            false => _ = seen.insert(field.id),
                        }
                    }
                }
            }
        }
        assert!(seen.len() > 40 && absent > 100, "{} fields, {absent} absent", seen.len());
    }
}

/// The codes in a stored value: the text itself, items of a list, or members that hold codes.
fn codes_in(field: &Field, stored: &str) -> Vec<(&'static str, String)> {
    let list = |name| move |code: &Value| code.as_str().map(|code| (name, code.to_owned()));
    match field.spec.ty {
        Type::Code => vec![(field.codes.unwrap().name, stored.to_owned())],
        Type::Codes => {
            let items: Vec<Value> = serde_json::from_str(stored).unwrap();
            items.iter().filter_map(list(field.codes.unwrap().name)).collect()
        }
        _ => {
            let value: Value = serde_json::from_str(stored).unwrap();
            let items = value.as_array().cloned().unwrap_or_else(|| vec![value]);
            let members: Vec<_> = code_lists::of_members(field).collect();
            let of = |item: &Value| -> Vec<(&'static str, String)> {
                members.iter().filter_map(|(member, of)| list(of.name)(&item[*member])).collect()
            };
            items.iter().flat_map(of).collect()
        }
    }
}

#[tokio::test]
async fn every_code_that_the_population_holds_has_a_label() {
    let site = Site::sqlite().await;
    let known = labels(&site, &officer()).await;
    let mut held: BTreeSet<(String, &str, String)> = BTreeSet::new();
    for field in catalogue().fields() {
        let is_coded = matches!(field.spec.ty, Type::Code | Type::Codes)
            || code_lists::of_members(field).next().is_some();
        let columns = match field.source {
            Source::Column(column) if is_coded => vec![column],
            Source::Finished(Finished::Parts(_) | Finished::DueDoses(_)) if is_coded => {
                field.source.columns()
            }
            _ => continue,
        };
        for column in columns {
            let table = catalogue().kind(field.kind).table;
            let sql =
                format!("SELECT DISTINCT {column} AS v FROM {table} WHERE {column} IS NOT NULL");
            let statement = Statement::from_string(site.world.db.get_database_backend(), sql);
            for row in site.world.db.query_all_raw(statement).await.unwrap() {
                let stored: String = row.try_get("", "v").unwrap();
                let codes = codes_in(field, &stored).into_iter();
                held.extend(codes.map(|(list, code)| (field.path(), list, code)));
            }
        }
    }
    assert!(held.len() > 250, "{}", held.len());
    for (path, list, code) in held {
        let entry = known[list].get(&code).unwrap_or_else(|| panic!("{path}: {code} of {list}"));
        assert!(entry["labelZh"].as_str().is_some_and(|label| !label.is_empty()), "{path} {code}");
    }
}

#[tokio::test]
async fn a_filter_by_a_code_that_its_list_does_not_have_names_the_list() {
    let site = Site::sqlite().await;
    let grants = policy::load(&site.world.db).await.unwrap();
    let mut refused = BTreeSet::new();
    for (role, purpose) in CALLERS.iter().copied() {
        let (permit, caller) = (permit(&grants, role, purpose, &site), caller(role, purpose));
        for field in catalogue().fields() {
            let is_compared = permit.may(field, Position::Filter) && field.spec.ty == Type::Code;
            if !is_compared || !refused.insert(field.id) {
                continue;
            }
            let (kind, name) = (catalogue().kind(field.kind), field.spec.name);
            for comparison in ["eq: \"?!\"", "ne: \"\"", "in: [\"男\"]"] {
                let query = format!(
                    "{{ {}(first: 1, where: {{ {name}: {{ {comparison} }} }}) {{ nodes {{ id }} }} }}",
                    kind.plural
                );
                let answer = site.prompt(&caller, &query, json!({})).await;
                let error = &answer["errors"][0];
                assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{query} {answer}");
                let list = field.codes.unwrap().name;
                assert_eq!(error["extensions"]["codeList"], list, "{query}");
                assert!(error["message"].as_str().unwrap().contains(list), "{error}");
            }
        }
    }
    let comparable = catalogue().fields().iter().filter(|field| {
        let is_computed = matches!(field.source, Source::Column(_) | Source::Computed(_));
        field.spec.ty == Type::Code && is_computed
    });
    let never: Vec<String> =
        comparable.filter(|field| !refused.contains(&field.id)).map(Field::path).collect();
    assert!(never.is_empty(), "nobody may compare these, so nothing was tried: {never:?}");
}

#[tokio::test]
async fn codes_of_standards_that_are_not_held_whole_are_taken_by_their_form() {
    let site = Site::sqlite().await;
    for (code, is_one) in [
        ("220102", true),
        ("220181", true),
        ("230109", true),
        ("220199", false),
        ("990102", false),
        ("22010", false),
        ("南关区", false),
    ] {
        let query = format!(
            "{{ householdRegistrations(first: 1, where: {{ hukouRegionCode: {{ eq: {code:?} }} }}) \
             {{ nodes {{ id }} }} }}"
        );
        let answer = site.prompt(&officer(), &query, json!({})).await;
        assert_eq!(answer["errors"].is_null(), is_one, "{code}: {answer}");
    }
    // What registers hold are codes, and nothing else is.
    for (code, is_one) in [("220102", true), ("JL-CBS", true), ("220199", false), ("JL-XXX", false)]
    {
        let query = format!(
            "{{ residenceRegistrations(first: 1, where: {{ adminUnitCode: {{ eq: {code:?} }} }}) \
             {{ nodes {{ id }} }} }}"
        );
        let answer = site.prompt(&officer(), &query, json!({})).await;
        assert_eq!(answer["errors"].is_null(), is_one, "{code}: {answer}");
    }
}

#[tokio::test]
async fn a_label_is_recorded_as_its_code_is() {
    for backend in backends("recorded labels") {
        let site = Site::new(backend).await;
        let mut recorded = Vec::new();
        for chosen in ["sex", "sexLabel", "sexLabelEn", "sex sexLabel"] {
            let query = format!("{{ persons(first: 2) {{ nodes {{ {chosen} }} }} }}");
            site.data(&officer(), &query).await;
            let sql = "SELECT fields, subject_count FROM access_record ORDER BY seq DESC LIMIT 1";
            let statement = Statement::from_string(site.world.db.get_database_backend(), sql);
            let row = site.world.db.query_one_raw(statement).await.unwrap().unwrap();
            let fields: String = row.try_get("", "fields").unwrap();
            let subjects: i64 = match backend {
                Backend::Sqlite => row.try_get("", "subject_count").unwrap(),
                Backend::Postgres => row.try_get("", "subject_count").unwrap_or_else(|_| {
                    i64::from(row.try_get::<i32>("", "subject_count").unwrap())
                }),
            };
            recorded.push((fields, subjects));
        }
        assert!(recorded[0].0.contains("Person.sex"), "{recorded:?}");
        assert!(recorded.iter().all(|record| *record == recorded[0]), "{recorded:?}");
    }
}

#[tokio::test]
async fn a_label_of_what_is_not_shared_is_not_shared() {
    let site = Site::sqlite().await;
    let grid = caller(Role::GG, Purpose::Ref);
    let query = "{ persons(first: 1) { nodes { name sexLabel } } }";
    let answer = site.prompt(&grid, query, json!({})).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "FIELD_NOT_SHARED", "{answer}");
    assert_eq!((&extensions["kind"], &extensions["field"]), (&json!("Person"), &json!("sex")));
    // A filter or an order by a label there is none.
    for argument in ["where: { sexLabel: { eq: \"男性\" } }", "orderBy: [{ sexLabel: ASC }]"] {
        let query = format!("{{ persons(first: 1, {argument}) {{ nodes {{ id }} }} }}");
        assert_eq!(site.refusal(&officer(), &query).await, "GRAPHQL_VALIDATION_FAILED");
    }
    // Null in its place, where that is asked for.
    let request = migrant_gateway::graphql::Request {
        query: query.to_owned(),
        unshared: Unshared::Null,
        ..Default::default()
    };
    let answer = site.gateway.answer(&grid, None, request).await;
    let data: Value = serde_json::from_slice(&answer.result.unwrap()).unwrap();
    for row in data["persons"]["nodes"].as_array().unwrap() {
        assert!(row["sexLabel"].is_null());
    }
}

#[tokio::test]
async fn labels_of_structured_values_and_of_counts_are_those_of_their_codes() {
    let site = Site::sqlite().await;
    let clinic = caller(Role::HC, Purpose::Hr);
    let query = "{ healthRecords(first: 50) { nodes { \
        serviceRecords { service serviceLabel serviceLabelEn } allergies allergiesLabel } } }";
    let rows = site.nodes(&clinic, query).await;
    let mut seen = 0;
    for service in rows.iter().filter_map(|row| row["serviceRecords"].as_array()).flatten() {
        let list = catalogue().code_list("encounters").unwrap();
        let entry = list.entries().iter().find(|entry| service["service"] == *entry.code).unwrap();
        assert_eq!(
            (&service["serviceLabel"], &service["serviceLabelEn"]),
            (&json!(entry.label_zh), &json!(entry.label_en))
        );
        seen += 1;
    }
    assert!(seen > 0);
    let query = "{ personStats(groupBy: [sex]) { sex sexLabel sexLabelEn count } }";
    let counts = ask(&site.gateway, &caller(Role::HA, Purpose::Stat), query).await;
    let counts = counts["data"]["personStats"].as_array().unwrap().clone();
    let women = counts.iter().find(|cell| cell["sex"] == "2").unwrap();
    assert_eq!((&women["sexLabel"], &women["sexLabelEn"]), (&json!("女性"), &json!("female")));
}
