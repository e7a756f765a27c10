//! Values of several collectors: each department keeps what it collected, and one is shown to others.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::{
    person, person_collected, residence_registration, residence_registration_collected,
    sharing::Department,
};
use migrant_gateway::{
    policy::{Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement as Asked},
};
use parking_lot::Mutex;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use serde_json::{Value, json};

use super::site::{Site, officer};
use crate::{
    records::trail::{follow, query},
    support::{Backend, World, backends, caller, world::patient},
};

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn run(site: &Site, sql: &str) {
    site.world.db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The person of whom a SELECT tells.
async fn key(site: &Site, sql: &str) -> i64 {
    let backend = match site.world.backend {
        Backend::Sqlite => DbBackend::Sqlite,
        Backend::Postgres => DbBackend::Postgres,
    };
    let statement = Statement::from_string(backend, sql.to_owned());
    let row = site.world.db.query_one_raw(statement).await.unwrap().expect("somebody");
    row.try_get_by_index(0).unwrap()
}

/// A grown-up of the county whom the police registered, whose number came from civil affairs, and of whom
/// nothing stands beside the row.
async fn registered(site: &Site) -> i64 {
    let person = "SELECT min(p.id) FROM person p WHERE p.collecting_department = 'police' \
        AND p.phone_collected_by = 'civil_affairs' AND p.birth_date < '2000-01-01' \
        AND p.id > 300 AND p.residence_unit_id BETWEEN \
        (SELECT id FROM administrative_unit WHERE code = '220102') AND \
        (SELECT subtree_end FROM administrative_unit WHERE code = '220102')";
    let person = key(site, person).await;
    run(site, &format!("DELETE FROM person_collected WHERE person_id = {person}")).await;
    beside(site, person, "0").await;
    person
}

/// Says of which departments values stand beside a person's row, as whoever writes them does.
async fn beside(site: &Site, person: i64, bits: &str) {
    run(site, &format!("UPDATE person SET collectors_beside = {bits} WHERE id = {person}")).await;
}

/// What a department collected beside a person's row.
async fn collect(site: &Site, person: i64, department: &str, values: &[(&str, &str)]) {
    let (mut names, mut texts) = (String::new(), String::new());
    for (name, value) in values {
        names += &format!(", {name}");
        texts += &format!(", '{value}'");
    }
    let at = "'2026-01-02 03:04:05+00:00'";
    let bit = Department::parse(department).unwrap().bit();
    beside(site, person, &format!("collectors_beside | {bit}")).await;
    let number = i64::from(department.len() as u32) * 1_000_000_000 + person;
    let sql = format!(
        "INSERT INTO person_collected (id, person_id, source_system, collecting_department, \
         collected_at, recorded_at, updated_at, applied_at{names}) VALUES ({number}, {person}, \
         'own-register', '{department}', {at}, {at}, {at}, {at}{texts})"
    );
    run(site, &sql).await;
}

async fn number(site: &Site, person: i64, department: &str, phone: &str) {
    let values = [
        ("phone", phone),
        ("phone_collected_by", department),
        ("phone_collected_at", "2026-01-02 03:04:05+00:00"),
        ("phone_updated_at", "2026-01-02 03:04:06+00:00"),
    ];
    collect(site, person, department, &values).await;
}

const PHONE: &str =
    "name phone hasPhone phoneCollectedBy phoneCollectedAt phoneUpdatedAt collectedBy";

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_another_department_corrected_stays_in_view_of_who_collected_the_one_before()
{
    for backend in backends("a_number_that_another_department_corrected_stays_in_view") {
        let site = Site::new(backend).await;
        let person = registered(&site).await;
        let id = site.id(Department::Police, "Person", person);
        let ask = format!("{{ person(id: {id:?}) {{ {PHONE} }} }}");
        let before = site.data(&officer(), &ask).await["person"].clone();
        assert_eq!((&before["phone"], &before["collectedBy"]), (&Value::Null, &json!("police")));
        number(&site, person, "police", "10000000001").await;
        let own = site.data(&officer(), &ask).await["person"].clone();
        assert_eq!(own["name"], before["name"]);
        assert_eq!(own["phone"], "10000000001");
        assert_eq!((&own["hasPhone"], &own["phoneCollectedBy"]), (&json!(true), &json!("police")));
        let instant = |name: &str| own[name].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        assert_eq!(instant("phoneCollectedAt").to_rfc3339(), "2026-01-02T03:04:05+00:00");
        assert_eq!(instant("phoneUpdatedAt").to_rfc3339(), "2026-01-02T03:04:06+00:00");
        // Whoever sees persons by another scope than what it collected is shown the newest.
        let mut own = caller(Role::SU, Purpose::Sar);
        own.person = Some(person);
        let ask = "{ persons(first: 1) { nodes { phone phoneCollectedBy } } }";
        let shown = site.nodes(&own, ask).await[0].clone();
        assert_ne!(shown["phone"], "10000000001");
        assert_eq!(shown["phoneCollectedBy"], "civil_affairs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_orders_counts_and_cursors_see_the_number_that_is_shown() {
    for backend in backends("filters_orders_counts_and_cursors_see_the_number_that_is_shown") {
        let site = Site::new(backend).await;
        let person = registered(&site).await;
        number(&site, person, "police", "10000000001").await;
        let id = site.id(Department::Police, "Person", person);
        let shown = format!("SELECT id FROM person WHERE id = {person} AND phone IS NOT NULL");
        assert_eq!(key(&site, &shown).await, person);
        run(&site, &format!("UPDATE person SET phone = '10000000002' WHERE id = {person}")).await;
        let found = async |condition: &str| {
            let query = format!(
                "{{ persons(first: 500, where: {{ phone: {condition} }}) {{ totalCount nodes {{ id }} }} }}"
            );
            let list = site.data(&officer(), &query).await["persons"].clone();
            let ids: Vec<String> = list["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["id"].as_str().unwrap().to_owned())
                .collect();
            (ids, list["totalCount"].as_i64().unwrap())
        };
        for own in [
            "{ eq: \"10000000001\" }",
            "{ in: [\"10000000001\", \"x\"] }",
            "{ startsWith: \"10000000001\" }",
            "{ contains: \"0000000001\" }",
        ] {
            assert_eq!(found(own).await, (vec![id.clone()], 1), "{own}");
        }
        for other in ["{ eq: \"10000000002\" }", "{ in: [\"10000000002\"] }"] {
            assert_eq!(found(other).await, (Vec::new(), 0), "{other}");
        }
        assert!(!found("{ isNull: true }").await.0.contains(&id));
        assert!(found("{ isNull: false }").await.0.contains(&id));
        let first = "{ persons(first: 1, orderBy: [{ phone: ASC }]) { edges { cursor node { id phone } } } }";
        let edge = site.data(&officer(), first).await["persons"]["edges"][0].clone();
        assert_eq!(edge["node"]["phone"], "10000000001");
        let next = format!(
            "{{ persons(first: 1, after: {}, orderBy: [{{ phone: ASC }}]) {{ nodes {{ id phone }} }} }}",
            edge["cursor"]
        );
        let next = site.nodes(&officer(), &next).await[0].clone();
        assert!(next["id"] != id.as_str() && next["phone"].as_str().unwrap() > "10000000001");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_known_by_an_own_number_alone_is_there_with_that_number_alone() {
    for backend in backends("whoever_is_known_by_an_own_number_alone_is_there") {
        let site = Site::new(backend).await;
        let person = registered(&site).await;
        let other = "UPDATE person SET collecting_department = 'health' WHERE id = ";
        run(&site, &format!("{other}{person}")).await;
        let id = site.id(Department::Police, "Person", person);
        let fields = "name idNumber birthDate education collectedBy phone";
        let ask = format!("{{ person(id: {id:?}) {{ {fields} }} }}");
        assert_eq!(site.data(&officer(), &ask).await["person"], Value::Null);
        number(&site, person, "police", "10000000001").await;
        let nothing = json!({ "name": null, "idNumber": null, "birthDate": null, "education": null,
            "collectedBy": null, "phone": "10000000001" });
        assert_eq!(site.data(&officer(), &ask).await["person"], nothing);
        // Values of others, and those that were replaced, bring nobody into view.
        let bits = Department::Health.bit() | Department::Social.bit();
        beside(&site, person, &bits.to_string()).await;
        assert_eq!(site.data(&officer(), &ask).await["person"], Value::Null);
        beside(&site, person, "2").await;
        for gone in [
            "collecting_department = 'social', phone_collected_by = 'social'",
            "replaced_at = '2026-02-03 00:00:00+00:00'",
        ] {
            let back = "collecting_department = 'police', phone_collected_by = 'police', \
                replaced_at = NULL";
            let of = |values: &str| {
                format!("UPDATE person_collected SET {values} WHERE person_id = {person}")
            };
            run(&site, &of(back)).await;
            assert_eq!(site.data(&officer(), &ask).await["person"]["phone"], "10000000001");
            run(&site, &of(gone)).await;
            assert_eq!(site.data(&officer(), &ask).await["person"]["phone"], Value::Null, "{gone}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_number_of_ones_own_singles_out_is_on_record() {
    for backend in backends("whom_a_number_of_ones_own_singles_out_is_on_record") {
        let site = Site::new(backend).await;
        let person = registered(&site).await;
        number(&site, person, "police", "10000000001").await;
        let ask = "{ persons(where: { phone: { eq: \"10000000001\" }, sex: { eq: \"0\" } }) { nodes { id } } }";
        let trail = follow(&site.world.db, &site.gateway, &officer(), None, query(ask)).await;
        assert_eq!(trail.answer["persons"]["nodes"], json!([]));
        assert_eq!(trail.subjects, [person].into());
    }
}

/// What several departments have of something, under a scope that no role comes with: of the owner too,
/// and of any department.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
#[tokio::test(flavor = "multi_thread")]
async fn a_department_that_is_not_the_owner_sees_by_its_own_collection_its_own_values_alone() {
    for backend in backends("a_department_that_is_not_the_owner_sees_its_own_values") {
        let world = World::new(backend).await;
        let grant = "UPDATE sharing_grant SET scope = 'o', level = 'full' WHERE role = 'HC' \
            AND purpose = 'P-HR' AND field IS NULL AND level <> 'none' \
            AND field_group IN ('G01', 'G02', 'G03', 'G04', 'G05', 'G06', 'G08', 'G09', 'G12')";
        world.db.execute_unprepared(grant).await.unwrap();
        let gateway = world.gateway().await;
        let site = Site { world, gateway };
        let db = &site.world.db;
        let clinic = caller(Role::HC, Purpose::Hr);
        let health = Department::Health.code();
        let rows = person::Entity::find().all(db).await.unwrap();
        let own: HashMap<i64, person_collected::Model> = person_collected::Entity::find()
            .filter(person_collected::Column::CollectingDepartment.eq(health))
            .filter(person_collected::Column::ReplacedAt.is_null())
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .map(|own| (own.person_id, own))
            .collect();
        let persons: HashMap<String, &person::Model> =
            rows.iter().map(|row| (site.id(Department::Health, "Person", row.id), row)).collect();
        let ask =
            "{ persons(first: 500) { totalCount nodes { id name birthDate phone collectedBy } } }";
        let list = site.data(&clinic, ask).await["persons"].clone();
        let nodes = list["nodes"].as_array().unwrap();
        let (mut of_row, mut beside, mut others) = (0, 0, 0);
        for node in nodes {
            let row = persons[node["id"].as_str().unwrap()];
            let mine = own.get(&row.id);
            let [name, birth, by] = match row.collecting_department == health {
                true => [json!(row.name), json!(row.birth_date), json!(health)],
                false => [
                    json!(mine.and_then(|own| own.name.as_ref())),
                    json!(mine.and_then(|own| own.birth_date)),
                    json!(mine.map(|_| health)),
                ],
            };
            let phone = match row.phone_collected_by.as_deref() == Some(health) {
                true => json!(row.phone),
                false => json!(mine.and_then(|own| own.phone.as_ref())),
            };
            assert_eq!((&node["name"], &node["birthDate"]), (&name, &birth), "{}", row.id);
            assert_eq!((&node["phone"], &node["collectedBy"]), (&phone, &by), "{}", row.id);
            of_row += usize::from(row.collecting_department == health);
            beside += usize::from(!name.is_null() && row.collecting_department != health);
            others += usize::from(!name.is_null() && name != json!(row.name));
        }
        assert!(of_row > 5 && beside > 20 && others > 0, "{of_row} {beside} {others}");
        // The same persons are found by what is shown of them, and by nothing else.
        let other = nodes.iter().find(|node| {
            let row = persons[node["id"].as_str().unwrap()];
            node["name"].is_string() && node["name"] != json!(row.name)
        });
        let other = other.expect("somebody is known under another name");
        let shown = persons[other["id"].as_str().unwrap()].name.clone().unwrap();
        let found = async |operator: &str, name: &str| {
            let query = format!(
                "{{ persons(first: 500, where: {{ name: {{ {operator}: {name:?} }} }}) {{ nodes {{ id }} }} }}"
            );
            site.nodes(&clinic, &query).await.iter().any(|node| node["id"] == other["id"])
        };
        let mine = other["name"].as_str().unwrap();
        for operator in ["eq", "startsWith", "contains"] {
            assert!(found(operator, mine).await && !found(operator, &shown).await, "{operator}");
        }
        let stays = residence_registration::Entity::find().all(db).await.unwrap();
        let stays: HashMap<String, residence_registration::Model> = stays
            .into_iter()
            .map(|row| (site.id(Department::Health, "ResidenceRegistration", row.id), row))
            .collect();
        let own: HashMap<i64, residence_registration_collected::Model> =
            residence_registration_collected::Entity::find()
                .all(db)
                .await
                .unwrap()
                .into_iter()
                .map(|own| (own.residence_registration_id, own))
                .collect();
        let fields = "id residenceAddress arrivalDate monthsOfResidence residentSixMonths";
        let ask = format!("{{ residenceRegistrations(first: 500) {{ nodes {{ {fields} }} }} }}");
        let nodes = site.nodes(&clinic, &ask).await;
        let mut differ = 0;
        for node in &nodes {
            let row = &stays[node["id"].as_str().unwrap()];
            let (address, arrival) = match row.collecting_department == health {
                true => (&row.residence_address, row.arrival_date),
                false => (&own[&row.id].residence_address, own[&row.id].arrival_date),
            };
            assert_eq!(node["residenceAddress"], json!(address), "{}", row.id);
            assert_eq!(node["arrivalDate"], json!(arrival), "{}", row.id);
            differ += usize::from(*address != row.residence_address);
        }
        assert!(nodes.len() > 20 && differ > 3, "{} {differ}", nodes.len());
    }
}

/// A reader that keeps what it is asked.
struct Recorder {
    inner: Box<dyn Reader>,
    asked: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Reader for Recorder {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn read(&self, statement: &Asked) -> Result<Rows, ReadError> {
        self.asked.lock().push(statement.sql.clone());
        self.inner.read(statement).await
    }
}

/// The owner's value is the one that is shown, so that its lists are read as if nobody else collected
/// anything; and who asks for nothing that has several collectors asks nothing about them.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_beside_rows_is_read_where_it_is_asked_for_and_nowhere_else() {
    for backend in backends("what_stands_beside_rows_is_read_where_it_is_asked_for") {
        let world = World::new(backend).await;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        let wrap = |inner| Box::new(Recorder { inner, asked: kept }) as Box<dyn Reader>;
        let gateway = world.gateway_with(patient(), wrap).await;
        let site = Site { world, gateway };
        let statements = async |query: &str| {
            asked.lock().clear();
            site.data(&officer(), query).await;
            asked.lock().join(" ")
        };
        let listed = statements(
            "{ persons(first: 20, where: { name: { isNull: false } }, orderBy: [{ birthDate: DESC }]) \
             { nodes { name idNumber education residences { residenceAddress arrivalDate } } } }",
        )
        .await;
        assert!(listed.contains(" person t0"), "{listed}");
        assert!(!listed.contains("_collected "), "{listed}");
        assert!(!listed.contains("collectors_beside"), "{listed}");
        assert!(!listed.contains("CASE WHEN"), "{listed}");
        let plain = statements("{ persons(first: 20) { nodes { name } } }").await;
        assert!(plain.contains("collectors_beside") && !plain.contains("person_collected"));
        let phones = statements("{ persons(first: 20) { nodes { phone } } }").await;
        assert!(phones.contains("FROM person_collected "), "{phones}");
    }
}
