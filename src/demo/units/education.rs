//! Health education by community (G23), where supplies are handed out (G18), and surveys.

use chrono::{Datelike, Days};
use serde_json::{Value, json};

use crate::demo::draft::{Draft, list, row, text};
use crate::demo::places::County;

/// How many communities of a county have events of their own.
const COMMUNITIES: usize = 6;

pub(super) fn write(draft: &mut Draft, county: &County) {
    for community in county.communities.iter().take(COMMUNITIES) {
        event(draft, community.id, &community.code);
    }
    for kind in ["1", "2", "3"] {
        facility(draft, county, kind);
    }
    for instrument in ["1", "2", "3", "4"] {
        survey(draft, county, instrument);
    }
}

fn event(draft: &mut Draft, unit_id: i64, code: &str) {
    let held_on = draft.day_between(draft.today - Days::new(400), draft.today);
    let stamp = draft.health_stamp(held_on);
    let event = row!(
        health_education_event {
            id: draft.key(),
            unit_id: unit_id,
            unit_code: text(code),
            held_on: held_on,
            venue_type: text(draft.dice.weighted(&[
                ("1", 5),
                ("2", 3),
                ("3", 2),
                ("4", 1),
                ("6", 1)
            ])),
            channel: text(draft.dice.weighted(&[("1", 2), ("2", 3), ("3", 5), ("4", 3), ("5", 2)])),
            topic: text(draft.dice.weighted(&[("1", 2), ("2", 2), ("3", 3), ("4", 4), ("5", 2)])),
            attendee_count: Some(draft.dice.between(12, 160)),
        },
        stamp
    );
    draft.batch.health_education_events.push(event);
}

fn facility(draft: &mut Draft, county: &County, kind: &str) {
    let area = county.area();
    let opened_on = draft.day_between(draft.today - Days::new(1_500), draft.today - Days::new(200));
    let closed_on = draft.dice.chance(80).then(|| draft.day_between(opened_on, draft.today));
    let last = closed_on.unwrap_or(draft.today);
    let dispensed: Vec<Value> = match kind {
        "1" | "2" => (1..=3)
            .map(|month| {
                let on = (last - Days::new(30 * month)).max(opened_on);
                json!({ "issuedOn": on, "item": "6", "quantity": draft.dice.between(20, 200) })
            })
            .collect(),
        _ => Vec::new(),
    };
    let stamp = draft.health_stamp(opened_on);
    let facility = row!(
        facility {
            id: draft.key(),
            unit_id: area.id,
            unit_code: text(area.code),
            kind: text(kind),
            venue_type: text(draft.dice.weighted(&[("1", 6), ("2", 2), ("3", 2)])),
            address: text(format!("{}{}号", county.name, draft.dice.between(1, 300))),
            opened_on: Some(opened_on),
            closed_on: closed_on,
            dispensed: list(dispensed),
        },
        stamp
    );
    draft.batch.facilities.push(facility);
}

fn survey(draft: &mut Draft, county: &County, instrument: &str) {
    let area = county.area();
    let from = draft.day_between(draft.today - Days::new(300), draft.today - Days::new(60));
    let sample = draft.dice.between(120, 400);
    let valid = sample - draft.dice.between(0, 20);
    let share = |draft: &mut Draft| valid * draft.dice.between(55, 95) / 100;
    let (passed, wanted) = (share(draft), valid * draft.dice.between(20, 50) / 100);
    let is_of_supplies = instrument == "4";
    let yes = if is_of_supplies { wanted } else { passed };
    let answers = [("是", yes), ("否", valid - yes)]
        .map(|(answer, count)| json!({ "question": "1", "answer": answer, "count": count }));
    let until = from + Days::new(30);
    let stamp = draft.health_stamp(until);
    let survey = row!(
        survey {
            id: draft.key(),
            unit_id: area.id,
            unit_code: text(area.code),
            instrument: instrument.to_owned(),
            wave: text(from.year().to_string()),
            period_from: Some(from),
            period_until: Some(until),
            stratum: text("流动人口"),
            stratum_size: Some(sample * 20),
            sample_size: Some(sample),
            valid_answers: Some(valid),
            pass_mark: (!is_of_supplies).then_some(8_000),
            passed_count: (!is_of_supplies).then_some(passed),
            wanted_count: is_of_supplies.then_some(wanted),
            got_count: is_of_supplies.then_some(wanted * 9 / 10),
            answer_counts: list(answers.to_vec()),
        },
        stamp
    );
    draft.batch.surveys.push(survey);
}
