//! Visits that are due: follow-ups, checks of children, visits in pregnancy and after birth; reports that
//! came late; notices that wait.

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::{List, Sources, item::Due, sources};
use crate::rules::{
    calendar::{add_days, add_months, add_working_days, day_of, months_after},
    child,
    maternal::{WINDOWS, postpartum_days},
    nip_due::AGE,
    r06_timely::of_card,
    residence::Resident,
    visits::{chronic_due, condition, smd_due},
};

/// Working days in which a notice is to be answered.
pub const ANSWERED_IN: u32 = 3;

/// Adds what the records of a person make due.
pub(super) fn due(
    sources: &Sources<'_>,
    resident: &Resident,
    today: NaiveDate,
    due: &mut Vec<Due>,
) {
    mental(sources, due);
    chronic(sources, due);
    if let Some(birth) = resident.birth {
        children(sources, birth, today, due);
    }
    for row in sources.mothers {
        antenatal(row, today, due);
        postpartum(row, due);
    }
    for row in sources.reports.iter().filter(|row| is_late(row)) {
        let reported = row.reported_at.or(row.diagnosis_time).map(day_of);
        due.extend(reported.map(|day| Due {
            overdue_from: day,
            last_contact: Some(day),
            ..Due::on(List::CardLate, day, Some(row.id))
        }));
    }
    for row in sources.notices.iter().filter(|row| row.status.as_deref() == Some("1")) {
        let sent = row.sent_at.map(day_of);
        due.extend(sent.map(|sent| Due {
            listed_from: sent,
            last_contact: Some(sent),
            ..Due::on(List::NoticeToAccept, add_working_days(sent, ANSWERED_IN), Some(row.id))
        }));
    }
}

/// Reported late, or without what a report is nothing without.
fn is_late(row: &sources::Report) -> bool {
    let timely = of_card(
        row.disease_code.as_deref(),
        row.report_category.as_deref(),
        row.diagnosis_time,
        row.reported_at,
    );
    timely == Some(false)
        || row.disease_code.is_none()
        || row.diagnosis_time.is_none()
        || row.reported_at.is_none()
        || row.reporting_org.is_none()
}

fn mental(sources: &Sources<'_>, due: &mut Vec<Due>) {
    let mut visits: Vec<_> = sources
        .mental
        .iter()
        .filter_map(|row| {
            Some((row.follow_up_on?, condition(None, row.danger_level.map(i64::from)), row.id))
        })
        .collect();
    visits.sort_by_key(|(day, _, row)| (*day, *row));
    let last = visits.last().map(|(day, _, row)| (*day, *row));
    let visits: Vec<_> = visits.into_iter().map(|(day, condition, _)| (day, condition)).collect();
    let next = smd_due(&visits, None).zip(last);
    due.extend(next.map(|(next, (last, row))| Due {
        last_contact: Some(last),
        ..Due::on(List::SmdFollowUp, next, Some(row))
    }));
}

/// Of each programme the visit after the last.
fn chronic(sources: &Sources<'_>, due: &mut Vec<Due>) {
    for (programme, number) in [("1", 1), ("2", 2)] {
        let of_programme = |row: &&sources::Chronic| row.programme.as_deref() == Some(programme);
        let last =
            sources.chronic.iter().filter(of_programme).max_by_key(|row| (row.visit_on, row.id));
        let Some(row) = last else { continue };
        let controlled = row.control_class.as_deref().is_none_or(|class| class == "1");
        let next = chronic_due(row.visit_on, row.next_visit_on, controlled);
        due.extend(next.map(|next| Due {
            last_contact: row.visit_on,
            number: Some(number),
            ..Due::on(List::ChronicFollowUp, next, Some(row.id))
        }));
    }
}

