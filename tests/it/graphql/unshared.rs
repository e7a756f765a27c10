//! `X-Unshared: null`: what is granted is answered, what is not is null and listed with its reason.

use std::{collections::BTreeSet, sync::Arc};

use migrant_gateway::{
    app::{Answer, Gateway},
    auth::Caller,
    catalogue::{Kind, Relation, catalogue},
    graphql::{Request, Unshared},
    policy::{Purpose, Role},
};
use serde_json::{Map, Value, json};

use super::{
    http_accept::{JSON, Wire},
    site::{Site, officer},
};
use crate::{
    records::trail::follow,
    support::{CALLERS, ask, ask_with, backends, caller, code},
};

fn request(query: &str, variables: Value) -> Request {
    let variables = variables.as_object().cloned().unwrap_or_default();
    let query = query.to_owned();
    Request { query, variables, unshared: Unshared::Null, ..Request::default() }
}

/// The data of an answer and what it says is not shared, or its errors.
async fn taking_null(
    gateway: &Arc<Gateway>,
    caller: &Caller,
    query: &str,
    variables: Value,
) -> Result<(Value, Vec<Value>), Value> {
    let Answer { result, extensions, .. } =
        gateway.answer(caller, None, request(query, variables)).await;
    let data = result.map_err(|error| json!({ "errors": error.to_json_list() }))?;
    let said: Value = match extensions {
        Some(text) => serde_json::from_str(&text).expect("extensions are JSON"),
        None => json!({ "unshared": [] }),
    };
    let list = said["unshared"].as_array().expect("a list").clone();
    Ok((serde_json::from_slice(&data).expect("answers are JSON"), list))
}

/// Every field of a kind with a member where it is an object, and every relation with an identifier.
fn whole(kind: &Kind) -> String {
    let fields = catalogue().fields_of(kind.id).map(|field| match field.spec.ty.structure() {
        Some(structure) => format!("{} {{ {} }}", field.spec.name, structure.members[0].0),
        None => field.spec.name.to_owned(),
    });
    // Each request adds to the access log: what a list of it holds is no longer the same then.
    let is_still = |way: &&Relation| catalogue().kind(way.target).name != "AccessEvent";
    let relations = kind.relations.iter().filter(is_still).flat_map(|way| {
        let rows = format!("{} {{ id }}", way.name);
        let pages = way.many.then(|| format!("{} {{ nodes {{ id }} }}", way.connection()));
        [Some(rows), pages].into_iter().flatten()
    });
    fields.chain(relations).collect::<Vec<_>>().join(" ")
}

/// The names that an entitlement withholds of a kind, with reason and law.
async fn withheld(site: &Site, caller: &Caller, kind: &Kind) -> BTreeSet<[String; 3]> {
    let text =
        format!("{{ entitlement(kind: {:?}) {{ withheld {{ field reason law }} }} }}", kind.name);
    let data = site.data(caller, &text).await;
    let list = data["entitlement"]["withheld"].as_array().unwrap();
    list.iter().map(|field| ["field", "reason", "law"].map(|m| text_of(field, m))).collect()
}

