//! Care of hypertension, diabetes, the elderly, and by Chinese medicine (G22), for those who have a health
//! record. Every medicine stands in the list of the group that it tells of.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::draft::{Draft, json, list, row, text};
use super::household::{Home, Member};
use super::traits::Trait;

/// Writes the last visit of a person in care.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if !member.traits.has(Trait::HealthRecord) {
        return;
    }
    let programme = match member.age {
        65.. => draft.dice.weighted(&[("3", 5), ("1", 3), ("2", 1), ("4", 1)]),
        35.. if home.showcase.is_some() || draft.dice.chance(240) => {
            draft.dice.weighted(&[("1", 60), ("2", 30), ("4", 10)])
        }
        _ => return,
    };
    let visit_on = draft.day_between(member.arrival.max(draft.today - Days::new(200)), draft.today);
    let control = draft.dice.weighted(&[("1", 70), ("2", 22), ("3", 4), ("4", 4)]);
    let interval = match (programme, control) {
        ("3" | "4", _) => 365,
        (_, "1") => 90,
        _ => 14,
    };
    let observed = |on: NaiveDate, code: &str, value: String, unit: &str| {
        json(json!({ "on": on, "code": code, "value": value, "unit": unit }))
    };
    let dice = &mut draft.dice;
    let pressure = format!("{}/{}", dice.between(112, 168), dice.between(68, 102));
    let tenths = dice.between(44, 112);
    let glucose = format!("{}.{}", tenths / 10, tenths % 10);
    let medicine = |applies: bool, name: &str, dose: &str| -> Option<String> {
        list(
            applies
                .then(|| json!({ "name": name, "dose": dose }))
                .into_iter()
                .collect::<Vec<Value>>(),
        )
    };
    let is_infected = member.infection.is_some_and(|code| code.starts_with("A1"));
    let is_elderly = programme == "3";
    let general = match programme {
        "1" => medicine(true, "氨氯地平", "5mg 每日一次"),
        "2" => medicine(true, "二甲双胍", "500mg 每日两次"),
        _ => None,
    };
    let score = is_elderly.then(|| dice.weighted(&[(0, 60), (3, 25), (8, 10), (15, 5)]));
    let constitution = dice.weighted(&[
        ("1", 34),
        ("2", 14),
        ("3", 12),
        ("4", 10),
        ("5", 8),
        ("6", 8),
        ("7", 6),
        ("8", 5),
        ("9", 3),
    ]);
    let has_constitution = is_elderly || programme == "4";
    let stamp = draft.health_stamp(visit_on);
    let record = row!(
        chronic_care_record {
            id: draft.key(),
            person_id: member.id,
            programme: text(programme),
            visit_on: Some(visit_on),
            control_class: matches!(programme, "1" | "2").then(|| control.to_owned()),
            blood_pressure: observed(visit_on, "4", pressure, "mmHg"),
            fasting_glucose: (programme == "2" || is_elderly)
                .then(|| observed(visit_on, "5", glucose, "mmol/L"))
                .flatten(),
            medication_general: general,
            medication_reproductive: medicine(
                member.traits.has(Trait::Maternal),
                "叶酸",
                "0.4mg 每日一次"
            ),
            medication_infectious: medicine(is_infected, "异烟肼", "0.3g 每日一次"),
            medication_stigmatized: medicine(
                member.stigmatized.is_some_and(|code| code.starts_with('B') || code == "Z21"),
                "替诺福韦",
                "300mg 每日一次"
            ),
            medication_mental: medicine(member.mental.is_some(), "利培酮", "2mg 每日两次"),
            self_care_score: score,
            tcm_constitution: has_constitution.then(|| constitution.to_owned()),
            next_visit_on: Some(visit_on + Days::new(interval)),
        },
        stamp
    );
    draft.batch.chronic_care_records.push(record);
}
