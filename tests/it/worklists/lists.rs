//! Lists as roles see them: by the rule, within the caller's scope, no more of a day than its source.
#![expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    caseload, due_item, health_record, household_registration, organization, person,
    residence_notice, residence_registration, sharing::Department,
};
use migrant_gateway::{
    clock::{Clock as _, day_in_shanghai},
    policy::{Purpose, Role},
    rules,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::Expr,
};
use serde_json::{Value, json};

use super::reading::{all, clinician, persons, vaccinator};
use crate::{
    graphql::site::Site,
    support::{Backend, ask_with, backends, caller, code},
};

/// The keys of the persons on the books of an organization today.
async fn cases(site: &Site, code: &str) -> BTreeSet<i64> {
    let db = &site.world.db;
    let today = day_in_shanghai(site.world.clock.now());
    let found = organization::Entity::find().filter(organization::Column::Code.eq(code));
    let organization = found.one(db).await.unwrap().unwrap();
    let of = caseload::Entity::find().filter(caseload::Column::OrganizationId.eq(organization.id));
    let rows = of.all(db).await.unwrap().into_iter();
    let open = rows
        .filter(|case| case.started_on <= today && case.ended_on.is_none_or(|ended| today < ended));
    open.map(|case| case.person_id).collect()
}

/// What the rule says of a person by the rows in the tables, asked as anybody may ask it: with a case.
async fn record_is_due(site: &Site, person: &person::Model) -> bool {
    let db = &site.world.db;
    let today = day_in_shanghai(site.world.clock.now());
    let id = person.id;
    macro_rules! rows {
        ($module:ident) => {
            $module::Entity::find()
                .filter($module::Column::PersonId.eq(id))
                .order_by_asc($module::Column::Id)
                .all(db)
                .await
                .unwrap()
        };
    }
    let hukou = rows!(household_registration);
    let stays: Vec<Value> = rows!(residence_registration)
        .iter()
        .map(|stay| {
            json!({
                "residenceRegionCode": stay.residence_region_code,
                "adminUnitCode": stay.admin_unit_code,
                "arrivalDate": stay.arrival_date,
                "departureDate": stay.departure_date,
                "collectedAt": stay.collected_at,
            })
        })
        .collect();
    let notices: Vec<Value> = rows!(residence_notice)
        .iter()
        .map(|notice| {
            json!({
                "communityCode": notice.community_code,
                "arrivalDate": notice.arrival_date,
                "answeredOn": notice.answered_on,
                "accepted": notice.status.as_deref() == Some("2"),
            })
        })
        .collect();
    let records: Vec<Value> = rows!(health_record)
        .iter()
        .map(|record| {
            json!({ "recordNumber": record.record_number, "establishedOn": record.established_on })
        })
        .collect();
    let case = json!({
        "person": { "birthDate": person.birth_date },
        "householdRegistration": { "hukouRegionCode": hukou.first().map(|row| &row.hukou_region_code) },
        "residenceRegistrations": stays,
        "residenceNotices": notices,
        "healthRecords": records,
    });
    let rule = rules::find("R-02").unwrap();
    let mut answer = Vec::new();
    rules::stream::run(rule, None, today, case.to_string().as_bytes(), &mut answer).unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    answer["result"] == true
}

#[tokio::test]
async fn the_centres_due_list_is_what_the_rule_says_of_its_caseload() {
    for backend in backends("the_centres_due_list_is_what_the_rule_says") {
        let site = Site::new(backend).await;
        let on_books = cases(&site, "220102-CHC").await;
        let mut due = BTreeSet::new();
        for person in person::Entity::find().all(&site.world.db).await.unwrap() {
            let is_in_scope =
                on_books.contains(&person.id) && person.residence_unit_id / 1_000_000 == 101_002;
            let is_alive = person.vital_status.as_deref() != Some("deceased");
            if is_in_scope && is_alive && record_is_due(&site, &person).await {
                due.insert(site.id(Department::Health, "Person", person.id));
            }
        }
        let items = all(&site, &clinician(), "RECORD_DUE", 7).await;
        assert!(due.len() > 5, "{}", due.len());
        assert_eq!(persons(&items), due);
        assert_eq!(items.len(), due.len(), "each once");
    }
}

