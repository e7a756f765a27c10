//! Row scopes, against the tables: consent, caseload, own collection, unit; and what ends them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{caseload, consent, person, sharing::Department};
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use super::site::{Site, column, officer};
use crate::support::{backends, caller, world::noon};

fn set(rows: &[Value]) -> BTreeSet<String> {
    column(rows, "id").into_iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn run(site: &Site, sql: &str) {
    site.world.db.execute_unprepared(sql).await.unwrap();
}

/// Persons who agreed that the migrant-worker office may have their names for P-EMP.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn consented(site: &Site) -> BTreeSet<i64> {
    let now = noon();
    let rows = consent::Entity::find()
        .filter(consent::Column::RecipientDepartment.eq("migrant_workers"))
        .filter(consent::Column::Purpose.eq("P-EMP"))
        .filter(consent::Column::FieldGroup.eq("G02"))
        .all(&site.world.db)
        .await
        .unwrap();
    let in_force = |row: &consent::Model| {
        row.given_at <= now
            && row.expires_at.is_none_or(|end| end > now)
            && row.withdrawn_at.is_none_or(|end| end > now)
    };
    rows.into_iter().filter(in_force).map(|row| row.person_id).collect()
}

/// Persons who live in the county and are at least 14.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn residents(site: &Site, minors: bool) -> BTreeSet<i64> {
    let unit = entity::administrative_unit::Entity::find()
        .filter(entity::administrative_unit::Column::Code.eq("220102"))
        .one(&site.world.db)
        .await
        .unwrap()
        .unwrap();
    let persons = person::Entity::find().all(&site.world.db).await.unwrap();
    let born_by = "2012-11-20".parse().unwrap();
    persons
        .into_iter()
        .filter(|one| (unit.id..=unit.subtree_end).contains(&one.residence_unit_id))
        .filter(|one| minors || one.birth_date.is_some_and(|date| date <= born_by))
        .map(|one| one.id)
        .collect()
}

/// Those whose name is shown.
const NAMES: &str =
    "{ persons(first: 500, where: { name: { isNull: false } }) { nodes { id name } } }";

