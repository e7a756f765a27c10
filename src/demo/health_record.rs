//! The resident health record (健康档案). Every list keeps to the group its items belong to, and a
//! list without items is not stored: "none" would tell a person without right that others exist.

use chrono::{Days, NaiveDate};
use entity::health_record;
use serde_json::{Value, json};

use super::caseload;
use super::dice::Dice;
use super::draft::{Draft, json, list, row, text};
use super::household::{Home, Member};
use super::names;
use super::organizations::Kind;
use super::traits::Trait;
use crate::rules::residence::months_after;

/// Past disease on the form, main problem in ICD-10, from which age, in how many of a thousand.
const CHRONIC: [(&str, &str, u32, u32); 5] = [
    ("2", "I10", 35, 180),
    ("3", "E11.9", 40, 90),
    ("4", "I25.1", 50, 70),
    ("5", "J44.9", 50, 40),
    ("13", "M54.5", 25, 60),
];

/// Operations with ICD-9-CM-3 codes: appendix, gall bladder, hernia, tonsils.
const SURGERIES: [&str; 4] = ["47.0", "51.2", "53.0", "28.2"];

/// Operations that tell of a pregnancy or its end: caesarean section, sterilization, curettage.
const REPRODUCTIVE_SURGERIES: [&str; 3] = ["74.1", "66.3", "69.0"];

/// Writes the record of a person who has one.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if !member.traits.has(Trait::HealthRecord) {
        return;
    }
    let due_on = months_after(member.arrival, 6);
    let established_on = draft.soon_after(due_on, 200);
    let last_updated_on = draft.day_between(established_on, draft.today);
    let chronic: Vec<_> = CHRONIC
        .into_iter()
        .filter(|(_, _, age, per_mille)| member.age >= *age && draft.dice.chance(*per_mille))
        .collect();
    let since = established_on.format("%Y-%m").to_string();
    let condition = |code: &str| json!({ "code": code, "onset": since, "status": "1" });
    let past = |items: &[&str]| list(items.iter().map(|code| condition(code)).collect());
    let had = |item: Option<&'static str>| list(item.into_iter().map(condition).collect());
    let one = |item: Option<&'static str>| list(item.into_iter().collect());
    let (managing_org, managing_org_kind) = manager(&mut draft.dice, home, member);
    let fertile = !member.male && (20..50).contains(&member.age);
    let maternal = member.traits.has(Trait::Maternal);
    let counselled = fertile && draft.dice.chance(120);
    let counsel = if maternal { "5" } else { "6" };
    let mut service = |applies: bool, services: &[&str]| {
        let mut visits = Vec::new();
        if applies {
            visits.push(encounter(draft, established_on, services));
        }
        list(visits)
    };
    let general = service(true, &["1", "2", "3", "4"]);
    let reproductive = service(maternal || counselled, &[counsel]);
    let infectious = service(chronic_infection(member).is_some(), &["7"]);
    let stigmatized = service(member.stigmatized.is_some(), &["8"]);
    let mental = service(member.mental.is_some(), &["9"]);
    let mut stamp = draft.health_stamp(established_on);
    stamp.updated_at = stamp.updated_at.max(draft.instant(last_updated_on));
    let dice = &mut draft.dice;
    let surgeries_general = surgeries(dice, member, &SURGERIES, 50);
    let surgeries_reproductive =
        if fertile { surgeries(dice, member, &REPRODUCTIVE_SURGERIES, 180) } else { None };
    let record = row!(
        health_record {
            id: draft.key(),
            person_id: member.id,
            record_number: text(record_number(home, member)),
            established_on: Some(established_on),
            managing_org: text(managing_org),
            managing_org_kind: text(managing_org_kind),
            responsible_doctor: text(names::anyone(&mut draft.dice)),
            standardized: None,
            last_updated_on: Some(last_updated_on),
            blood_type: text(draft.dice.weighted(&[
                ("3", 30),
                ("1", 27),
                ("2", 32),
                ("4", 10),
                ("5", 1)
            ])),
            allergies: json([draft.dice.weighted(&[("1", 92), ("2", 5), ("3", 2), ("4", 1)])]),
            exposures: json([draft.dice.weighted(&[("1", 94), ("2", 4), ("3", 1), ("4", 1)])]),
            past_diseases_general: past(&chronic.iter().map(|found| found.0).collect::<Vec<_>>()),
            past_diseases_infectious: had(chronic_infection(member)),
            past_diseases_stigmatized: had(member.stigmatized.map(|_| "11")),
            past_diseases_mental: had(member.mental.map(|_| "8")),
            surgeries_general: surgeries_general,
            surgeries_reproductive: surgeries_reproductive,
            family_history: one(draft.dice.weighted(&[
                (None, 6),
                (Some("2"), 2),
                (Some("3"), 1),
                (Some("7"), 1)
            ])),
            disabilities: one(draft.dice.weighted(&[
                (None, 97),
                (Some("4"), 1),
                (Some("2"), 1),
                (Some("1"), 1)
            ])),
            living_environment: text(
                *draft.dice.pick(&["1-2-1-1", "2-1-1-1", "2-2-1-2", "1-3-1-1"])
            ),
            payment_method: text(draft.dice.weighted(&[
                ("3", 52),
                ("1", 22),
                ("2", 12),
                ("7", 12),
                ("4", 2)
            ])),
            main_problems_general: past(&chronic.iter().map(|found| found.1).collect::<Vec<_>>()),
            main_problems_reproductive: had(maternal.then_some("Z34.9")),
            main_problems_infectious: had(member.infection),
            main_problems_stigmatized: had(member.stigmatized),
            main_problems_mental: had(member.mental),
            service_records_general: general,
            service_records_reproductive: reproductive,
            service_records_infectious: infectious,
            service_records_stigmatized: stigmatized,
            service_records_mental: mental,
            record_due: None,
            traumas: (member.id % 40 == 0)
                .then(|| list(vec![json!({ "name": "前臂骨折", "on": established_on })]))
                .flatten(),
            transfusions: (member.id % 90 == 0)
                .then(|| list(vec![json!({ "name": "手术", "on": established_on })]))
                .flatten(),
        },
        stamp
    );
    let record = if member.id % 7 == 0 { record } else { answered(record) };
    draft.batch.health_records.push(record);
    caseload::open(draft, home, member, Kind::Chc, established_on);
}

