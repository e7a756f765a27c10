//! Children's immunization: the card, the doses given, and which are pending.

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::caseload;
use super::draft::{Draft, list, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;
use super::traits::Trait;
use crate::rules::immunization::{Edition, ScheduledDose, pending_doses, schedule};

/// Days that must pass between two doses of a vaccine.
const INTERVAL: u64 = 28;

/// Writes a child's card and doses.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if !member.traits.has(Trait::Card) {
        return;
    }
    let edition = Edition::of_birth(member.birth);
    let card = draft.key();
    let given = given(draft, home, member, edition);
    for (dose, on) in &given {
        write_dose(draft, home, member, card, dose, *on);
    }
    write_card(draft, home, member, card, edition, &given);
}

/// The doses given so far and when. A dose is never given before the one that precedes it.
fn given(
    draft: &mut Draft,
    home: &Home,
    member: &Member,
    edition: Edition,
) -> Vec<(ScheduledDose, NaiveDate)> {
    let mut given: Vec<(ScheduledDose, NaiveDate)> = Vec::new();
    let mut missed: Vec<&str> = Vec::new();
    // The family that shows a card also shows a dose that was missed.
    let skipped = home.showcase.is_some().then_some("JE-L");
    for dose in schedule(edition) {
        let due = dose.due_on(member.birth);
        let slack = if draft.dice.chance(850) { 12 } else { 60 };
        let punctual = u64::from(draft.dice.below(slack));
        let before = given.iter().rfind(|(other, _)| other.vaccine == dose.vaccine);
        let earliest = before.map_or(due, |(_, on)| due.max(*on + Days::new(INTERVAL)));
        let on = earliest + Days::new(if dose.age_months == 0 { 0 } else { punctual });
        let skips = draft.dice.chance(25) || (skipped == Some(dose.vaccine) && dose.number == 2);
        if on > draft.today || skips || missed.contains(&dose.vaccine) {
            missed.push(dose.vaccine);
        } else {
            given.push((*dose, on));
        }
    }
    given
}

fn write_dose(
    draft: &mut Draft,
    home: &Home,
    member: &Member,
    card: i64,
    dose: &ScheduledDose,
    on: NaiveDate,
) {
    let county = home.place.county;
    let (performer, kind) = match (dose.age_months, draft.dice.below(100)) {
        (0, ..4) => (format!("{}生殖健康医院", county.name), "reproductive_hospital"),
        (0, _) => (format!("{}人民医院", county.name), "hospital"),
        (_, 0) => (format!("{}传染病医院", county.name), "infectious_hospital"),
        _ => (county.organization_name(Kind::Chc), Kind::Chc.name()),
    };
    let makers = ["北京生物制品研究所", "长春生物制品研究所", "武汉生物制品研究所"];
    let site = match dose.vaccine {
        "OPV" | "bOPV" => "5",
        "BCG" => "1",
        _ => draft.dice.weighted(&[("2", 5), ("1", 3), ("3", 2)]),
    };
    let late = on > dose.due_on(member.birth) + Days::new(30);
    let stamp = draft.health_stamp(on);
    let row = row!(
        immunization_dose {
            id: draft.key(),
            person_id: member.id,
            card_id: card,
            vaccine_code: text(dose.vaccine),
            dose_number: Some(dose.number),
            occurrence_date: Some(on),
            lot_number: text(format!("{}{:05}", on.format("%Y%m"), draft.dice.below(100_000))),
            manufacturer: text(*draft.dice.pick(&makers)),
            site: text(site),
            performer_org: text(performer),
            performer_org_kind: text(kind),
            campaign_type: text(if late { "2" } else { "1" }),
        },
        stamp
    );
    draft.batch.immunization_doses.push(row);
}

fn write_card(
    draft: &mut Draft,
    home: &Home,
    member: &Member,
    card: i64,
    edition: Edition,
    given: &[(ScheduledDose, NaiveDate)],
) {
    let doses: Vec<(&str, i32)> =
        given.iter().map(|(dose, _)| (dose.vaccine, dose.number)).collect();
    let pending = pending_doses(member.birth, edition, &doses);
    let next_due_on = pending.first().map(|dose| dose.due_on);
    let created_on = draft.soon_after(member.arrival, 60);
    let contraindication = if draft.dice.chance(8) {
        text(*draft.dice.pick(&["免疫功能低下,暂缓减毒活疫苗", "对疫苗成分过敏"]))
    } else {
        None
    };
    let reacted: Vec<NaiveDate> =
        given.iter().filter(|_| draft.dice.chance(2)).map(|(_, on)| *on).collect();
    let reactions: Vec<_> = reacted
        .into_iter()
        .map(|on| json!({ "on": on, "code": draft.dice.pick(&["1", "2", "3"]) }))
        .collect();
    let reminders: Vec<_> = pending
        .iter()
        .filter(|dose| dose.due_on > created_on && dose.due_on <= draft.today)
        .take(2)
        .map(|dose| json!({ "sentOn": dose.due_on, "channel": draft.dice.pick(&["4", "3", "2"]) }))
        .collect();
    let mut stamp = draft.health_stamp(created_on);
    if let Some(last) = given.iter().map(|(_, on)| *on).max() {
        stamp.updated_at = stamp.updated_at.max(draft.instant(last));
    }
    let row = row!(
        immunization_card {
            id: card,
            person_id: member.id,
            card_number: text(format!("JZ22{card:010}")),
            card_created_on: Some(created_on),
            schedule_edition: text(edition.code()),
            contraindication: contraindication,
            adverse_event: list(reactions),
            reminder: list(reminders),
            pending_doses: list(pending),
            next_due_on: next_due_on,
        },
        stamp
    );
    draft.batch.immunization_cards.push(row);
    caseload::open(draft, home, member, Kind::Vac, created_on);
}