fn text_of(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("{member} of {value}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_asked_of_everything_answers_what_is_granted_and_lists_the_rest() {
    let site = Site::sqlite().await;
    let (mut shown, mut hidden) = (0, 0);
    for (role, purpose) in CALLERS.iter().copied() {
        let caller = caller(role, purpose);
        for kind in catalogue().kinds().iter().filter(|kind| kind.name != "AccessEvent") {
            let plural = kind.plural;
            let text = format!("{{ {plural}(first: 3) {{ nodes {{ id {} }} }} }}", whole(kind));
            let (data, list) =
                taking_null(&site.gateway, &caller, &text, json!({})).await.expect("an answer");
            let is_shown =
                ask(&site.gateway, &caller, &format!("{{ {plural} {{ nodes {{ id }} }} }}")).await
                    ["data"]
                    .is_object();
            if !is_shown {
                assert_eq!(data, json!({ plural: null }), "{role} {purpose} {plural}");
                assert_eq!(list.len(), 1);
                assert_eq!(
                    (&list[0]["path"], &list[0]["field"]),
                    (&json!([plural]), &json!(plural))
                );
                assert_eq!(list[0]["kind"], kind.name);
                hidden += 1;
                continue;
            }
            let named = |of: &Value| of["path"].as_array().unwrap().last().unwrap().clone();
            let names: BTreeSet<String> =
                list.iter().map(|of| named(of).as_str().unwrap().to_owned()).collect();
            let of_kind = list.iter().filter(|of| of["kind"] == kind.name);
            let fields: BTreeSet<[String; 3]> = of_kind
                .filter(|of| kind.relation_named(&text_of(of, "field")).is_none())
                .filter(|of| kind.connection_named(&text_of(of, "field")).is_none())
                .map(|of| ["field", "reason", "law"].map(|member| text_of(of, member)))
                .collect();
            assert_eq!(fields, withheld(&site, &caller, kind).await, "{role} {purpose} {plural}");
            // What is left of the document is granted, and answers the same.
            let granted: Vec<String> = whole_parts(kind)
                .into_iter()
                .filter(|(name, _)| !names.contains(name))
                .map(|(_, part)| part)
                .collect();
            let text =
                format!("{{ {plural}(first: 3) {{ nodes {{ id {} }} }} }}", granted.join(" "));
            let mut rows = data[plural]["nodes"].as_array().unwrap().clone();
            for row in &mut rows {
                let row = row.as_object_mut().unwrap();
                for name in &names {
                    assert_eq!(row.remove(name), Some(Value::Null), "{name}");
                }
                shown += 1;
            }
            assert_eq!(site.nodes(&caller, &text).await, rows, "{role} {purpose} {plural}");
        }
    }
    assert!(shown > 300 && hidden > 150, "{shown} {hidden}");
}

/// The parts of a selection of everything, by their names.
fn whole_parts(kind: &Kind) -> Vec<(String, String)> {
    let text = whole(kind);
    let (mut parts, mut depth, mut part) = (Vec::<String>::new(), 0, String::new());
    for word in text.split(' ') {
        match word {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 0 && !part.is_empty() => parts.push(std::mem::take(&mut part)),
            _ => {}
        }
        part = format!("{part} {word}");
    }
    parts.push(part);
    let name = |part: &String| part.split_whitespace().next().unwrap().to_owned();
    parts.into_iter().map(|part| (name(&part), part)).collect()
}

#[tokio::test]
async fn what_is_null_is_listed_with_its_place_reason_and_law() {
    let site = Site::sqlite().await;
    let text = "query($n: Int, $yes: Boolean!, $no: Boolean!) { a: persons(first: $n) { edges { node { id \
        name blood: healthRecords(first: $n) { bloodType } left: healthRecords @include(if: $no) { id } \
        ...H @include(if: $yes) } } } healthRecordStats { count } node(id: \"x\") { id ... on HealthRecord \
        { bloodType } } } fragment H on Person { immunizationCardsConnection { totalCount } }";
    let variables = json!({ "n": 2, "yes": true, "no": false });
    let (data, list) = taking_null(&site.gateway, &officer(), text, variables).await.unwrap();
    let rows = data["a"]["edges"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        let members: Vec<&String> = row["node"].as_object().unwrap().keys().collect();
        assert_eq!(members, ["blood", "id", "immunizationCardsConnection", "name"]);
        assert!(row["node"]["name"].is_string());
        assert_eq!(row["node"]["blood"], Value::Null);
    }
    assert_eq!((&data["healthRecordStats"], &data["node"]), (&Value::Null, &Value::Null));
    let told: Vec<(&Value, &Value, &Value)> =
        list.iter().map(|of| (&of["path"], &of["kind"], &of["field"])).collect();
    let null = Value::Null;
    assert_eq!(
        told,
        [
            (
                &json!(["a", "edges", "node", "blood"]),
                &json!("HealthRecord"),
                &json!("healthRecords")
            ),
            (
                &json!(["a", "edges", "node", "immunizationCardsConnection"]),
                &json!("ImmunizationCard"),
                &json!("immunizationCardsConnection")
            ),
            (&json!(["healthRecordStats"]), &json!("HealthRecord"), &json!("healthRecordStats")),
            (&json!(["node"]), &json!("HealthRecord"), &null),
        ]
    );
    for of in list.iter().filter(|of| of["kind"] == "HealthRecord") {
        assert_eq!(of["reason"], "NOT_GRANTED");
        assert!(of["law"].as_str().unwrap().contains("PIPL"), "{of}");
        assert_eq!(of["shareCategory"], "CONDITIONAL");
        assert_eq!(of["requestable"], true);
        assert!(of["locations"][0]["line"].is_number());
    }
}

#[tokio::test]
async fn rows_are_never_chosen_or_put_in_order_by_what_is_not_shared() {
    let site = Site::sqlite().await;
    // A county officer sees names as stars and no telephone numbers.
    let clerk = caller(Role::HO, Purpose::Hr);
    for (text, variables) in [
        ("{ persons(where: { phone: { eq: \"1\" } }) { nodes { id phone } } }", json!({})),
        ("{ persons(where: { not: { name: { eq: \"1\" } } }) { nodes { id phone } } }", json!({})),
        ("{ persons(orderBy: [{ name: ASC }]) { nodes { id phone } } }", json!({})),
        (
            "query($w: PersonWhere) { persons(where: $w) { nodes { id phone } } }",
            json!({ "w": { "phone": { "eq": "1" } } }),
        ),
        (
            "query($o: [ResidenceRegistrationOrderBy!]) { residenceRegistrations(orderBy: $o) \
             { nodes { id } } persons { nodes { phone } } }",
            json!({ "o": [{ "residenceAddress": "ASC" }] }),
        ),
        ("{ personStats(groupBy: [name]) { count } persons { nodes { phone } } }", json!({})),
    ] {
        let refused = taking_null(&site.gateway, &clerk, text, variables).await.unwrap_err();
        assert_eq!(code(&refused), Some("FIELD_NOT_SHARED"), "{text}\n{refused}");
    }
    // Nor in what is not looked at: a page that shows nothing would hide that it was not filtered.
    for text in [
        "{ healthRecords(where: { bloodType: { eq: \"A\" } }) { nodes { id } } }",
        "{ healthRecordStats(groupBy: [bloodType]) { count } }",
        "{ persons { nodes { healthRecords(orderBy: [{ bloodType: ASC }]) { id } } } }",
        "{ persons { nodes { healthRecords { person { residences(where: { id: { eq: \"x\" } }) \
         { id } } } } } }",
        "{ persons { nodes { healthRecords { ...D } } } } fragment D on HealthRecord \
         { person { residences(where: { id: { eq: \"x\" } }) { id } } }",
        "{ node(id: \"x\") { ... on HealthRecord { person { residences(where: {}) { id } } } } }",
        "query($w: HealthRecordWhere) { persons { nodes { healthRecords(where: $w) { id } } } }",
    ] {
        let refused = taking_null(&site.gateway, &officer(), text, json!({})).await.unwrap_err();
        assert_eq!(code(&refused), Some("FIELD_NOT_SHARED"), "{text}\n{refused}");
    }
}

#[tokio::test]
async fn what_is_not_part_of_the_language_is_no_field_that_is_not_shared() {
    let site = Site::sqlite().await;
    for text in [
        "{ persons { nodes { nothing phone } } }",
        "{ persons { nodes { healthRecords { nothing } } } }",
        "{ persons { nodes { healthRecords(nothing: 1) { id } } } }",
        "{ persons { nodes { healthRecords } } }",
        "{ persons { nodes { phone: healthRecords { id } phone: name } } }",
        "query($n: Int) { persons { nodes { healthRecords { id } } } }",
        "{ persons { nodes { healthRecords { id } } } } fragment F on Person { id }",
        "{ nothing { id } healthRecords { nodes { id } } }",
        "{ breakGlassEvents { id } healthRecords { nodes { id } } }",
    ] {
        let refused = taking_null(&site.gateway, &officer(), text, json!({})).await.unwrap_err();
        assert_eq!(code(&refused), Some("GRAPHQL_VALIDATION_FAILED"), "{text}\n{refused}");
    }
    // Whoever does not review is not asked what waits for a review.
    let person = caller(Role::SU, Purpose::Sar);
    let text = "{ breakGlassEvents(unreviewed: true) { organization } }";
    let refused = taking_null(&site.gateway, &person, text, json!({})).await.unwrap_err();
    assert_eq!(code(&refused), Some("GRAPHQL_VALIDATION_FAILED"), "{refused}");
}

#[tokio::test]
async fn without_the_header_the_same_document_is_refused_before_and_after() {
    let site = Site::sqlite().await;
    let text = "{ persons(first: 1) { nodes { name healthRecords { id } } } }";
    for _ in 0..2 {
        let refused = ask(&site.gateway, &officer(), text).await;
        assert_eq!(code(&refused), Some("FIELD_NOT_SHARED"));
        let (data, list) =
            taking_null(&site.gateway, &officer(), text, json!({})).await.expect("an answer");
        assert!(data["persons"]["nodes"][0]["name"].is_string());
        assert_eq!(list.len(), 1);
    }
    // What is granted in whole is answered as ever, and nothing is listed.
    let text = "query($n: Int) { persons(first: $n) { nodes { id name } } }";
    let variables = json!({ "n": 2 });
    let (data, list) =
        taking_null(&site.gateway, &officer(), text, variables.clone()).await.unwrap();
    assert_eq!(list, Vec::<Value>::new());
    assert_eq!(json!({ "data": data }), ask_with(&site.gateway, &officer(), text, variables).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_tells_what_was_asked_for_and_not_shown() {
    for backend in backends("the_record_tells_what_was_asked_for_and_not_shown") {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        let clerk = caller(Role::HO, Purpose::Hr);
        let text = "{ persons(first: 2) { nodes { phone employments { id } } } \
            immunizationCards(first: 1) { nodes { id } } consents { nodes { id } } }";
        let trail = follow(db, &site.gateway, &clerk, None, request(text, Value::Null)).await;
        assert_eq!(trail.record.decision, "allowed", "{}", trail.answer);
        let words: Vec<&str> = trail.record.fields.split(' ').collect();
        assert!(words.contains(&"Person.phone:none"), "{words:?}");
        let lacking = words.iter().filter(|word| word.ends_with(":none")).count();
        let nulls = trail.answer.as_object().unwrap().values().filter(|value| value.is_null());
        let below = &trail.answer["persons"]["nodes"][0];
        let below = below.as_object().unwrap().values().filter(|value| value.is_null());
        assert_eq!(lacking, nulls.count() + below.count(), "{words:?}\n{}", trail.answer);
        assert!(!trail.subjects.is_empty());
        // Of nobody, where all of it is null.
        let text = "{ healthRecords { nodes { id } } }";
        let trail = follow(db, &site.gateway, &officer(), None, request(text, Value::Null)).await;
        assert_eq!(trail.answer, json!({ "healthRecords": null }));
        assert_eq!(trail.record.fields, "HealthRecord:none");
        assert!(trail.subjects.is_empty());
    }
}

#[tokio::test]
async fn the_header_says_null_and_nothing_else() {
    let wire = Wire::start().await;
    let text = json!({ "query": "{ persons(first: 1) { nodes { name healthRecords { id } } } }" });
    let post = async |values: &[&str]| {
        let headers: Vec<(&str, &str)> = [("content-type", JSON)]
            .into_iter()
            .chain(values.iter().map(|value| ("x-unshared", *value)))
            .collect();
        let response = wire.post(&headers, text.to_string()).await;
        let vary: Vec<String> = response
            .headers()
            .get_all("vary")
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(response.headers().contains_key("x-access-record"));
        let body: Map<String, Value> = response.json().await.unwrap();
        (vary, Value::from(body))
    };
    let (vary, answer) = post(&["null"]).await;
    assert!(vary.iter().any(|name| name == "x-unshared"), "{vary:?}");
    assert_eq!(answer["data"]["persons"]["nodes"][0]["healthRecords"], Value::Null);
    assert_eq!(answer["extensions"]["unshared"][0]["field"], "healthRecords");
    assert!(answer["errors"].is_null());
    let (_, answer) = post(&[]).await;
    assert_eq!(code(&answer), Some("FIELD_NOT_SHARED"));
    for values in [&["NULL"][..], &[""], &["true"], &["null", "null"], &["null, null"]] {
        let (_, answer) = post(values).await;
        assert_eq!(code(&answer), Some("BAD_REQUEST"), "{values:?}");
    }
}