#[tokio::test]
async fn what_is_masked_of_an_arrival_is_masked_of_the_day_a_record_is_due() {
    for backend in backends("what_is_masked_of_an_arrival") {
        let site = Site::new(backend).await;
        let items = all(&site, &clinician(), "RECORD_DUE", 50).await;
        let months: Vec<&str> = items.iter().map(|item| item["dueOn"].as_str().unwrap()).collect();
        assert!(months.iter().all(|month| month.len() == 7), "{months:?}");
        assert!(months.is_sorted(), "{months:?}");
        for item in &items {
            assert_eq!(item["overdueDays"], Value::Null, "{item}");
            let months = item["overdueMonths"].as_i64().unwrap();
            assert_eq!(item["status"] == "OVERDUE", months > 0, "{item}");
            assert_eq!(item["reasonCode"], "RECORD_DUE");
        }
        // The county sees the year of an arrival, and so of what it makes due.
        let county = caller(Role::HO, Purpose::Hr);
        let of_county = all(&site, &county, "RECORD_DUE", 50).await;
        assert!(of_county.len() > 5, "{}", of_county.len());
        for item in &of_county {
            assert_eq!(item["dueOn"].as_str().unwrap().len(), 4, "{item}");
            assert_eq!(item["overdueMonths"], Value::Null, "{item}");
        }
        // The outreach office is told yes or no.
        let outreach = caller(Role::HF, Purpose::Ref);
        let files = all(&site, &outreach, "VACCINATION_FILE_DUE", 50).await;
        assert!(!files.is_empty());
        for item in &files {
            for member in ["dueOn", "overdueDays", "overdueMonths", "lastContact"] {
                assert_eq!(item[member], Value::Null, "{item}");
            }
            assert!(["DUE", "OVERDUE"].contains(&item["status"].as_str().unwrap()));
        }
    }
}

#[tokio::test]
async fn doses_are_due_by_their_days_and_those_withheld_leave_the_clinics_list_alone() {
    for backend in backends("doses_are_due_by_their_days") {
        let site = Site::new(backend).await;
        let today = day_in_shanghai(site.world.clock.now());
        let items = all(&site, &vaccinator(), "DOSE_DUE", 50).await;
        assert!(items.len() > 20, "{}", items.len());
        let days: Vec<chrono::NaiveDate> =
            items.iter().map(|item| item["dueOn"].as_str().unwrap().parse().unwrap()).collect();
        assert!(days.is_sorted() && days.iter().all(|day| *day <= today));
        for (item, day) in items.iter().zip(&days) {
            let from = day.checked_add_months(chrono::Months::new(1)).unwrap();
            let overdue = (today - from).num_days();
            assert_eq!(item["status"] == "OVERDUE", overdue >= 0, "{item}");
            assert_eq!(item["overdueDays"], overdue.max(0), "{item}");
        }
        let child = persons(&items).into_iter().next().unwrap();
        let key = person::Entity::find().all(&site.world.db).await.unwrap().into_iter();
        let key = key
            .map(|person| person.id)
            .find(|key| site.id(Department::Health, "Person", *key) == child);
        let centre = caller(Role::HC, Purpose::Imm);
        let before = persons(&all(&site, &centre, "DOSE_DUE", 50).await);
        due_item::Entity::update_many()
            .col_expr(due_item::Column::Withheld, Expr::value(true))
            .filter(due_item::Column::PersonId.eq(key.unwrap()))
            .exec(&site.world.db)
            .await
            .unwrap();
        let after = persons(&all(&site, &vaccinator(), "DOSE_DUE", 50).await);
        assert!(!after.contains(&child));
        assert_eq!(persons(&all(&site, &centre, "DOSE_DUE", 50).await), before);
    }
}

