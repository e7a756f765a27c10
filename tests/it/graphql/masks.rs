//! Masks: what the level `masked` leaves of values that are known from the database.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{household_registration, person};
use migrant_gateway::{
    auth::Caller,
    catalogue::catalogue,
    clock::Clock,
    policy::{self, Level, Purpose, Role, Target},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{
    instants::grant,
    site::{Site, officer},
};
use crate::support::{CALLERS, backends, caller};

/// The persons of the county whose 14th birthday has come, in the order of lists.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn of_age(site: &Site, unit: &str) -> Vec<person::Model> {
    let unit = entity::administrative_unit::Entity::find()
        .filter(entity::administrative_unit::Column::Code.eq(unit))
        .one(&site.world.db)
        .await
        .unwrap()
        .unwrap();
    let born_by: NaiveDate = "2012-11-20".parse().unwrap();
    person::Entity::find()
        .filter(person::Column::ResidenceUnitId.between(unit.id, unit.subtree_end))
        .filter(person::Column::BirthDate.lte(born_by))
        .order_by_asc(person::Column::Id)
        .all(&site.world.db)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_dates_are_masked_as_the_data_dictionary_says() {
    for backend in backends("names_and_dates_are_masked_as_the_data_dictionary_says") {
        let site = Site::new(backend).await;
        let county = caller(Role::HO, Purpose::Hr);
        let query = "{ persons(first: 500) { nodes { name birthDate } } }";
        let rows = site.nodes(&county, query).await;
        let persons = of_age(&site, "220102").await;
        assert_eq!(rows.len(), persons.len());
        assert!(rows.len() > 200);
        for (row, person) in rows.iter().zip(&persons) {
            let first = person.name.as_ref().and_then(|name| name.chars().next());
            assert_eq!(row["name"], json!(first.map(|first| format!("{first}**"))));
            let birth = person.birth_date.unwrap().to_string();
            assert!(birth.starts_with(row["birthDate"].as_str().unwrap()));
            assert!(row["birthDate"].as_str().unwrap().len() < 10);
        }
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn of_a_home_region_the_county_is_left() {
    let site = Site::sqlite().await;
    let keys: Vec<i64> = of_age(&site, "220102").await.iter().map(|person| person.id).collect();
    let homes = household_registration::Entity::find()
        .filter(household_registration::Column::PersonId.is_in(keys))
        .order_by_asc(household_registration::Column::Id)
        .all(&site.world.db)
        .await
        .unwrap();
    let county = caller(Role::HO, Purpose::Hr);
    let query = "{ householdRegistrations(first: 500) { nodes { hukouRegionCode } } }";
    let rows = site.nodes(&county, query).await;
    assert_eq!(rows.len(), homes.len());
    for (row, home) in rows.iter().zip(&homes) {
        let region = home.hukou_region_code.as_ref().map(|code| code[..6].to_owned());
        assert_eq!(row["hukouRegionCode"], json!(region));
    }
}

/// Whether a masked value has the form its style leaves.
fn fits(style: &str, ty: &str, value: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (style, ty) {
        ("NAME1", _) => value.chars().count() == 3 && value.ends_with("**"),
        ("PHONE32", _) => {
            let stars = value == "*".repeat(11);
            let parts = value.len() == 11 && digits(&value[..3]) && digits(&value[9..]);
            stars || (parts && value[3..9] == *"******")
        }
        ("IDPROV", _) => value.len() == 18 && digits(&value[..2]) && value[2..] == "*".repeat(16),
        (_, "Year") => value.len() == 4 && digits(value),
        (_, "YearMonth") => value.len() == 7 && digits(&value[..4]) && digits(&value[5..]),
        ("COUNTY", "Code") => value.chars().count() <= 6,
        ("COMMUNITY" | "COUNTY/COMMUNITY", "Code") => value.chars().count() <= 12,
        ("HAN/OTHER", _) => matches!(value, "1" | "2"),
        ("YEAR" | "YM", _) => false,
        _ => true,
    }
}

#[tokio::test]
async fn every_masked_value_of_every_caller_has_the_form_of_its_mask() {
    let site = Site::sqlite().await;
    let mut seen = BTreeMap::<String, usize>::new();
    for (role, purpose) in CALLERS.iter() {
        let caller = caller(*role, *purpose);
        let query = "{ entitlement { shared { kind field level mask } } }";
        let data = site.data(&caller, query).await;
        let types = types(&site, &caller).await;
        for one in data["entitlement"]["shared"].as_array().unwrap() {
            let Some(style) = one["mask"].as_str() else { continue };
            let (kind, field) = (one["kind"].as_str().unwrap(), one["field"].as_str().unwrap());
            let ty = types[&format!("{kind}.{field}")].as_str();
            if !["String", "Code", "Year", "YearMonth"].contains(&ty) {
                continue;
            }
            let plural = catalogue().kind_named(kind).unwrap().plural;
            let query = format!("{{ {plural}(first: 20) {{ nodes {{ {field} }} }} }}");
            for row in site.nodes(&caller, &query).await {
                if let Some(value) = row[field].as_str() {
                    assert!(fits(style, ty, value), "{role} {kind}.{field} {style} {ty}: {value}");
                    *seen.entry(style.to_owned()).or_default() += 1;
                }
            }
        }
    }
    for style in ["NAME1", "YM", "CAT"] {
        assert!(seen.get(style).is_some_and(|rows| *rows > 10), "{style} of {seen:?}");
    }
}

/// The names of the types of all fields, as `Kind.field`.
async fn types(site: &Site, caller: &Caller) -> HashMap<String, String> {
    let query = "{ __schema { types { name fields { name type { name } } } } }";
    let data = site.data(caller, query).await;
    let mut all = HashMap::new();
    for ty in data["__schema"]["types"].as_array().unwrap() {
        for field in ty["fields"].as_array().into_iter().flatten() {
            let path =
                format!("{}.{}", ty["name"].as_str().unwrap(), field["name"].as_str().unwrap());
            all.insert(path, field["type"]["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    all
}

#[tokio::test]
async fn a_masked_field_cannot_be_filtered_ordered_or_grouped_by() {
    let site = Site::sqlite().await;
    let county = caller(Role::HO, Purpose::Hr);
    for query in [
        "{ persons(where: { name: { eq: \"x\" } }) { totalCount } }",
        "{ persons(orderBy: [{ name: ASC }]) { totalCount } }",
        "{ persons(where: { birthDate: { gt: \"2000-01-01\" } }) { totalCount } }",
        "{ persons(where: { or: [{ not: { birthDate: { gt: \"2000-01-01\" } } }] }) { totalCount } }",
        "{ persons { nodes { residences(where: { residenceAddress: { contains: \"路\" } }) { id } } } }",
    ] {
        assert_eq!(site.refusal(&county, query).await, "FIELD_NOT_SHARED", "{query}");
    }
    let query = "query($w: PersonWhere, $o: [PersonOrderBy!]) { persons(where: $w, orderBy: $o) { totalCount } }";
    for variables in [
        json!({ "w": { "name": { "eq": "x" } } }),
        json!({ "w": { "and": [{ "or": [{ "not": { "birthDate": {} } }] }] } }),
        json!({ "w": { "residences": { "some": { "residenceAddress": { "contains": "路" } } } } }),
        json!({ "w": { "healthRecords": { "some": { "recordNumber": { "eq": "x" } } } } }),
        json!({ "w": { "residences": { "some": { "person": { "name": { "eq": "x" } } } } } }),
    ] {
        let code = site.refusal_with(&county, query, variables.clone()).await;
        assert_eq!(code, "FIELD_NOT_SHARED", "{variables}");
    }
}

#[tokio::test]
async fn telephone_numbers_keep_three_digits_before_and_two_behind() {
    let site = Site::sqlite().await;
    let officer = officer();
    let clear = site.nodes(&officer, "{ persons(first: 500) { nodes { id phone } } }").await;
    // No role of the matrix sees masked numbers; a grant may say so at any time.
    grant(&site, "PO", "G06", Level::Masked, None).await;
    site.gateway.engine.replace_grants(policy::load(&site.world.db).await.unwrap());
    let target = Target::Group(entity::sharing::Group::G06);
    let grants = site.gateway.engine.grants();
    let now = site.world.clock.now();
    assert_eq!(grants.get(Role::PO, Purpose::Res, &target, now).unwrap().level, Level::Masked);
    let masked = site.nodes(&officer, "{ persons(first: 500) { nodes { id phone } } }").await;
    assert_eq!(clear.len(), masked.len());
    for (clear, masked) in clear.iter().zip(&masked) {
        let number = clear["phone"].as_str().unwrap();
        let expected = format!("{}******{}", &number[..3], &number[number.len() - 2..]);
        assert_eq!(masked["phone"], Value::from(expected));
    }
}
