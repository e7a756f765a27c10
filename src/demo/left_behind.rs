//! Care of children and elderly people who were left behind (G26).

use chrono::Days;
use entity::sharing::Department;
use serde_json::{Value, json};

use super::draft::{Draft, list, row, text};
use super::household::{Home, Member};
use super::person::system;
use super::traits::Trait;

/// Writes the care of a child or elderly person whose family works elsewhere.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let kind = match member.age {
        ..16 => "1",
        65.. => "2",
        _ => return,
    };
    let is_known = member.traits.has(Trait::Society) || member.traits.has(Trait::Street);
    let per_mille = if is_known { 400 } else { 30 };
    let is_shown = home.showcase.is_some() && (is_known || member.id % 2 == 0);
    if !(is_shown || draft.dice.chance(per_mille)) {
        return;
    }
    let since = draft.day_between(member.arrival, draft.today);
    // Who is entrusted is a member of the household, or a person that has no record here.
    let caregiver = home.other_adult(member);
    let mut on = since;
    let mut visits: Vec<Value> = Vec::new();
    while on <= draft.today && visits.len() < 4 {
        visits.push(json!({ "visitedOn": on, "org": home.place.county.organization_name(super::Kind::Str) }));
        on = on + Days::new(u64::from(60 + draft.dice.below(90)));
    }
    let collector = Department::CivilAffairs;
    let stamp = draft.stamp(system(collector), collector, since);
    let care = row!(
        left_behind_care {
            id: draft.key(),
            person_id: member.id,
            person_kind: text(kind),
            caregiver_person_id: caregiver.map(|adult| adult.id),
            caregiver: caregiver.map(|adult| adult.name.clone()),
            visit: list(visits),
        },
        stamp
    );
    draft.batch.left_behind_cares.push(care);
}
