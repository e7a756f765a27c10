//! What `me` tells, and to whom.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::{access_record, access_subject, sharing::Department};
use migrant_gateway::policy::{Purpose, Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use crate::{
    access::acting::{OPEN, act, assert_chain, clinician, herself, strangers},
    graphql::site::Site,
    support::{CALLERS, World, backends, caller},
};

pub const LOOKED: &str = "{ me { whoLooked(first: 50) { sentence at role roleLabelZh department \
    organization organizationName purpose purposeLabelZh what law wasAnswered cursor } } }";

/// Whom a caller of the county sees, by its department's identifier.
pub async fn patient_of(site: &Site, role: Role, purpose: Purpose) -> (String, i64) {
    let nodes = site.nodes(&caller(role, purpose), "{ persons(first: 1) { nodes { id } } }").await;
    let id = nodes[0]["id"].as_str().unwrap().to_owned();
    let identifiers =
        migrant_gateway::graphql::ids::Identifiers::new(&site.world.secrets, role.department());
    let key = identifiers.key("Person", &id).unwrap();
    (id, key)
}

fn sentences(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item["sentence"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_access_is_told_in_one_sentence_that_names_no_clinician() {
    for backend in backends("each_access_is_told_in_one_sentence") {
        let site = Site::new(backend).await;
        let clinic = caller(Role::HC, Purpose::Hr);
        let (id, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
        let query = format!(
            "{{ person(id: \"{id}\") {{ name birthDate phone healthRecords {{ bloodType }} }} }}"
        );
        site.data(&clinic, &query).await;
        let data = site.data(&herself(key), LOOKED).await;
        let looked = &data["me"]["whoLooked"];
        assert_eq!(
            looked[0]["sentence"],
            "2026年11月20日12:00，南关区社区卫生服务中心的社区责任医生/护士查看了您的姓名、出生日期、联系电话、\
             居民健康档案中的血型，用途：健康档案，依据：《基本医疗卫生与健康促进法》第三十五、九十二条。",
            "{backend:?}"
        );
        for (member, told) in [
            ("roleLabelZh", "社区责任医生/护士"),
            ("organization", "220102-CHC"),
            ("organizationName", "南关区社区卫生服务中心"),
            ("purpose", "P-HR"),
            ("purposeLabelZh", "健康档案"),
            ("department", "health"),
        ] {
            assert_eq!(looked[0][member], told);
        }
        // The caller's own name is in none of it.
        assert!(!data.to_string().contains(&clinic.subject));
        assert_chain(&site.world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_only_tested_refused_or_masked_is_told_so() {
    let site = Site::sqlite().await;
    let (id, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
    // A yes or no; a field that is not shared, asked about somebody who is named.
    let clinic = caller(Role::HC, Purpose::Hr);
    let yes_no =
        format!("{{ person(id: \"{id}\") {{ assistanceCases {{ receivesAssistance }} }} }}");
    site.prompt(&clinic, &yes_no, json!({})).await;
    let too_many = format!(
        "{{ persons(where: {{ id: {{ in: [\"{id}\"] }} }}, first: 501) {{ nodes {{ name }} }} }}"
    );
    site.prompt(&clinic, &too_many, json!({})).await;
    let office = caller(Role::HO, Purpose::Hr);
    let other = site.id(Department::Health, "Person", key);
    site.data(&office, &format!("{{ person(id: \"{other}\") {{ birthDate }} }}")).await;
    let data = site.data(&herself(key), LOOKED).await;
    let told = sentences(&data["me"]["whoLooked"]);
    assert!(told.iter().any(|one| one.contains("（脱敏）")), "{told:#?}");
    for one in &told {
        assert!(one.ends_with('。') && one.starts_with("2026年11月20日12:00，"), "{one}");
    }
    let refused: Vec<&Value> = data["me"]["whoLooked"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["wasAnswered"] == false)
        .collect();
    for one in &refused {
        assert!(one["sentence"].as_str().unwrap().contains("未获答复"), "{one}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn own_look_ups_stand_apart_and_every_access_stands_in_one_of_the_two() {
    for backend in backends("own_look_ups_stand_apart") {
        let site = Site::new(backend).await;
        let (_, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
        site.data(&herself(key), "{ me { person { name } } }").await;
        let query = "{ me { whoLooked(first: 500) { role } ownLookUps(first: 500) { role sentence } } \
                     accessEvents(first: 500) { nodes { at } } }";
        let data = site.data(&herself(key), query).await;
        let of = |list: &str| data["me"][list].as_array().unwrap().clone();
        let (others, own) = (of("whoLooked"), of("ownLookUps"));
        assert!(others.iter().all(|one| one["role"] != "SU"), "{others:?}");
        assert!(own.iter().all(|one| one["role"] == "SU") && !own.is_empty());
        assert!(own[0]["sentence"].as_str().unwrap().contains("您本人查看了您的姓名"));
        let about_her = {
            let events = data["accessEvents"]["nodes"].as_array().unwrap().len();
            // Those about her children are in neither list.
            assert!(events >= others.len() + own.len());
            others.len() + own.len()
        };
        assert_eq!(about_her, records_about(&site.world, key).await - 1, "{backend:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn records_about(world: &World, person: i64) -> usize {
    let subjects = access_subject::Entity::find()
        .filter(access_subject::Column::PersonId.eq(person))
        .all(&world.db);
    subjects.await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_accesses_join_without_gap_or_repetition() {
    let site = Site::sqlite().await;
    let (id, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
    for _ in 0..7 {
        let query = format!("{{ person(id: \"{id}\") {{ name }} }}");
        site.data(&caller(Role::HC, Purpose::Hr), &query).await;
    }
    let all = site.data(&herself(key), LOOKED).await;
    let all: Vec<Value> = all["me"]["whoLooked"].as_array().unwrap().clone();
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let query =
            "query($after: String) { me { whoLooked(first: 3, after: $after) { cursor } } }";
        let data = site.data_with(&herself(key), query, json!({ "after": after })).await;
        let page = data["me"]["whoLooked"].as_array().unwrap().clone();
        let Some(last) = page.last() else { break };
        after = last["cursor"].clone();
        pages.extend(page);
    }
    let cursors = |list: &[Value]| list.iter().map(|one| one["cursor"].clone()).collect::<Vec<_>>();
    assert_eq!(cursors(&pages), cursors(&all));
    let forged = "{ me { whoLooked(after: \"AAAA\") { cursor } } }";
    assert_eq!(site.refusal(&herself(key), forged).await, "CURSOR_INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_that_tells_of_protected_data_is_told_to_the_person_and_to_no_auditor() {
    for backend in backends("an_access_that_tells_of_protected_data") {
        let site = Site::new(backend).await;
        let (id, key) = patient_of(&site, Role::HX, Purpose::Stg).await;
        let desk = caller(Role::HX, Purpose::Stg);
        let query = format!(
            "{{ person(id: \"{id}\") {{ name stigmatizedDiseaseReports {{ stigmatizedDiseaseCode }} }} }}"
        );
        site.data(&desk, &query).await;
        let data = site.data(&herself(key), LOOKED).await;
        let told = data["me"]["whoLooked"][0]["sentence"].as_str().unwrap().to_owned();
        assert!(told.contains("的专病(艾滋/性病)查看了您的姓名"), "{told}");
        assert!(told.contains("《艾滋病防治条例》第三十九"), "{told}");
        let auditor = caller(Role::AU, Purpose::Aud);
        let events =
            site.nodes(&auditor, "{ accessEvents(first: 500) { nodes { purpose } } }").await;
        assert!(events.iter().all(|event| event["purpose"] != "P-STG"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_told_with_its_reason_and_its_review() {
    for backend in backends("an_emergency_is_told") {
        let site = Site::new(backend).await;
        let patient = strangers(&site).await[0].clone();
        let with = json!({ "number": patient.id_number, "reason": "UNCONSCIOUS" });
        act(&site.gateway, &clinician(Role::HE), OPEN, with).await.unwrap();
        let ask = "{ me { emergencies { sentence openedAt endedAt reasonLabelZh verdict } } }";
        let told = async || {
            let data = site.data(&herself(patient.id), ask).await;
            data["me"]["emergencies"].as_array().unwrap().clone()
        };
        let open = told().await;
        assert_eq!(open.len(), 1);
        let sentence = open[0]["sentence"].as_str().unwrap();
        assert!(
            sentence.contains("急救医生因“意识丧失”紧急打开了您的病历，至2026年11月20日13:00"),
            "{sentence}"
        );
        assert!(sentence.contains("尚待复核"), "{sentence}");
        assert!(!sentence.contains("found at the road"));
        site.world.clock.advance(TimeDelta::hours(2));
        let id = {
            let officer = caller(Role::HO, Purpose::Ema);
            let officer = migrant_gateway::auth::Caller {
                unit: "220000".to_owned(),
                organization: None,
                ..officer
            };
            let data = site.data(&officer, "{ breakGlassEvents { id } }").await;
            let id = data["breakGlassEvents"][0]["id"].clone();
            let review =
                "mutation($id: ID!) { reviewBreakGlass(id: $id, verdict: JUSTIFIED) { verdict } }";
            act(&site.gateway, &officer, review, json!({ "id": id })).await.unwrap();
            id
        };
        assert!(id.is_string());
        let over = told().await;
        let sentence = over[0]["sentence"].as_str().unwrap();
        assert!(sentence.contains("13:00结束；2026年11月20日14:00复核认定合理"), "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_given_and_to_give_are_told_and_complement_each_other() {
    for backend in backends("consents_given_and_to_give") {
        let site = Site::new(backend).await;
        let (_, key) = patient_of(&site, Role::MW, Purpose::Emp).await;
        let query = "{ me { consents(first: 500) { id sentence recipientDepartment purpose fieldGroup \
                     active } consentsToGive { sentence recipientDepartment purpose fieldGroup law } } }";
        let data = site.data(&herself(key), query).await;
        let cells = |list: &str, only_active: bool| -> BTreeSet<String> {
            let items = data["me"][list].as_array().unwrap().iter();
            items
                .filter(|item| !only_active || item["active"] == true)
                .map(|item| {
                    format!(
                        "{} {} {}",
                        item["recipientDepartment"], item["purpose"], item["fieldGroup"]
                    )
                })
                .collect()
        };
        let (given, open) = (cells("consents", true), cells("consentsToGive", false));
        assert!(!given.is_empty() && !open.is_empty() && given.is_disjoint(&open));
        let told = sentences(&data["me"]["consents"]);
        assert!(
            told.iter().any(|one| one.contains("同意农民工办部门为“就业培训”使用您的")),
            "{told:#?}"
        );
        // What is to be given is given, and is not to be given any more.
        let choice = data["me"]["consentsToGive"][0].clone();
        let give = "mutation($d: Code!, $p: Code!, $g: Code!) { giveConsent(recipientDepartment: $d, \
                    purpose: $p, fieldGroup: $g, expiresAt: \"2027-01-01T00:00:00Z\") { id } }";
        let with = json!({ "d": choice["recipientDepartment"], "p": choice["purpose"], "g": choice["fieldGroup"] });
        act(&site.gateway, &herself(key), give, with).await.unwrap();
        let again = site.data(&herself(key), query).await;
        let still = again["me"]["consentsToGive"].as_array().unwrap();
        assert_eq!(still.len() + 1, data["me"]["consentsToGive"].as_array().unwrap().len());
        assert!(!still.contains(&choice));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shared_follows_the_grants_in_force() {
    let site = Site::sqlite().await;
    let query = "{ me { sharing { sentence department purpose law groups { group level scopeLabelZh law } } } }";
    let data = site.data(&herself(1), query).await;
    let sharing = data["me"]["sharing"].as_array().unwrap();
    let cell = sharing
        .iter()
        .find(|cell| cell["department"] == "police" && cell["purpose"] == "P-RES")
        .unwrap();
    let groups: BTreeSet<&str> = {
        let groups = cell["groups"].as_array().unwrap().iter();
        groups.map(|group| group["group"].as_str().unwrap()).collect()
    };
    // The police see names and addresses, and no health.
    assert!(groups.contains("G02") && groups.contains("G08"), "{groups:?}");
    assert!(groups.iter().all(|group| !("G13"..="G22").contains(group)), "{groups:?}");
    assert!(
        cell["sentence"].as_str().unwrap().starts_with("公安部门为“居住登记与居住证”可以使用您的")
    );
    // Protected groups stay with health.
    for cell in sharing.iter().filter(|cell| cell["department"] != "health") {
        let groups = cell["groups"].as_array().unwrap().iter();
        let is_protected = |group: &&Value| {
            ["G16", "G18", "G20", "G21"].contains(&group["group"].as_str().unwrap())
        };
        assert_eq!(groups.filter(is_protected).count(), 0, "{cell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_owed_and_had_are_told_with_their_rules() {
    for backend in backends("services_owed_and_had") {
        let site = Site::new(backend).await;
        let query = "{ me { services { sentence code labelZh owed had missing rule ruleTitleZh } } \
                     serviceEntitlements { nodes { eligibleServices delivered gap } } }";
        let (_, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
        let data = site.data(&herself(key), query).await;
        let services = data["me"]["services"].as_array().unwrap();
        let of = |member: &str| -> BTreeSet<&str> {
            let those = services.iter().filter(|service| service[member] == true);
            those.map(|service| service["code"].as_str().unwrap()).collect()
        };
        // Her own entitlement is among those of her and her children.
        let rows = data["serviceEntitlements"]["nodes"].as_array().unwrap();
        let is_it = |row: &Value| {
            [("eligibleServices", "owed"), ("delivered", "had"), ("gap", "missing")].iter().all(
                |(field, member)| {
                    let codes = row[field].as_array().into_iter().flatten();
                    codes.map(|code| code.as_str().unwrap()).collect::<BTreeSet<_>>() == of(member)
                },
            )
        };
        assert!(rows.iter().any(is_it) && !services.is_empty(), "{data}");
        for service in services {
            assert!(
                service["sentence"].as_str().unwrap().contains("《居住证暂行条例》第十二条第三项")
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_in_words_holds_every_field_that_the_person_sees() {
    for backend in backends("the_record_in_words") {
        let site = Site::new(backend).await;
        let (_, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
        let query = "{ me { record { kind labelZh entries { field labelZh text } } person { name birthDate } } }";
        let data = site.data(&herself(key), query).await;
        let record = data["me"]["record"].as_array().unwrap();
        let entry = |kind: &str, field: &str| {
            let section = record.iter().find(|section| section["kind"] == kind).unwrap();
            let entries = section["entries"].as_array().unwrap().iter();
            entries.clone().find(|entry| entry["field"] == field).unwrap().clone()
        };
        assert_eq!(entry("Person", "name")["text"], data["me"]["person"]["name"]);
        assert_eq!(entry("Person", "name")["labelZh"], "姓名");
        let birth = entry("Person", "birthDate")["text"].as_str().unwrap().to_owned();
        assert!(birth.ends_with('日') && birth.contains('年'), "{birth}");
        assert!(record.iter().any(|section| section["kind"] == "HealthRecord"));
        assert!(record.iter().all(|section| section["kind"] != "AccessEvent"));
        let only = site.data(&herself(key), "{ me { record(kind: \"Person\") { kind } } }").await;
        assert_eq!(only["me"]["record"], json!([{ "kind": "Person" }]));
        let unknown = "{ me { record(kind: \"Nothing\") { kind } } }";
        assert_eq!(site.refusal(&herself(key), unknown).await, "BAD_USER_INPUT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_has_a_view_of_their_own() {
    let site = Site::sqlite().await;
    for (role, purpose) in CALLERS.iter().filter(|(role, _)| *role != Role::SU) {
        let code = site.refusal(&caller(*role, *purpose), "{ me { person { name } } }").await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{role} {purpose}");
    }
    // A token of the role that is of nobody.
    let nobody = migrant_gateway::auth::Caller { person: None, ..caller(Role::SU, Purpose::Sar) };
    assert_eq!(
        site.refusal(&nobody, "{ me { sharing { sentence } } }").await,
        "GRAPHQL_VALIDATION_FAILED"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_on_record_with_the_fields_that_it_was_made_of_and_no_others() {
    let site = Site::sqlite().await;
    let (_, key) = patient_of(&site, Role::HC, Purpose::Hr).await;
    for (query, recorded) in [
        ("{ me { person { name } } }", "Person.name:full"),
        ("{ me { whoLooked { at } } }", "AccessEvent.at:full"),
        ("{ me { whoLooked { purposeLabelZh } } }", "AccessEvent.purpose:full"),
        ("{ me { consents { groupLabelZh } } }", "Consent.fieldGroup:full"),
        ("{ me { requests { state } } }", "SubjectRequest.id:full SubjectRequest.state:full"),
        ("{ me { sharing { sentence } } }", ""),
    ] {
        site.data(&herself(key), query).await;
        let fields = last_fields(&site.world).await;
        // That there is a row may be all that is told of a list that is empty.
        let kind = recorded.split('.').next().unwrap();
        let row = format!("{kind}.id:predicate");
        assert!(fields == recorded || fields == row, "{query}: {fields}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn last_fields(world: &World) -> String {
    let last = access_record::Entity::find().order_by_desc(access_record::Column::Seq).limit(1);
    last.one(&world.db).await.unwrap().unwrap().fields
}
