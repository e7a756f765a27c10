//! Campaigns of immunization (G15) and outbreaks (G19).

use chrono::{Datelike, Days};

use crate::demo::draft::{Draft, row, text};
use crate::demo::places::County;

/// Vaccine, kind of campaign, whom it is for.
const CAMPAIGNS: [(&str, &str, &str); 3] = [
    ("MMR", "2", "8月龄至14岁未全程接种的流动儿童"),
    ("bOPV", "3", "4岁以下儿童"),
    ("MPSV-AC", "4", "集体用工单位的务工人员"),
];

/// Disease with its class, and where it spread.
const OUTBREAKS: [((&str, &str), &str); 4] =
    [(("B08.4", "3"), "9"), (("J10.1", "3"), "3"), (("A09.0", "3"), "1"), (("A03.9", "2"), "2")];

pub(super) fn write(draft: &mut Draft, county: &County) {
    let (vaccine, kind, group) = *draft.dice.pick(&CAMPAIGNS);
    campaign(draft, county, vaccine, kind, group);
    if draft.dice.chance(600) || county.is_showcase {
        let (disease, setting) = *draft.dice.pick(&OUTBREAKS);
        outbreak(draft, county, disease, setting);
    }
}

fn campaign(draft: &mut Draft, county: &County, vaccine: &str, kind: &str, group: &str) {
    let area = county.area();
    let starts_on = draft.day_between(draft.today - Days::new(500), draft.today);
    let target = draft.dice.between(200, 3_000);
    let stamp = draft.health_stamp(starts_on);
    let number = draft.dice.between(1, 99);
    let campaign = row!(
        immunization_campaign {
            id: draft.key(),
            unit_id: area.id,
            unit_code: text(area.code),
            vaccine_code: text(vaccine),
            kind: text(kind),
            target_group: text(group),
            starts_on: Some(starts_on),
            ends_on: Some(starts_on + Days::new(45)),
            target_count: Some(target),
            done_count: Some(target * draft.dice.between(80, 99) / 100),
            decision_ref: text(format!("卫疾控〔{}〕{number}号", starts_on.year())),
        },
        stamp
    );
    draft.batch.immunization_campaigns.push(campaign);
}

fn outbreak(draft: &mut Draft, county: &County, disease: (&str, &str), setting: &str) {
    let area = county.area();
    let first = draft.day_between(draft.today - Days::new(300), draft.today - Days::new(5));
    let last = draft.soon_after(first, 20);
    let is_over = (draft.today - last).num_days() > 30;
    let stamp = draft.health_stamp(last);
    let outbreak = row!(
        outbreak_event {
            id: draft.key(),
            setting: text(setting),
            unit_id: area.id,
            unit_code: text(area.code),
            disease_code: text(disease.0),
            disease_class: text(disease.1),
            first_onset_on: Some(first),
            last_onset_on: Some(last),
            cases: Some(draft.dice.between(3, 40)),
            closed_on: is_over.then(|| last + Days::new(28)),
        },
        stamp
    );
    draft.batch.outbreak_events.push(outbreak);
}
