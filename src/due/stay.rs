//! What a stay makes due: a health record, a vaccination file, the yearly check of the elderly; and what
//! was not confirmed for long.

use chrono::NaiveDate;

use super::{List, Organizations, Sources, item::Due, sources};
use crate::rules::{
    calendar::{add_days, add_months, age, day_of, months_after},
    owed::{B_2015, Held, Owed, State},
    r02_record_due::{self, record_due},
    r03_file_due::{self, file_due},
    r11_stale::{RECORD_MONTHS, RESIDENCE_MONTHS, stale_from},
    regions::{self, Sense},
    residence::{Residence, Resident, with_notices},
};

/// From which age on somebody has a yearly check.
const ELDERLY: u32 = 65;

/// How many years ahead the first of them is stored: more than lie between two passes over everybody.
const YEARS_AHEAD: u32 = 2;

/// The code of the notices that were accepted.
pub(super) const ACCEPTED: &str = "2";

/// The residences of a person, with hukou and birth date.
pub(super) fn resident(sources: &Sources<'_>) -> Resident {
    let accepted =
        sources.notices.iter().filter(|notice| notice.status.as_deref() == Some(ACCEPTED));
    let notices = accepted.filter_map(|notice| {
        Some(Residence {
            region: notice.community_code.clone(),
            arrival: notice.arrival_date?,
            departure: None,
            absences: Vec::new(),
            move_reason: None,
            collected: notice.answered_on,
        })
    });
    Resident {
        birth: sources.person.birth_date,
        hukou: sources.hukou.iter().find_map(|hukou| hukou.hukou_region_code.clone()),
        residences: with_notices(
            sources.stays.iter().filter_map(residence).collect(),
            notices.collect(),
        ),
    }
}

fn residence(stay: &sources::Stay) -> Option<Residence> {
    // A management unit says more than the six digits of a county.
    let region = match (&stay.residence_region_code, &stay.admin_unit_code) {
        (Some(code), unit) if code.len() > 6 || unit.is_none() => Some(code),
        (code, unit) => unit.as_ref().or(code.as_ref()),
    };
    let arrival = stay.arrival_date?;
    Some(Residence {
        region: region.cloned(),
        arrival,
        departure: stay.departure_date.filter(|departure| arrival <= *departure),
        absences: Vec::new(),
        move_reason: stay.move_reason.clone(),
        collected: Some(day_of(stay.collected_at)),
    })
}

/// The next day on which something that was registered ahead begins or ends.
pub(super) fn next_change(sources: &Sources<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let stays = sources.stays.iter().flat_map(|stay| [stay.arrival_date, stay.departure_date]);
    let notices = sources.notices.iter().map(|notice| notice.arrival_date);
    let records = sources.records.iter().map(|record| record.established_on);
    let cards = sources.cards.iter().map(|card| card.card_created_on);
    let doses = sources.doses.iter().map(|dose| dose.occurrence_date);
    let all = stays.chain(notices).chain(records).chain(cards).chain(doses);
    all.flatten().filter(|day| today < *day).min()
}

