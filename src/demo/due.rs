//! What is due to the persons of a batch, by the same functions as everywhere.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{administrative_unit, due_refresh};

use super::{Batch, Options, organizations as demo_organizations};
use crate::due::{Items, OfPerson, Organizations, RULES, Rows, items};

/// The units of the organizations that records name.
pub(super) fn organizations(units: &[administrative_unit::Model]) -> Organizations {
    let codes: HashMap<i64, &str> =
        units.iter().map(|unit| (unit.id, unit.code.as_str())).collect();
    let all = demo_organizations(units).into_iter();
    let unit = |unit: i64| codes.get(&unit).copied().unwrap_or_default().to_owned();
    Organizations::new(all.map(|organization| (organization.name, unit(organization.unit_id))))
}

/// Adds the items of a batch that is whole but for them.
pub(super) fn write(batch: &mut Batch, organizations: &Organizations, today: NaiveDate) {
    let mut all = Vec::new();
    rows(batch).each(|sources| {
        // Nothing is dated after today, so nobody is to be worked out again.
        let Items { all: own, recheck: _ } = items(sources, organizations, today);
        all.extend(own);
    });
    batch.due_items = all;
}

/// That everybody's items were worked out.
pub(super) fn done(options: &Options, persons: u64) -> due_refresh::Model {
    due_refresh::Model {
        id: 1,
        rules: RULES.to_owned(),
        through: i64::try_from(persons).unwrap_or(i64::MAX),
        completed_on: Some(options.today),
    }
}

fn rows(batch: &Batch) -> Rows {
    Rows {
        persons: sources(&batch.persons),
        hukou: sources(&batch.household_registrations),
        stays: sources(&batch.residence_registrations),
        notices: sources(&batch.residence_notices),
        records: sources(&batch.health_records),
        cards: sources(&batch.immunization_cards),
        doses: sources(&batch.immunization_doses),
        chronic: sources(&batch.chronic_care_records),
        mental: sources(&batch.severe_mental_disorder_records),
        children: sources(&batch.child_care_records),
        mothers: sources(&batch.maternal_care_records),
        reports: sources(&batch.infectious_disease_reports),
    }
}

/// What is read of some rows, in the order of their persons.
fn sources<'a, Row, S: From<&'a Row> + OfPerson>(rows: &'a [Row]) -> Vec<S> {
    let mut sources: Vec<S> = rows.iter().map(S::from).collect();
    sources.sort_by_key(S::person);
    sources
}