/// Ends what a person agreed to, all of it or for one group.
async fn end(
    site: &Site,
    column: consent::Column,
    key: i64,
    group: Option<&str>,
    at: DateTime<Utc>,
) {
    let ended = consent::Entity::update_many()
        .col_expr(column, Expr::value(at))
        .filter(consent::Column::PersonId.eq(key));
    let ended = group
        .into_iter()
        .fold(ended, |ended, group| ended.filter(consent::Column::FieldGroup.eq(group)));
    ended.exec(&site.world.db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scope_k_exactly_those_are_seen_who_agreed_until_they_withdraw_or_it_expires() {
    for backend in backends("with_scope_k_exactly_those_are_seen") {
        let site = Site::new(backend).await;
        let service = caller(Role::MW, Purpose::Emp);
        let residents = residents(&site, false).await;
        let agreed: Vec<i64> =
            consented(&site).await.into_iter().filter(|key| residents.contains(key)).collect();
        let id = |key: &i64| site.id(Department::MigrantWorkers, "Person", *key);
        let expected: BTreeSet<String> = agreed.iter().map(id).collect();
        assert_eq!(set(&site.nodes(&service, NAMES).await), expected);
        assert!(agreed.len() > 5);

        let [withdraws, expires, other] = [agreed[0], agreed[1], agreed[2]];
        let later = noon() + TimeDelta::hours(1);
        end(&site, consent::Column::WithdrawnAt, withdraws, None, noon()).await;
        end(&site, consent::Column::ExpiresAt, expires, None, later).await;
        end(&site, consent::Column::WithdrawnAt, other, Some("G02"), noon()).await;
        let seen = set(&site.nodes(&service, NAMES).await);
        assert!(!seen.contains(&id(&withdraws)) && seen.contains(&id(&expires)));
        assert!(!seen.contains(&id(&other)));
        // The other groups of that consent still hold, by themselves.
        let sexes =
            set(&site.nodes(&service, "{ persons(first: 500) { nodes { id sex } } }").await);
        assert!(sexes.contains(&id(&other)) && !sexes.contains(&id(&withdraws)));
        let one = "query($id: ID!) { person(id: $id) { name } }";
        for (key, is_there, is_named) in
            [(withdraws, false, false), (expires, true, true), (other, true, false)]
        {
            let data = site.data_with(&service, one, json!({ "id": id(&key) })).await;
            assert_eq!(data["person"].is_object(), is_there);
            assert_eq!(data["person"]["name"].is_string(), is_named);
        }
        site.world.clock.set(later - TimeDelta::seconds(1));
        assert!(set(&site.nodes(&service, NAMES).await).contains(&id(&expires)));
        site.world.clock.set(later);
        assert!(!set(&site.nodes(&service, NAMES).await).contains(&id(&expires)));
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn caseload(site: &Site, organization: &str) -> Vec<caseload::Model> {
    let organization = entity::organization::Entity::find()
        .filter(entity::organization::Column::Code.eq(organization))
        .one(&site.world.db)
        .await
        .unwrap()
        .unwrap();
    caseload::Entity::find()
        .filter(caseload::Column::OrganizationId.eq(organization.id))
        .all(&site.world.db)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scope_c_exactly_those_on_the_books_are_seen_until_the_day_they_leave() {
    for backend in backends("with_scope_c_exactly_those_on_the_books_are_seen") {
        let site = Site::new(backend).await;
        let clinic = caller(Role::HV, Purpose::Imm);
        let residents = residents(&site, true).await;
        let today = "2026-11-20".parse().unwrap();
        let open = |case: &&caseload::Model| {
            case.started_on <= today && case.ended_on.is_none_or(|end| end > today)
        };
        let books = caseload(&site, "220102-VAC").await;
        let keys: BTreeSet<i64> = books.iter().filter(open).map(|case| case.person_id).collect();
        let keys: Vec<i64> = keys.into_iter().filter(|key| residents.contains(key)).collect();
        let id = |key: &i64| site.id(Department::Health, "Person", *key);
        let expected: BTreeSet<String> = keys.iter().map(id).collect();
        assert_eq!(set(&site.nodes(&clinic, NAMES).await), expected);

        let [ended, tomorrow, future] = [keys[0], keys[1], keys[2]];
        run(
            &site,
            &format!("UPDATE caseload SET ended_on = '2026-11-20' WHERE person_id = {ended}"),
        )
        .await;
        run(
            &site,
            &format!("UPDATE caseload SET ended_on = '2026-11-21' WHERE person_id = {tomorrow}"),
        )
        .await;
        run(&site, &format!("UPDATE caseload SET started_on = '2026-11-21', ended_on = NULL WHERE person_id = {future}")).await;
        let seen = set(&site.nodes(&clinic, NAMES).await);
        assert!(!seen.contains(&id(&ended)) && seen.contains(&id(&tomorrow)));
        assert!(!seen.contains(&id(&future)));
        // The day changes in Shanghai: 16:00 UTC.
        site.world.clock.set("2026-11-20T15:59:59Z".parse().unwrap());
        assert!(set(&site.nodes(&clinic, NAMES).await).contains(&id(&tomorrow)));
        site.world.clock.set("2026-11-20T16:00:00Z".parse().unwrap());
        let seen = set(&site.nodes(&clinic, NAMES).await);
        assert!(!seen.contains(&id(&tomorrow)) && seen.contains(&id(&future)));
    }
}

#[tokio::test]
async fn with_scope_o_exactly_what_the_department_collected_is_seen() {
    let site = Site::sqlite().await;
    let rows =
        site.nodes(&officer(), "{ persons(first: 500) { nodes { id name collectedBy } } }").await;
    let is_shown = |row: &&Value| !row["collectedBy"].is_null();
    assert!(rows.iter().filter(is_shown).all(|row| row["collectedBy"] == "police"));
    assert!(rows.iter().all(|row| row["collectedBy"].is_null() == row["name"].is_null()));
    assert!(rows.iter().filter(is_shown).count() > 100);
    let query = "{ residenceRegistrations(first: 500) { nodes { id collectedBy } } }";
    let all = site.nodes(&officer(), query).await;
    assert!(all.iter().all(|row| row["collectedBy"] == "police"));
    let first = all[0]["id"].as_str().unwrap();
    let find = |key: &i64| site.id(Department::Police, "ResidenceRegistration", *key) == first;
    let key = (1..60_000).find(find).unwrap();
    run(
        &site,
        &format!(
            "UPDATE residence_registration SET collecting_department = 'health' WHERE id = {key}"
        ),
    )
    .await;
    assert!(!set(&site.nodes(&officer(), query).await).contains(first));
}

#[tokio::test]
async fn a_number_another_department_collected_does_not_come_with_the_person() {
    let site = Site::sqlite().await;
    let both = "{ persons(first: 500, where: { name: { isNull: false } }) { nodes { id phone } } }";
    let rows = site.nodes(&officer(), both).await;
    let all = site.nodes(&officer(), NAMES).await;
    assert_eq!(set(&rows), set(&all));
    let with_phone = rows.iter().find(|row| row["phone"].is_string()).expect("some have a number");
    assert!(rows.iter().any(|row| row["phone"].is_null()));
    run(&site, "DELETE FROM person_collected").await;
    run(&site, "UPDATE person SET collectors_beside = 0").await;
    let first = with_phone["id"].as_str().unwrap().to_owned();
    let key = (1..60_000).find(|key| site.id(Department::Police, "Person", *key) == first).unwrap();
    run(&site, &format!("UPDATE person SET phone_collected_by = 'health' WHERE id = {key}")).await;
    let query = "query($id: ID!) { person(id: $id) { name } p: person(id: $id) { phone } }";
    let data = site.data_with(&officer(), query, json!({ "id": first })).await;
    assert!(data["person"]["name"].is_string());
    assert_eq!(data["p"], json!({ "phone": null }));
}

#[tokio::test]
async fn a_caller_of_another_county_sees_nobody_of_this_one() {
    let site = Site::sqlite().await;
    for (role, purpose, organization) in [
        (Role::PO, Purpose::Res, "PSB"),
        (Role::HO, Purpose::Hr, "HLT"),
        (Role::HC, Purpose::Hr, "CHC"),
        (Role::CW, Purpose::Res, "STR"),
    ] {
        let here = caller(role, purpose);
        let mut there = here.clone();
        there.unit = "220103".to_owned();
        there.organization = Some(format!("220103-{organization}"));
        // Names are masked to some, who filter by none.
        let all = "{ persons(first: 500) { nodes { id name } } }";
        let (ours, theirs) = (site.nodes(&here, all).await, site.nodes(&there, all).await);
        assert!(!ours.is_empty() && !theirs.is_empty(), "{role}");
        assert!(set(&ours).is_disjoint(&set(&theirs)), "{role}");
        let query = "query($id: ID!) { person(id: $id) { name } }";
        let data = site.data_with(&there, query, json!({ "id": ours[0]["id"] })).await;
        assert_eq!(data["person"], Value::Null);
    }
}

#[tokio::test]
async fn who_moves_away_is_seen_where_they_live_now_and_nowhere_else() {
    let site = Site::sqlite().await;
    let before = set(&site.nodes(&officer(), NAMES).await);
    let first = before.first().unwrap();
    let key =
        (1..60_000).find(|key| site.id(Department::Police, "Person", *key) == *first).unwrap();
    run(&site, &format!("UPDATE person SET residence_unit_id = (SELECT id FROM administrative_unit WHERE code = '220103') WHERE id = {key}")).await;
    assert!(!set(&site.nodes(&officer(), NAMES).await).contains(first));
    let mut there = officer();
    there.unit = "220103".to_owned();
    there.organization = Some("220103-PSB".to_owned());
    assert!(set(&site.nodes(&there, NAMES).await).contains(first));
}
