//! What a clinician closes for a minor's safety the guardians do not see, and nothing tells them.

use std::sync::Arc;

use chrono::TimeDelta;
use entity::{caseload, household_member, organization, sharing::Department};
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::{Value, json};

use super::acting::{act, assert_chain, herself};
use crate::{
    grants::by_hand::findings,
    graphql::site::Site,
    records::process::Installation,
    support::{Backend, backends, caller, world::noon},
};

const CLOSE: &str = "mutation($id: ID!, $group: Code, $reason: String!, $until: DateTime!) { \
    closeToGuardians(personId: $id, fieldGroup: $group, reason: $reason, until: $until) { personId \
    fieldGroup closedAt validUntil reopenedAt } }";

const REOPEN: &str = "mutation($id: ID!, $group: Code) { reopenToGuardians(personId: $id, \
    fieldGroup: $group) { fieldGroup reopenedAt } }";

const REASON: &str = "体检发现多处陈旧伤，疑似家庭暴力，已按强制报告制度报告";

/// A guardian with a ward in the care of the clinic, and everything there is to see of the ward.
struct Family {
    site: Site,
    guardian: i64,
    ward: i64,
    /// The ward, as persons know it.
    id: String,
    /// The ward, as health knows it.
    patient: String,
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
impl Family {
    async fn new(backend: Backend) -> Family {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        let bonds = household_member::Entity::find().all(db).await.unwrap();
        let bond = bonds.iter().find_map(|row| Some((row.guardian_person_id?, row.person_id)));
        let (guardian, ward) = bond.expect("some child has a guardian");
        let of_caller = caller(Role::HC, Purpose::Hr);
        let code = of_caller.organization.clone().unwrap();
        let clinic = organization::Entity::find().filter(organization::Column::Code.eq(code));
        let clinic = clinic.one(db).await.unwrap().unwrap();
        let case = caseload::Model {
            id: 9_000_000,
            person_id: ward,
            organization_id: clinic.id,
            started_on: "2026-01-01".parse().unwrap(),
            ended_on: None,
            contract: None,
        };
        case.into_active_model().insert(db).await.unwrap();
        for sql in [
            format!(
                "UPDATE person SET birth_date = '2017-05-01', ethnicity = '10' WHERE id = {ward}"
            ),
            format!(
                "UPDATE severe_mental_disorder_record SET person_id = {ward} WHERE id = (SELECT min(id) \
                 FROM severe_mental_disorder_record)"
            ),
            format!(
                "UPDATE health_record SET person_id = {ward} WHERE id = (SELECT max(id) FROM health_record)"
            ),
            format!(
                "UPDATE person SET residence_unit_id = {} WHERE id IN ({ward}, {guardian})",
                clinic.unit_id
            ),
        ] {
            db.execute_unprepared(&sql).await.unwrap();
        }
        let id = site.id(Department::Subject, "Person", ward);
        let patient = site.id(Department::Health, "Person", ward);
        Family { site, guardian, ward, id, patient }
    }

    async fn close(&self, who: &Caller, group: Option<&str>) -> Result<Value, String> {
        let with = json!({
            "id": self.patient, "group": group, "reason": REASON,
            "until": noon() + TimeDelta::days(90),
        });
        act(&self.site.gateway, who, CLOSE, with).await
    }

    async fn reopen(&self, who: &Caller, group: Option<&str>) -> Result<Value, String> {
        let with = json!({ "id": self.patient, "group": group });
        act(&self.site.gateway, who, REOPEN, with).await
    }

    fn own(&self) -> Caller {
        herself(self.guardian)
    }

    /// Rows of a list that tell of the ward, as the guardian sees them.
    async fn of_ward(&self, gateway: &Arc<Gateway>, list: &str, fields: &str) -> Vec<Value> {
        let about = if list == "persons" { "id" } else { "person { id }" };
        let query =
            format!("{{ {list}(first: 500) {{ totalCount nodes {{ {about} {fields} }} }} }}");
        let data = act(gateway, &self.own(), &query, json!({})).await.expect(&query);
        let rows = data[list]["nodes"].as_array().unwrap();
        assert_eq!(data[list]["totalCount"], rows.len(), "{list}");
        let is_ward =
            |row: &&Value| row["person"]["id"] == self.id.as_str() || row["id"] == self.id.as_str();
        rows.iter().filter(is_ward).cloned().collect()
    }

