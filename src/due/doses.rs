//! Doses of the national immunization programme that are due, late, or due to a girl against HPV.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value as Json;

use super::{List, Sources, item::Due};
use crate::rules::{
    calendar::{add_days, add_months, months_after},
    hpv,
    nip::{self, Given},
    nip_due::AGE,
};

/// Adds the items of a person's doses, those of days to come, too.
pub(super) fn due(sources: &Sources<'_>, today: NaiveDate, due: &mut Vec<Due>) {
    let Some(birth) = sources.person.birth_date else { return };
    let lives = sources
        .stays
        .iter()
        .any(|stay| stay.departure_date.is_none_or(|departure| today < departure))
        || sources
            .notices
            .iter()
            .any(|notice| notice.status.as_deref() == Some(super::stay::ACCEPTED));
    let end = months_after(birth, AGE * 12);
    let is_girl = sources.person.sex.as_deref() == Some("2");
    if !lives || (end <= today && !is_girl) {
        return;
    }
    let given: Vec<Given> = sources
        .doses
        .iter()
        .filter_map(|dose| {
            let vaccine = nip::vaccine(dose.vaccine_code.as_deref()?)?.to_owned();
            Some(Given { vaccine, on: dose.occurrence_date?, withdrawn: false })
        })
        .collect();
    let last = sources.doses.iter().filter_map(|dose| dose.occurrence_date).max();
    let card = sources.cards.iter().map(|card| card.id).max();
    let avoided = Avoided::of(sources, today);
    let item = |list, due_on, series: &str| Due {
        last_contact: last,
        withheld: avoided.holds(series),
        ..Due::on(list, due_on, card)
    };
    if today < end {
        for dose in listed(birth, &given, (today, end)) {
            let Dose { due: nip::Due { series, vaccine, dose, due_on, late_on }, from, until } =
                dose;
            let number = Some(place(birth, (series, vaccine, dose)));
            due.push(Due {
                listed_from: from,
                listed_until: Some(until),
                overdue_from: add_months(due_on, 1),
                number,
                ..item(List::DoseDue, due_on, series)
            });
            due.push(Due {
                listed_from: from.max(late_on),
                listed_until: Some(until),
                overdue_from: add_days(late_on, 1),
                number,
                ..item(List::CatchUp, late_on, series)
            });
        }
    }
    if is_girl && let Some((_, due_on)) = hpv::next_dose(birth, &given, today) {
        due.push(Due {
            overdue_from: add_months(due_on, 1),
            ..item(List::HpvDue, due_on, nip::HPV)
        });
    }
}

/// A dose that is listed from a day until another.
struct Dose {
    due: nip::Due,
    from: NaiveDate,
    until: NaiveDate,
}

/// The doses that are due on some day from `today` until `end`: the rule is asked on every day on which
/// its answer can change, for a dose that becomes due may turn a child to the alternative vaccine.
fn listed(birth: NaiveDate, given: &[Given], (today, end): (NaiveDate, NaiveDate)) -> Vec<Dose> {
    let scheduled = nip::of_birth(birth).into_iter().filter_map(|dose| dose.due_on(birth));
    let mut days: Vec<NaiveDate> =
        scheduled.filter(|day| today < *day && *day < end).chain([today]).collect();
    days.sort_unstable();
    days.dedup();
    let mut open: BTreeMap<(&str, &str, usize), Dose> = BTreeMap::new();
    let mut over = Vec::new();
    for day in days {
        let due = nip::due_doses(birth, given, day);
        let is_due = |key: &(&str, &str, usize)| {
            due.iter().any(|due| (due.series, due.vaccine, due.dose) == *key)
        };
        let gone: Vec<_> = open.keys().copied().filter(|key| !is_due(key)).collect();
        for key in gone {
            over.extend(open.remove(&key).map(|dose| Dose { until: day, ..dose }));
        }
        for due in due {
            let key = (due.series, due.vaccine, due.dose);
            let from = if day == today { due.due_on } else { day };
            open.entry(key).or_insert(Dose { due, from, until: end });
        }
    }
    over.extend(open.into_values());
    over
}

/// The number of a dose among those of a child, which it keeps for good.
fn place(birth: NaiveDate, (series, vaccine, dose): (&str, &str, usize)) -> i64 {
    let is_it = |known: &&nip::Scheduled| {
        known.series == series && known.vaccine == vaccine && known.dose == dose
    };
    let place = nip::of_birth(birth).iter().position(is_it).unwrap_or_default();
    i64::try_from(place).unwrap_or(i64::MAX).saturating_add(1)
}

/// What a child must not be given.
enum Avoided {
    Nothing,
    Everything,
    Series(Vec<String>),
}

impl Avoided {
    /// By the card: its contraindications by series while they hold; one in words is of every dose.
    fn of(sources: &Sources<'_>, today: NaiveDate) -> Self {
        let mut series = Vec::new();
        for text in sources.cards.iter().filter_map(|card| card.contraindication.as_deref()) {
            let parts = match serde_json::from_str::<Json>(text) {
                Ok(Json::Array(parts)) => parts,
                Ok(part @ Json::Object(_)) => vec![part],
                _ => return Avoided::Everything,
            };
            for part in parts {
                let until = part["until"].as_str().and_then(|day| day.parse::<NaiveDate>().ok());
                let holds = part["permanent"] == true || until.is_none_or(|until| today <= until);
                match part["series"].as_str() {
                    Some(named) if holds => series.push(named.to_owned()),
                    None if holds => return Avoided::Everything,
                    _ => {}
                }
            }
        }
        if series.is_empty() { Avoided::Nothing } else { Avoided::Series(series) }
    }

    fn holds(&self, series: &str) -> bool {
        match self {
            Avoided::Nothing => false,
            Avoided::Everything => true,
            Avoided::Series(all) => all.iter().any(|own| own.eq_ignore_ascii_case(series)),
        }
    }
}
