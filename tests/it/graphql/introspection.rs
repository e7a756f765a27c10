//! Introspection: a caller's schema holds what is granted to it and nothing else.

use std::collections::BTreeSet;

use migrant_gateway::{
    catalogue::catalogue,
    policy::{Purpose, Role},
};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::support::{CALLERS, caller};

/// What graphql-js, and with it editors and generators, sends.
pub const STANDARD: &str = "query IntrospectionQuery { __schema { queryType { name kind } \
    mutationType { name kind } subscriptionType { name kind } types { ...FullType } directives \
    { name description locations args { ...InputValue } } } } \
    fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name \
    description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } \
    inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) \
    { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } \
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue } \
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
    ofType { kind name } } } } } } } } } }";

const TYPES: &str = "{ __schema { types { name kind fields { name args { name } } inputFields \
    { name } enumValues { name } } } }";

#[tokio::test]
async fn the_query_that_editors_and_generators_send_is_answered() {
    let site = Site::sqlite().await;
    for (role, purpose) in [
        (Role::AU, Purpose::Aud),
        (Role::PO, Purpose::Res),
        (Role::HC, Purpose::Hr),
        (Role::SU, Purpose::Sar),
    ] {
        let answer = site.prompt(&caller(role, purpose), STANDARD, json!({})).await;
        assert!(answer["errors"].is_null(), "{answer}");
        let schema = &answer["data"]["__schema"];
        assert_eq!(schema["queryType"]["name"], "Query");
        let acts = if role == Role::AU { Value::Null } else { json!("Mutation") };
        assert_eq!(schema["mutationType"]["name"], acts);
        assert_eq!(schema["subscriptionType"], Value::Null);
        assert!(schema["types"].as_array().unwrap().len() > 20);
    }
}

/// Whatever a schema names, the caller's entitlement has; whatever it has, the schema names.
#[tokio::test]
async fn the_types_of_every_caller_hold_what_is_granted_and_nothing_else() {
    let site = Site::sqlite().await;
    for (role, purpose) in CALLERS.iter() {
        let caller = caller(*role, *purpose);
        let schema = site.data(&caller, TYPES).await;
        let granted =
            site.data(&caller, "{ entitlement { shared { kind field filterable } } }").await;
        let shared = granted["entitlement"]["shared"].as_array().unwrap();
        let of = |kind: &str, filterable: bool| -> BTreeSet<String> {
            let wanted =
                |one: &&Value| one["kind"] == kind && (!filterable || one["filterable"] == true);
            let name = |one: &Value| one["field"].as_str().unwrap().to_owned();
            shared.iter().filter(wanted).map(name).collect()
        };
        for kind in catalogue().kinds() {
            let fields = of(kind.name, false);
            let named = names(&schema, kind.name, "fields");
            if fields.is_empty() {
                assert_eq!(named, None, "{role} {purpose} {}", kind.name);
                continue;
            }
            let relation = |name: &String| kind.relation_named(name).is_some();
            let mut named = named.unwrap();
            assert!(named.remove("id"));
            named.retain(|name| {
                let listed = name.strip_suffix("Connection").map(str::to_owned);
                // A label stands beside its code.
                let is_label = catalogue()
                    .labelled(kind.id, name)
                    .is_some_and(|(field, _)| fields.contains(field.spec.name));
                !is_label && !relation(name) && !listed.is_some_and(|name| relation(&name))
            });
            assert_eq!(named, fields, "{role} {purpose} {}", kind.name);
            let mut filters =
                names(&schema, &format!("{}Where", kind.name), "inputFields").unwrap();
            filters.retain(|name| !relation(name));
            for own in ["and", "or", "not", "id"] {
                assert!(filters.remove(own));
            }
            assert_eq!(filters, of(kind.name, true), "{role} {purpose} {}", kind.name);
        }
    }
}

