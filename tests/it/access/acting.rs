//! Callers who act, and what is left of it in the chain.

use std::collections::BTreeSet;

use entity::{access_record, access_subject, administrative_unit, person};
use migrant_gateway::{
    app::Gateway,
    audit::{Verdict, verify},
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::{
    graphql::site::Site,
    support::{World, ask_with, caller, code},
};

pub const OPEN: &str = "mutation($number: String, $person: ID, $reason: BreakGlassReason!) { \
    openBreakGlass(idNumber: $number, personId: $person, reasonCode: $reason, reasonText: \
    \"found at the road\") { id personId openedAt expiresAt closedAt reasonCode reasonLabelZh } }";

pub const NAMES: &str = "{ persons(first: 500) { totalCount nodes { id name } } }";

/// A clinician in an emergency.
pub fn clinician(role: Role) -> Caller {
    caller(role, Purpose::Etr)
}

/// The person itself.
pub fn herself(person: i64) -> Caller {
    Caller { person: Some(person), ..caller(Role::SU, Purpose::Sar) }
}

/// The `data` of an act that is done, or the code of its refusal.
pub async fn act(
    gateway: &Gateway,
    caller: &Caller,
    query: &str,
    with: Value,
) -> Result<Value, String> {
    let mut answer = ask_with(gateway, caller, query, with).await;
    match code(&answer) {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer["data"].take()),
    }
}

/// Opens the record of a patient.
pub async fn open(
    gateway: &Gateway,
    caller: &Caller,
    patient: &person::Model,
) -> Result<Value, String> {
    let with = json!({ "number": patient.id_number, "reason": "UNCONSCIOUS" });
    let mut data = act(gateway, caller, OPEN, with).await?;
    Ok(data["openBreakGlass"].take())
}

/// The identifiers of everybody whom a caller sees by name.
pub async fn seen(gateway: &Gateway, caller: &Caller) -> BTreeSet<String> {
    let answer = ask_with(gateway, caller, NAMES, json!({})).await;
    let nodes = answer["data"]["persons"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

/// Grown-ups who live outside the demo's county, by their keys.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
pub async fn strangers(site: &Site) -> Vec<person::Model> {
    let unit = administrative_unit::Entity::find()
        .filter(administrative_unit::Column::Code.eq("220102"))
        .one(&site.world.db)
        .await
        .unwrap()
        .unwrap();
    person::Entity::find()
        .filter(person::Column::ResidenceUnitId.not_between(unit.id, unit.subtree_end))
        .filter(person::Column::IdNumber.is_not_null())
        .filter(person::Column::BirthDate.lt("2000-01-01".parse::<chrono::NaiveDate>().unwrap()))
        .order_by_asc(person::Column::Id)
        .all(&site.world.db)
        .await
        .unwrap()
}

/// The acts in the chain, in order: what each was, and the persons it concerned.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
pub async fn acts(world: &World) -> Vec<(Value, Vec<i64>)> {
    let records = access_record::Entity::find()
        .filter(access_record::Column::Change.is_not_null())
        .order_by_asc(access_record::Column::Seq)
        .all(&world.db)
        .await
        .unwrap();
    let mut all = Vec::new();
    for record in records {
        assert!(["allowed", "NOT_FOUND"].contains(&&*record.decision), "{}", record.decision);
        assert!(record.fields.starts_with("Mutation."), "{}", record.fields);
        let subjects = access_subject::Entity::find()
            .filter(access_subject::Column::Seq.eq(record.seq))
            .all(&world.db)
            .await
            .unwrap();
        let change = serde_json::from_str(&record.change.unwrap()).unwrap();
        all.push((change, subjects.into_iter().map(|subject| subject.person_id).collect()));
    }
    all
}

/// Asserts that the whole chain of records holds.
pub async fn assert_chain(world: &World) {
    let verdict = verify(&world.db, &world.secrets, |_, _| {}).await.unwrap();
    assert!(matches!(verdict, Verdict::Intact { .. }), "{verdict:?}");
}
