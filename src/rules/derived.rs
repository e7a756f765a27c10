//! Derived values of several records together, as they are stored: the windows of days in which a rule holds.
//! Whoever writes one of their sources works them out anew in the same transaction; a new day changes nothing.
//!
//! A rule is asked on each day on which its answer can turn, from a day on. So what is stored is what the rule
//! says, as long as its sources stay as they are.

use std::collections::BTreeSet;

use ::rules::{
    calendar::{Day, add_days, months_after},
    child, nip,
    owed::{Held, Owed, State},
    r01_migrant::{FP_2009, HEALTH, Migrant, RULE, is_away_from_hukou, is_migrant},
    r02_record_due::{self, record_due},
    r03_file_due::{self, file_due},
    residence::Resident,
    rule::Edition,
};
use serde_json::{Value as Json, json};

/// From a day until before another; none while it goes on.
type Window = (Day, Option<Day>);

/// The windows in which something holds, from a day on, by the days on which that can turn.
fn windows(from: Day, turns: &BTreeSet<Day>, holds: impl Fn(Day) -> bool) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for day in std::iter::once(&from).chain(turns.range(add_days(from, 1)..)) {
        match (holds(*day), windows.last_mut()) {
            (true, None | Some((_, Some(_)))) => windows.push((*day, None)),
            (false, Some((_, until @ None))) => *until = Some(*day),
            _ => {}
        }
    }
    windows
}

fn as_json(windows: Vec<Window>) -> Option<String> {
    let each = windows.into_iter().map(|(from, until)| json!({ "from": from, "until": until }));
    let all: Vec<Json> = each.collect();
    (!all.is_empty()).then(|| Json::Array(all).to_string())
}

/// The days on which what rules say of somebody's stay can turn.
fn turns(resident: &Resident) -> BTreeSet<Day> {
    const AWAY: i64 = 31;
    let mut starts: Vec<Day> = resident.birth.into_iter().collect();
    let mut turns = BTreeSet::new();
    for residence in &resident.residences {
        starts.push(residence.arrival);
        turns.extend(residence.departure);
        for away in &residence.absences {
            turns.extend([away.from, add_days(away.from, AWAY)]);
            starts.extend(away.until);
        }
    }
    for start in starts {
        turns.extend([start, add_days(start, 1)]);
        let months = [r02_record_due::MONTHS, r03_file_due::MONTHS];
        turns.extend(months.map(|months| months_after(start, months)));
    }
    turns.extend([&FP_2009, &HEALTH].into_iter().flat_map(bounds));
    if let Some(birth) = resident.birth {
        turns.extend([r03_file_due::AGE, 18, 50].map(|years| months_after(birth, years * 12)));
    }
    turns
}

/// The first day of an edition, and the day after its last.
fn bounds(edition: &Edition) -> impl Iterator<Item = Day> + use<> {
    let day = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    let after = day(edition.until).map(|last| add_days(last, 1));
    day(edition.from).into_iter().chain(after)
}

fn is_due(owed: &Owed) -> bool {
    matches!(owed.state, State::Due | State::DueElsewhere)
}

/// When `recordDue` holds, of somebody who has these records.
pub fn record_due_windows(resident: &Resident, records: &[Held], from: Day) -> Option<String> {
    let mut turns = turns(resident);
    turns.extend(records.iter().filter_map(|record| record.since));
    as_json(windows(from, &turns, |day| is_due(&record_due(resident, records, day))))
}

/// When `vaccinationFileDue` holds, of somebody who has these cards.
pub fn file_due_windows(resident: &Resident, cards: &[Held], from: Day) -> Option<String> {
    let mut turns = turns(resident);
    turns.extend(cards.iter().filter_map(|card| card.since));
    let holds = |day| file_due(resident, cards, day).is_some_and(|owed| is_due(&owed));
    as_json(windows(from, &turns, holds))
}

/// When `childCheckDue` holds, of a child that was seen on these days.
pub fn checks_due_windows(birth: Day, visits: &[Day], from: Day) -> Option<String> {
    let mut turns: BTreeSet<Day> =
        child::checks(birth).into_iter().map(|check| check.due_on).collect();
    turns.extend(visits);
    turns.insert(months_after(birth, ::rules::nip_due::AGE * 12));
    as_json(windows(from, &turns, |day| child::listed_check(birth, visits, day).is_some()))
}

/// When each edition of `migrantDefinition` matches, of the residence that began on a day.
pub fn migrant_windows(resident: &Resident, arrival: Day, from: Day) -> Option<String> {
    let turns = turns(resident);
    let of_residence =
        |day| resident.open_on(day).is_some_and(|residence| residence.arrival == arrival);
    let mut all: Vec<Json> = Vec::new();
    for edition in RULE.editions {
        let holds = |day| of_residence(day) && is_migrant(edition, resident, day) == Migrant::Yes;
        let windows = windows(from, &turns, holds).into_iter();
        all.extend(
            windows
                .map(|(from, until)| json!({ "code": edition.id, "from": from, "until": until })),
        );
    }
    (!all.is_empty()).then(|| Json::Array(all).to_string())
}