/// The record with every item of the form answered: that there is none of it, where nothing stands. What stands in
/// one part of a list changes nothing in another, so that none tells of another.
fn answered(mut record: health_record::Model) -> health_record::Model {
    let item = json!([{ "code": "1" }]).to_string();
    for list in [
        &mut record.past_diseases_general,
        &mut record.surgeries_general,
        &mut record.traumas,
        &mut record.transfusions,
    ] {
        list.get_or_insert_with(|| item.clone());
    }
    record.family_history.get_or_insert_with(|| json!(["1"]).to_string());
    record.disabilities.get_or_insert_with(|| json!(["0"]).to_string());
    record
}

/// Who keeps the record; specialist hospitals keep those of some of their patients.
fn manager(dice: &mut Dice, home: &Home, member: &Member) -> (String, &'static str) {
    if is_elsewhere(member) {
        return ("白城市洮北区社区卫生服务中心".to_owned(), Kind::Chc.name());
    }
    let county = home.place.county;
    let special = match member {
        _ if member.mental.is_some() && dice.chance(300) => {
            Some(("精神专科医院", "psychiatric_hospital"))
        }
        _ if member.stigmatized.is_some() && dice.chance(300) => {
            Some(("传染病医院", "infectious_hospital"))
        }
        _ if member.age >= 18 && dice.chance(1) => Some(("戒毒康复中心", "detoxification")),
        _ if member.traits.has(Trait::Maternal) && dice.chance(50) => {
            Some(("生殖健康医院", "reproductive_hospital"))
        }
        _ if dice.chance(80) => Some(("人民医院", "hospital")),
        _ => None,
    };
    match special {
        Some((name, kind)) => (format!("{}{name}", county.name), kind),
        None => (county.organization_name(Kind::Chc), Kind::Chc.name()),
    }
}

/// The form's number of an infection that stays with a person: tuberculosis, hepatitis.
fn chronic_infection(member: &Member) -> Option<&'static str> {
    match member.infection? {
        code if code.starts_with("A15") || code.starts_with("A16") => Some("9"),
        code if code.starts_with("B18") => Some("10"),
        _ => None,
    }
}

fn surgeries(dice: &mut Dice, member: &Member, codes: &[&str], per_mille: u32) -> Option<String> {
    if member.age < 14 || !dice.chance(per_mille) {
        return None;
    }
    let years = (member.age - 12).min(15);
    let on = months_after(member.birth, 12 * (member.age - dice.below(years)) - 6);
    let on = on + Days::new(u64::from(dice.below(90)));
    list(vec![json!({ "code": dice.pick(codes), "on": on })])
}

fn encounter(draft: &mut Draft, since: NaiveDate, services: &[&str]) -> Value {
    json!({ "on": draft.day_between(since, draft.today), "service": draft.dice.pick(services) })
}

/// Twelve digits of the community and five of a serial number. Of a few the record was made where they lived before,
/// and has not come from there.
fn record_number(home: &Home, member: &Member) -> String {
    let community = match is_elsewhere(member) {
        true => "220802001001",
        false => home.place.digits().unwrap_or("220000000000"),
    };
    format!("{community}{:05}", member.id % 100_000)
}

/// Whether the record is not in the county of residence yet.
fn is_elsewhere(member: &Member) -> bool {
    member.id % 40 == 3
}
