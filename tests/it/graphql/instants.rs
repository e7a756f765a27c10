//! Grants and laws begin and end at their instant, not before and not after.

use chrono::{DateTime, TimeDelta, Utc};
use entity::sharing_grant;
use migrant_gateway::policy::{self, Level};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::site::{Site, officer};
use crate::{
    records::sql,
    support::{backends, world::noon},
};

/// Adds a version of a group's grant under P-RES.
#[expect(clippy::disallowed_methods, reason = "the tests change grants as a later version would")]
pub async fn grant(
    site: &Site,
    role: &str,
    group: &str,
    level: Level,
    until: Option<DateTime<Utc>>,
) {
    let db = &site.world.db;
    let old = sharing_grant::Entity::find()
        .filter(sharing_grant::Column::Role.eq(role))
        .filter(sharing_grant::Column::FieldGroup.eq(group))
        .filter(sharing_grant::Column::Purpose.eq("P-RES"))
        .one(db)
        .await
        .unwrap()
        .expect("the matrix has a grant to replace");
    let latest = sharing_grant::Entity::find()
        .order_by_desc(sharing_grant::Column::Id)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let row = sharing_grant::ActiveModel {
        id: Set(latest.id + 1),
        version: Set(latest.version + 1),
        role: Set(old.role),
        field_group: Set(old.field_group),
        field: Set(None),
        level: Set(level.code().to_owned()),
        scope: Set(old.scope),
        purpose: Set(old.purpose),
        legal_basis_id: Set(old.legal_basis_id),
        covers_minors: Set(old.covers_minors),
        valid_from: Set(old.valid_from),
        valid_until: Set(until),
    };
    sharing_grant::Entity::insert(row).exec_without_returning(db).await.unwrap();
}

async fn reload(site: &Site) {
    site.gateway.engine.replace_grants(policy::load(&site.world.db).await.unwrap());
}

const ETHNICITY: &str = "{ persons(first: 1) { nodes { ethnicity } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_at_its_instant_and_not_before() {
    for backend in backends("a_grant_ends_at_its_instant_and_not_before") {
        let site = Site::new(backend).await;
        let end = noon() + TimeDelta::hours(3);
        grant(&site, "PO", "G05", Level::Full, Some(end)).await;
        reload(&site).await;
        assert_eq!(site.nodes(&officer(), ETHNICITY).await.len(), 1);
        site.world.clock.set(end - TimeDelta::milliseconds(1));
        assert_eq!(site.nodes(&officer(), ETHNICITY).await.len(), 1);
        site.world.clock.set(end);
        assert_eq!(site.refusal(&officer(), ETHNICITY).await, "FIELD_NOT_SHARED");
        let rest = "{ persons(first: 1) { nodes { sex } } }";
        assert_eq!(site.nodes(&officer(), rest).await.len(), 1);
        let filter = "{ persons(where: { ethnicity: { eq: \"01\" } }) { totalCount } }";
        assert_eq!(site.refusal(&officer(), filter).await, "FIELD_NOT_SHARED");
    }
}

#[tokio::test]
async fn a_withdrawn_grant_is_gone_at_the_next_request() {
    let site = Site::sqlite().await;
    assert_eq!(site.nodes(&officer(), ETHNICITY).await.len(), 1);
    grant(&site, "PO", "G05", Level::None, None).await;
    assert_eq!(site.nodes(&officer(), ETHNICITY).await.len(), 1);
    reload(&site).await;
    assert_eq!(site.refusal(&officer(), ETHNICITY).await, "FIELD_NOT_SHARED");
    let query = "{ __type(name: \"Person\") { fields { name } } entitlement: __typename }";
    let fields = site.data(&officer(), query).await.to_string();
    assert!(!fields.contains("ethnicity") && fields.contains("birthDate"));
    assert!(!site.gateway.schema_of(&officer(), None).unwrap().contains("ethnicity"));
    grant(&site, "PO", "G05", Level::Full, None).await;
    reload(&site).await;
    assert_eq!(site.nodes(&officer(), ETHNICITY).await.len(), 1);
}

#[tokio::test]
async fn a_grant_below_full_takes_filters_and_orders_away_at_once() {
    let site = Site::sqlite().await;
    let order = "{ persons(first: 1, orderBy: [{ birthDate: ASC }]) { nodes { birthDate } } }";
    assert_eq!(site.nodes(&officer(), order).await.len(), 1);
    grant(&site, "PO", "G04", Level::Masked, None).await;
    reload(&site).await;
    assert_eq!(site.refusal(&officer(), order).await, "FIELD_NOT_SHARED");
    let masked = site.nodes(&officer(), "{ persons(first: 1) { nodes { birthDate } } }").await;
    assert!(masked[0]["birthDate"].as_str().unwrap().len() < 10);
}

#[tokio::test]
async fn repealed_laws_kill_their_grants_at_that_instant() {
    let site = Site::sqlite().await;
    let repeal = noon() + TimeDelta::days(1);
    // Groups of one purpose rest on several laws.
    let all = format!("UPDATE legal_basis SET in_force_until = '{}'", repeal.to_rfc3339());
    sql::execute(&site.world.db, &all).await;
    reload(&site).await;
    let query = "{ persons { totalCount } }";
    assert!(site.data(&officer(), query).await["persons"]["totalCount"].as_i64().unwrap() > 0);
    site.world.clock.set(repeal - TimeDelta::seconds(1));
    site.data(&officer(), query).await;
    site.world.clock.set(repeal);
    assert_eq!(site.refusal(&officer(), query).await, "FIELD_NOT_SHARED");
    let entitlement = "{ entitlement { shared { field } withheld { kind field reason } } }";
    let data = site.data(&officer(), entitlement).await;
    assert_eq!(data["entitlement"]["shared"], serde_json::json!([]));
    let withheld = data["entitlement"]["withheld"].as_array().unwrap();
    let name =
        withheld.iter().find(|one| one["kind"] == "Person" && one["field"] == "name").unwrap();
    assert_eq!(name["reason"], "LAW_NOT_IN_FORCE");
}

#[tokio::test]
async fn a_grant_of_a_field_goes_before_the_grant_of_its_group() {
    let site = Site::sqlite().await;
    grant(&site, "PO", "G05", Level::None, None).await;
    let sql = "UPDATE sharing_grant SET field = 'Person.ethnicity' \
               WHERE version = (SELECT max(version) FROM sharing_grant)";
    sql::execute(&site.world.db, sql).await;
    reload(&site).await;
    assert_eq!(site.refusal(&officer(), ETHNICITY).await, "FIELD_NOT_SHARED");
    let other = "{ persons(first: 1) { nodes { nationality } } }";
    assert_eq!(site.nodes(&officer(), other).await.len(), 1);
}
