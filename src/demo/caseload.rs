//! On whose books people are: the organizations of the county they live in.

use chrono::{Days, NaiveDate};

use super::draft::Draft;
use super::household::{Home, Member};
use super::organizations::Kind;
use super::places::County;
use super::traits::Trait;

/// Takes a person on the books of the county's organization of a kind; a few leave them again.
pub(super) fn open(draft: &mut Draft, home: &Home, member: &Member, kind: Kind, since: NaiveDate) {
    let since = since.max(member.arrival);
    let stayed = (draft.today - since).num_days();
    let left = home.showcase.is_none() && stayed > 90 && draft.dice.chance(50);
    let ended = left || member.deceased;
    let until =
        if ended { Some(draft.day_between(since + Days::new(30), draft.today)) } else { None };
    push(draft, home.place.county, member, kind, since, until);
}

/// Records that a person was on the books of an organization where they lived before.
pub(super) fn close(
    draft: &mut Draft,
    county: &County,
    member: &Member,
    kind: Kind,
    since: NaiveDate,
    until: NaiveDate,
) {
    push(draft, county, member, kind, since, Some(until));
}

fn push(
    draft: &mut Draft,
    county: &County,
    member: &Member,
    kind: Kind,
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
) {
    // A province without a unit of its own has no data protection office.
    let Some(organization_id) = county.organization(kind) else { return };
    let (id, person_id) = (draft.key(), member.id);
    let contract = None;
    let row =
        entity::caseload::Model { id, person_id, organization_id, started_on, ended_on, contract };
    draft.batch.caseloads.push(row);
}

/// Writes the books that no record of the person leads to.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let has = |candidate| member.traits.has(candidate);
    let outreach = member.age < 18 || (!member.male && (15..50).contains(&member.age));
    let books = [
        (Kind::Fpo, outreach),
        (Kind::Mch, member.age < 7 && !has(Trait::Maternal)),
        (Kind::Str, has(Trait::Street)),
        (Kind::Grd, has(Trait::Governance)),
        (Kind::Mwc, has(Trait::MigrantWorker)),
        (Kind::Soc, has(Trait::Society)),
        (Kind::Ems, has(Trait::Emergency) || has(Trait::Assistance)),
        (Kind::Dpo, has(Trait::Request)),
    ];
    for (kind, on_books) in books {
        if on_books {
            let since = draft.soon_after(member.arrival, 300);
            open(draft, home, member, kind, since);
        }
    }
}

/// The first key of the cases of those whom an organization serves because they live there: two for each
/// person, beside the sequences of all other keys.
const TERRITORY: i64 = 1 << 40;

/// Days of a stay after which the arrival is applied to the register of the centre.
const REGISTERED_AFTER: u64 = 60;

/// Takes those without a record on the books of the centre that serves where they live, once their
/// arrival is registered or a notice of it was accepted, and small children without a card on those of
/// the clinic: else nobody would ever be told to make one.
pub(super) fn write_residents(draft: &mut Draft, home: &Home, member: &Member) {
    let (id, today) = (member.id, draft.today);
    let registered = member.arrival + Days::new(REGISTERED_AFTER);
    let notices =
        draft.batch.residence_notices.iter().rev().take_while(|notice| notice.person_id == id);
    let accepted = notices.filter(|notice| notice.status.as_deref() == Some("2"));
    let accepted = accepted.filter_map(|notice| notice.answered_on).min();
    let since = accepted.into_iter().chain([registered]).min().filter(|since| *since <= today);
    let Some(started_on) = since.filter(|_| !member.deceased) else { return };
    let lacks_record = !member.traits.has(Trait::HealthRecord);
    let lacks_card = member.age < 7 && !member.traits.has(Trait::Card);
    for (place, kind, lacks) in [(0, Kind::Chc, lacks_record), (1, Kind::Vac, lacks_card)] {
        let Some(organization_id) = home.place.county.organization(kind).filter(|_| lacks) else {
            continue;
        };
        draft.batch.caseloads.push(entity::caseload::Model {
            id: TERRITORY + 2 * id + place,
            person_id: id,
            organization_id,
            started_on,
            ended_on: None,
            contract: None,
        });
    }
}
