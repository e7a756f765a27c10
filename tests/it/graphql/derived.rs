//! Derived fields say what the rules say, on the days on which they turn, whichever database works them out.

use entity::sharing::Department;
use migrant_gateway::{
    auth::Caller,
    clock::day_in_shanghai,
    policy::{Purpose, Role},
    rules::{self, calendar::add_days},
};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::site::Site;
use crate::support::{Backend, backends, caller, demo_request};

/// The person who is asked about: it sees everything of itself.
const PERSON: i64 = 1;

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn run(site: &Site, sql: &str) {
    site.world.db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A gateway over a world in which the first row of a table is one of the person's, alone.
async fn site(backend: Backend, table: &str) -> Site {
    let site = Site::new(backend).await;
    for sql in [
        format!("DELETE FROM {table} WHERE person_id = {PERSON}"),
        format!("UPDATE {table} SET person_id = {PERSON} WHERE id = (SELECT min(id) FROM {table})"),
    ] {
        run(&site, &sql).await;
    }
    site
}

fn the_person() -> Caller {
    assert_eq!(demo_request(Role::SU).person, Some(PERSON));
    caller(Role::SU, Purpose::Sar)
}

/// The person, among its wards.
async fn own(site: &Site, fields: &str) -> Value {
    let nodes =
        site.nodes(&the_person(), &format!("{{ persons {{ nodes {{ id {fields} }} }} }}")).await;
    let id = site.id(Department::Subject, "Person", PERSON);
    nodes.into_iter().find(|node| node["id"] == id).expect("the person")
}

/// The one row of a list of the person.
async fn row(site: &Site, list: &str, fields: &str) -> Value {
    let own = own(site, &format!("{list} {{ {fields} }}")).await;
    let rows = own[list].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{own}");
    rows[0].clone()
}

/// What a rule says of a case today.
fn answer(site: &Site, rule: &str, case: &Value) -> Value {
    use migrant_gateway::clock::Clock as _;
    let rule = rules::find(rule).unwrap();
    let today = day_in_shanghai(site.world.clock.now());
    let answer = rules::eval::line(rule, None, today, &case.to_string(), 1);
    serde_json::to_value(answer.unwrap_or_else(|fault| panic!("{fault:?}\n{case}"))).unwrap()
}

/// Whether a report was in time: the limit to the second, editions to the second of their first day, codes that
/// others cover, corrections, what is unknown.
#[tokio::test]
async fn timely_is_what_rule_r_06_says_of_the_card() {
    let t = "2015-05-01 06:00:00+00:00";
    let cases = [
        ("A00", "1", t, "2015-05-01 08:00:00+00:00"),
        ("A00", "1", t, "2015-05-01 08:00:01+00:00"),
        ("B05", "1", t, "2015-05-02 06:00:00+00:00"),
        ("B05", "1", t, "2015-05-02 06:00:01+00:00"),
        ("B05", "1", t, "2015-05-01 05:59:59+00:00"),
        ("B05", "1", t, t),
        ("B05", "2", t, "2015-05-02 06:00:01+00:00"),
        ("A80", "1", "2015-12-31 15:59:59+00:00", "2015-12-31 18:00:00+00:00"),
        ("A80.9", "1", "2015-12-31 15:59:59+00:00", "2015-12-31 17:59:59+00:00"),
        ("A80", "1", "2015-12-31 16:00:00+00:00", "2016-01-01 16:00:00+00:00"),
        ("A80", "1", "2006-05-18 15:59:59+00:00", "2006-05-18 16:00:00+00:00"),
        ("A80", "1", "2006-05-18 16:00:00+00:00", "2006-05-18 18:00:00+00:00"),
        ("J09", "1", t, "2015-05-01 09:00:00+00:00"),
        ("J09-H7N9", "1", t, "2015-05-01 09:00:00+00:00"),
        ("A22.1", "1", t, "2015-05-01 09:00:00+00:00"),
        ("A22", "1", t, "2015-05-01 09:00:00+00:00"),
        ("A90", "1", t, "2015-05-01 09:00:00+00:00"),
        ("B22.7", "1", t, "2015-05-03 09:00:00+00:00"),
        ("I10", "1", t, "2015-06-01 06:00:00+00:00"),
    ];
    for backend in backends("timely_is_what_rule_r_06_says") {
        let site = site(backend, "infectious_disease_report").await;
        for (code, category, diagnosis, reported) in cases {
            let update = format!(
                "UPDATE infectious_disease_report SET disease_code = '{code}', \
                 report_category = '{category}', diagnosis_time = '{diagnosis}', \
                 reported_at = '{reported}' WHERE person_id = {PERSON}"
            );
            run(&site, &update).await;
            let sources = "diseaseCode reportCategory diagnosisTime reportedAt";
            let fields = format!("timely {sources}");
            let mut card = row(&site, "infectiousDiseaseReports", &fields).await;
            let timely = card["timely"].take();
            card.as_object_mut().unwrap().remove("timely");
            assert_eq!(timely, answer(&site, "R-06", &card)["timely"], "{backend:?} {card}");
        }
        for (unknown, code) in
            [("diagnosis_time", "B05"), ("reported_at", "B05"), ("disease_code", "")]
        {
            let update = format!(
                "UPDATE infectious_disease_report SET disease_code = '{code}', \
                 report_category = '1', diagnosis_time = '{t}', reported_at = '{t}' \
                 WHERE person_id = {PERSON}"
            );
            run(&site, &update).await;
            run(&site, &format!("UPDATE infectious_disease_report SET {unknown} = NULL WHERE person_id = {PERSON}")).await;
            let timely = row(&site, "infectiousDiseaseReports", "timely").await["timely"].take();
            let expected = if code.is_empty() { Value::Null } else { false.into() };
            assert_eq!(timely, expected, "{backend:?} without {unknown}");
        }
    }
}

#[tokio::test]
async fn a_stigmatized_card_is_judged_alike() {
    for backend in backends("a_stigmatized_card_is_judged_alike") {
        let site = site(backend, "stigmatized_disease_report").await;
        for (code, reported, timely) in [
            ("B24", "2026-05-02 06:00:00+00:00", json!(true)),
            ("B24", "2026-05-02 06:00:01+00:00", json!(false)),
            ("A56", "2026-06-02 06:00:01+00:00", Value::Null),
        ] {
            let update = format!(
                "UPDATE stigmatized_disease_report SET stigmatized_disease_code = '{code}', \
                 report_category = '1', diagnosis_time = '2026-05-01 06:00:00+00:00', \
                 reported_at = '{reported}' WHERE person_id = {PERSON}"
            );
            run(&site, &update).await;
            let card = row(&site, "stigmatizedDiseaseReports", "timely").await;
            assert_eq!(card["timely"], timely, "{backend:?} {code} {reported}");
        }
    }
}

/// Vectors of the standard and around each of its checks.
#[tokio::test]
async fn a_number_is_valid_as_the_rule_checks_it() {
    let vectors = include_str!("../../../rules/data/id_vectors.csv").lines().skip(1);
    let numbers: Vec<&str> = vectors
        .filter_map(|line| line.split(',').next())
        .chain([
            "11010519491231002x",
            " 11010519491231002X ",
            "11010519491231002",
            "11010519491331002X",
            "110105194912310000",
            "1101051949123100XX",
            "110105200002290012",
            "110105190002290015",
            "440524880229001",
            "440524870229001",
            "44052488010100X",
        ])
        .collect();
    for backend in backends("a_number_is_valid_as_the_rule_checks_it") {
        let site = Site::new(backend).await;
        for number in &numbers {
            run(&site, &format!("UPDATE person SET id_number = '{number}' WHERE id = {PERSON}"))
                .await;
            let node = own(&site, "idNumberValid").await;
            let valid = rules::citizen_id::CitizenId::parse(number);
            let expected =
                if number.trim().is_empty() { Value::Null } else { valid.is_ok().into() };
            assert_eq!(node["idNumberValid"], expected, "{backend:?} {number:?}");
        }
        run(&site, &format!("UPDATE person SET id_number = NULL WHERE id = {PERSON}")).await;
        let filtered =
            "{ persons(where: { idNumberValid: { isNull: true } }) { nodes { idNumberValid } } }";
        assert!(!site.nodes(&the_person(), filtered).await.is_empty());
    }
}

/// A pregnancy, asked about on each day around those on which visits begin to be due, are due and end.
#[tokio::test]
async fn visits_of_a_pregnancy_are_due_as_the_rules_say() {
    use migrant_gateway::clock::Clock as _;
    for backend in backends("visits_of_a_pregnancy_are_due_as_the_rules_say") {
        let site = site(backend, "maternal_care_record").await;
        let today = day_in_shanghai(site.world.clock.now());
        for (place, stayed, visits) in [
            ("1", Some(3), vec![]),
            ("1", Some(3), vec![(5, "1")]),
            ("2", Some(0), vec![(40, "2")]),
            ("1", None, vec![(-1, "1")]),
            ("4", Some(9), vec![(2, "1"), (42, "2")]),
        ] {
            for days in (0..12).chain(26..32).chain(41..45) {
                let delivered = add_days(today, -days);
                let after = |days: i64| add_days(delivered, days).to_string();
                let visits: Vec<Value> = visits
                    .iter()
                    .map(|(on, kind)| json!({ "visitedOn": after(*on), "kind": kind }))
                    .collect();
                let delivery = json!({ "deliveredOn": delivered.to_string(), "placeKind": place,
                    "mode": "1", "liveBirths": 1, "dischargedOn": stayed.map(after) });
                let antenatal: Vec<Value> =
                    (-4..1).map(|week| json!({ "visitedOn": after(week * 7 + days) })).collect();
                let update = format!(
                    "UPDATE maternal_care_record SET delivery = '{delivery}', postpartum_visits = '{}', \
                     antenatal_visits = '{}', registered_on = '{}', ended_on = NULL, lmp_date = '{}' \
                     WHERE person_id = {PERSON}",
                    json!(visits),
                    json!(antenatal),
                    after(-200),
                    after(-280)
                );
                run(&site, &update).await;
                let shown = row(&site, "maternalCareRecords", "postpartumVisitDue newbornVisitDue \
                    inAntenatalCare antenatalVisitsComplete delivery { deliveredOn placeKind \
                    dischargedOn } postpartumVisits { visitedOn kind } antenatalVisits { visitedOn } \
                    registeredOn lmpDate").await;
                let case = json!({ "delivery": shown["delivery"],
                    "postpartumVisits": shown["postpartumVisits"] });
                let of_mother = answer(&site, "POSTPARTUM", &case);
                assert_eq!(
                    shown["postpartumVisitDue"], of_mother["postpartumVisitDue"],
                    "{backend:?} {days}: {case}"
                );
                // Born at home, the birth counts; a first visit is to mother and child.
                let discharged = stayed.filter(|_| place != "4").map(after);
                let seen = visits.iter().filter(|visit| visit["kind"] == "1");
                let seen: Vec<Value> =
                    seen.map(|visit| json!({ "visitedOn": visit["visitedOn"] })).collect();
                let child = json!({ "person": { "birthDate": delivered.to_string() },
                    "childCareRecords": [{ "birthDischargedOn": discharged, "newbornVisits": seen }] });
                let of_child = answer(&site, "NEWBORN", &child);
                assert_eq!(
                    shown["newbornVisitDue"], of_child["newbornVisitDue"],
                    "{backend:?} {days}: {child}"
                );
                let before = json!({ "lmpDate": shown["lmpDate"], "registeredOn": shown["registeredOn"],
                    "antenatalVisits": shown["antenatalVisits"], "delivery": shown["delivery"] });
                let of_pregnancy = answer(&site, "ANTENATAL", &before);
                for field in ["inAntenatalCare", "antenatalVisitsComplete"] {
                    assert_eq!(shown[field], of_pregnancy[field], "{backend:?} {days}: {before}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_pregnancy_is_registered_early_and_in_care_as_the_rules_say() {
    use migrant_gateway::clock::Clock as _;
    for backend in backends("a_pregnancy_is_registered_early_and_in_care") {
        let site = site(backend, "maternal_care_record").await;
        let today = day_in_shanghai(site.world.clock.now());
        for (weeks, days) in [(Some(12), 200), (Some(13), 1), (None, 90), (None, 91)] {
            for ended in [None, Some(-1), Some(0), Some(1)] {
                for registered in [-1, 0, 1] {
                    let on = add_days(today, registered);
                    let weeks_sql = weeks.map_or("NULL".to_owned(), |weeks: i32| weeks.to_string());
                    let ended_sql = ended
                        .map_or("NULL".to_owned(), |days| format!("'{}'", add_days(today, days)));
                    let update = format!(
                        "UPDATE maternal_care_record SET delivery = NULL, ended_on = {ended_sql}, \
                         gestational_weeks_at_registration = {weeks_sql}, registered_on = '{on}', \
                         lmp_date = '{}' WHERE person_id = {PERSON}",
                        add_days(on, -days)
                    );
                    run(&site, &update).await;
                    let fields = "earlyRegistration inAntenatalCare";
                    let shown = row(&site, "maternalCareRecords", fields).await;
                    let case = json!({ "gestationalWeeksAtRegistration": weeks,
                        "lmpDate": add_days(on, -days).to_string(), "registeredOn": on.to_string(),
                        "endedOn": ended.map(|days| add_days(today, days).to_string()) });
                    let mut early = case.clone();
                    early.as_object_mut().unwrap().remove("endedOn");
                    let early = answer(&site, "EARLY", &early)["result"].clone();
                    assert_eq!(shown["earlyRegistration"], early, "{backend:?} {case}");
                    let mut care = case.clone();
                    care.as_object_mut().unwrap().remove("gestationalWeeksAtRegistration");
                    let care = answer(&site, "ANTENATAL", &care)["inAntenatalCare"].clone();
                    assert_eq!(shown["inAntenatalCare"], care, "{backend:?} {case}");
                }
            }
        }
    }
}

/// What holds in windows of days begins on the first and ends before the last, and a list that is none holds
/// nothing.
#[tokio::test]
async fn stored_windows_hold_from_their_first_day_until_before_their_last() {
    use migrant_gateway::clock::Clock as _;
    for backend in backends("stored_windows_hold_from_their_first_day") {
        let site = site(backend, "health_record").await;
        let today = day_in_shanghai(site.world.clock.now());
        let window = |from: i64, until: Option<i64>| {
            json!({ "from": add_days(today, from).to_string(),
                "until": until.map(|days| add_days(today, days).to_string()) })
        };
        for (windows, holds) in [
            (json!([window(0, None)]).to_string(), true),
            (json!([window(1, None)]).to_string(), false),
            (json!([window(-9, Some(0))]).to_string(), false),
            (json!([window(-9, Some(1))]).to_string(), true),
            (json!([window(-9, Some(-3)), window(-1, Some(5))]).to_string(), true),
            ("[]".to_owned(), false),
            ("no list".to_owned(), false),
        ] {
            run(
                &site,
                &format!(
                    "UPDATE health_record SET record_due = '{windows}' WHERE person_id = {PERSON}"
                ),
            )
            .await;
            let shown = row(&site, "healthRecords", "recordDue").await;
            assert_eq!(shown["recordDue"], holds, "{backend:?} {windows}");
        }
    }
}
