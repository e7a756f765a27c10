//! Notices of arrival: given, on their way, accepted or refused; each once, with its record, telling
//! nobody who is registered.
#![expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]

use entity::{access_record, caseload, due_item, person, residence_notice};
use migrant_gateway::{
    auth::Caller,
    clock::{Clock as _, day_in_shanghai},
    due::refresh,
    policy::{Purpose, Role},
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};

use super::reading::clinician;
use crate::{
    graphql::site::Site,
    support::{ask_with, backends, caller, code},
};

pub const CREATE: &str = "mutation($key: String!, $name: String!, $idNumber: String, $phone: String, \
    $community: Code!, $arrival: Date, $stay: Code) { createResidenceNotice(clientKey: $key, name: $name, \
    idNumber: $idNumber, phone: $phone, communityCode: $community, arrivalDate: $arrival, \
    expectedStay: $stay) { id status statusLabelZh sentAt forwardedTo answerBy answeredOn refusalReason personId } }";

const WAITING: &str = "{ worklist(kind: NOTICE_TO_ACCEPT, first: 100) { nodes { reasonCode dueOn status closedBy \
    person { id } notice { id communityCode address arrivalDate source sentAt name sex birthYear phone } } } }";

pub fn outreach() -> Caller {
    caller(Role::HF, Purpose::Ref)
}

/// A notice of somebody whom nobody knows.
pub fn newcomer(key: &str) -> Value {
    json!({
        "key": key, "name": "初来乍到", "phone": "10099990001", "community": "220102001001",
        "arrival": "2026-11-18", "stay": "4",
    })
}

pub async fn act(site: &Site, who: &Caller, query: &str, with: Value) -> Result<Value, String> {
    let answer = ask_with(&site.gateway, who, query, with).await;
    match code(&answer) {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer["data"].as_object().unwrap().values().next().unwrap().clone()),
    }
}

async fn answer(
    site: &Site,
    who: &Caller,
    id: &Value,
    reason: Option<&str>,
) -> Result<Value, String> {
    let members = "id status answeredOn refusalReason personId";
    let query = match reason {
        None => format!("mutation($id: ID!) {{ acceptResidenceNotice(id: $id) {{ {members} }} }}"),
        Some(_) => format!(
            "mutation($id: ID!, $reason: Code!) {{ refuseResidenceNotice(id: $id, reason: $reason) {{ {members} }} }}"
        ),
    };
    let with = match reason {
        None => json!({ "id": id }),
        Some(reason) => json!({ "id": id, "reason": reason }),
    };
    act(site, who, &query, with).await
}

async fn waiting(site: &Site, id: &Value) -> Option<Value> {
    let nodes = site.nodes(&clinician(), WAITING).await;
    nodes.into_iter().find(|item| item["notice"]["id"] == *id)
}

/// No item is otherwise than a refresh would have it.
async fn nothing_is_stale(site: &Site) {
    let today = day_in_shanghai(site.world.clock.now());
    let again = refresh(&site.world.db, today, true, |_| {}).await.unwrap();
    assert_eq!((again.changed.written, again.changed.removed), (0, 0), "{again:?}");
}

