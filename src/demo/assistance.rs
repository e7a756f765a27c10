//! Social assistance (社会救助): applications of households and their outcome.

use entity::sharing::Department;
use serde_json::json;

use super::caseload;
use super::draft::{Draft, json, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;
use super::traits::Trait;

/// Writes the case of an applicant.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if !member.traits.has(Trait::Assistance) {
        return;
    }
    let kind = draft.dice.weighted(&[("1", 30), ("3", 30), ("4", 32), ("2", 4), ("5", 4)]);
    let signed_on = draft.day_between(member.arrival, draft.today);
    let age_days = (draft.today - signed_on).num_days();
    let decided = home.showcase.is_some() || age_days > 45;
    let passed = home.showcase.is_some() || draft.dice.chance(780);
    let decision_on = (decided && passed).then(|| draft.soon_after(signed_on, 45));
    let amount = i64::from(draft.dice.between(200, 6_000)) * 100;
    let stamp = draft.stamp("community-service-platform", Department::CivilAffairs, signed_on);
    let case = row!(
        assistance_case {
            id: draft.key(),
            person_id: member.id,
            assistance_type: text(kind),
            applicant_authorization: json(json!({ "signedOn": signed_on, "signed": true })),
            income_check_result: decided.then(|| if passed { "pass" } else { "fail" }.to_owned()),
            benefit_amount: decision_on.map(|_| amount),
            decision_on: decision_on,
        },
        stamp
    );
    draft.batch.assistance_cases.push(case);
    caseload::open(draft, home, member, Kind::Cao, signed_on);
}
