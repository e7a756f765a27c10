//! What was written into the tables by hand shows, and nobody signs it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use migrant_gateway::{
    audit::{Applied, Change, Draft, Fields, Outcome, Subjects},
    error::GatewayError,
    policy::Role,
};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use serde_json::{Value, json};
use std::sync::Arc;

use super::office::{Office, dwelling, steward};
use crate::{
    records::{process::Installation, sql},
    support::{Backend, backends, code},
};

const REGISTER: [&str; 6] =
    ["client", "register", "chc", "--name=社区卫生服务中心", "--unit=220102", "--role=HC"];

/// What is done to a table, and what is said of it.
type Case = (&'static str, &'static [&'static str]);

/// The tables of the cases, those that others name last.
const SAVED: [&str; 9] = [
    "limit_agreement",
    "revoked_token",
    "oauth_credential",
    "oauth_client",
    "grant_version",
    "grant_decision",
    "grant_proposal",
    "sharing_grant",
    "legal_basis",
];

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("INSERT INTO sharing_grant (id, version, role, field_group, level, scope, purpose, \
      legal_basis_id, covers_minors, valid_from) SELECT 900000, 7, 'GG', 'G20', 'full', 'j', 'P-REF', \
      legal_basis_id, covers_minors, valid_from FROM sharing_grant WHERE id = 1",
     &["grant 7 GG P-REF G20: no act explains it"]),
    ("INSERT INTO sharing_grant (id, version, role, field_group, level, scope, purpose, \
      legal_basis_id, covers_minors, valid_from) SELECT 900000, version, role, field_group, level, \
      scope, purpose, legal_basis_id, covers_minors, valid_from FROM sharing_grant WHERE id = 1",
     &["grant 1 ", "no act explains it"]),
    ("UPDATE sharing_grant SET level = 'full', scope = 'j' WHERE version = 2 AND role = 'GG' AND \
      purpose = 'P-REF' AND field_group = 'G02'",
     &["grant 2 GG P-REF G02: differs from what the acts made: ", "level"]),
    ("UPDATE sharing_grant SET covers_minors = NOT covers_minors WHERE version = 3",
     &["grant 3 GG P-REF ResidenceRegistration.dwellingType: differs from what the acts made: coversMinors"]),
    ("UPDATE sharing_grant SET valid_until = '2027-01-01 00:00:00+00:00' WHERE version = 3",
     &["grant 3 GG P-REF ResidenceRegistration.dwellingType: differs from what the acts made: validUntil"]),
    ("DELETE FROM sharing_grant WHERE version = 3",
     &["grant 3 GG P-REF ResidenceRegistration.dwellingType: an act made it, and it is missing"]),
    ("UPDATE grant_proposal SET body = replace(body, 'ResidenceRegistration.dwellingType', 'Person.name')",
     &["proposal 1: differs from what the acts made: cells"]),
    ("UPDATE grant_proposal SET necessity = 'something else altogether'",
     &["proposal 1: differs from what the acts made: necessityDigest"]),
    ("UPDATE grant_decision SET subject = 'somebody'",
     &["decision on proposal 1 somebody: no act explains it", "decision on proposal 1 li: an act"]),
    ("UPDATE grant_version SET summary = 'nothing' WHERE version = 3",
     &["version 3: differs from what the acts made: summary"]),
    ("INSERT INTO oauth_client (client_id, name, department, unit, roles, purposes, suspended, \
      registered_at) SELECT 'mallory', name, department, unit, roles, purposes, suspended, \
      registered_at FROM oauth_client",
     &["client mallory: no act explains it"]),
    ("UPDATE oauth_client SET roles = 'HC HE'",
     &["client chc: differs from what the acts made: roles"]),
    ("UPDATE oauth_client SET suspended = NOT suspended",
     &["client chc: differs from what the acts made: suspended"]),
    ("UPDATE oauth_credential SET value = 'another'",
     &["credential 1: differs from what the acts made: valueDigest"]),
    ("UPDATE oauth_credential SET valid_until = NULL",
     &["credential 1: differs from what the acts made: validUntil"]),
    ("DELETE FROM oauth_credential",
     &["credential 1: an act made it, and it is missing"]),
    ("UPDATE legal_basis SET in_force_from = '1999-01-01 00:00:00+00:00' WHERE code = 'RESPERMIT-8'",
     &["law RESPERMIT-8: differs from what the acts made: inForceFrom"]),
    ("UPDATE legal_basis SET in_force_until = '1999-01-01 00:00:00+00:00' \
      WHERE code = 'RESPERMIT-8'",
     &["law RESPERMIT-8: differs from what the acts made: inForceUntil"]),
    ("INSERT INTO limit_agreement (id, kind, target, amounts, law, reason, valid_from, valid_until, \
      proposer, proposer_role, proposed_at, lapses_at, decision, decider, decider_role, decided_at) \
      SELECT 77, 'contract', 'mallory', amounts, law, reason, valid_from, valid_until, proposer, \
      proposer_role, proposed_at, lapses_at, decision, decider, decider_role, decided_at \
      FROM limit_agreement",
     &["agreement 77: no act explains it"]),
    ("UPDATE limit_agreement SET amounts = '{\"healthDay\":250}'",
     &["agreement 1: differs from what the acts made: amounts"]),
    ("UPDATE limit_agreement SET target = 'HV', valid_until = '2027-11-01 00:00:00+00:00'",
     &["agreement 1: differs from what the acts made: target, validUntil"]),
    ("UPDATE limit_agreement SET reason = 'nothing', decider = 'nobody'",
     &["agreement 1: differs from what the acts made: decider, reasonDigest"]),
    ("DELETE FROM limit_agreement",
     &["agreement 1: an act made it, and it is missing"]),
];

/// A version of grants, a client with a credential that ends.
async fn with_acts(backend: Backend) -> (Office, Installation) {
    let office = Office::new(backend).await;
    let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
    office.approve(&steward("li", Role::SG), id).await;
    let id = propose_limit(&office).await;
    let officer = steward("officer", Role::DP);
    office.data(&officer, "mutation($id: Int!) { approveLimit(id: $id) { id } }", id).await;
    let installation = Installation::over(&office.world);
    installation.succeed(&REGISTER);
    installation.succeed(&["client", "secret", "add", "chc", "--valid-for", "12h"]);
    installation.succeed(&["client", "suspend", "chc"]);
    (office, installation)
}

/// A proposed limit of the clinicians, as variables name it.
async fn propose_limit(office: &Office) -> Value {
    let query = "mutation { proposeLimit(kind: ROLE, target: \"HC\", amounts: { healthDay: 30 }, \
        law: \"HEALTH-33\", reason: \"查漏补种期间每日核对接种档案的工作量（国家免疫规划）\", \
        validUntil: \"2027-06-01T00:00:00Z\") { id } }";
    let made = office.data(&steward("zhao", Role::SH), query, json!({})).await;
    json!({ "id": made["proposeLimit"]["id"] })
}

/// What `audit verify --grants` finds.
pub fn findings(installation: &Installation) -> Vec<String> {
    let outcome = installation.run(&["audit", "verify", "--grants"]);
    assert!(outcome.out.starts_with("intact: "), "{outcome:?}");
    let lines = outcome.out.lines().filter_map(|line| line.strip_prefix("unexplained: "));
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let expected = if lines.is_empty() { Some(0) } else { Some(2) };
    assert_eq!(outcome.code, expected, "{outcome:?}");
    lines
}

async fn put_back(office: &Office) {
    let db = &office.world.db;
    for table in SAVED {
        sql::execute(db, &format!("DELETE FROM {table}")).await;
    }
    for table in SAVED.iter().rev() {
        sql::execute(db, &format!("INSERT INTO {table} SELECT * FROM saved_{table}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_by_hand_is_named_and_what_acts_made_is_explained() {
    for backend in backends("what_was_written_by_hand_is_named_and_what_acts_made_is_explained") {
        let (office, installation) = with_acts(backend).await;
        let db = &office.world.db;
        assert_eq!(findings(&installation), [""; 0]);
        let doctor = installation.run(&["doctor"]);
        assert!(doctor.out.contains("ok    acts: 7 explain "), "{doctor:?}");
        for table in SAVED {
            sql::execute(db, &format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}")).await;
        }
        for (by_hand, told) in CASES {
            sql::execute(db, by_hand).await;
            let found = findings(&installation).join("\n");
            for words in *told {
                assert!(found.contains(words), "{backend:?} {by_hand}\n{found}");
            }
            put_back(&office).await;
        }
        assert_eq!(findings(&installation), [""; 0]);

        sql::execute(db, CASES[0].0).await;
        let doctor = installation.run(&["doctor"]);
        assert_eq!(doctor.code, Some(1), "{doctor:?}");
        let told = "FAIL  acts: 1 rows are not what the acts made, the first: grant 7 GG P-REF G20";
        assert!(doctor.out.contains(told), "{doctor:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_what_was_altered_since_it_was_proposed() {
    for backend in backends("nobody_signs_what_was_altered_since_it_was_proposed") {
        let office = Office::new(backend).await;
        let db = &office.world.db;
        let id = office.propose(&steward("wang", Role::SP), &[dwelling()]).await;
        let before = office.version();
        for (by_hand, undo) in [
            (
                "UPDATE grant_proposal SET body = replace(body, 'ResidenceRegistration.dwellingType', 'Person.name')",
                "UPDATE grant_proposal SET body = replace(body, 'Person.name', 'ResidenceRegistration.dwellingType')",
            ),
            (
                "UPDATE grant_proposal SET proposer = 'somebody'",
                "UPDATE grant_proposal SET proposer = 'wang'",
            ),
            (
                "INSERT INTO grant_decision (id, proposal_id, at, subject, role, department, \
                 decision, note) SELECT 1, id, proposed_at, 'nobody', 'DP', department, 'approve', \
                 '' FROM grant_proposal",
                "DELETE FROM grant_decision",
            ),
        ] {
            sql::execute(db, by_hand).await;
            for what in ["approve", "reject"] {
                let answer = office.decide(&steward("li", Role::SG), what, id).await;
                assert_eq!(code(&answer), Some("RECORD_MISMATCH"), "{by_hand}: {answer}");
            }
            sql::execute(db, undo).await;
        }
        assert_eq!(office.version(), before);
        let made = office.approve(&steward("li", Role::SG), id).await;
        assert_eq!(made["status"], "APPROVED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_a_limit_that_was_altered_and_no_later_act_explains_what_was_altered() {
    let test = "nobody_signs_a_limit_that_was_altered";
    for backend in backends(test) {
        let office = Office::new(backend).await;
        let db = &office.world.db;
        let id = propose_limit(&office).await;
        let officer = steward("officer", Role::DP);
        let installation = Installation::over(&office.world);
        sql::execute(db, "UPDATE limit_agreement SET amounts = '{\"healthDay\":250}'").await;
        for what in ["approveLimit", "rejectLimit"] {
            let query = format!("mutation($id: Int!) {{ {what}(id: $id) {{ id }} }}");
            let answer = office.ask(&officer, &query, id.clone()).await;
            assert_eq!(code(&answer), Some("RECORD_MISMATCH"), "{what}: {answer}");
        }
        // Whatever it is, it can be ended: that takes nothing of what was altered for its own.
        let end = "mutation($id: Int!) { endLimit(id: $id) { id } }";
        office.data(&officer, end, id).await;
        let told = "agreement 1: differs from what the acts made: amounts";
        assert_eq!(findings(&installation), [told]);

        installation.succeed(&REGISTER);
        sql::execute(db, "UPDATE oauth_client SET roles = 'HC HE'").await;
        installation.succeed(&["client", "suspend", "chc"]);
        installation.succeed(&["client", "resume", "chc"]);
        let client = "client chc: differs from what the acts made: roles";
        assert_eq!(findings(&installation), [client, told]);
    }
}

/// An act as versions of before recorded it: without the rows that it wrote.
struct OfBefore {
    sql: &'static str,
    action: &'static str,
    after: Value,
}

#[async_trait]
impl Change for OfBefore {
    #[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        _now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        transaction.execute_unprepared(self.sql).await.expect("it is done");
        Ok(Applied {
            action: self.action,
            target: "old".to_owned(),
            before: Value::Null,
            after: self.after.clone(),
            subjects: Vec::new(),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_of_before_explain_as_far_as_they_tell_and_that_is_said() {
    for backend in backends("acts_of_before_explain_as_far_as_they_tell_and_that_is_said") {
        let office = Office::new(backend).await;
        let text = || "-".to_owned();
        let draft = Draft {
            at: "2026-11-20T04:00:00Z".parse().expect("an instant"),
            caller: text(),
            token_id: text(),
            role: text(),
            department: text(),
            unit: text(),
            organization: None,
            purpose: None,
            operation: None,
            document_hash: text(),
            grants_version: 1,
            decision: Outcome::Allowed,
            fields: Fields::default(),
            protected: false,
            row_count: 0,
            subjects: Subjects::default(),
        };
        let registered = OfBefore {
            sql: "INSERT INTO oauth_client (client_id, name, department, unit, roles, purposes, \
                  suspended, registered_at) VALUES ('old', 'n', 'health', '220102', 'HC', 'P-HR', \
                  FALSE, '2026-11-20 00:00:00+00:00')",
            action: "client.register",
            after: json!({
                "clientId": "old", "name": "n", "department": "health", "organization": null,
                "unit": "220102", "roles": ["HC"], "purposes": ["P-HR"], "suspended": false,
            }),
        };
        office.gateway.audit.change(draft, Arc::new(registered)).await.expect("it is recorded");
        let installation = Installation::over(&office.world);
        let outcome = installation.run(&["audit", "verify", "--grants"]);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.out.contains("not all can be checked: 1 acts"), "{outcome:?}");
        sql::execute(&office.world.db, "UPDATE oauth_client SET roles = 'HE'").await;
        let told = "client old: differs from what the acts made: roles";
        assert_eq!(findings(&installation), [told]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_leaves_something_out_is_named_and_so_is_what_alters_rows() {
    let test = "a_view_that_leaves_something_out_is_named_and_so_is_what_alters_rows";
    for backend in backends(test) {
        let office = Office::new(backend).await;
        let installation = Installation::over(&office.world);
        let verdict = installation.succeed(&["audit", "verify"]);
        assert_eq!(verdict.lines().count(), 1, "{verdict}");
        let altered: &[(&str, &str)] = match backend {
            Backend::Sqlite => &[
                (
                    "CREATE TRIGGER forget AFTER INSERT ON access_record BEGIN \
                     DELETE FROM access_subject WHERE seq = NEW.seq; END",
                    "trigger forget on access_record",
                ),
                ("DROP VIEW access_event", "view access_event: it is missing"),
                (
                    "DROP TRIGGER person_phone_updated; CREATE TRIGGER person_phone_updated \
                     AFTER UPDATE ON person BEGIN DELETE FROM consent; END",
                    "trigger person_phone_updated on person",
                ),
                (
                    "CREATE VIEW access_event AS SELECT s.seq AS id, s.person_id, r.at, \
                     r.caller AS actor, r.department AS collecting_department, r.organization, \
                     r.purpose, r.fields, r.protected, r.at AS subject_visible_from \
                     FROM access_subject s JOIN access_record r ON r.seq = s.seq \
                     WHERE r.decision = 'allowed' AND r.caller <> 'wang'",
                    "view access_event: it is not defined as",
                ),
            ],
            Backend::Postgres => &[
                (
                    "CREATE OR REPLACE VIEW access_subject AS SELECT r.seq, s.person_id, s.shown \
                     FROM access_record r CROSS JOIN LATERAL \
                     unnest(r.subjects, r.subjects_shown) AS s (person_id, shown) WHERE r.caller <> 'wang'",
                    "view access_subject: it is not defined as",
                ),
                (
                    "CREATE OR REPLACE FUNCTION person_phone_updated() RETURNS trigger \
                     LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                    "trigger person_phone_updated on person",
                ),
                (
                    "CREATE RULE forget AS ON DELETE TO access_record DO INSTEAD NOTHING",
                    "rule forget on access_record",
                ),
                (
                    "CREATE POLICY hiding ON access_record USING (caller <> 'wang')",
                    "row policy hiding on access_record",
                ),
                (
                    "ALTER TABLE access_record ENABLE ROW LEVEL SECURITY",
                    "row security access_record on access_record",
                ),
                (
                    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS \
                     'BEGIN RETURN NULL; END'; CREATE TRIGGER forget BEFORE INSERT ON \
                     sharing_grant FOR EACH ROW EXECUTE FUNCTION nothing()",
                    "trigger forget on sharing_grant",
                ),
            ],
        };
        for (statement, told) in altered {
            sql::execute(&office.world.db, statement).await;
            let outcome = installation.run(&["audit", "verify"]);
            assert_eq!(outcome.code, Some(2), "{statement}: {outcome:?}");
            assert!(outcome.out.starts_with("intact: "), "{outcome:?}");
            assert!(outcome.out.contains(&format!("altered: {told}")), "{told}: {outcome:?}");
            let doctor = installation.run(&["doctor"]);
            assert!(doctor.out.contains("FAIL  definitions: "), "{doctor:?}");
        }
    }
}