#[tokio::test]
async fn a_notice_is_on_its_way_until_the_centre_serves_the_person() {
    for backend in backends("a_notice_is_on_its_way") {
        let site = Site::new(backend).await;
        let given = act(&site, &outreach(), CREATE, newcomer("k-1")).await.unwrap();
        assert_eq!((&given["status"], &given["statusLabelZh"]), (&json!("1"), &json!("待受理")));
        assert_eq!(given["forwardedTo"], "南关区社区卫生服务中心");
        // Friday noon: the third working day is Wednesday.
        assert_eq!(given["answerBy"], "2026-11-25");
        assert_eq!((&given["personId"], &given["answeredOn"]), (&Value::Null, &Value::Null));
        let item = waiting(&site, &given["id"]).await.expect("it waits");
        assert_eq!(
            (&item["person"], &item["reasonCode"]),
            (&Value::Null, &json!("NOTICE_TO_ACCEPT"))
        );
        let notice = &item["notice"];
        assert_eq!(
            (&notice["name"], &notice["phone"]),
            (&json!("初来乍到"), &json!("10099990001"))
        );
        assert_eq!(notice["arrivalDate"], "2026-11");
        // Nobody serves the person yet.
        let known =
            "{ persons(first: 500, where: { name: { eq: \"初来乍到\" } }) { nodes { id } } }";
        assert!(site.nodes(&clinician(), known).await.is_empty());
        let accepted = answer(&site, &clinician(), &given["id"], None).await.unwrap();
        assert_eq!(
            (&accepted["status"], &accepted["answeredOn"]),
            (&json!("2"), &json!("2026-11-20"))
        );
        let person = site.nodes(&clinician(), known).await;
        assert_eq!(person[0]["id"], accepted["personId"]);
        assert!(waiting(&site, &given["id"]).await.is_none());
        // Said again, it is heard; the other answer comes too late.
        assert_eq!(answer(&site, &clinician(), &given["id"], None).await.unwrap()["status"], "2");
        let late = answer(&site, &clinician(), &given["id"], Some("2")).await;
        assert_eq!(late, Err("CONFLICT".to_owned()));
        // Who gave it asks by the same key how it stands.
        let again = act(&site, &outreach(), CREATE, newcomer("k-1")).await.unwrap();
        assert_eq!((&again["id"], &again["status"]), (&given["id"], &json!("2")));
        let cases = caseload::Entity::find()
            .filter(caseload::Column::StartedOn.eq(day_in_shanghai(site.world.clock.now())));
        assert_eq!(
            cases
                .all(&site.world.db)
                .await
                .unwrap()
                .iter()
                .filter(|case| case.id > 1 << 40)
                .count(),
            1
        );
        nothing_is_stale(&site).await;
    }
}

#[tokio::test]
async fn a_refusal_has_a_reason_and_a_notice_that_waits_can_be_taken_back() {
    for backend in backends("a_refusal_has_a_reason") {
        let site = Site::new(backend).await;
        let given = act(&site, &outreach(), CREATE, newcomer("k-1")).await.unwrap();
        for wrong in ["7", "nobody was there"] {
            let refused = answer(&site, &clinician(), &given["id"], Some(wrong)).await;
            assert_eq!(refused, Err("BAD_USER_INPUT".to_owned()), "{wrong}");
        }
        let refused = answer(&site, &clinician(), &given["id"], Some("2")).await.unwrap();
        assert_eq!((&refused["status"], &refused["refusalReason"]), (&json!("3"), &json!("2")));
        assert_eq!(refused["personId"], Value::Null);
        let withdraw = "mutation($id: ID!) { withdrawResidenceNotice(id: $id) { status } }";
        let late = act(&site, &outreach(), withdraw, json!({ "id": given["id"] })).await;
        assert_eq!(late, Err("CONFLICT".to_owned()));
        let second = act(&site, &outreach(), CREATE, newcomer("k-2")).await.unwrap();
        let other =
            Caller { organization: Some("220104-FPO".into()), unit: "220104".into(), ..outreach() };
        let of_others = act(&site, &other, withdraw, json!({ "id": second["id"] })).await;
        assert_eq!(of_others, Err("NOT_FOUND".to_owned()));
        let back = act(&site, &outreach(), withdraw, json!({ "id": second["id"] })).await.unwrap();
        assert_eq!(back["status"], "4");
        assert!(waiting(&site, &second["id"]).await.is_none());
        let gone = answer(&site, &clinician(), &second["id"], None).await;
        assert_eq!(gone, Err("CONFLICT".to_owned()));
        nothing_is_stale(&site).await;
    }
}

