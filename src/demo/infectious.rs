//! Reports of notifiable diseases other than HIV/STI (G19 only), in time and late.

use chrono::{Datelike, Days, TimeDelta};

use super::caseload;
use super::dice::Dice;
use super::draft::{Draft, latest, row, text};
use super::household::{Home, Member};
use super::organizations::Kind;
use crate::rules::reporting::{Edition, disease};

/// Hand-foot-mouth disease, influenza, mumps, diarrhoea, scarlet fever, pertussis.
const OF_CHILDREN: [(&str, u32); 6] =
    [("B08.4", 45), ("J10.1", 25), ("B26.9", 10), ("A09.0", 12), ("A38", 6), ("A37.9", 2)];

/// Tuberculosis, hepatitis, influenza, brucellosis, diarrhoea, dysentery, haemorrhagic fever,
/// cholera.
const OF_ADULTS: [(&str, u32); 9] = [
    ("A16.2", 26),
    ("A15.0", 12),
    ("B18.1", 20),
    ("J11.1", 16),
    ("A23.9", 10),
    ("A09.0", 7),
    ("A03.9", 5),
    ("A98.5", 3),
    ("A00.9", 1),
];

/// The disease somebody of this age is reported with.
pub(super) fn diagnosis(dice: &mut Dice, age: u32) -> &'static str {
    dice.weighted(if age < 14 { &OF_CHILDREN } else { &OF_ADULTS })
}

/// Writes the report.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let Some(code) = member.infection else { return };
    let Some(disease) = disease(code) else { return };
    let diagnosed_on = draft.day_between(member.arrival, draft.today - Days::new(3));
    let onset = diagnosed_on - Days::new(u64::from(draft.dice.below(5)));
    let diagnosis_time = draft.instant(diagnosed_on);
    let limit = disease.limit(Edition::E2015);
    let part = if draft.dice.chance(880) {
        draft.dice.between(5, 95)
    } else {
        draft.dice.between(105, 250)
    };
    let delay = TimeDelta::seconds(limit.num_seconds() * i64::from(part) / 100);
    let reported_at = (diagnosis_time + delay).min(latest(draft.today));
    let hospital = draft.dice.weighted(&[
        ("hospital", 60),
        (Kind::Chc.name(), 32),
        ("infectious_hospital", 8),
    ]);
    let organization = match hospital {
        "infectious_hospital" => format!("{}传染病医院", home.place.county.name),
        "hospital" => format!("{}人民医院", home.place.county.name),
        _ => home.place.county.organization_name(Kind::Chc),
    };
    let setting =
        if draft.dice.chance(100) { text(*draft.dice.pick(&["1", "2", "3"])) } else { None };
    let outbreak = if setting.is_some() && draft.dice.chance(400) {
        text(format!("YQ-{}-{:04}", diagnosed_on.year(), draft.dice.below(200)))
    } else {
        None
    };
    let mut stamp = draft.health_stamp(diagnosed_on);
    stamp.collected_at = diagnosis_time;
    stamp.recorded_at = reported_at;
    stamp.updated_at = stamp.updated_at.max(reported_at);
    let id = draft.key();
    let report = row!(
        infectious_disease_report {
            id: id,
            person_id: member.id,
            card_id: text(format!("22{}{id:010}", diagnosed_on.year())),
            report_category: text(draft.dice.weighted(&[("1", 93), ("2", 7)])),
            disease_code: text(code),
            disease_class: text(class(disease.class_zh())),
            case_classification: text(draft.dice.weighted(&[
                ("3", 50),
                ("2", 42),
                ("1", 6),
                ("4", 2),
            ])),
            patient_belongs_to: text(draft.dice.weighted(&[("2", 25), ("3", 55), ("4", 20)])),
            population_group: text(population_group(&mut draft.dice, member.age)),
            onset_date: Some(onset.max(member.birth)),
            diagnosis_time: Some(diagnosis_time),
            death_date: member.deceased.then(|| draft.soon_after(diagnosed_on, 30)),
            reported_at: Some(reported_at),
            reporting_org: text(organization),
            reporting_org_kind: text(hospital),
            setting_type: setting,
            outbreak_event_ref: outbreak,
            missed_in_audit: Some(draft.dice.chance(20)),
            free_treatment_enrolled: code.starts_with("A15").then_some(member.id % 5 != 0),
            audited_on: (member.id % 10 == 0)
                .then(|| (diagnosed_on + Days::new(30)).min(draft.today)),
        },
        stamp
    );
    draft.batch.infectious_disease_reports.push(report);
    caseload::open(draft, home, member, Kind::Cdc, diagnosed_on);
}

/// The code of a class (甲, 乙, 丙).
fn class(class_zh: &str) -> &'static str {
    match class_zh {
        "甲" => "1",
        "乙" => "2",
        _ => "3",
    }
}

/// CV02.01.202.
fn population_group(dice: &mut Dice, age: u32) -> &'static str {
    match age {
        ..3 => "02",
        3..7 => "01",
        7..18 => "03",
        60.. => "17",
        _ => dice.weighted(&[("11", 60), ("10", 15), ("08", 15), ("06", 10)]),
    }
}