/// What the stay of a day makes due.
pub(super) fn owed(
    sources: &Sources<'_>,
    resident: &Resident,
    organizations: &Organizations,
    today: NaiveDate,
    due: &mut Vec<Due>,
) {
    let Some(start) = resident.stay_on(today) else { return };
    let ends = next_change(sources, today);
    let open = resident.open_on(today).map(|residence| residence.arrival);
    let stay =
        sources.stays.iter().filter(|stay| stay.arrival_date == open).map(|stay| stay.id).max();
    let confirmed = sources.stays.iter().map(|stay| day_of(stay.collected_at)).max();
    let ending = |item: Due, until: Option<NaiveDate>| Due {
        rests_on: stay,
        listed_until: ends.into_iter().chain(until).min(),
        last_contact: item.last_contact.or(confirmed),
        ..item
    };

    let records: Vec<Held> =
        sources.records.iter().map(|record| held(record, organizations)).collect();
    let on = today.max(months_after(start, r02_record_due::MONTHS));
    due.extend(
        of(List::RecordDue, &record_due(resident, &records, on)).map(|item| ending(item, None)),
    );

    let cards: Vec<Held> = sources
        .cards
        .iter()
        // A card tells of no unit.
        .map(|card| Held { county: None, since: card.card_created_on })
        .collect();
    let on = today.max(months_after(start, r03_file_due::MONTHS));
    if let Some((owed, birth)) = file_due(resident, &cards, on).zip(resident.birth) {
        let birthday = months_after(birth, r03_file_due::AGE * 12);
        due.extend(of(List::VaccinationFileDue, &owed).map(|item| ending(item, Some(birthday))));
    }

    if let Some(birth) = resident.birth {
        due.extend(
            check(sources, birth, start, today)
                .map(|item| Due { last_contact: item.last_contact, ..ending(item, None) }),
        );
    }
    stale(sources, confirmed, stay, due);
}

/// The item of something that is owed.
fn of(list: List, owed: &Owed) -> Option<Due> {
    let is_due = matches!(owed.state, State::Due | State::DueElsewhere);
    let due_on = owed.due_on.filter(|_| is_due)?;
    let in_force = B_2015.from.and_then(|from| from.parse().ok());
    let counted = in_force.map_or(due_on, |from: NaiveDate| due_on.max(from));
    Some(Due { overdue_from: add_days(counted, 1), ..Due::on(list, due_on, None) })
}

/// A record as the rule asks for it: in which county it is kept, by the unit of the organization that
/// keeps it, else by the region in its number.
fn held(record: &sources::Record, organizations: &Organizations) -> Held {
    let unit = record.managing_org.as_deref().and_then(|name| organizations.unit(name));
    let number = record.record_number.as_deref().and_then(|number| number.get(..6));
    let place = unit.or(number.filter(|code| regions::is_code(code)));
    Held {
        county: place.and_then(|place| regions::county(place, Sense::Health)),
        since: record.established_on,
    }
}

/// The next yearly check of somebody who is or becomes old.
fn check(
    sources: &Sources<'_>,
    birth: NaiveDate,
    start: NaiveDate,
    today: NaiveDate,
) -> Option<Due> {
    // Who is years from that age has no item yet: a pass over everybody, once a year, makes it in time.
    let birthday = months_after(birth, ELDERLY * 12);
    if age(birth, today)? + YEARS_AHEAD < ELDERLY {
        return None;
    }
    let checks = sources.chronic.iter().filter(|row| row.programme.as_deref() == Some("3"));
    let last = checks.filter_map(|row| Some((row.visit_on?, row.id))).max();
    let due_on = match last {
        Some((visit, _)) => add_months(visit, 12),
        None => add_months(start, 6).max(birthday),
    };
    let item = Due::on(List::ElderlyCheck, due_on, last.map(|(_, row)| row));
    Some(Due {
        listed_from: due_on.max(birthday),
        overdue_from: add_months(due_on, 1),
        last_contact: last.map(|(visit, _)| visit),
        ..item
    })
}

/// What was not confirmed for long: the residence is the first, the record the second.
fn stale(
    sources: &Sources<'_>,
    confirmed: Option<NaiveDate>,
    stay: Option<i64>,
    due: &mut Vec<Due>,
) {
    let item = |number, last, months, row| Due {
        last_contact: Some(last),
        number: Some(number),
        ..Due::on(List::RecordStale, stale_from(last, months), row)
    };
    due.extend(confirmed.map(|last| item(1, last, RESIDENCE_MONTHS, stay)));
    let records = sources.records.iter();
    let newest = records.filter_map(|record| Some((record.last_updated_on?, record.id))).max();
    due.extend(newest.map(|(last, row)| item(2, last, RECORD_MONTHS, Some(row))));
}
