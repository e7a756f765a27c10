//! One item, and all items of a person.

use chrono::{Datelike as _, NaiveDate};
use entity::due_item::Model;

use super::{List, Organizations, Sources, doses, stay, visits};

/// What is, or will be, due to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Items {
    /// In the order of lists and numbers.
    pub all: Vec<Model>,
    /// The day on which they are to be worked out anew, where one lies ahead.
    pub recheck: Option<NaiveDate>,
}

/// An item without its place.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub list: List,
    pub rests_on: Option<i64>,
    pub listed_from: NaiveDate,
    pub listed_until: Option<NaiveDate>,
    pub due_on: NaiveDate,
    pub overdue_from: NaiveDate,
    pub last_contact: Option<NaiveDate>,
    pub withheld: bool,
    /// Its number, where that tells what it is.
    pub number: Option<i64>,
}

impl Due {
    /// Something that is listed from the day on which it is due, and overdue from the next on.
    pub fn on(list: List, due_on: NaiveDate, rests_on: Option<i64>) -> Self {
        Self {
            list,
            rests_on,
            listed_from: due_on,
            listed_until: None,
            due_on,
            overdue_from: crate::rules::calendar::add_days(due_on, 1),
            last_contact: None,
            withheld: false,
            number: None,
        }
    }
}

/// Works out the items of a person as they stand from a day on. Pure.
///
/// What ended before that day is no item any more. Of a person who died there are none.
pub fn items(sources: &Sources<'_>, organizations: &Organizations, today: NaiveDate) -> Items {
    if sources.person.vital_status.as_deref().is_some_and(is_dead) {
        return Items::default();
    }
    let resident = stay::resident(sources);
    let recheck = stay::next_change(sources, today);
    let mut due = Vec::new();
    stay::owed(sources, &resident, organizations, today, &mut due);
    doses::due(sources, today, &mut due);
    visits::due(sources, &resident, today, &mut due);
    due.retain(|item| {
        item.listed_until.is_none_or(|until| today < until && item.listed_from < until)
    });
    due.sort_by_key(|item| {
        (item.list.code(), item.number, item.listed_from, item.due_on, item.rests_on)
    });
    let mut all: Vec<Model> = Vec::with_capacity(due.len());
    for item in due {
        let list = item.list.code();
        let before = all.last().filter(|before| before.list == list);
        let number = item.number.unwrap_or_else(|| before.map_or(1, |before| before.number + 1));
        all.push(Model {
            person_id: sources.person.id,
            list: list.to_owned(),
            number,
            unit_id: sources.person.residence_unit_id,
            rests_on: item.rests_on,
            listed_from: item.listed_from,
            listed_until: item.listed_until,
            due_on: item.due_on,
            due_month: item.due_on.with_day(1).unwrap_or(item.due_on),
            overdue_from: item.overdue_from,
            last_contact: item.last_contact,
            withheld: item.withheld,
        });
    }
    Items { all, recheck }
}

/// Of the code list of vital status.
fn is_dead(status: &str) -> bool {
    status == "deceased"
}