    async fn count(&self, list: &str, filter: &str) -> u64 {
        let query = format!("{{ {list}(where: {filter}) {{ totalCount }} }}");
        let data = self.site.data(&self.own(), &query).await;
        data[list]["totalCount"].as_u64().unwrap()
    }
}

fn clinician() -> Caller {
    caller(Role::HC, Purpose::Hr)
}

const LISTS: [&str; 4] = ["persons", "householdMembers", "healthRecords", "accessEvents"];

#[tokio::test(flavor = "multi_thread")]
async fn a_minor_that_is_closed_is_out_of_the_guardians_scope_until_the_end_or_a_reopening() {
    for backend in backends("a_minor_that_is_closed_is_out_of_the_guardians_scope") {
        let family = Family::new(backend).await;
        let gateway = &family.site.gateway;
        let other = family.site.world.gateway().await;
        family.site.data(&family.own(), "{ persons { nodes { id } } }").await;
        for list in LISTS {
            assert!(!family.of_ward(gateway, list, "__typename").await.is_empty(), "{list}");
        }
        let sdl = gateway.schema_of(&family.own(), None).unwrap();
        let closed = family.close(&clinician(), None).await.unwrap()["closeToGuardians"].clone();
        assert_eq!((&closed["fieldGroup"], &closed["reopenedAt"]), (&Value::Null, &Value::Null));
        for gateway in [gateway, &other] {
            for list in LISTS {
                assert!(family.of_ward(gateway, list, "__typename").await.is_empty(), "{list}");
            }
        }
        let node = format!(
            "{{ node(id: \"{}\") {{ id }} person(id: \"{}\") {{ id }} }}",
            family.id, family.id
        );
        let gone = family.site.data(&family.own(), &node).await;
        assert_eq!(gone, json!({ "node": null, "person": null }));
        assert_eq!(gateway.schema_of(&family.own(), None).unwrap(), sdl);
        // To the minor itself nothing is closed, and others go on.
        let own =
            family.site.data(&herself(family.ward), "{ persons { nodes { id name } } }").await;
        assert_eq!(own["persons"]["nodes"][0]["id"], family.id.as_str());
        assert_eq!(family.close(&clinician(), None).await, Err("CONFLICT".to_owned()));

        family.reopen(&clinician(), None).await.unwrap();
        assert_eq!(family.of_ward(&other, "persons", "name").await.len(), 1);
        assert_eq!(family.reopen(&clinician(), None).await, Err("NOT_FOUND".to_owned()));
        family.close(&clinician(), None).await.unwrap();
        family.site.world.clock.advance(TimeDelta::days(90) - TimeDelta::seconds(1));
        assert!(family.of_ward(&other, "persons", "name").await.is_empty());
        family.site.world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(family.of_ward(&other, "persons", "name").await.len(), 1);
        assert_chain(&family.site.world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_group_that_is_closed_cells_rows_filters_orders_and_counts_are_gone() {
    for backend in
        backends("of_a_group_that_is_closed_cells_rows_filters_orders_and_counts_are_gone")
    {
        let family = Family::new(backend).await;
        let gateway = &family.site.gateway;
        let other = family.site.world.gateway().await;
        let doctor = caller(Role::HP, Purpose::Smd);
        // The psychiatrist looked, which tells of it too.
        let looked = format!(
            "{{ person(id: \"{}\") {{ severeMentalDisorderRecords {{ id }} }} }}",
            family.patient
        );
        family.site.data(&doctor, &looked).await;
        let by_purpose = "purpose department";
        let smd = "severeMentalDisorderRecords";
        let ethnic = "{ ethnicity: { eq: \"10\" } }";
        let before = (
            family.count("persons", ethnic).await,
            family.count("persons", "{ ethnicity: { isNull: true } }").await,
        );
        assert!(before.0 >= 1);
        assert_eq!(family.of_ward(gateway, smd, "id").await.len(), 1);
        let events = family.of_ward(gateway, "accessEvents", by_purpose).await;
        assert!(events.iter().any(|event| event["purpose"] == "P-SMD"), "{events:?}");
        let sdl = gateway.schema_of(&family.own(), None).unwrap();
        let entitlement = "{ entitlement { shared { kind field scopeLabelEn inEveryRow } } }";
        let entitled = family.site.data(&family.own(), entitlement).await;

        let group = of_field("Person", "ethnicity");
        family.close(&clinician(), Some("G21")).await.unwrap();
        family.close(&clinician(), Some(group)).await.unwrap();
        // As a gateway does that is told of a change, and each second.
        other.look().await.unwrap();
        for gateway in [gateway, &other] {
            assert!(family.of_ward(gateway, smd, "id").await.is_empty());
            let ward = &family.of_ward(gateway, "persons", "name ethnicity").await[0];
            assert_eq!(ward["ethnicity"], Value::Null);
            assert!(ward["name"].is_string());
            let events = family.of_ward(gateway, "accessEvents", "purpose fields").await;
            assert!(events.iter().all(|event| event["purpose"] != "P-SMD"), "{events:?}");
            assert!(!json!(events).to_string().contains("Guardian"), "{events:?}");
        }
        let after = (
            family.count("persons", ethnic).await,
            family.count("persons", "{ ethnicity: { isNull: true } }").await,
        );
        assert_eq!(after, (before.0 - 1, before.1 + 1));
        let through = "{ severeMentalDisorderRecords: { some: {} } }";
        let all = family.count("persons", "{}").await;
        let none = family.count("persons", &format!("{{ not: {through} }}")).await;
        assert_eq!(family.count("persons", through).await + none, all);
        let ordered = "{ persons(orderBy: [{ ethnicity: ASC }], first: 500) { nodes { id } } }";
        let ordered = family.site.nodes(&family.own(), ordered).await;
        assert_eq!(ordered.last().unwrap()["id"], family.id.as_str(), "as one without a value");
        assert_eq!(gateway.schema_of(&family.own(), None).unwrap(), sdl, "nothing tells of it");
        assert_eq!(family.site.data(&family.own(), entitlement).await, entitled);
        // To the minor nothing is closed.
        let query = "{ persons { nodes { id ethnicity severeMentalDisorderRecords { id } } } }";
        let own = &family.site.nodes(&herself(family.ward), query).await[0];
        assert_eq!(own["ethnicity"], "10");
        assert_eq!(own["severeMentalDisorderRecords"].as_array().unwrap().len(), 1);

        family.reopen(&clinician(), Some(group)).await.unwrap();
        family.reopen(&clinician(), Some("G21")).await.unwrap();
        assert_eq!(family.of_ward(gateway, smd, "id").await.len(), 1);
        assert_eq!(family.of_ward(gateway, "persons", "ethnicity").await[0]["ethnicity"], "10");
    }
}

fn of_field(kind: &str, field: &str) -> &'static str {
    let catalogue = migrant_gateway::catalogue::catalogue();
    let kind = catalogue.kind_named(kind).unwrap().id;
    catalogue.field_named(kind, field).unwrap().spec.group.code()
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
#[tokio::test(flavor = "multi_thread")]
async fn that_something_was_closed_the_minor_sees_and_the_guardian_never() {
    for backend in backends("that_something_was_closed_the_minor_sees_and_the_guardian_never") {
        let family = Family::new(backend).await;
        family.site.data(&family.own(), "{ persons { nodes { id } } }").await;
        for group in [None, Some("G15")] {
            family.close(&clinician(), group).await.unwrap();
            family.reopen(&clinician(), group).await.unwrap();
        }
        let log = "{ accessEvents(first: 500) { nodes { fields person { id } } } }";
        let told = |rows: &[Value]| {
            rows.iter().filter(|row| row.to_string().contains("ToGuardians")).count()
        };
        assert_eq!(told(&family.site.nodes(&family.own(), log).await), 0);
        assert!(!family.of_ward(&family.site.gateway, "accessEvents", "at").await.is_empty());
        let of_guardian =
            "{ accessEvents(where: { fields: { contains: \"ToGuardians\" } }) { totalCount } }";
        let counted = family.site.data(&family.own(), of_guardian).await;
        assert_eq!(counted["accessEvents"]["totalCount"], 0);
        let of_14 =
            format!("UPDATE person SET birth_date = '2012-01-01' WHERE id = {}", family.ward);
        family.site.world.db.execute_unprepared(&of_14).await.unwrap();
        assert_eq!(told(&family.site.nodes(&herself(family.ward), log).await), 4);
        assert_eq!(told(&family.site.nodes(&family.own(), log).await), 0);
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
#[tokio::test(flavor = "multi_thread")]
async fn who_treats_a_minor_closes_with_a_reason_and_an_end_and_only_they_reopen() {
    for backend in backends("who_treats_a_minor_closes_with_a_reason_and_an_end") {
        let family = Family::new(backend).await;
        let gateway = &family.site.gateway;
        let close = async |changes: Value| {
            let mut with = json!({
                "id": family.patient, "reason": REASON, "until": noon() + TimeDelta::days(1),
            });
            for (name, value) in changes.as_object().unwrap() {
                with[name] = value.clone();
            }
            act(gateway, &clinician(), CLOSE, with).await.map(|_| ())
        };
        for (changes, expected) in [
            (json!({ "reason": "\u{3164}\u{200b}" }), "BAD_USER_INPUT"),
            (json!({ "until": noon() }), "BAD_USER_INPUT"),
            (json!({ "until": noon() + TimeDelta::days(367) }), "BAD_USER_INPUT"),
            (json!({ "group": "G99" }), "BAD_USER_INPUT"),
            (json!({ "id": family.id }), "ID_INVALID"),
        ] {
            assert_eq!(close(changes.clone()).await, Err(expected.to_owned()), "{changes}");
        }
        // Not of somebody in nobody's care here, nor of a grown-up.
        let elsewhere = caller(Role::HP, Purpose::Smd);
        assert_eq!(family.close(&elsewhere, None).await, Err("NOT_FOUND".to_owned()));
        let grown = "UPDATE person SET birth_date = '2008-11-20' WHERE id = ";
        let db = &family.site.world.db;
        db.execute_unprepared(&format!("{grown}{}", family.ward)).await.unwrap();
        assert_eq!(close(json!({})).await, Err("NOT_FOUND".to_owned()));
        let minor = "UPDATE person SET birth_date = '2008-11-21' WHERE id = ";
        db.execute_unprepared(&format!("{minor}{}", family.ward)).await.unwrap();
        assert_eq!(close(json!({})).await, Ok(()));
        assert_eq!(family.reopen(&elsewhere, None).await, Err("NOT_FOUND".to_owned()));
        for (role, purpose) in [
            (Role::HV, Purpose::Imm),
            (Role::HC, Purpose::Etr),
            (Role::PO, Purpose::Res),
            (Role::SU, Purpose::Sar),
        ] {
            let refused = family.close(&caller(role, purpose), None).await;
            assert_eq!(refused, Err("GRAPHQL_VALIDATION_FAILED".to_owned()), "{role} {purpose}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
#[tokio::test(flavor = "multi_thread")]
async fn a_closing_written_by_hand_shows() {
    for backend in backends("a_closing_written_by_hand_shows") {
        let family = Family::new(backend).await;
        family.close(&clinician(), Some("G15")).await.unwrap();
        family.close(&clinician(), None).await.unwrap();
        family.reopen(&clinician(), None).await.unwrap();
        let installation = Installation::over(&family.site.world);
        let db = &family.site.world.db;
        // The limits of the tests' callers are written by hand.
        db.execute_unprepared("DELETE FROM limit_agreement").await.unwrap();
        assert_eq!(findings(&installation), [""; 0]);
        db.execute_unprepared("CREATE TABLE kept AS SELECT * FROM guardian_closing").await.unwrap();
        for (by_hand, told) in [
            (
                "UPDATE guardian_closing SET field_group = 'G16' WHERE id = 1",
                "closing to guardians 1: differs from what the acts made: fieldGroup",
            ),
            (
                "UPDATE guardian_closing SET reopened_at = NULL, reopened_by = NULL WHERE id = 2",
                "closing to guardians 2: differs from what the acts made: reopenedAt, reopenedBy",
            ),
            (
                "DELETE FROM guardian_closing WHERE id = 1",
                "closing to guardians 1: an act made it, and it is missing",
            ),
            (
                "INSERT INTO guardian_closing SELECT 7, person_id, field_group, organization_id, subject, \
                 issuer, role, reason, closed_at, valid_until, reopened_at, reopened_by FROM kept WHERE id = 1",
                "closing to guardians 7: no act explains it",
            ),
        ] {
            db.execute_unprepared(by_hand).await.unwrap();
            assert_eq!(findings(&installation), [told], "{by_hand}");
            db.execute_unprepared("DELETE FROM guardian_closing").await.unwrap();
            let back = "INSERT INTO guardian_closing SELECT * FROM kept";
            db.execute_unprepared(back).await.unwrap();
        }
    }
}
