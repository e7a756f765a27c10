//! Management of severe mental disorders (G21): diagnosis, danger, treatment, follow-up.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::caseload;
use super::dice::Dice;
use super::draft::{Draft, json, list, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;

/// Schizophrenia, schizoaffective, paranoid and bipolar disorder, epileptic psychosis, retardation
/// with disturbed behaviour.
const DIAGNOSES: [(&str, u32); 6] =
    [("F20.0", 55), ("F25.0", 5), ("F22.0", 8), ("F31.9", 18), ("F06.8", 6), ("F71.1", 8)];

/// What somebody is in care for.
pub(super) fn diagnosis(dice: &mut Dice) -> &'static str {
    dice.weighted(&DIAGNOSES)
}

/// Writes the record.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let Some(code) = member.mental else { return };
    let enrolled_on = draft.day_between(member.arrival, draft.today);
    let recent = enrolled_on.max(draft.today - Days::new(100));
    let follow_up_on = draft.day_between(recent, draft.today);
    let danger: i32 = draft.dice.weighted(&[(0, 62), (1, 16), (2, 11), (3, 6), (4, 4), (5, 1)]);
    let consented = home.showcase.is_some() || draft.dice.chance(880);
    let consent = json!({ "given": consented, "on": enrolled_on });
    let stable = danger == 0;
    let insight = if stable { [("1", 6), ("2", 4)] } else { [("2", 6), ("3", 4)] };
    let adherence = [("1", 68), ("2", 22), ("3", 8), ("4", 2)];
    let lost = if home.showcase.is_none() && draft.dice.chance(100) {
        text(draft.dice.weighted(&[("1", 6), ("2", 2), ("4", 1), ("5", 1)]))
    } else {
        None
    };
    let escort = if danger >= 3 && draft.dice.chance(400) {
        json(json!({ "code": "1", "on": follow_up_on }))
    } else {
        None
    };
    let mut stamp = draft.health_stamp(enrolled_on);
    stamp.updated_at = stamp.updated_at.max(draft.instant(follow_up_on));
    let record = row!(
        severe_mental_disorder_record {
            id: draft.key(),
            person_id: member.id,
            diagnosis: text(code),
            consent_to_management: json(consent),
            danger_level: Some(danger),
            symptoms: list(symptoms(&mut draft.dice, danger)),
            insight: text(draft.dice.weighted(&insight)),
            medication_adherence: text(draft.dice.weighted(&adherence)),
            dangerous_behaviours: list(behaviours(&mut draft.dice, danger)),
            restraint: text(draft.dice.weighted(&[("1", 97), ("2", 1), ("3", 2)])),
            rehab_guidance: list(guidance(draft, enrolled_on, follow_up_on)),
            follow_up_on: Some(follow_up_on),
            lost_to_follow_up: lost,
            safety_escort: escort,
            managed_since: Some(enrolled_on),
            condition_class: text(match danger {
                0 => "1",
                1 | 2 => "2",
                _ => "3",
            }),
        },
        stamp
    );
    draft.batch.severe_mental_disorder_records.push(record);
    caseload::open(draft, home, member, Kind::Smd, enrolled_on);
}

/// Numbers of the form's list, ascending.
fn symptoms(dice: &mut Dice, danger: i32) -> Vec<String> {
    let per_mille = if danger == 0 { 80 } else { 280 };
    (1..=12).filter(|_| dice.chance(per_mille)).map(|symptom: u32| symptom.to_string()).collect()
}

fn behaviours(dice: &mut Dice, danger: i32) -> Vec<Value> {
    let behaviour = match danger {
        ..1 => return Vec::new(),
        1..3 => "1",
        3 => *dice.pick(&["2", "4"]),
        _ => *dice.pick(&["3", "5"]),
    };
    vec![json!({ "behaviour": behaviour, "count": dice.between(1, 4) })]
}

fn guidance(draft: &mut Draft, from: NaiveDate, until: NaiveDate) -> Vec<Value> {
    let texts = ["规律服药,定期复诊", "生活自理与家务训练", "家属看护与应急处置指导"];
    let notes = draft.dice.between(1, 3);
    let mut days: Vec<NaiveDate> = (0..notes).map(|_| draft.day_between(from, until)).collect();
    days.sort_unstable();
    days.into_iter().map(|on| json!({ "on": on, "text": draft.dice.pick(&texts) })).collect()
}