#[tokio::test]
async fn pages_hold_each_item_once_in_either_order_and_end_where_a_bound_says() {
    for backend in backends("pages_hold_each_item_once") {
        let site = Site::new(backend).await;
        let whole = all(&site, &vaccinator(), "DOSE_DUE", 500).await;
        assert_eq!(all(&site, &vaccinator(), "DOSE_DUE", 9).await, whole);
        let mut backward = Vec::new();
        let mut after = Value::Null;
        loop {
            let query = "query($after: String) { worklist(kind: DOSE_DUE, first: 11, after: $after, \
                orderBy: { dueOn: DESC }) { edges { cursor node { person { id } dueOn } } \
                pageInfo { hasNextPage hasPreviousPage } } }";
            let data = site.data_with(&vaccinator(), query, json!({ "after": after })).await;
            let edges = data["worklist"]["edges"].as_array().unwrap().clone();
            let info = &data["worklist"]["pageInfo"];
            assert_eq!(info["hasPreviousPage"], !after.is_null());
            after = edges.last().unwrap()["cursor"].clone();
            backward.extend(edges);
            if info["hasNextPage"] != true {
                break;
            }
        }
        let days = |rows: Vec<&Value>| -> Vec<String> {
            rows.into_iter().map(|row| row["dueOn"].to_string()).collect()
        };
        let mut forward = days(whole.iter().collect());
        forward.reverse();
        assert_eq!(days(backward.iter().map(|edge| &edge["node"]).collect()), forward);
        let bound = whole[whole.len() / 2]["dueOn"].as_str().unwrap();
        let query = format!(
            "{{ worklist(kind: DOSE_DUE, first: 500, dueBefore: \"{bound}\") {{ nodes {{ dueOn }} }} }}"
        );
        let before = site.nodes(&vaccinator(), &query).await;
        let expected = whole.iter().filter(|item| item["dueOn"].as_str() < Some(bound)).count();
        assert_eq!(before.len(), expected);
        let late = "{ worklist(kind: DOSE_DUE, first: 500, overdue: true) { nodes { status } } }";
        let late = site.nodes(&vaccinator(), late).await;
        assert!(late.iter().all(|item| item["status"] == "OVERDUE") && !late.is_empty());
        let due = "{ worklist(kind: DOSE_DUE, first: 500, overdue: false) { nodes { status } } }";
        assert_eq!(late.len() + site.nodes(&vaccinator(), due).await.len(), whole.len());
        // A condition on the person is the same as everywhere.
        let boys = "{ worklist(kind: DOSE_DUE, first: 500, where: { sex: { eq: \"1\" } }) { nodes { person { sex } } } }";
        let boys = site.nodes(&vaccinator(), boys).await;
        assert!(boys.iter().all(|item| item["person"]["sex"] == "1") && !boys.is_empty());
    }
}

