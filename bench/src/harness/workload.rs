//! What is asked: workloads, and the requests each consists of.

use chrono::{DateTime, Days, NaiveDate, Utc};
use clap::ValueEnum;
use serde::Serialize;

use super::{callers::Audience, facts::Facts};

/// Rows of a page of the workload `deep`.
const DEEP_PAGE: usize = 20;

/// The page that `deep` asks for, where there are as many.
const DEEP_PAGES: usize = 1_000;

/// Rows of a page of the workload `mixed`.
const PORTAL_PAGE: usize = 10;

/// A workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Workload {
    /// One person by its id, 8 fields.
    Point,
    /// 50 persons of an administrative unit, 10 fields, by keyset.
    List,
    /// 20 persons with two nested lists.
    Nested,
    /// Persons who arrived since a day, youngest first, 50 rows.
    Filtered,
    /// Page 1,000 of 20 rows, by its cursor.
    Deep,
    /// Six roles' typical queries by 1,000 callers.
    Mixed,
}

/// The form of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One person.
    Point,
    /// A plain list.
    List,
    /// A list with two lists below.
    Nested,
    /// A filtered list.
    Filtered,
    /// What a role's portal lists.
    Portal(Audience),
}

/// One request, whoever is to answer it.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub shape: Shape,
    /// How many rows.
    pub first: usize,
    /// How many rows of the caller's list come before.
    pub at: usize,
    /// The earliest day of arrival.
    pub since: NaiveDate,
    /// The instant before which reports were made.
    pub before: DateTime<Utc>,
    /// The number of the caller.
    pub caller: usize,
}

impl Shape {
    /// Who asks.
    pub fn audience(self) -> Audience {
        match self {
            Shape::Portal(audience) => audience,
            _ => Audience::Police,
        }
    }
}

impl Workload {
    /// The requests, each sent in its turn.
    pub fn asks(self, facts: &Facts) -> Vec<Ask> {
        let ask = |shape, first, at| Ask {
            shape,
            first,
            at,
            since: facts.today,
            before: facts.now,
            caller: 0,
        };
        let known = depth(facts);
        match self {
            Workload::Point => spread(1_000, known).map(|at| ask(Shape::Point, 1, at)).collect(),
            Workload::List => spread(100, known / 2).map(|at| ask(Shape::List, 50, at)).collect(),
            Workload::Nested => {
                spread(100, known / 2).map(|at| ask(Shape::Nested, 20, at)).collect()
            }
            Workload::Filtered => (0..64)
                .map(|step| {
                    let since = facts.today - Days::new(1_000 + 20 * step);
                    Ask { since, ..ask(Shape::Filtered, 50, 0) }
                })
                .collect(),
            Workload::Deep => (1..=10.min(known / DEEP_PAGE))
                .map(|back| ask(Shape::List, DEEP_PAGE, known - back * DEEP_PAGE))
                .collect(),
            Workload::Mixed => (0..3_000).map(|turn| portal(turn, facts)).collect(),
        }
    }

    /// The places of the requests whose answers are compared before anything is timed.
    pub fn samples(self, requests: usize) -> Vec<usize> {
        match self {
            // Two of every role.
            Workload::Mixed => (0..12.min(requests)).collect(),
            _ => (0..requests).step_by((requests / 5).max(1)).collect(),
        }
    }
}

/// How many rows of the police officer's list are walked: to the end of page 1,000, or to four
/// fifths of a smaller population's list.
pub fn depth(facts: &Facts) -> usize {
    let pages = facts.list(Audience::Police).len() * 4 / 5 / DEEP_PAGE;
    pages.min(DEEP_PAGES) * DEEP_PAGE
}

fn spread(count: usize, length: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |step| step * length / count)
}

fn portal(turn: usize, facts: &Facts) -> Ask {
    let caller = turn % super::callers::CALLERS;
    let audience = Audience::of_caller(caller);
    let places = facts.list(audience).len().saturating_sub(PORTAL_PAGE).max(1);
    // A step that shares no factor with most lengths visits places in no order.
    let at = turn * 7_919 % places.min(super::marks::MOST);
    let back = Days::new((turn * 31 % 300) as u64);
    Ask {
        shape: Shape::Portal(audience),
        first: PORTAL_PAGE,
        at,
        since: facts.today,
        before: facts.now - back,
        caller,
    }
}
