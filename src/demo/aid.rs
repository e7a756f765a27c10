//! Emergency medical aid (G24): patients who were treated without having been identified or being able to pay.

use chrono::Datelike;

use super::draft::{Draft, row, text};
use super::household::{Home, Member};
use super::traits::Trait;

/// Chapters of ICD-10: injury, circulation, respiration, digestion, mind.
const CHAPTERS: [(&str, u32); 5] = [("XIX", 55), ("IX", 20), ("X", 12), ("XI", 10), ("V", 3)];

/// Writes the case of a patient of the emergency station.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let is_patient = member.traits.has(Trait::Emergency);
    let is_poor =
        member.traits.has(Trait::Assistance) && (home.showcase.is_some() || draft.dice.chance(120));
    if !(is_patient || is_poor) {
        return;
    }
    let admitted_on = draft.day_between(member.arrival, draft.today);
    let admitted_at = draft.instant(admitted_on);
    // Known, not yet identified, unable to pay.
    let status = match is_poor {
        true => "3",
        false => draft.dice.weighted(&[("1", 5), ("2", 2), ("3", 3)]),
    };
    let mut stamp =
        draft.stamp("emergency-aid-fund", entity::sharing::Department::Health, admitted_on);
    stamp.collected_at = admitted_at;
    stamp.recorded_at = stamp.recorded_at.max(admitted_at);
    stamp.updated_at = stamp.updated_at.max(stamp.recorded_at);
    let id = draft.key();
    let case = row!(
        emergency_medical_aid {
            id: id,
            person_id: member.id,
            case_no: text(format!("JZ{}{:06}", admitted_on.year(), member.id)),
            identity_status: text(status),
            admitted_at: Some(admitted_at),
            diagnosis_group: text(draft.dice.weighted(&CHAPTERS)),
            cost_amount: Some(i64::from(draft.dice.between(800, 60_000)) * 100),
        },
        stamp
    );
    draft.batch.emergency_medical_aids.push(case);
}