#[tokio::test]
async fn a_person_is_shown_in_a_list_as_everywhere() {
    for backend in backends("a_person_is_shown_in_a_list_as_everywhere") {
        let site = Site::new(backend).await;
        let fields = "id name birthDate phone residences { residenceAddress arrivalDate }";
        for (caller, kind) in [
            (clinician(), "RECORD_DUE"),
            (caller(Role::HO, Purpose::Hr), "RECORD_DUE"),
            (vaccinator(), "DOSE_DUE"),
            (caller(Role::HF, Purpose::Ref), "SERVICE_DUE"),
        ] {
            let sdl = site.gateway.schema_of(&caller, None).unwrap();
            let of = sdl.split("type Person implements").nth(1).unwrap();
            let of = of.split("\n}").next().unwrap();
            let fields: Vec<&str> = fields
                .split(' ')
                .filter(|name| ["id", "name", "birthDate", "phone"].contains(name))
                .filter(|name| of.contains(&format!("  {name}: ")))
                .collect();
            let fields = fields.join(" ");
            let query = format!(
                "{{ worklist(kind: {kind}, first: 40) {{ nodes {{ person {{ {fields} }} }} }} }}"
            );
            let mut shown = BTreeMap::new();
            for item in site.nodes(&caller, &query).await {
                shown.insert(
                    item["person"]["id"].as_str().unwrap().to_owned(),
                    item["person"].clone(),
                );
            }
            assert!(!shown.is_empty(), "{kind} of {}", caller.role);
            for (id, person) in shown {
                let query = format!("{{ person(id: \"{id}\") {{ {fields} }} }}");
                assert_eq!(site.data(&caller, &query).await["person"], person, "{kind}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_may_be_told_yes_or_no_is_told_no_more() {
    for backend in backends("whoever_may_be_told_yes_or_no") {
        let site = Site::new(backend).await;
        let outreach = caller(Role::HF, Purpose::Ref);
        let items = all(&site, &outreach, "SERVICE_DUE", 13).await;
        assert!(!items.is_empty());
        assert_eq!(persons(&items).len(), items.len(), "each person once");
        for item in &items {
            assert_eq!(item["reasonCode"], "SERVICE_DUE");
            assert_eq!(item["status"], "DUE", "whether it is overdue tells which it is");
        }
        for arguments in ["dueBefore: \"2026-01-01\"", "overdue: true", "orderBy: { dueOn: ASC }"] {
            let query =
                format!("{{ worklist(kind: SERVICE_DUE, {arguments}) {{ nodes {{ status }} }} }}");
            assert_eq!(site.refusal(&outreach, &query).await, "BAD_USER_INPUT", "{arguments}");
        }
        // What is specially protected makes nobody appear, and nobody disappear.
        let before = persons(&items);
        site.world
            .db
            .execute_unprepared(
                "DELETE FROM due_item WHERE list IN ('SMD_FOLLOW_UP', 'ANTENATAL_DUE', 'POSTPARTUM_DUE')",
            )
            .await
            .unwrap();
        assert_eq!(persons(&all(&site, &outreach, "SERVICE_DUE", 13).await), before);
    }
}

#[tokio::test]
async fn supervisors_count_by_unit_under_the_floors_of_all_counts() {
    for backend in backends("supervisors_count_by_unit") {
        let site = Site::new(backend).await;
        let county = caller(Role::HO, Purpose::Hr);
        let query =
            "{ worklistCounts(kind: RECORD_STALE) { unit unitName persons overdue suppressed } }";
        let data = site.data(&county, query).await;
        let counts = data["worklistCounts"].as_array().unwrap();
        assert!(!counts.is_empty());
        for count in counts {
            assert!(count["unit"].as_str().unwrap().starts_with("220102"), "{count}");
            let persons = count["persons"].as_i64();
            assert_eq!(count["suppressed"], persons.is_none(), "{count}");
            assert!(persons.is_none_or(|persons| persons >= 10 && persons % 5 == 0), "{count}");
        }
    }
}

#[tokio::test]
async fn arguments_that_are_wrong_are_said_to_be() {
    let site = Site::new(Backend::Sqlite).await;
    let ask = |arguments: &str| {
        format!("{{ worklist(kind: RECORD_DUE{arguments}) {{ nodes {{ reasonCode }} }} }}")
    };
    for (arguments, expected) in [
        (", unit: \"220104\"", "BAD_USER_INPUT"),
        (", unit: \"nowhere\"", "BAD_USER_INPUT"),
        (", dueBefore: \"soon\"", "BAD_USER_INPUT"),
        (", first: -1", "BAD_USER_INPUT"),
        (", first: 100000", "QUERY_TOO_COMPLEX"),
        (", after: \"x\"", "CURSOR_INVALID"),
        (", orderBy: { dueOn: SIDEWAYS }", "GRAPHQL_VALIDATION_FAILED"),
        (", where: { idNumber: { eq: \"1\" } }", "FIELD_NOT_SHARED"),
        (", bogus: 1", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let code = site.refusal(&clinician(), &ask(arguments)).await;
        assert!(code == expected || expected == "QUERY_TOO_COMPLEX", "{arguments}: {code}");
    }
    // A cursor is of its list, order and department.
    let query = "{ worklist(kind: RECORD_DUE, first: 1) { pageInfo { endCursor } } }";
    let cursor = site.data(&clinician(), query).await["worklist"]["pageInfo"]["endCursor"].clone();
    let query = "query($after: String) { worklist(kind: RECORD_STALE, after: $after) { nodes { reasonCode } } }";
    let answer = ask_with(&site.gateway, &clinician(), query, json!({ "after": cursor })).await;
    assert_eq!(code(&answer), Some("CURSOR_INVALID"));
    let query = "query($kind: String!) { worklist(kind: $kind) { nodes { reasonCode } } }";
    let answer =
        ask_with(&site.gateway, &clinician(), query, json!({ "kind": "RECORD_DUE" })).await;
    assert_eq!(code(&answer), Some("GRAPHQL_VALIDATION_FAILED"), "a variable of another type");
}
