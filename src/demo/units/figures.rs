//! Indicators, as they were worked out and frozen at the end of a quarter (G29). The figures are made up: the
//! rules that work them out read records.

use chrono::{Datelike, NaiveDate};
use entity::sharing::Department;
use serde_json::json;

use crate::demo::draft::{Draft, json, row, text};
use crate::demo::places::County;

/// What every county has; the county that shows everything has one that cannot be worked out, too.
const IDS: [&str; 6] = ["T1", "T1b", "T4", "T5", "T9", "X11a"];

pub(super) fn write(draft: &mut Draft, county: &County) {
    for id in IDS {
        let denominator = draft.dice.between(4, 1_500);
        figure(draft, county, id, Some(denominator));
    }
    if county.is_showcase {
        figure(draft, county, "T2", None);
    }
}

fn figure(draft: &mut Draft, county: &County, id: &str, denominator: Option<i32>) {
    let area = county.area();
    let as_of = quarter_end(draft.today);
    let numerator = denominator.map(|all| all * draft.dice.between(70, 99) / 100);
    let is_small = |count: i32| (1..10).contains(&count);
    let suppressed = denominator
        .zip(numerator)
        .is_some_and(|(all, some)| is_small(all) || is_small(some) || is_small(all - some));
    let shown = |count: Option<i32>| count.filter(|_| !suppressed);
    let rate = denominator.zip(numerator).map(|(all, some)| some * 10_000 / all.max(1));
    let round = json!({ "round": format!("{}Q{}", as_of.year(), as_of.month() / 3), "on": as_of });
    let stamp = draft.stamp("migrant-gateway", Department::Gateway, as_of);
    let indicator = row!(
        indicator {
            id: draft.key(),
            indicator_id: id.to_owned(),
            unit_id: area.id,
            unit_code: text(area.code),
            as_of: as_of,
            population_edition: text("GW"),
            value: shown(rate),
            numerator: shown(numerator),
            denominator: shown(denominator),
            suppressed: suppressed,
            not_computable: denominator.is_none().then(|| "1".to_owned()),
            definition_version: text("1"),
            document: text("B"),
            funding_payer: text("2"),
            funding_basis_kind: text("2"),
            funding_basis: Some(draft.dice.between(200, 9_000) * 5),
            supervision_round: json(round),
            version: Some(1),
        },
        stamp
    );
    draft.batch.indicators.push(indicator);
}

/// The last day of the quarter before.
fn quarter_end(today: NaiveDate) -> NaiveDate {
    let first = today.month0() / 3 * 3 + 1;
    let start = NaiveDate::from_ymd_opt(today.year(), first, 1);
    start.and_then(|day| day.pred_opt()).unwrap_or(today)
}
