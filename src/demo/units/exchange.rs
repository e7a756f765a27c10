//! Heads of exchange batches between police and health (G32).

use chrono::{Datelike, Days};
use entity::sharing::Department;
use serde_json::json;

use crate::demo::draft::{Draft, json, list, row, text};
use crate::demo::places::County;
use crate::demo::{organizations::Kind, person::system};

pub(super) fn write(draft: &mut Draft, county: &County) {
    // Arrivals from the police, corrected addresses back.
    for (direction, flow, from, to) in
        [("1", "F1", Kind::Ppo, Kind::Hlt), ("2", "F2", Kind::Hlt, Kind::Ppo)]
    {
        batch(draft, county, (direction, flow), from, to);
    }
}

fn batch(
    draft: &mut Draft,
    county: &County,
    (direction, flow): (&str, &str),
    from: Kind,
    to: Kind,
) {
    let area = county.area();
    let as_of = draft.day_between(draft.today - Days::new(90), draft.today);
    let received_at = draft.instant(as_of);
    let sender: Department = from.department();
    let (same, new, unmatched) =
        (draft.dice.between(40, 400), draft.dice.between(10, 90), draft.dice.between(0, 9));
    let all = same + new + unmatched;
    let rows = [("1", same), ("2", new), ("7", unmatched)]
        .map(|(matched, rows)| json!({ "matched": matched, "rows": rows }));
    let status = if (draft.today - as_of).num_days() > 30 { "4" } else { "1" };
    let mut stamp = draft.stamp(system(sender), sender, as_of);
    stamp.collected_at = received_at;
    stamp.recorded_at = stamp.recorded_at.max(received_at);
    stamp.updated_at = stamp.updated_at.max(stamp.recorded_at);
    let quality = json!({ "dimension": "2", "rule": "Q-02", "rows": draft.dice.between(0, 12) });
    let batch = row!(
        data_exchange_batch {
            id: draft.key(),
            unit_id: area.id,
            direction: text(direction),
            flow: text(flow),
            sender: text(county.organization_name(from)),
            receiver: text(county.organization_name(to)),
            sequence: Some(as_of.iso_week().week() as i32),
            as_of: Some(as_of),
            received_at: Some(received_at),
            status: text(status),
            open_until: Some(as_of + Days::new(30)),
            matched: json(["1", "2", "7"]),
            rows_by_disposition: list(rows.to_vec()),
            entry_rate: Some((same + new) * 10_000 / all),
            duplicate_rate: Some(draft.dice.between(0, 150)),
            quality_issue: list(vec![quality]),
        },
        stamp
    );
    draft.batch.data_exchange_batches.push(batch);
}
