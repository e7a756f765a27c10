//! Audit people find accesses, and their looks are on record.

use std::{io::Write as _, process::Stdio};

use migrant_gateway::policy::{Purpose, Role};
use sea_orm::DatabaseConnection;
use serde_json::Value;

use super::{
    process::{Installation, Outcome},
    sql, trail,
};
use crate::support::{World, backends, caller};

const NAMES: &str = "{ persons(first: 1) { nodes { name } } }";

/// Runs a command that reads from standard input.
fn given(installation: &Installation, arguments: &[&str], input: &str) -> Outcome {
    let mut command = installation.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    Outcome {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The last record, what it did, and whom it was about.
async fn looked(db: &DatabaseConnection) -> (String, Value, Vec<i64>) {
    let seq = sql::last(db).await;
    let record = sql::record(db, seq).await;
    let change: Value = serde_json::from_str(&record.change.expect("an act")).expect("JSON");
    assert!(!record.caller.is_empty() && record.caller != "-");
    let action = change["action"].as_str().expect("an action").to_owned();
    (action, change["after"].clone(), sql::subjects(db, seq).await.into_iter().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_named_by_a_number_on_standard_input_and_never_as_an_argument() {
    let test = "a_person_is_named_by_a_number_on_standard_input_and_never_as_an_argument";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let clinician = caller(Role::HC, Purpose::Hr);
        let seen = trail::follow(&world.db, &gateway, &clinician, None, trail::query(NAMES)).await;
        let person = *seen.subjects.first().expect("a person");
        let number = format!("SELECT id_number FROM person WHERE id = {person}");
        let number: Vec<String> = sql::column(&world.db, &number).await;
        let installation = Installation::over(&world);

        let by_number = ["audit", "show", "--id-number", "-"];
        let shown = given(&installation, &by_number, &format!("{}\n", number[0]));
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(shown.out.starts_with("#1 "), "{shown:?}");
        let (action, asked, subjects) = looked(&world.db).await;
        assert_eq!((action.as_str(), subjects), ("audit.show", vec![person]));
        assert!(!asked.to_string().contains(&number[0]), "{asked}");

        // The person sees the look, too.
        let again = installation.succeed(&["audit", "show", "--person", &person.to_string()]);
        assert!(again.starts_with("#2 "), "{again}");

        let before = sql::last(&world.db).await;
        let unknown = given(&installation, &by_number, "229901200001010015\n");
        assert_eq!((unknown.code, unknown.out.as_str()), (Some(1), ""), "{unknown:?}");
        assert_eq!(unknown.err, "no such person\n");
        assert_eq!(sql::last(&world.db).await, before + 1, "a number that nobody has is on record");
        let nobody = installation.run(&["audit", "show", "--person", "999999999"]);
        assert_eq!((nobody.code, nobody.err.as_str()), (Some(1), "no such person\n"));

        let before = sql::last(&world.db).await;
        let refused = installation.run(&["audit", "show", "--id-number", &number[0]]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains("standard input") && !refused.err.contains(&number[0]));
        assert_eq!(sql::last(&world.db).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_what_fits_newest_first_in_pages() {
    for backend in backends("a_search_finds_what_fits_newest_first_in_pages") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let clinician = caller(Role::HC, Purpose::Hr);
        let officer = caller(Role::PO, Purpose::Res);
        let mut seen = None;
        for number in 0..8 {
            world.clock.advance(chrono::TimeDelta::hours(1));
            let caller = if number % 2 == 0 { &clinician } else { &officer };
            let trail = trail::follow(&world.db, &gateway, caller, None, trail::query(NAMES)).await;
            seen = trail.subjects.first().copied().or(seen);
        }
        let installation = Installation::over(&world);
        let search = |arguments: &[&str]| -> Vec<i64> {
            let all = [
                &["audit", "search", "--format", "json", "--to", "2026-11-20T23:59:59Z"],
                arguments,
            ]
            .concat();
            let found = lines(&installation.succeed(&all));
            found.iter().map(|line| line["record"].as_i64().expect("a record")).collect()
        };
        assert_eq!(search(&[]), [8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(search(&["--department", "police"]), [8, 6, 4, 2]);
        assert_eq!(search(&["--department", "卫生计生"]).len(), 4);
        assert_eq!(search(&["--role", "HC", "--limit", "2"]), [7, 5]);
        assert_eq!(search(&["--role", "HC", "--limit", "2", "--before", "5"]), [3, 1]);
        assert_eq!(search(&["--purpose", "P-RES"]), [8, 6, 4, 2]);
        assert_eq!(search(&["--unit", "220000"]).len(), 8, "a unit holds those under it");
        assert_eq!(search(&["--unit", "220102"]).len(), 8);
        assert_eq!(search(&["--unit", "220103"]), [0; 0]);
        assert_eq!(search(&["--caller", &clinician.subject]), [7, 5, 3, 1]);
        assert_eq!(search(&["--decision", "allowed"]).len(), 8);
        assert_eq!(search(&["--decision", "FIELD_NOT_SHARED"]), [0; 0]);
        // The clock of the world stood at 04:00 before the first.
        assert_eq!(search(&["--from", "2026-11-20T07:00:00Z"]), [8, 7, 6, 5, 4, 3]);
        let period = ["--from", "2026-11-20T06:00:00Z", "--to", "2026-11-20T08:00:00Z"];
        let found = installation.succeed(&[&["audit", "search"], &period[..]].concat());
        assert_eq!(found.lines().count(), 4, "{found}");

        let person = seen.expect("somebody was seen");
        let (all, of_it) = (search(&[]).len(), search(&["--person", &person.to_string()]));
        assert!(!of_it.is_empty() && of_it.len() <= all, "{of_it:?}");
        let (action, asked, subjects) = looked(&world.db).await;
        assert_eq!((action.as_str(), subjects), ("audit.search", vec![person]));
        assert_eq!(asked["ofPerson"], true);

        let unknown = installation.run(&["audit", "search", "--unit", "999999"]);
        assert!(unknown.err.contains("there is no unit 999999"), "{unknown:?}");
        let wrong = installation.run(&["audit", "search", "--from", "yesterday"]);
        assert!(wrong.err.contains("2026-11-20"), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_tied_to_the_chain_and_on_record_before_its_first_line() {
    let test = "an_export_is_tied_to_the_chain_and_on_record_before_its_first_line";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let clinician = caller(Role::HC, Purpose::Hr);
        for _ in 0..5 {
            world.clock.advance(chrono::TimeDelta::hours(1));
            trail::follow(&world.db, &gateway, &clinician, None, trail::query(NAMES)).await;
        }
        let installation = Installation::over(&world);
        let period =
            ["audit", "export", "--from", "2026-11-20T06:00:00Z", "--to", "2026-11-20T09:00:00Z"];
        let exported = lines(&installation.succeed(&period));
        let records: Vec<i64> =
            exported.iter().filter_map(|line| line["record"].as_i64()).collect();
        assert_eq!(records, [2, 3, 4]);
        for pair in exported[..3].windows(2) {
            assert_eq!(pair[1]["previousHash"], pair[0]["hash"]);
        }
        let proof = &exported[3]["proof"];
        assert_eq!((&proof["records"], &proof["intact"]), (&3.into(), &true.into()), "{proof}");
        assert_eq!((&proof["firstRecord"], &proof["lastRecord"]), (&2.into(), &4.into()));
        assert_eq!(proof["lastHash"], exported[2]["hash"]);
        assert_eq!(proof["exportRecord"], 6, "{proof}");
        let head: Vec<String> = sql::column(&world.db, "SELECT hash FROM access_head").await;
        assert_eq!(proof["headHash"], head[0].as_str());
        let (action, asked, subjects) = looked(&world.db).await;
        assert_eq!((action.as_str(), subjects), ("audit.export", vec![]));
        assert_eq!(asked["format"], "ndjson");

        let csv = installation.succeed(&[&period[..], &["--format", "csv"]].concat());
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(csv.as_bytes());
        assert_eq!(reader.records().filter(Result::is_ok).count(), 3, "{csv}");
        let proof = csv.lines().last().and_then(|line| line.strip_prefix("# ")).expect("a proof");
        let proof: Value = serde_json::from_str(proof).expect("JSON");
        assert_eq!(proof["proof"]["records"], 3);

        sql::execute(&world.db, "UPDATE access_record SET purpose = 'P-RES' WHERE seq = 3").await;
        let broken = installation.run(&period);
        assert_eq!(broken.code, Some(2), "{broken:?}");
        let proof = &lines(&broken.out)[3]["proof"];
        assert_eq!((&proof["intact"], &proof["brokenAt"]), (&false.into(), &3.into()), "{proof}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_filter_and_order_the_log_by_instant_department_and_purpose() {
    let test = "auditors_filter_and_order_the_log_by_instant_department_and_purpose";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        for (role, purpose) in [(Role::HC, Purpose::Hr), (Role::PO, Purpose::Res)] {
            world.clock.advance(chrono::TimeDelta::hours(1));
            let caller = caller(role, purpose);
            trail::follow(&world.db, &gateway, &caller, None, trail::query(NAMES)).await;
        }
        let auditor = caller(Role::AU, Purpose::Aud);
        let purposes = async |arguments: &str| -> Vec<String> {
            let query =
                format!("{{ accessEvents({arguments}) {{ nodes {{ at department purpose }} }} }}");
            let asked = trail::query(&query);
            let answer = trail::follow(&world.db, &gateway, &auditor, None, asked).await.answer;
            let nodes = answer["accessEvents"]["nodes"].as_array();
            let nodes = nodes.unwrap_or_else(|| panic!("{query}: {answer}"));
            let text = |node: &Value| node["purpose"].as_str().expect("a purpose").to_owned();
            // The auditor's own questions tell of the same persons.
            nodes.iter().map(text).filter(|purpose| purpose != "P-AUD").collect()
        };
        assert_eq!(purposes("orderBy: [{at: DESC}]").await, ["P-RES", "P-HR"]);
        assert_eq!(purposes("orderBy: [{at: ASC}]").await, ["P-HR", "P-RES"]);
        assert_eq!(purposes("orderBy: [{department: DESC}]").await.len(), 2);
        assert_eq!(purposes(r#"where: {purpose: {eq: "P-HR"}}"#).await, ["P-HR"]);
        assert_eq!(purposes(r#"where: {department: {eq: "police"}}"#).await, ["P-RES"]);
        let since = r#"where: {at: {gte: "2026-11-20T05:30:00Z"}}"#;
        assert_eq!(purposes(since).await, ["P-RES"]);
        // Whose fields they were stays masked, and is not asked by.
        let hidden = r#"{ accessEvents(where: {actor: {eq: "test"}}) { nodes { at } } }"#;
        let refused =
            trail::follow(&world.db, &gateway, &auditor, None, trail::query(hidden)).await.answer;
        assert_eq!(refused["extensions"]["code"], "FIELD_NOT_SHARED", "{refused}");
    }
}