#[tokio::test]
async fn a_notice_says_the_same_of_somebody_who_is_registered_and_of_nobody() {
    for backend in backends("a_notice_says_the_same_of_somebody") {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        // Somebody whom the outreach office does not see: who lives in another county.
        let known = person::Entity::find()
            .filter(person::Column::IdNumber.is_not_null())
            .filter(person::Column::VitalStatus.eq("alive"))
            .order_by_desc(person::Column::Id)
            .all(db)
            .await
            .unwrap()
            .into_iter()
            .find(|person| person.residence_unit_id / 1_000_000 != 101_002)
            .unwrap();
        let before = person::Entity::find().count(db).await.unwrap();
        let mut told = Vec::new();
        for (key, number) in
            [("known", known.id_number.clone().unwrap()), ("new", "22990119900307001X".into())]
        {
            let name =
                if key == "known" { known.name.clone().unwrap() } else { "何许人".to_owned() };
            let with = json!({
                "key": key, "name": name, "idNumber": number, "community": "220102001001",
                "arrival": "2026-11-18",
            });
            let mut given = act(&site, &outreach(), CREATE, with).await;
            if let Ok(given) = &mut given {
                given["id"] = Value::Null;
            }
            told.push(given);
        }
        // The second number may not be valid: then take one that is.
        if told[1].is_err() {
            told.pop();
            let number = (0..10)
                .chain(10..11)
                .map(|check| {
                    format!(
                        "22990119900307001{}",
                        if check == 10 { "X".to_owned() } else { check.to_string() }
                    )
                })
                .find(|number| migrant_gateway::rules::citizen_id::CitizenId::parse(number).is_ok())
                .unwrap();
            let with = json!({
                "key": "valid", "name": "何许人", "idNumber": number, "community": "220102001001",
                "arrival": "2026-11-18",
            });
            let mut given = act(&site, &outreach(), CREATE, with).await.unwrap();
            given["id"] = Value::Null;
            told.push(Ok(given));
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(person::Entity::find().count(db).await.unwrap(), before + 1);
        // Nothing that others collected is written over, and a wrong name makes nobody theirs.
        let after = person::Entity::find_by_id(known.id).one(db).await.unwrap().unwrap();
        assert_eq!(after, known);
        let with = json!({
            "key": "wrong", "name": "另一人", "idNumber": known.id_number, "community": "220102001001",
            "arrival": "2026-11-18",
        });
        act(&site, &outreach(), CREATE, with).await.unwrap();
        let newest = person::Entity::find()
            .order_by_desc(person::Column::Id)
            .one(db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((newest.name.as_deref(), newest.id_number), (Some("另一人"), None));
    }
}

#[tokio::test]
async fn a_key_names_one_act_and_what_it_asked() {
    for backend in backends("a_key_names_one_act") {
        let site = Site::new(backend).await;
        let db = &site.world.db;
        let count = || residence_notice::Entity::find().count(db);
        let before = count().await.unwrap();
        let first = act(&site, &outreach(), CREATE, newcomer("k-1")).await.unwrap();
        let second = act(&site, &outreach(), CREATE, newcomer("k-1")).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(count().await.unwrap(), before + 1);
        let mut other = newcomer("k-1");
        other["name"] = json!("另有其人");
        assert_eq!(act(&site, &outreach(), CREATE, other).await, Err("CONFLICT".to_owned()));
        // Keys are each caller's own.
        let colleague = Caller { subject: "colleague".into(), ..outreach() };
        let third = act(&site, &colleague, CREATE, newcomer("k-1")).await.unwrap();
        assert_ne!(third["id"], first["id"]);
        for key in ["", " ", "with space", &"x".repeat(65)] {
            let refused = act(&site, &outreach(), CREATE, newcomer(key)).await;
            assert_eq!(refused, Err("BAD_USER_INPUT".to_owned()), "{key:?}");
        }
        // At once, too: of many that say the same one is done.
        let caller = outreach();
        let many = (0..8).map(|_| act(&site, &caller, CREATE, newcomer("k-2")));
        let told = futures_util::future::join_all(many).await;
        let ids: std::collections::BTreeSet<String> =
            told.iter().filter_map(|told| Some(told.as_ref().ok()?["id"].to_string())).collect();
        assert_eq!(ids.len(), 1, "{told:?}");
        assert_eq!(count().await.unwrap(), before + 3);
    }
}

#[tokio::test]
async fn who_may_give_notice_says_what_its_role_writes_and_no_more() {
    for backend in backends("who_may_give_notice_says") {
        let site = Site::new(backend).await;
        let street = caller(Role::CW, Purpose::Ref);
        act(&site, &street, CREATE, newcomer("cw")).await.unwrap();
        let mut with = newcomer("cw-2");
        with["idNumber"] = json!("229901199501090020");
        assert_eq!(act(&site, &street, CREATE, with).await, Err("BAD_USER_INPUT".to_owned()));
        // The grid refers whoever consented; of others and of nobody it is told alike.
        let grid = caller(Role::GG, Purpose::Ref);
        let mut with = newcomer("gg");
        assert_eq!(act(&site, &grid, CREATE, with.clone()).await, Err("BAD_USER_INPUT".to_owned()));
        for member in ["arrival", "stay"] {
            with.as_object_mut().unwrap().remove(member);
        }
        assert_eq!(act(&site, &grid, CREATE, with.clone()).await, Err("NOT_FOUND".to_owned()));
        let somebody = person::Entity::find()
            .filter(person::Column::Phone.is_not_null())
            .all(&site.world.db)
            .await
            .unwrap()
            .pop()
            .unwrap();
        with["name"] = json!(somebody.name);
        with["phone"] = json!(somebody.phone);
        assert_eq!(act(&site, &grid, CREATE, with).await, Err("NOT_FOUND".to_owned()));
        for (role, purpose) in
            [(Role::PO, Purpose::Res), (Role::MW, Purpose::Emp), (Role::HO, Purpose::Hr)]
        {
            let refused = act(&site, &caller(role, purpose), CREATE, newcomer("no")).await;
            assert_eq!(refused, Err("GRAPHQL_VALIDATION_FAILED".to_owned()), "{role}");
        }
        let mut elsewhere = newcomer("far");
        elsewhere["community"] = json!("220104001001");
        assert_eq!(
            act(&site, &outreach(), CREATE, elsewhere).await,
            Err("BAD_USER_INPUT".to_owned())
        );
        let mut tomorrow = newcomer("soon");
        tomorrow["arrival"] = json!("2026-11-21");
        assert_eq!(
            act(&site, &outreach(), CREATE, tomorrow).await,
            Err("BAD_USER_INPUT".to_owned())
        );
        // The centre serves at once whom it meets itself.
        let own = act(&site, &clinician(), CREATE, newcomer("own")).await.unwrap();
        assert_eq!(own["status"], "2");
        assert!(own["personId"].is_string());
        nothing_is_stale(&site).await;
    }
}

#[tokio::test]
async fn each_step_leaves_a_record_of_the_person_without_what_was_written_down() {
    for backend in backends("each_step_leaves_a_record_of_the_person") {
        let site = Site::new(backend).await;
        let given = act(&site, &outreach(), CREATE, newcomer("k-1")).await.unwrap();
        site.nodes(&clinician(), WAITING).await;
        answer(&site, &clinician(), &given["id"], None).await.unwrap();
        let records = access_record::Entity::find()
            .order_by_desc(access_record::Column::Seq)
            .all(&site.world.db)
            .await
            .unwrap();
        let changes: Vec<&str> =
            records.iter().filter_map(|record| record.change.as_deref()).collect();
        assert!(
            changes[0].contains("residence_notice.accept")
                && changes[1].contains("residence_notice.create")
        );
        for change in &changes[..2] {
            for secret in ["初来乍到", "10099990001", "220102001001"] {
                assert!(!change.contains(secret), "{change}");
            }
        }
        assert!(records[..3].iter().all(|record| record.subject_count >= 1), "{:?}", &records[..3]);
        let read = records
            .iter()
            .find(|record| record.fields.contains("Worklist.NOTICE_TO_ACCEPT"))
            .unwrap();
        assert!(read.fields.contains("Person.name:full"), "{}", read.fields);
    }
}

/// What somebody was told to be owed by an accepted notice comes and goes with the sources.
#[tokio::test]
async fn an_accepted_notice_makes_a_record_due_in_time() {
    for backend in backends("an_accepted_notice_makes_a_record_due") {
        let site = Site::new(backend).await;
        let mut with = newcomer("k-1");
        with["arrival"] = json!("2026-05-20");
        let given = act(&site, &outreach(), CREATE, with).await.unwrap();
        let items = || {
            due_item::Entity::find()
                .filter(due_item::Column::List.eq("RECORD_DUE"))
                .count(&site.world.db)
        };
        let before = items().await.unwrap();
        let of_month = async || {
            let due = super::reading::all(&site, &clinician(), "RECORD_DUE", 100).await;
            due.iter().filter(|item| item["dueOn"] == "2026-11").count()
        };
        let listed = of_month().await;
        answer(&site, &clinician(), &given["id"], None).await.unwrap();
        assert_eq!(items().await.unwrap(), before + 1, "an unknown hukou is owed it all the same");
        assert_eq!(of_month().await, listed + 1);
    }
}
