//! Care in pregnancy and after birth (G16, G18), and prevention of mother-to-child transmission.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::caseload;
use super::draft::{Draft, json, list, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;
use super::traits::Trait;

/// Completed weeks at which antenatal visits fall.
const VISIT_WEEKS: [u64; 8] = [12, 16, 20, 24, 28, 32, 36, 38];

/// Writes the record of one pregnancy, running or ended.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if !member.traits.has(Trait::Maternal) {
        return;
    }
    let today = draft.today;
    let day = |start: NaiveDate, days: u64| start + Days::new(days);
    let lmp = today - Days::new(60 + u64::from(draft.dice.below(700)));
    let weeks = draft.dice.between(6, 18).min((today - lmp).num_days() as i32 / 7);
    let registered_on = day(lmp, weeks as u64 * 7);
    let terminated = home.showcase.is_none() && draft.dice.chance(60);
    let lasted = if terminated { 7 * 11 } else { 266 + u64::from(draft.dice.below(21)) };
    let ended_on = Some(day(lmp, lasted)).filter(|end| *end <= today);
    let seen_until = ended_on.unwrap_or(today);
    let hospital = home.place.county.organization_name(Kind::Mch);
    let antenatal: Vec<Value> = VISIT_WEEKS
        .iter()
        .map(|week| day(lmp, week * 7))
        .filter(|on| *on >= registered_on && *on <= seen_until)
        .map(|on| json!({ "visitedOn": on, "org": hospital, "finding": draft.dice.weighted(&FINDINGS) }))
        .collect();
    let delivered_on = ended_on.filter(|_| !terminated);
    let postpartum: Vec<Value> = delivered_on
        .iter()
        .flat_map(|on| [(day(*on, 7), "1"), (day(*on, 42), "2")])
        // Some were not visited in time.
        .filter(|(on, kind)| *on <= today && !(member.id % 4 == 0 && *kind == "2"))
        .map(|(on, kind)| json!({ "visitedOn": on, "kind": kind, "finding": "5" }))
        .collect();
    // By CV02.01.102 and CV02.10.003. Who bears at home is discharged from nowhere.
    let place = draft.dice.weighted(&[("2", 6), ("1", 4)]);
    let mode = draft.dice.weighted(&[("1", 58), ("3", 40), ("2", 2)]);
    let place = if member.id % 50 == 0 { "4" } else { place };
    let discharged = |on: NaiveDate| {
        let stayed = if mode == "3" { 5 } else { 3 };
        Some(day(on, stayed)).filter(|on| place != "4" && *on <= today)
    };
    let outcome =
        ended_on.map(|_| if terminated { draft.dice.weighted(&[("4", 6), ("3", 4)]) } else { "1" });
    let parity = i32::from(delivered_on.is_some()) + draft.dice.weighted(&[(0, 6), (1, 4)]);
    let gravidity = parity.max(1) + draft.dice.weighted(&[(0, 6), (1, 3), (2, 1)]);
    let mut stamp = draft.health_stamp(registered_on);
    stamp.updated_at = stamp.updated_at.max(draft.instant(seen_until));
    let id = draft.key();
    let mut record = row!(
        maternal_care_record {
            id: id,
            person_id: member.id,
            pregnancy_ref: text(format!("YC{id:010}")),
            lmp_date: Some(lmp),
            estimated_due_date: Some(day(lmp, 280)),
            gestational_weeks_at_registration: Some(weeks),
            gravidity: Some(gravidity),
            parity: Some(parity),
            folic_acid: Some(draft.dice.chance(780)),
            antenatal_visits: list(antenatal),
            high_risk_screening: text(draft.dice.weighted(&[("1", 80), ("2", 15), ("0", 5)])),
            delivery: delivered_on.and_then(|on| json(json!({
                "deliveredOn": on,
                "placeKind": place,
                "mode": mode,
                "liveBirths": 1,
                "dischargedOn": discharged(on),
            }))),
            pregnancy_outcome: outcome.map(str::to_owned),
            postpartum_visits: list(postpartum),
            pmtct_hiv: prevention(draft, registered_on, 4),
            pmtct_syphilis: prevention(draft, registered_on, 6),
            pmtct_hep_b: prevention(draft, registered_on, 50),
            registered_on: Some(registered_on),
            high_risk_plan: None,
            ended_on: ended_on,
        },
        stamp
    );
    let is_at_risk = record.high_risk_screening.as_deref() == Some("2");
    record.high_risk_plan = Some(is_at_risk && member.id % 8 != 0);
    draft.batch.maternal_care_records.push(record);
    caseload::open(draft, home, member, Kind::Mch, registered_on);
}

const FINDINGS: [(&str, u32); 4] = [("1", 88), ("2", 7), ("3", 3), ("4", 2)];

/// The test for one infection; whoever is positive is treated.
fn prevention(draft: &mut Draft, registered_on: NaiveDate, per_mille: u32) -> Option<String> {
    let positive = draft.dice.chance(per_mille);
    let tested_on = draft.soon_after(registered_on, 7);
    let result = if positive { "2" } else { "1" };
    json(json!({ "testedOn": tested_on, "result": result, "intervention": positive }))
}
