//! Masks: what the level `masked` leaves of values that are known from the database.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{household_registration, person, residence_registration, sharing::Department};
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

/// The age band on the day of the tests.
fn band(birth: NaiveDate) -> &'static str {
    let today: NaiveDate = "2026-11-20".parse().unwrap();
    match today.years_since(birth).unwrap() {
        14..18 => "14-17",
        18..50 => "18-49",
        50..65 => "50-64",
        years if years >= 65 => "65+",
        _ => panic!("the county officer sees nobody under 14"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_nobody_sees_stars_for_names_and_bands_for_birth_dates() {
    for backend in backends("who_names_nobody_sees_stars_for_names_and_bands_for_birth_dates") {
        let site = Site::new(backend).await;
        let county = caller(Role::HO, Purpose::Hr);
        let query = "{ persons(first: 500) { nodes { name birthDate } } }";
        let rows = site.nodes(&county, query).await;
        let persons = of_age(&site, "220102").await;
        assert_eq!(rows.len(), persons.len());
        assert!(rows.len() > 200);
        for (row, person) in rows.iter().zip(&persons) {
            assert_eq!(row["name"], json!(person.name.as_ref().map(|_| "**")));
            assert_eq!(row["birthDate"], band(person.birth_date.unwrap()));
        }
        let query = "{ residenceRegistrations(first: 500) { nodes \
                     { residenceRegionCode residenceAddress arrivalDate person { id } } } }";
        for row in site.nodes(&county, query).await {
            let street = row["residenceRegionCode"].as_str().unwrap();
            assert!(street.starts_with("220102") && street.len() == 9, "{row}");
            assert_eq!(row["residenceAddress"], row["residenceRegionCode"]);
            assert_eq!(row["arrivalDate"].as_str().unwrap().len(), 4);
        }
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn who_names_nobody_sees_no_stay_that_is_over() {
    let site = Site::sqlite().await;
    let persons = of_age(&site, "220102").await;
    let keys: Vec<i64> = persons.iter().map(|person| person.id).collect();
    let stays = residence_registration::Entity::find()
        .filter(residence_registration::Column::PersonId.is_in(keys));
    let all = stays.clone().all(&site.world.db).await.unwrap().len();
    let open = residence_registration::Column::DepartureDate.is_null();
    let open = stays.filter(open).all(&site.world.db).await.unwrap().len();
    assert!(open < all, "some stays are over");
    let query = "{ residenceRegistrations(first: 500) { nodes { id } } persons(first: 500) \
                 { nodes { residences { id } } } }";
    let data = site.data(&caller(Role::HO, Purpose::Hr), query).await;
    assert_eq!(data["residenceRegistrations"]["nodes"].as_array().unwrap().len(), open);
    let nodes = data["persons"]["nodes"].as_array().unwrap();
    let nested = nodes.iter().map(|node| node["residences"].as_array().unwrap().len());
    assert_eq!(nested.sum::<usize>(), open);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn of_a_home_region_the_county_is_left() {
    let site = Site::sqlite().await;
    let homes = household_registration::Entity::find().all(&site.world.db).await.unwrap();
    let homes: HashMap<String, Option<String>> = homes
        .into_iter()
        .map(|home| {
            let id = site.id(Department::CivilAffairs, "HouseholdRegistration", home.id);
            (id, home.hukou_region_code.map(|code| code[..6].to_owned()))
        })
        .collect();
    let street = caller(Role::CW, Purpose::Res);
    let query = "{ householdRegistrations(first: 500) { nodes { id hukouRegionCode } } }";
    let rows = site.nodes(&street, query).await;
    assert!(rows.len() > 10);
    for row in rows {
        assert_eq!(row["hukouRegionCode"], json!(homes[row["id"].as_str().unwrap()]));
    }
}

/// Whether a masked value has the form its style leaves.
fn fits(style: &str, ty: &str, value: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (style, ty) {
        ("NAME1", _) => value.chars().count() == 3 && value.ends_with("**"),
        ("STARS", _) => value == "**",
        ("STREET", "Code") => value.chars().count() <= 9,
        ("AGEBAND", "Code") => value == "65+" || value.split_once('-').is_some(),
        (_, "YearQuarter") => {
            value.len() == 7
                && digits(&value[..4])
                && ["-Q1", "-Q2", "-Q3", "-Q4"].contains(&&value[4..])
        }
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
        ("YEAR" | "YM" | "YQ", _) => false,
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
            if !["String", "Code", "Year", "YearMonth", "YearQuarter"].contains(&ty) {
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
    for style in ["STARS", "STREET", "AGEBAND", "YM", "CAT"] {
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
    assert!(clear.iter().filter(|row| row["phone"].is_string()).count() > 50);
    for (clear, masked) in clear.iter().zip(&masked) {
        let Some(number) = clear["phone"].as_str() else {
            assert_eq!(masked["phone"], Value::Null);
            continue;
        };
        let expected = format!("{}******{}", &number[..3], &number[number.len() - 2..]);
        assert_eq!(masked["phone"], Value::from(expected));
    }
}
