//! Children's immunization: the card, the doses given, and which are pending.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::caseload;
use super::draft::{Draft, list, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;
use super::traits::Trait;
use crate::rules::{
    derived,
    nip::{self, Given, HPV, Scheduled},
};

/// Days that must pass between two doses of a vaccine.
const INTERVAL: u64 = 28;

/// Writes a child's card and doses.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    if !member.traits.has(Trait::Card) {
        return;
    }
    let card = draft.key();
    let given = given(draft, home, member);
    for (dose, on) in &given {
        write_dose(draft, home, member, card, dose, *on);
    }
    write_card(draft, home, member, card, &given);
}

/// A dose of the schedule, and the day on which it is due.
type Dose = (&'static Scheduled, NaiveDate);

/// The doses of a child by the programme's own vaccines, by age: the inactivated alternatives of JE-L and HepA-L
/// are a choice.
fn scheduled(birth: NaiveDate) -> Vec<Dose> {
    let own = nip::of_birth(birth)
        .into_iter()
        .filter(|dose| dose.series != HPV && dose.alternative != "B");
    let mut doses: Vec<Dose> = own.filter_map(|dose| Some((dose, dose.due_on(birth)?))).collect();
    doses.sort_by_key(|(dose, due)| (*due, &*dose.vaccine, dose.dose));
    doses
}

/// The doses given so far and when. A dose is never given before the one that precedes it.
fn given(draft: &mut Draft, home: &Home, member: &Member) -> Vec<(Dose, NaiveDate)> {
    let mut given: Vec<(Dose, NaiveDate)> = Vec::new();
    let mut missed: Vec<&str> = Vec::new();
    // The family that shows a card also shows a dose that was missed.
    let skipped = home.showcase.is_some().then_some("JE-L");
    for (dose, due) in scheduled(member.birth) {
        let (series, vaccine) = (dose.series.as_str(), dose.vaccine.as_str());
        let slack = if draft.dice.chance(850) { 12 } else { 60 };
        let punctual = u64::from(draft.dice.below(slack));
        let before = given.iter().rfind(|((other, _), _)| other.series == series);
        let earliest = before.map_or(due, |(_, on)| due.max(*on + Days::new(INTERVAL)));
        let at_birth = due == member.birth;
        let on = earliest + Days::new(if at_birth { 0 } else { punctual });
        let skips = draft.dice.chance(25) || (skipped == Some(vaccine) && dose.dose == 2);
        if on > draft.today || skips || missed.contains(&series) {
            missed.push(series);
        } else {
            given.push(((dose, due), on));
        }
    }
    given
}

fn write_dose(
    draft: &mut Draft,
    home: &Home,
    member: &Member,
    card: i64,
    (dose, due): &Dose,
    on: NaiveDate,
) {
    let county = home.place.county;
    let (performer, kind) = match (*due == member.birth, draft.dice.below(100)) {
        (true, ..4) => (format!("{}生殖健康医院", county.name), "reproductive_hospital"),
        (true, _) => (format!("{}人民医院", county.name), "hospital"),
        (_, 0) => (format!("{}传染病医院", county.name), "infectious_hospital"),
        _ => (county.organization_name(Kind::Chc), Kind::Chc.name()),
    };
    let makers = ["北京生物制品研究所", "长春生物制品研究所", "武汉生物制品研究所"];
    let site = match &*dose.vaccine {
        "OPV" | "bOPV" => "5",
        "BCG" => "1",
        _ => draft.dice.weighted(&[("2", 5), ("1", 3), ("3", 2)]),
    };
    let late = on > *due + Days::new(30);
    let stamp = draft.health_stamp(on);
    let row = row!(
        immunization_dose {
            id: draft.key(),
            person_id: member.id,
            card_id: card,
            vaccine_code: text(dose.vaccine.clone()),
            dose_number: i32::try_from(dose.dose).ok(),
            occurrence_date: Some(on),
            lot_number: text(format!("{}{:05}", on.format("%Y%m"), draft.dice.below(100_000))),
            manufacturer: text(*draft.dice.pick(&makers)),
            site: text(site),
            performer_org: text(performer),
            performer_org_kind: text(kind),
            campaign_type: text(if late { "2" } else { "1" }),
            adverse_event: None,
            withdrawn: Some(is_withdrawn(member, dose)),
            campaign_ref: None,
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
    given: &[(Dose, NaiveDate)],
) {
    let doses: Vec<Given> = given
        .iter()
        .map(|((dose, _), on)| Given {
            vaccine: dose.vaccine.clone(),
            on: *on,
            withdrawn: is_withdrawn(member, dose),
        })
        .collect();
    let pending = nip::pending_doses(member.birth, &doses);
    let next_due_on = pending.first().map(|dose| dose.due_on);
    let doses: Vec<Value> = pending.iter().map(as_json).collect();
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
            schedule_edition: list(derived::schedule_editions(member.birth)),
            contraindication: contraindication,
            adverse_event: list(reactions),
            reminder: list(reminders),
            pending_doses: list(doses),
            next_due_on: next_due_on,
            file_due: None,
            managing_unit_code: text(managing_unit(home, member)),
        },
        stamp
    );
    draft.batch.immunization_cards.push(row);
    caseload::open(draft, home, member, Kind::Vac, created_on);
}

/// Of a few children the first dose was written down by mistake.
fn is_withdrawn(member: &Member, dose: &Scheduled) -> bool {
    member.id % 300 == 0 && dose.dose == 1
}

/// A dose that is not given, as `dueDoses` tells of it.
fn as_json(due: &nip::Due) -> Value {
    json!({
        "series": due.series,
        "vaccineCode": due.vaccine,
        "doseNumber": due.dose,
        "dueOn": due.due_on,
        "lateOn": due.late_on,
    })
}

/// Where the card is: of a few children still where they lived before.
fn managing_unit(home: &Home, member: &Member) -> String {
    match member.id % 25 {
        0 => "220802".to_owned(),
        _ => home.place.county.code.clone(),
    }
}