/// `registrationKind` on a day: 1 where somebody lives in the county of hukou, 2 elsewhere; none where one of the
/// two is not known.
pub fn registration_kind(resident: &Resident, on: Day) -> Option<&'static str> {
    is_away_from_hukou(resident, on).map(|away| if away { "2" } else { "1" })
}

/// `scheduleEdition` of a child: the edition of each series.
pub fn schedule_editions(birth: Day) -> Vec<String> {
    let editions = nip::editions(birth).into_iter();
    editions.map(|(series, edition)| format!("{series}:{edition}")).collect()
}

#[cfg(test)]
mod tests {
    use ::rules::{
        r01_migrant::GW,
        residence::{Absence, Residence},
    };
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn holds(windows: Option<&str>, code: Option<&str>, on: Day) -> bool {
        let all: Vec<Json> = windows.map_or(Vec::new(), |text| serde_json::from_str(text).unwrap());
        let on = on.to_string();
        all.iter().any(|window| {
            code.is_none_or(|code| window["code"] == code)
                && window["from"].as_str().unwrap() <= &*on
                && window["until"].as_str().is_none_or(|until| &*on < until)
        })
    }

    prop_compose! {
        fn a_residence()(
            region in prop::sample::select(vec!["220102001", "220104001001", "220202", "JL-MHK"]),
            arrival in 0_i64..1_500,
            stay in prop::option::of(1_i64..700),
            away in prop::option::of((1_i64..300, prop::option::of(5_i64..60))),
        ) -> Residence {
            let arrival = add_days(day("2014-01-01"), arrival);
            let absences = away.map(|(from, days)| {
                let from = add_days(arrival, from);
                Absence { from, until: days.map(|days| add_days(from, days)) }
            });
            Residence {
                region: Some(region.to_owned()),
                arrival,
                departure: stay.map(|days| add_days(arrival, days)),
                absences: absences.into_iter().collect(),
                move_reason: None,
                collected: None,
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_stored_holds_on_each_day_on_which_the_rule_does(
            residences in prop::collection::vec(a_residence(), 1..4),
            hukou in prop::sample::select(vec![None, Some("230102"), Some("220102")]),
            birth in 0_i64..2_500,
            since in prop::option::of(0_i64..2_000),
            elsewhere: bool,
        ) {
            let start = day("2014-01-01");
            let resident = Resident {
                birth: Some(add_days(day("2009-01-01"), birth)),
                hukou: hukou.map(str::to_owned),
                residences,
            };
            let county = elsewhere
                .then(|| ::rules::regions::county("230102", ::rules::regions::Sense::Health))
                .flatten();
            let held: Vec<Held> =
                since.map(|days| Held { county, since: Some(add_days(start, days)) }).into_iter().collect();
            let records = record_due_windows(&resident, &held, start);
            let files = file_due_windows(&resident, &held, start);
            let arrival = resident.residences[0].arrival;
            let migrant = migrant_windows(&resident, arrival, start);
            for days in 0..3_500 {
                let on = add_days(start, days);
                let due = is_due(&record_due(&resident, &held, on));
                prop_assert_eq!(holds(records.as_deref(), None, on), due, "record on {}", on);
                let due = file_due(&resident, &held, on).is_some_and(|owed| is_due(&owed));
                prop_assert_eq!(holds(files.as_deref(), None, on), due, "file on {}", on);
                let is_of = resident.open_on(on).is_some_and(|own| own.arrival == arrival);
                for edition in [&FP_2009, &HEALTH, &GW] {
                    let matches = is_of && is_migrant(edition, &resident, on) == Migrant::Yes;
                    let stored = holds(migrant.as_deref(), Some(edition.id), on);
                    prop_assert_eq!(stored, matches, "{} on {}", edition.id, on);
                }
            }
        }

        #[test]
        fn stored_checks_of_a_child_are_due_when_the_rule_says(
            visits in prop::collection::vec(0_i64..2_600, 0..12),
        ) {
            let birth = day("2015-01-15");
            let visits: Vec<Day> = visits.into_iter().map(|days| add_days(birth, days)).collect();
            let stored = checks_due_windows(birth, &visits, birth);
            for days in 0..2_700 {
                let on = add_days(birth, days);
                let due = child::listed_check(birth, &visits, on).is_some();
                prop_assert_eq!(holds(stored.as_deref(), None, on), due, "{}", on);
            }
        }
    }
}
