//! Consents: what a person agreed that a department may have, for which purpose, until when.

use chrono::{Days, TimeDelta};
use entity::sharing::{Department, Group, Group::*};

use super::draft::{Draft, latest, row};
use super::household::{Home, Member};
use super::traits::Trait;

/// What a department asks for: which clients give it (in a thousand), for what, which groups.
struct Request {
    clients: Trait,
    per_mille: u32,
    recipient: Department,
    /// Purposes, and the groups of each.
    covers: &'static [(&'static str, &'static [Group])],
}

/// What is told of services, and of who is referred to them.
const SERVICE: &[Group] = &[G01, G02, G06, G10, G25, G27];
const GRID: &[Group] = &[G01, G02, G06, G08, G09, G27];
const WORK: &[Group] = &[G01, G02, G03, G04, G06, G07, G08, G09, G10, G11, G12, G25, G27];

#[rustfmt::skip]
static REQUESTS: [Request; 6] = [
    Request { clients: Trait::MigrantWorker, per_mille: 800, recipient: Department::MigrantWorkers, covers: &[("P-EMP", WORK)] },
    Request { clients: Trait::MigrantWorker, per_mille: 500, recipient: Department::MigrantWorkers, covers: &[("P-HE", WORK), ("P-REF", SERVICE)] },
    Request { clients: Trait::Society, per_mille: 1000, recipient: Department::Social, covers: &[("P-LB", &[G01, G02, G04, G06, G10, G26])] },
    Request { clients: Trait::HealthRecord, per_mille: 500, recipient: Department::Health, covers: &[("P-HR", &[G25, G26])] },
    Request { clients: Trait::Governance, per_mille: 1000, recipient: Department::Governance, covers: &[("P-REF", GRID)] },
    Request { clients: Trait::Assistance, per_mille: 1000, recipient: Department::CivilAffairs, covers: &[("P-SA", &[G11, G28]), ("P-REF", &[G27])] },
];

/// Writes the consents of a person, or of a guardian for a child.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let shown = |request: &Request| home.showcase == Some(request.clients);
    let mut first_declined = None;
    for request in &REQUESTS {
        if !member.traits.has(request.clients) || first_declined == Some(request.clients) {
            continue;
        }
        if shown(request) || draft.dice.chance(request.per_mille) {
            write_artefact(draft, member, request, shown(request));
        } else {
            // Who declines the first request of a department is not asked the second.
            first_declined = Some(request.clients);
        }
    }
}

/// One artefact; one row for each group it covers.
fn write_artefact(draft: &mut Draft, member: &Member, request: &Request, lasting: bool) {
    let today = draft.today;
    let resident = u64::try_from((today - member.arrival).num_days()).unwrap_or(0);
    let lapsed = !lasting && resident > 420 && draft.dice.chance(120);
    let (given_on, days) = if lapsed {
        (draft.day_between(member.arrival, today - Days::new(400)), 365)
    } else {
        let recent = member.arrival.max(today - Days::new(300));
        (draft.day_between(recent, today), *draft.dice.pick(&[365, 730, 1_095]))
    };
    let given_at = draft.instant(given_on);
    let withdrawn_at = if !lasting && draft.dice.chance(80) {
        let day = draft.day_between(given_on, today);
        Some(draft.instant(day).max(given_at))
    } else {
        None
    };
    let expires_at = given_at + TimeDelta::days(days);
    let mut stamp = draft.stamp("consent-service", Department::Subject, given_on);
    stamp.collected_at = given_at;
    stamp.recorded_at = given_at;
    stamp.updated_at = withdrawn_at.unwrap_or(given_at).min(latest(today));
    let artefact = format!("TYS-{:010}", draft.key());
    let covered = request.covers.iter();
    for (purpose, group) in
        covered.flat_map(|(purpose, groups)| groups.iter().map(move |group| (purpose, group)))
    {
        let consent = row!(
            consent {
                id: draft.key(),
                person_id: member.id,
                artefact: artefact.clone(),
                purpose: (*purpose).to_owned(),
                recipient_department: request.recipient.code().to_owned(),
                field_group: group.code().to_owned(),
                given_at: given_at,
                expires_at: Some(expires_at),
                withdrawn_at: withdrawn_at,
            },
            stamp.clone()
        );
        draft.batch.consents.push(consent);
    }
}
