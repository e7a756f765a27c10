//! Whom accesses that tell of C4 were about is opened for one officer, inside a case, and told to the
//! persons afterwards.

use chrono::TimeDelta;
use entity::{access_subject, person};
use migrant_gateway::{
    audit::{self, Page},
    auth::{Caller, Officer},
    policy::{Purpose, Role},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use super::{
    by_hand::findings,
    office::{Office, steward},
};
use crate::{
    records::{process::Installation, sql},
    support::{ask_with, backends, caller, code, world::noon},
};

const REASON: &str = "本人投诉称其就诊情况被无关人员查询，需核实该次访问涉及何人";

const PROPOSE: &str = "mutation($records: [Int!], $scope: AuditCaseScope, $reason: String!) { \
    proposeAuditCase(reasonCode: COMPLAINT, reason: $reason, records: $records, scope: $scope) \
    { id status records expiresAt } }";

const REQUEST: &str = "mutation($number: String!, $records: [Int!], $scope: AuditCaseScope) { \
    openRequestCase(idNumber: $number, requestRef: \"SQ-2026-0071\", records: $records, scope: \
    $scope) { id status records } }";

const LOOK: &str = "mutation($id: Int!, $record: Int, $first: Int = 50, $afterRecord: Int, \
    $afterPerson: ID) { lookIntoAuditCase(id: $id, record: $record, first: $first, afterRecord: \
    $afterRecord, afterPerson: $afterPerson) { record at personId name idNumber } }";

const LOG: &str = "{ accessEvents(first: 500) { totalCount nodes { at department purpose fields \
    subjectVisibleFrom caseReason } } }";

fn officer() -> Caller {
    steward("zhao", Role::DP)
}

fn auditor() -> Caller {
    steward("sun", Role::AU)
}

/// An access that tells of C4, of two persons; the place of its record.
async fn protected_access(office: &Office) -> i64 {
    let query = "{ stigmatizedDiseaseReports(first: 2) { nodes { id } } }";
    let answer = office.ask(&caller(Role::HX, Purpose::Stg), query, json!({})).await;
    assert!(answer["errors"].is_null(), "{answer}");
    let query = "{ protectedAccesses(first: 1) { record } }";
    let found = office.data(&officer(), query, json!({})).await;
    found["protectedAccesses"][0]["record"].as_i64().expect("a record")
}

/// The persons of a record, as the chain keeps them.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn persons_of(office: &Office, record: i64) -> Vec<person::Model> {
    let keys: Vec<i64> = access_subject::Entity::find()
        .filter(access_subject::Column::Seq.eq(record))
        .order_by_asc(access_subject::Column::PersonId)
        .select_only()
        .column(access_subject::Column::PersonId)
        .into_tuple()
        .all(&office.world.db)
        .await
        .unwrap();
    let persons = person::Entity::find().filter(person::Column::Id.is_in(keys));
    persons.order_by_asc(person::Column::Id).all(&office.world.db).await.unwrap()
}

async fn propose(office: &Office, record: i64) -> i64 {
    let variables = json!({ "records": [record], "reason": REASON });
    let made = office.data(&officer(), PROPOSE, variables).await;
    assert_eq!(made["proposeAuditCase"]["status"], "PROPOSED");
    made["proposeAuditCase"]["id"].as_i64().unwrap()
}

/// Does something with a case; its status or the code of the refusal.
async fn act(office: &Office, who: &Caller, what: &str, id: i64) -> String {
    let query = format!("mutation($id: Int!) {{ {what}AuditCase(id: $id) {{ status }} }}");
    let answer = office.ask(who, &query, json!({ "id": id })).await;
    match code(&answer) {
        Some(code) => code.to_owned(),
        None => answer["data"][format!("{what}AuditCase")]["status"].as_str().unwrap().to_owned(),
    }
}

async fn in_force(office: &Office, record: i64) -> i64 {
    let id = propose(office, record).await;
    assert_eq!(act(office, &auditor(), "approve", id).await, "IN_FORCE");
    id
}

