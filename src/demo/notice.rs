//! Notices of arrival (G08, G09): workers on outreach and communities tell the health centre who came.

use chrono::{Days, TimeDelta};
use entity::sharing::Department;

use super::draft::{Draft, latest, row, text};
use super::family::Role;
use super::household::{Home, Member};
use super::organizations::Kind;

/// Writes the notice of some arrivals, by the head of the household.
pub(super) fn write(draft: &mut Draft, home: &Home, member: &Member) {
    let is_certain = home.showcase.is_some();
    if member.role != Role::Head || !(is_certain || draft.dice.chance(150)) {
        return;
    }
    let told_on = draft.soon_after(member.arrival, 30);
    let sent_at = draft.instant(told_on);
    let source = draft.dice.weighted(&[("1", 6), ("2", 3), ("3", 1)]);
    let collector = match source {
        "1" => Department::Health,
        "2" => Department::CivilAffairs,
        _ => Department::Governance,
    };
    // A notice of the last days still waits.
    let waits = draft.today - told_on < TimeDelta::days(3);
    let status = match waits {
        true => "1",
        false => draft.dice.weighted(&[("2", 88), ("3", 10), ("4", 2)]),
    };
    let answered_on = matches!(status, "2" | "3")
        .then(|| (told_on + Days::new(u64::from(draft.dice.below(3)))).min(draft.today));
    let refusal = (status == "3").then(|| {
        draft.dice.weighted(&[("1", 4), ("2", 2), ("3", 2), ("4", 2), ("9", 1)]).to_owned()
    });
    let mut stamp = draft.stamp("residence-notices", collector, told_on);
    stamp.collected_at = sent_at;
    stamp.recorded_at = stamp.recorded_at.max(sent_at);
    let answered_at = answered_on.map(|on| draft.instant(on).max(stamp.recorded_at));
    stamp.updated_at = answered_at.unwrap_or(stamp.recorded_at).min(latest(draft.today));
    stamp.updated_at = stamp.updated_at.max(stamp.recorded_at);
    let stay = draft.dice.weighted(&[("3", 3), ("4", 5), ("5", 2)]);
    let notice = row!(
        residence_notice {
            id: draft.key(),
            person_id: member.id,
            community_code: text(home.place.region_code()),
            address: text(format!("{}{}号", home.place.community.name, draft.dice.between(1, 400))),
            arrival_date: Some(member.arrival),
            expected_stay: text(stay),
            source: text(source),
            sent_at: Some(sent_at),
            forwarded_to_name: text(home.place.county.organization_name(Kind::Chc)),
            forwarded_to_kind: text(Kind::Chc.name()),
            status: text(status),
            answered_on: answered_on,
            refusal_reason: refusal,
        },
        stamp
    );
    let county = home.place.county;
    let sender = match source {
        "1" => Kind::Fpo,
        "2" => Kind::Str,
        _ => Kind::Grd,
    };
    if let Some(receiver_organization_id) = county.organization(Kind::Chc) {
        draft.batch.notice_routes.push(entity::residence_notice_route::Model {
            notice_id: notice.id,
            sender_organization_id: county.organization(sender),
            receiver_organization_id,
        });
    }
    draft.batch.residence_notices.push(notice);
}