fn children(sources: &Sources<'_>, birth: NaiveDate, today: NaiveDate, due: &mut Vec<Due>) {
    let end = months_after(birth, AGE * 12);
    if end <= today {
        return;
    }
    let row = sources.children.iter().map(|row| row.id).max();
    let visits: Vec<NaiveDate> =
        sources.children.iter().flat_map(|row| days(row.health_checks.as_deref(), None)).collect();
    let last = visits.iter().copied().max();
    let checks = child::checks(birth);
    for ((at, check), number) in checks.iter().enumerate().zip(1..) {
        let until = checks.get(at + 1).map_or(end, |next| next.due_on);
        let on = today.max(check.due_on);
        let is_open = child::listed_check(birth, &visits, on) == Some(*check);
        if until <= today || !is_open {
            continue;
        }
        due.push(Due {
            listed_until: Some(until),
            overdue_from: add_months(check.due_on, 1),
            last_contact: last,
            number: Some(number),
            ..Due::on(List::ChildCheckDue, check.due_on, row)
        });
    }
    let until = add_days(birth, 29);
    let visited = |row: &sources::Child| days(row.newborn_visits.as_deref(), None).next().is_some();
    if until <= today || sources.children.iter().any(visited) {
        return;
    }
    let discharged = sources.children.iter().filter_map(|row| row.birth_discharged_on).max();
    due.push(Due {
        listed_until: Some(until),
        ..Due::on(List::NewbornVisitDue, child::newborn_due(birth, discharged), row)
    });
}

fn antenatal(row: &sources::Mother, today: NaiveDate, due: &mut Vec<Due>) {
    let Some(lmp) = row.lmp_date else { return };
    // Of how it ended only that it did.
    if delivered(row).is_some() || row.pregnancy_outcome.is_some() {
        return;
    }
    let visits: Vec<NaiveDate> = days(row.antenatal_visits.as_deref(), None).collect();
    for ((at, (first, last)), number) in WINDOWS.iter().enumerate().zip(1..) {
        let [first, last] = [*first, *last].map(|days| add_days(lmp, days));
        let until = WINDOWS.get(at + 1).map(|(next, _)| add_days(lmp, *next));
        let is_over = until.is_some_and(|until| until <= today);
        if is_over || visits.iter().any(|visit| first <= *visit && *visit <= last) {
            continue;
        }
        due.push(Due {
            listed_from: first,
            listed_until: until,
            last_contact: visits.iter().copied().max(),
            number: Some(number),
            ..Due::on(List::AntenatalDue, last, Some(row.id))
        });
    }
}

fn postpartum(row: &sources::Mother, due: &mut Vec<Due>) {
    let Some(part) = delivery(row) else { return };
    let Some(delivered) = delivered(row) else { return };
    let home = part["placeKind"].as_str() == Some("4");
    let discharged = day(&part["dischargedOn"]).filter(|_| !home);
    let visits = row.postpartum_visits.as_deref();
    let last = days(visits, None).max();
    for ((from, due_on), number) in postpartum_days(delivered, discharged).into_iter().zip(1..) {
        if days(visits, Some(number == 2)).any(|visit| delivered <= visit) {
            continue;
        }
        due.push(Due {
            listed_from: from,
            last_contact: last,
            number: Some(number),
            ..Due::on(List::PostpartumDue, due_on, Some(row.id))
        });
    }
}

fn delivery(row: &sources::Mother) -> Option<Json> {
    match serde_json::from_str(row.delivery.as_deref()?).ok()? {
        Json::Array(parts) => parts.into_iter().next(),
        part => Some(part),
    }
}

fn delivered(row: &sources::Mother) -> Option<NaiveDate> {
    let part = delivery(row)?;
    day(&part["deliveredOn"]).or_else(|| day(&part["on"]))
}

fn day(value: &Json) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

/// The days of stored visits; of a kind where it is asked for: the check on day 42, or another visit.
fn days(stored: Option<&str>, is_check: Option<bool>) -> impl Iterator<Item = NaiveDate> + use<> {
    let parts = stored.and_then(|text| serde_json::from_str(text).ok());
    let parts = match parts {
        Some(Json::Array(parts)) => parts,
        Some(part @ Json::Object(_)) => vec![part],
        _ => Vec::new(),
    };
    parts.into_iter().filter_map(move |part| {
        let of_kind = part["kind"].as_str() == Some("2");
        let is_it = is_check.is_none_or(|is_check| is_check == of_kind);
        day(&part["visitedOn"]).or_else(|| day(&part["on"])).filter(|_| is_it)
    })
}