fn names(schema: &Value, name: &str, list: &str) -> Option<BTreeSet<String>> {
    let types = schema["__schema"]["types"].as_array().unwrap();
    let found = types.iter().find(|one| one["name"] == name)?;
    let members = found[list].as_array().expect("members");
    Some(members.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn a_type_is_shown_only_to_those_it_is_granted_to() {
    let site = Site::sqlite().await;
    let query = "query($name: String!) { __type(name: $name) { name fields { name } } }";
    let nurse = caller(Role::HC, Purpose::Hr);
    for (caller, name, shown) in [
        (&officer(), "Person", true),
        (&officer(), "HealthRecord", false),
        (&officer(), "StigmatizedDiseaseReport", false),
        (&officer(), "StigmatizedDiseaseReportWhere", false),
        (&nurse, "HealthRecord", true),
        (&nurse, "StigmatizedDiseaseReport", false),
    ] {
        let data = site.data_with(caller, query, json!({ "name": name })).await;
        assert_eq!(data["__type"].is_object(), shown, "{name} {data}");
    }
}

#[tokio::test]
async fn introspection_honours_aliases_fragments_directives_and_operation_names() {
    let site = Site::sqlite().await;
    let query = "query A($x: Boolean!) { t: __type(name: \"Person\") { ...N @include(if: $x) kind } \
                 __typename } query B { __typename } fragment N on __Type { name }";
    let request = |x: bool| migrant_gateway::graphql::Request {
        query: query.to_owned(),
        operation_name: Some("A".to_owned()),
        variables: json!({ "x": x }).as_object().unwrap().clone(),
        ..Default::default()
    };
    for (x, expected) in [
        (true, json!({ "t": { "name": "Person", "kind": "OBJECT" }, "__typename": "Query" })),
        (false, json!({ "t": { "kind": "OBJECT" }, "__typename": "Query" })),
    ] {
        let answer = site.gateway.answer(&officer(), None, request(x)).await.result.unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&answer).unwrap(), expected);
    }
}

#[tokio::test]
async fn the_schema_and_data_are_asked_for_in_operations_of_their_own() {
    let site = Site::sqlite().await;
    for query in [
        "{ __schema { queryType { name } } persons { totalCount } }",
        "{ ...S persons { totalCount } } fragment S on Query { __type(name: \"Person\") { name } }",
        "{ __schema { queryType { name } } entitlement { role } }",
    ] {
        assert_eq!(site.refusal(&officer(), query).await, "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
}

#[tokio::test]
async fn every_text_of_the_schema_of_a_caller_parses_and_names_what_it_may_ask() {
    let site = Site::sqlite().await;
    for (role, purpose) in CALLERS.iter() {
        let sdl = site.gateway.schema_of(&caller(*role, *purpose), None).unwrap();
        // This parser does not know yet that a schema may have a description (GraphQL §3.3).
        let described = sdl.find("schema {").expect("a schema");
        let parsed = async_graphql::parser::parse_schema(&sdl[described..]).expect("SDL");
        assert!(!parsed.definitions.is_empty());
        let shows = sdl.contains("type Person implements") || sdl.contains("type Person {");
        let data =
            site.data(&caller(*role, *purpose), "{ __type(name: \"Person\") { name } }").await;
        assert_eq!(shows, data["__type"].is_object(), "{role} {purpose}");
    }
}

/// The text is printed of introspection: no type in one that is not in the other, and each with all
/// its members.
#[tokio::test]
async fn the_text_of_the_schema_of_every_caller_is_what_introspection_says() {
    let site = Site::sqlite().await;
    let query = "{ __schema { description types { name kind specifiedByURL isOneOf fields { name } \
                 inputFields { name } enumValues { name } } } }";
    for (role, purpose) in CALLERS.iter() {
        let caller = caller(*role, *purpose);
        let sdl = site.gateway.schema_of(&caller, None).unwrap();
        let told = site.data(&caller, query).await;
        let schema = &told["__schema"];
        let description = schema["description"].as_str().unwrap();
        assert!(description.starts_with("流动人口数据共享"), "{description}");
        assert!(sdl.contains(description) && !sdl.contains('\t'));
        let mut told: BTreeSet<String> = BTreeSet::new();
        for ty in schema["types"].as_array().unwrap() {
            let name = ty["name"].as_str().unwrap();
            if name.starts_with("__") {
                continue;
            }
            let word = match ty["kind"].as_str().unwrap() {
                "SCALAR" => "scalar",
                "ENUM" => "enum",
                "INPUT_OBJECT" => "input",
                "INTERFACE" => "interface",
                _ => "type",
            };
            if !["Int", "Float", "String", "Boolean", "ID"].contains(&name) {
                told.insert(format!("{word} {name}"));
            }
            if let Some(url) = ty["specifiedByURL"].as_str() {
                assert!(sdl.contains(&format!("scalar {name} @specifiedBy(url: \"{url}\")")));
            }
            let is_order = name.ends_with("OrderBy");
            assert_eq!(ty["isOneOf"] == true, is_order, "{name}");
            assert_eq!(sdl.contains(&format!("input {name} @oneOf {{")), is_order, "{name}");
        }
        let heads = ["scalar ", "enum ", "input ", "interface ", "type "];
        let printed: BTreeSet<String> = sdl
            .lines()
            .filter(|line| heads.iter().any(|head| line.starts_with(head)))
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(printed, told, "{role} {purpose}");
    }
}