/// What a look shows, or the code of the refusal.
async fn look(office: &Office, who: &Caller, id: i64) -> Result<Vec<Value>, String> {
    let answer = office.ask(who, LOOK, json!({ "id": id })).await;
    match code(&answer) {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer["data"]["lookIntoAuditCase"].as_array().unwrap().clone()),
    }
}

/// The person's own log: the accesses of officers in it.
async fn own_log(office: &Office, person: i64) -> Vec<Value> {
    let own = Caller { person: Some(person), ..caller(Role::SU, Purpose::Sar) };
    let log = office.data(&own, LOG, json!({})).await["accessEvents"].clone();
    let of_officer = |event: &&Value| event["purpose"] == "P-ADM";
    let events = log["nodes"].as_array().unwrap();
    assert_eq!(log["totalCount"], events.len());
    events.iter().filter(of_officer).cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_two_signed_opens_to_its_officer_alone_whom_an_access_was_about() {
    for backend in backends("a_case_that_two_signed_opens_to_its_officer_alone") {
        let office = Office::populated(backend).await;
        let record = protected_access(&office).await;
        let persons = persons_of(&office, record).await;
        assert!(!persons.is_empty());
        let id = propose(&office, record).await;
        assert_eq!(look(&office, &officer(), id).await, Err("CONFLICT".to_owned()));
        assert_eq!(act(&office, &officer(), "approve", id).await, "FORBIDDEN");
        let same_person = steward("zhao", Role::AU);
        assert_eq!(act(&office, &same_person, "approve", id).await, "FORBIDDEN");
        let query = "mutation($id: Int!) { approveAuditCase(id: $id) { status } }";
        for role in Role::STEWARDS {
            let refused = office.refusal(&steward("wang", role), query, json!({ "id": id })).await;
            assert_eq!(refused, "GRAPHQL_VALIDATION_FAILED", "{role}");
        }
        let mut elsewhere = auditor();
        elsewhere.unit = "220103".to_owned();
        assert_eq!(act(&office, &elsewhere, "approve", id).await, "NOT_FOUND");
        assert_eq!(act(&office, &auditor(), "approve", id).await, "IN_FORCE");
        assert_eq!(act(&office, &steward("qian", Role::DP), "approve", id).await, "CONFLICT");

        let seen = look(&office, &officer(), id).await.unwrap();
        assert_eq!(seen.len(), persons.len());
        for (seen, person) in seen.iter().zip(&persons) {
            assert_eq!(seen["record"], record);
            assert_eq!(
                (&seen["name"], &seen["idNumber"]),
                (&json!(person.name), &json!(person.id_number))
            );
        }
        // Not to another officer, one of the same name that another issuer knows, or the signer.
        assert_eq!(
            look(&office, &steward("qian", Role::DP), id).await,
            Err("FORBIDDEN".to_owned())
        );
        let namesake = Caller { issuer: "elsewhere".to_owned(), ..officer() };
        assert_eq!(look(&office, &namesake, id).await, Err("FORBIDDEN".to_owned()));
        let refused = Err("GRAPHQL_VALIDATION_FAILED".to_owned());
        assert_eq!(look(&office, &auditor(), id).await, refused);
        office.assert_recorded().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_on_record_from_the_start_and_the_person_sees_it_when_the_case_is_over() {
    for backend in backends("a_look_is_on_record_from_the_start") {
        for closes in [true, false] {
            let office = Office::populated(backend).await;
            let record = protected_access(&office).await;
            let person = persons_of(&office, record).await[0].id;
            let id = in_force(&office, record).await;
            assert_eq!(own_log(&office, person).await, [Value::Null; 0]);
            look(&office, &officer(), id).await.unwrap();

            let page = Page { before: None, limit: 10 };
            let on_record = audit::accesses_of(&office.world.db, person, page).await.unwrap();
            assert_eq!((&*on_record[0].record.role, &*on_record[0].record.caller), ("DP", "zhao"));
            assert_eq!(
                on_record[0].record.fields,
                "Person.id:full Person.idNumber:full Person.name:full"
            );
            assert_eq!(own_log(&office, person).await, [Value::Null; 0]);
            // To others it is an event without a person.
            let query = "{ protectedAccesses(first: 3) { purpose department personCount } }";
            let events =
                office.data(&auditor(), query, json!({})).await["protectedAccesses"].clone();
            assert!(events.as_array().unwrap().iter().any(|event| event["purpose"] == "P-ADM"));

            if closes {
                assert_eq!(act(&office, &auditor(), "close", id).await, "CLOSED");
            } else {
                office.world.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
                assert_eq!(own_log(&office, person).await, [Value::Null; 0]);
                assert!(look(&office, &officer(), id).await.is_ok());
                office.world.clock.advance(TimeDelta::seconds(1));
            }
            let told = own_log(&office, person).await;
            assert_eq!(told.len(), if closes { 1 } else { 2 }, "{told:?}");
            assert_eq!(
                (&told[0]["department"], &told[0]["caseReason"]),
                (&json!("oversight"), &json!("COMPLAINT"))
            );
            assert!(told[0]["fields"].as_str().unwrap().contains("Person.name:full"));
            assert_eq!(look(&office, &officer(), id).await, Err("CONFLICT".to_owned()));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_asked_for_opens_nobody_else_and_is_told_at_once() {
    for backend in backends("what_a_person_asked_for_opens_nobody_else_and_is_told_at_once") {
        let office = Office::populated(backend).await;
        let record = protected_access(&office).await;
        let persons = persons_of(&office, record).await;
        assert!(persons.len() > 1, "others are in the access, too");
        let (asked, number) = (persons[0].id, persons[0].id_number.clone().unwrap());
        office.world.clock.advance(TimeDelta::minutes(1));
        let scope =
            json!({ "from": noon() - TimeDelta::days(1), "until": noon() + TimeDelta::days(1) });
        let variables = json!({ "number": number, "scope": scope });
        let made = office.data(&officer(), REQUEST, variables).await["openRequestCase"].clone();
        assert_eq!((&made["status"], &made["records"]), (&json!("IN_FORCE"), &json!([record])));
        let told = own_log(&office, asked).await;
        assert_eq!(told.len(), 1, "that it was opened");
        assert_eq!(told[0]["caseReason"], "REQUEST");

        let id = made["id"].as_i64().unwrap();
        let seen = look(&office, &officer(), id).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0]["idNumber"], number);
        assert_eq!(own_log(&office, asked).await.len(), 2, "and that it was looked into");
        assert_eq!(own_log(&office, persons[1].id).await, [Value::Null; 0]);

        // Of somebody whom no such access is about it opens nothing, and they are told all the same.
        let other = person::Entity::find()
            .filter(person::Column::IdNumber.is_not_null())
            .filter(person::Column::Id.is_not_in(persons.iter().map(|person| person.id)))
            .order_by_desc(person::Column::Id)
            .one(&office.world.db)
            .await
            .unwrap()
            .unwrap();
        let variables = json!({ "number": other.id_number, "records": [record] });
        let made = office.data(&officer(), REQUEST, variables).await["openRequestCase"].clone();
        let id = made["id"].as_i64().unwrap();
        assert_eq!(look(&office, &officer(), id).await, Ok(vec![]));
        assert_eq!(own_log(&office, other.id).await.len(), 2);
        let variables = json!({ "number": other.id_number, "scope": scope });
        let made = office.data(&officer(), REQUEST, variables).await["openRequestCase"].clone();
        assert_eq!(made["records"], json!([]), "no error tells that there are none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_has_a_reason_and_bounds() {
    for backend in backends("a_case_has_a_reason_and_bounds") {
        let office = Office::populated(backend).await;
        let record = protected_access(&office).await;
        let harmless = "{ persons(first: 1) { nodes { name } } }";
        office.ask(&caller(Role::PO, Purpose::Res), harmless, json!({})).await;
        let day = TimeDelta::days(1);
        let scope = |from: TimeDelta, until: TimeDelta| json!({ "from": noon() + from, "until": noon() + until });
        for (variables, expected) in [
            (json!({ "records": [record], "reason": "\u{3164}".repeat(40) }), "BAD_USER_INPUT"),
            (json!({ "records": [record], "reason": "short" }), "BAD_USER_INPUT"),
            (json!({ "records": [], "reason": REASON }), "BAD_USER_INPUT"),
            (json!({ "reason": REASON }), "BAD_USER_INPUT"),
            (
                json!({ "records": [record], "scope": scope(-day, day), "reason": REASON }),
                "BAD_USER_INPUT",
            ),
            (
                json!({ "records": (1..=201).collect::<Vec<i64>>(), "reason": REASON }),
                "BAD_USER_INPUT",
            ),
            (json!({ "records": [record, 999_999], "reason": REASON }), "NOT_FOUND"),
            (json!({ "scope": scope(-day * 32, day), "reason": REASON }), "BAD_USER_INPUT"),
            (json!({ "scope": scope(day, -day), "reason": REASON }), "BAD_USER_INPUT"),
            (json!({ "scope": scope(-day * 3, -day), "reason": REASON }), "NOT_FOUND"),
        ] {
            let refused = office.refusal(&officer(), PROPOSE, variables.clone()).await;
            assert_eq!(refused, expected, "{variables}");
        }
        // An access that tells of nothing protected belongs to no case: 4 is the officer's question.
        let all: Vec<i64> = (1..=record).filter(|seq| *seq != record).collect();
        for other in all {
            let variables = json!({ "records": [other], "reason": REASON });
            assert_eq!(office.refusal(&officer(), PROPOSE, variables).await, "NOT_FOUND");
        }
        // By actor, as the officer knows them.
        let events = "{ protectedAccesses { record actorRef } }";
        let events = office.data(&officer(), events, json!({})).await["protectedAccesses"].clone();
        office.world.clock.advance(TimeDelta::minutes(1));
        let mut by_actor = scope(-day, day);
        by_actor["actorRef"] = events[0]["actorRef"].clone();
        let made =
            office.data(&officer(), PROPOSE, json!({ "scope": by_actor, "reason": REASON })).await;
        assert_eq!(made["proposeAuditCase"]["records"], json!([record]));
        by_actor["actorRef"] = json!("0".repeat(32));
        let variables = json!({ "scope": by_actor, "reason": REASON });
        assert_eq!(office.refusal(&officer(), PROPOSE, variables).await, "NOT_FOUND");
        // An officer of another county has no such access.
        let mut elsewhere = officer();
        elsewhere.unit = "220103".to_owned();
        let variables = json!({ "records": [record], "reason": REASON });
        assert_eq!(office.refusal(&elsewhere, PROPOSE, variables.clone()).await, "NOT_FOUND");
        // A system's word for who acts is nobody's.
        let asserted = Officer { subject: "zhao".into(), issuer: "x".into(), is_asserted: true };
        let system = Caller { officer: Some(asserted), is_client: true, ..officer() };
        assert_eq!(office.refusal(&system, PROPOSE, variables).await, "FORBIDDEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_lapses_after_14_days_and_is_rejected_or_taken_back() {
    let office = Office::populated(backends("sqlite")[0]).await;
    let record = protected_access(&office).await;
    let [rejected, taken_back, lapsed] = [
        propose(&office, record).await,
        propose(&office, record).await,
        propose(&office, record).await,
    ];
    assert_eq!(act(&office, &auditor(), "reject", rejected).await, "REJECTED");
    assert_eq!(act(&office, &officer(), "close", taken_back).await, "CLOSED");
    office.world.clock.advance(TimeDelta::days(14));
    for id in [rejected, taken_back, lapsed] {
        assert_eq!(act(&office, &steward("qian", Role::DP), "approve", id).await, "CONFLICT");
        assert_eq!(look(&office, &officer(), id).await, Err("CONFLICT".to_owned()));
        assert_eq!(act(&office, &officer(), "close", id).await, "CONFLICT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_come_in_pages_and_a_case_holds_on_every_gateway() {
    for backend in backends("looks_come_in_pages_and_a_case_holds_on_every_gateway") {
        let office = Office::populated(backend).await;
        let other = office.world.gateway().await;
        let records = [protected_access(&office).await, protected_access(&office).await];
        let variables = json!({ "records": records, "reason": REASON });
        let made = office.data(&officer(), PROPOSE, variables).await;
        let id = &made["proposeAuditCase"]["id"];
        let approve = "mutation($id: Int!) { approveAuditCase(id: $id) { status } }";
        let signed = ask_with(&other, &auditor(), approve, json!({ "id": id })).await;
        assert!(signed["errors"].is_null(), "{signed}");
        let mut all = Vec::new();
        let mut after = json!({ "id": id, "first": 1 });
        while let [seen] = office.data(&officer(), LOOK, after.clone()).await["lookIntoAuditCase"]
            .as_array()
            .unwrap()
            .as_slice()
        {
            after["afterRecord"] = seen["record"].clone();
            after["afterPerson"] = seen["personId"].clone();
            all.push((seen["record"].as_i64().unwrap(), seen["idNumber"].clone()));
        }
        let mut expected = Vec::new();
        for record in [records[1], records[0]] {
            let persons = persons_of(&office, record).await;
            expected.extend(persons.into_iter().map(|person| (record, json!(person.id_number))));
        }
        assert_eq!(all, expected);
        let close = "mutation($id: Int!) { closeAuditCase(id: $id) { status } }";
        let closed = ask_with(&other, &officer(), close, json!({ "id": id })).await;
        assert!(closed["errors"].is_null(), "{closed}");
        let refused = office.refusal(&officer(), LOOK, json!({ "id": id })).await;
        assert_eq!(refused, "CONFLICT", "closed on every gateway");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_altered_in_the_table_opens_nothing() {
    for backend in backends("a_case_altered_in_the_table_opens_nothing") {
        let office = Office::populated(backend).await;
        let record = protected_access(&office).await;
        let id = in_force(&office, record).await;
        for change in [
            "officer = 'mallory'".to_owned(),
            "records = '[1,2,3]'".to_owned(),
            "expires_at = '2027-06-01T00:00:00+00:00'".to_owned(),
            "kind = 'request', person_id = 7".to_owned(),
            "decider = 'somebody'".to_owned(),
        ] {
            let db = &office.world.db;
            sql::execute(db, "CREATE TABLE kept AS SELECT * FROM audit_case").await;
            sql::execute(db, &format!("UPDATE audit_case SET {change}")).await;
            let refused = Err("RECORD_MISMATCH".to_owned());
            let who = if change.starts_with("officer") {
                steward("mallory", Role::DP)
            } else {
                officer()
            };
            assert_eq!(look(&office, &who, id).await, refused, "{change}");
            assert_eq!(act(&office, &auditor(), "close", id).await, "RECORD_MISMATCH", "{change}");
            sql::execute(db, "DELETE FROM audit_case").await;
            sql::execute(db, "INSERT INTO audit_case SELECT * FROM kept").await;
            sql::execute(db, "DROP TABLE kept").await;
        }
        assert!(look(&office, &officer(), id).await.is_ok());
        // What nobody wrote through the gateway holds nothing back for longer than a case lasts.
        let person = persons_of(&office, record).await[0].id;
        sql::execute(
            &office.world.db,
            "UPDATE audit_case SET expires_at = '2099-01-01T00:00:00+00:00'",
        )
        .await;
        assert_eq!(own_log(&office, person).await, [Value::Null; 0]);
        office.world.clock.advance(TimeDelta::days(30));
        assert_eq!(own_log(&office, person).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_opened_by_hand_shows() {
    for backend in backends("a_case_opened_by_hand_shows") {
        let office = Office::populated(backend).await;
        let record = protected_access(&office).await;
        in_force(&office, record).await;
        let installation = Installation::over(&office.world);
        let db = &office.world.db;
        // The limits of the tests' callers are written by hand.
        sql::execute(db, "DELETE FROM limit_agreement").await;
        assert_eq!(findings(&installation), [""; 0]);
        sql::execute(db, "CREATE TABLE kept AS SELECT * FROM audit_case").await;
        for (by_hand, told) in [
            (
                "INSERT INTO audit_case SELECT 77, kind, reason_code, reason, request_ref, person_id, \
                 records, unit_id, 'mallory', officer_issuer, proposed_at, lapses_at, decision, decider, \
                 decider_role, decided_at, expires_at, closed_at, closed_by FROM kept",
                "audit case 77: no act explains it",
            ),
            (
                "UPDATE audit_case SET officer = 'mallory', records = '[77]'",
                "audit case 1: differs from what the acts made: officer, records",
            ),
            (
                "UPDATE audit_case SET reason = 'nothing', expires_at = '2099-01-01T00:00:00+00:00'",
                "audit case 1: differs from what the acts made: expiresAt, reasonDigest",
            ),
            ("DELETE FROM audit_case", "audit case 1: an act made it, and it is missing"),
        ] {
            sql::execute(db, by_hand).await;
            assert_eq!(findings(&installation), [told], "{by_hand}");
            let doctor = installation.run(&["doctor"]);
            assert!(doctor.out.contains(told), "{doctor:?}");
            sql::execute(db, "DELETE FROM audit_case").await;
            sql::execute(db, "INSERT INTO audit_case SELECT * FROM kept").await;
        }
        assert_eq!(findings(&installation), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_go_their_way_by_the_command_line() {
    for backend in backends("cases_go_their_way_by_the_command_line") {
        let office = Office::populated(backend).await;
        let record = protected_access(&office).await;
        let persons = persons_of(&office, record).await;
        let installation = Installation::over(&office.world);
        let token = |role: &str, subject: &str| {
            let whose = ["--role", role, "--unit=220000", "--purpose=P-ADM", "--subject", subject];
            installation.token(&whose)
        };
        let (officer, auditor) = (token("DP", "zhao"), token("AU", "sun"));
        let record = record.to_string();
        let case =
            |arguments: &[&str]| installation.succeed(&[&["audit", "case"], arguments].concat());
        let told = case(&[
            "propose",
            "--reason-code",
            "COMPLAINT",
            "--reason",
            REASON,
            "--record",
            &record,
            "--token",
            &officer,
        ]);
        assert_eq!(told, "audit case 1 is proposed: 1 accesses, to be signed by a second person\n");
        let refused = installation.fail(&["audit", "case", "approve", "1", "--token", &officer]);
        assert!(refused.contains("nobody signs the case that they proposed"), "{refused}");
        let told = case(&["approve", "1", "--token", &auditor]);
        assert_eq!(told, "audit case 1 is in force: 1 accesses\n");
        let seen = case(&["look", "1", "--record", &record, "--token", &officer]);
        assert_eq!(seen.lines().count(), persons.len());
        for person in &persons {
            assert!(seen.contains(person.id_number.as_deref().unwrap()), "{seen}");
        }
        assert!(case(&["list"]).starts_with("#1  IN_FORCE  audit COMPLAINT  1 accesses  "));
        assert_eq!(
            case(&["close", "1", "--token", &officer]),
            "audit case 1 is closed: 1 accesses\n"
        );
        assert!(installation.succeed(&["audit", "acts"]).contains("DP zhao: audit_case.look 1"));
    }
}
