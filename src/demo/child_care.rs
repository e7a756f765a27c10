//! Care of children under seven (G17): visits after birth, checks by age, growth, screening.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::draft::{Draft, list, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;
use crate::rules::{derived, residence::months_after};

/// The ages in months at which a child is checked, after the check at 28 days.
const CHECKS: [u32; 11] = [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72];

/// Writes the record of a child that has one.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if member.age >= 7 || !(home.showcase.is_some() || draft.dice.chance(850)) {
        return;
    }
    // Of a birth at home there is no discharge: the day of birth counts.
    let discharged_on = (!draft.dice.chance(20)).then(|| draft.soon_after(member.birth, 6));
    let clinic = home.place.county.organization_name(Kind::Chc);
    let visit = |on: NaiveDate| json!({ "visitedOn": on, "org": clinic, "finding": "1" });
    let newborn = discharged_on.unwrap_or(member.birth) + Days::new(5);
    let newborn_visits: Vec<Value> = (newborn <= draft.today && draft.dice.chance(900))
        .then(|| visit(newborn))
        .into_iter()
        .collect();
    let (mut checks, mut checked_on, mut growth) = (Vec::new(), Vec::new(), Vec::new());
    let due_days = std::iter::once(member.birth + Days::new(28))
        .chain(CHECKS.iter().map(|months| months_after(member.birth, *months)));
    for due in due_days {
        let on = due + Days::new(u64::from(draft.dice.below(25)));
        if on > draft.today || draft.dice.chance(60) {
            if due > draft.today {
                break;
            }
            continue;
        }
        checks.push(visit(on));
        checked_on.push(on);
        let weeks = (on - member.birth).num_days() / 7;
        let (length, weight) = (52 + weeks.min(260) / 4, 4_200 + weeks.min(260) * 60);
        growth.push(json!({ "on": on, "code": "1", "value": length.to_string(), "unit": "cm" }));
        growth.push(json!({ "on": on, "code": "2", "value": weight.to_string(), "unit": "g" }));
    }
    let screened_on = draft.soon_after(member.birth, 7);
    let screening: Vec<Value> = ["1", "2", "3"]
        .into_iter()
        .map(|code| {
            let result = draft.dice.weighted(&[("1", 995), ("3", 5)]);
            json!({ "on": screened_on, "code": code, "result": result })
        })
        .collect();
    let guidance = json!({ "on": screened_on, "text": "母乳喂养与辅食添加" });
    let defects: Vec<&str> = if draft.dice.chance(12) {
        vec![*draft.dice.pick(&["Q21.1", "Q66.0", "Q35.9"])]
    } else {
        Vec::new()
    };
    let stamp = draft.health_stamp(draft.today.min(member.arrival + Days::new(20)));
    let id = draft.key();
    let record = row!(
        child_care_record {
            id: id,
            person_id: member.id,
            birth_discharged_on: discharged_on,
            newborn_visits: list(newborn_visits),
            health_checks: list(checks),
            growth: list(growth),
            feeding_guidance: list(vec![guidance]),
            birth_defect: list(defects),
            birth_certificate_no: text(format!("Z22{:09}", member.id)),
            newborn_screening: list(screening),
            checks_due: derived::checks_due_windows(member.birth, &checked_on, draft.today),
        },
        stamp
    );
    draft.batch.child_care_records.push(record);
}
