//! Reports of HIV/STI (G20), in a table of their own; many under an alias.

use chrono::{Datelike, Days};

use super::caseload;
use super::dice::Dice;
use super::draft::{Draft, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;

/// HIV infection and AIDS, syphilis, gonorrhoea.
const DIAGNOSES: [(&str, u32); 7] = [
    ("Z21", 25),
    ("B20.7", 5),
    ("B24", 10),
    ("A53.0", 25),
    ("A51.0", 10),
    ("A54.0", 20),
    ("A52.1", 5),
];

/// What somebody is reported with.
pub(super) fn diagnosis(dice: &mut Dice) -> &'static str {
    dice.weighted(&DIAGNOSES)
}

/// Writes the report.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let Some(code) = member.stigmatized else { return };
    let reported_on = draft.day_between(member.arrival, draft.today);
    let aliased = home.showcase.is_some() || draft.dice.chance(600);
    let hiv = code.starts_with('B') || code == "Z21";
    let stamp = draft.health_stamp(reported_on);
    let id = draft.key();
    let (diagnosed_at, reported_at) = (stamp.collected_at, stamp.recorded_at);
    let is_special = member.id % 4 == 0;
    let clinic = if is_special {
        ("传染病医院", "infectious_hospital")
    } else {
        ("人民医院", "hospital")
    };
    let is_audited = member.id % 10 == 0;
    let report = row!(
        stigmatized_disease_report {
            id: id,
            person_id: member.id,
            stigmatized_disease_code: text(code),
            case_alias: aliased.then(|| format!("DH{id:08}")),
            free_treatment_enrolled: Some(hiv && draft.dice.chance(850)),
            card_id: text(format!("22{}{id:010}", reported_on.year())),
            report_category: text(if member.id % 12 == 0 { "2" } else { "1" }),
            onset_date: Some(reported_on - Days::new(member.id as u64 % 20)),
            diagnosis_time: Some(diagnosed_at),
            reported_at: Some(reported_at),
            reporting_org: text(format!("{}{}", home.place.county.name, clinic.0)),
            reporting_org_kind: text(clinic.1),
            audited_on: is_audited.then_some(reported_on),
            missed_in_audit: is_audited.then_some(member.id % 50 == 0),
        },
        stamp
    );
    draft.batch.stigmatized_disease_reports.push(report);
    caseload::open(draft, home, member, Kind::Stg, reported_on);
}
