//! Where people live and lived, and their residence permits.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::json;

use super::caseload;
use super::draft::{Draft, list, row, text};
use super::family::Role;
use super::household::{Home, Member};
use super::organizations::Kind;
use super::person::system;
use super::places::Place;
use crate::rules::residence::{months_after, months_complete};

/// Writes the residence of every member, an earlier one of some households, and the permits.
pub(super) fn write(draft: &mut Draft, home: &Home) {
    let places = draft.places;
    let earlier = draft.dice.chance(150).then(|| places.anywhere(&mut draft.dice));
    let left = home.arrival - Days::new(1 + u64::from(draft.dice.below(60)));
    let came = left - Days::new(60 + u64::from(draft.dice.below(1_500)));
    let dwelling = |draft: &mut Draft| {
        draft.dice.weighted(&[("1", 60), ("2", 15), ("3", 12), ("4", 6), ("5", 7)])
    };
    let (now, before) = (dwelling(draft), dwelling(draft));
    let (address, old_address) =
        (address(draft, &home.place), earlier.map(|at| address(draft, &at)));
    for member in &home.members {
        let before_move = came.max(member.birth);
        if let (Some(place), Some(address)) = (&earlier, &old_address)
            && place.county.code != home.place.county.code
            && before_move < left
        {
            let stay =
                Stay { place, address, dwelling: before, from: before_move, until: Some(left) };
            write_stay(draft, home, member, &stay);
            caseload::close(draft, place.county, member, Kind::Chc, before_move, left);
        }
        let place = &home.place;
        let stay =
            Stay { place, address: &address, dwelling: now, from: member.arrival, until: None };
        write_stay(draft, home, member, &stay);
        write_permit(draft, home, member);
    }
}

struct Stay<'a> {
    place: &'a Place<'a>,
    address: &'a str,
    dwelling: &'static str,
    from: NaiveDate,
    until: Option<NaiveDate>,
}

fn address(draft: &mut Draft, place: &Place) -> String {
    let dice = &mut draft.dice;
    let (building, entrance) = (dice.between(1, 40), dice.between(1, 6));
    let room = dice.between(1, 18) * 100 + dice.between(1, 4);
    let (county, community) = (&place.county.name, &place.community.name);
    // Communities of the seed bear the name of their county already.
    let county = if community.starts_with(county.as_str()) { "" } else { county };
    format!("{county}{community}{building}号楼{entrance}单元{room}室")
}

fn write_stay(draft: &mut Draft, home: &Home, member: &Member, stay: &Stay) {
    let expected = [("3", 10), ("4", 30), ("5", 35), ("6", 20), ("2", 4), ("1", 1)];
    let reason = match member.role {
        Role::Head => draft.dice.weighted(&[("1", 85), ("4", 4), ("5", 4), ("99", 7)]),
        Role::Spouse => draft.dice.weighted(&[("1", 55), ("2", 35), ("5", 10)]),
        Role::Child => draft.dice.weighted(&[("2", 85), ("4", 15)]),
        Role::Grandparent => draft.dice.weighted(&[("3", 55), ("2", 39), ("9", 4), ("7", 2)]),
    };
    let stamp = draft.stamp(system(home.collector), home.collector, stay.from);
    let residence = row!(
        residence_registration {
            id: draft.key(),
            person_id: member.id,
            admin_unit_id: stay.place.community.id,
            residence_region_code: text(stay.place.region_code()),
            residence_address: text(stay.address),
            admin_unit_code: text(stay.place.county.code.clone()),
            arrival_date: Some(stay.from),
            departure_date: stay.until,
            expected_stay: text(draft.dice.weighted(&expected)),
            move_reason: text(reason),
            dwelling_type: text(stay.dwelling),
            migrant_definition: None,
            absences: absences(stay, draft.today, member.id),
            collectors_beside: 0,
        },
        stamp
    );
    draft.batch.residence_registrations.push(residence);
}

/// Some went away for a while and came back; one in two of these for so long that the stay began anew.
fn absences(stay: &Stay, today: NaiveDate, person: i64) -> Option<String> {
    let from = stay.from + Days::new(60);
    let until = from + Days::new(if person % 2 == 0 { 20 } else { 45 });
    let last = stay.until.unwrap_or(today);
    (person % 15 == 0 && until < last)
        .then(|| list(vec![json!({ "from": from, "until": until })]))
        .flatten()
}

/// A permit needs half a year of residence, or less with a steady job, home or school.
fn write_permit(draft: &mut Draft, home: &Home, member: &Member) {
    let (today, arrival) = (draft.today, member.arrival);
    if member.age < 18 || !months_complete(arrival, today, 2) || !draft.dice.chance(650) {
        return;
    }
    let earliest = months_after(arrival, 2);
    let issue = draft.day_between(earliest, months_after(earliest, 12));
    // Endorsed year by year; a year in which nobody came leaves the permit suspended.
    let years = today.years_since(issue).unwrap_or(0);
    let endorsed =
        if draft.dice.chance(820) { years + 1 } else { draft.dice.below(years + 1).max(1) };
    let endorsed_until = months_after(issue, 12 * endorsed);
    let status = match endorsed_until >= today {
        _ if draft.dice.chance(20) => "3",
        true => "1",
        false => "2",
    };
    let number = format!("JZZ{:04}{:09}", issue.year(), member.id);
    let updated = months_after(issue, 12 * (endorsed - 1));
    let mut stamp = draft.stamp(system(home.collector), home.collector, issue);
    stamp.updated_at = stamp.updated_at.max(draft.instant(updated));
    let permit = row!(
        residence_permit {
            id: draft.key(),
            person_id: member.id,
            permit_number: text(number),
            issue_date: Some(issue),
            endorsed_until: Some(endorsed_until),
            permit_status: text(status),
        },
        stamp
    );
    draft.batch.residence_permits.push(permit);
}
