//! Counting: who shares all that is shown with how many others.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::{household_member, person};

use super::{
    county::County,
    derived::{Row, value},
    shown::{Caller, Facts, Shown, Terms, shown},
};
use crate::{
    catalogue::{Kind, catalogue},
    demo::{Batch, Kind as Office, requests},
    policy::{Permit, Role},
    rules::{caseload, consent},
};

/// As many others must be like a person.
const K: u64 = 5;

/// How many persons a permit shows something of, and how many of them share all of it with at least
/// four others. Where its rows do not join, rows are counted instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    pub shown: u64,
    pub hidden: u64,
}

impl Crowd {
    /// The share of those who are hidden, in tenths of a percent, rounded down.
    pub fn share(self) -> Option<u32> {
        let tenths = (self.hidden * 1000).checked_div(self.shown)?;
        u32::try_from(tenths).ok()
    }

    /// The same in percent, as text.
    pub fn percent(self) -> Option<String> {
        self.share().map(|tenths| format!("{}.{}", tenths / 10, tenths % 10))
    }
}

/// One permit under way: what it shows, and how often each whole of it was met.
struct View<'p> {
    caller: Caller<'p>,
    /// By kind.
    shown: Vec<Shown>,
    /// Whether rows of different kinds can be brought together: by the person.
    joins: bool,
    met: HashMap<u64, u64>,
}

/// What a view put together of a person so far: order does not matter.
#[derive(Clone, Copy, Default)]
struct Whole {
    sum: u64,
    rows: u32,
    household: bool,
}

/// The crowd of every permit, in one look at the county.
pub fn crowds(permits: &[Permit]) -> Vec<Crowd> {
    let county = County::new();
    let kinds = catalogue().kinds();
    let mut terms: Vec<Terms> = vec![Terms::new(); kinds.len()];
    let mut views: Vec<View<'_>> =
        permits.iter().map(|permit| View::of(permit, &county, &mut terms)).collect();
    for batch in county.batches() {
        look(&batch, &terms, &mut views, county.today);
    }
    views.into_iter().map(View::crowd).collect()
}

impl<'p> View<'p> {
    fn of(permit: &'p Permit, county: &County, terms: &mut [Terms]) -> Self {
        let kinds = catalogue().kinds();
        let organization = office(permit.basis.role).and_then(|kind| county.organization(kind));
        let person = catalogue().kind_of::<person::Entity>().id;
        Self {
            caller: Caller { permit, organization, today: county.today },
            shown: kinds
                .iter()
                .zip(terms)
                .map(|(kind, terms)| shown(permit, kind, terms))
                .collect(),
            joins: permit.shows_kind(person),
            met: HashMap::new(),
        }
    }

    /// What of a row is shown, as one number; none where nothing is.
    fn row(&self, kind: &Kind, values: &[u64], facts: &Facts, row: Row<'_>) -> Option<u64> {
        let shown = &self.shown[usize::from(kind.id.0)];
        if shown.is_empty() || self.caller.is_withheld(kind, row) {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        let mut any = false;
        for (place, rule) in shown {
            if self.caller.reaches(*rule, facts, row) {
                (kind.id.0, place, values[*place]).hash(&mut hasher);
                any = true;
            }
        }
        any.then(|| hasher.finish())
    }

    fn crowd(self) -> Crowd {
        let shown = self.met.values().sum();
        let hidden = self.met.values().filter(|met| **met >= K).sum();
        Crowd { shown, hidden }
    }
}

/// The office whose cases a role sees.
fn office(role: Role) -> Option<Office> {
    let code = requests().into_iter().find(|request| request.role == role)?.organization?;
    let (_, end) = code.rsplit_once('-')?;
    let mut all = Office::OF_COUNTIES.into_iter().chain(Office::OF_PROVINCE);
    all.find(|kind| kind.code() == end)
}

fn look(batch: &Batch, terms: &[Terms], views: &mut [View<'_>], today: NaiveDate) {
    let facts = facts(batch, today);
    let nobody = Facts::default();
    let mut wholes: HashMap<i64, Vec<Whole>> = HashMap::new();
    let count = views.len();
    let household = catalogue().kind_of::<household_member::Entity>().id;
    batch.visit(|table, row| {
        let Some(kind) = catalogue().kinds().iter().find(|kind| kind.table == table) else {
            return;
        };
        let Some(person) = kind.person().and_then(|column| key(row, column)) else { return };
        let facts = facts.get(&person).unwrap_or(&nobody);
        let values: Vec<u64> = terms[usize::from(kind.id.0)]
            .iter()
            .map(|term| {
                let field = catalogue().field(term.field);
                hashed(&value(field, term.mask, &term.parts, row, today))
            })
            .collect();
        let of_person = wholes.entry(person).or_insert_with(|| vec![Whole::default(); count]);
        for (view, whole) in views.iter_mut().zip(of_person) {
            let Some(seen) = view.row(kind, &values, facts, row) else { continue };
            if !view.joins {
                *view.met.entry(seen).or_default() += 1;
                continue;
            }
            whole.sum = whole.sum.wrapping_add(seen);
            whole.rows += 1;
            whole.household |= kind.id == household;
        }
    });
    for (place, view) in views.iter_mut().enumerate() {
        for (person, sum) in joined(batch, &wholes, place, view.caller.permit) {
            let whole = wholes[&person][place];
            if whole.rows > 0 {
                *view.met.entry(hashed(&(whole.sum, sum))).or_default() += 1;
            }
        }
    }
}

/// Every person, with what is shown of the others of the household where the permit leads to them.
fn joined(
    batch: &Batch,
    wholes: &HashMap<i64, Vec<Whole>>,
    place: usize,
    permit: &Permit,
) -> Vec<(i64, u64)> {
    let mut households: HashMap<i64, u64> = HashMap::new();
    let led = |person: i64| {
        let whole = wholes.get(&person).map(|all| all[place]);
        whole.filter(|whole| whole.household && !permit.names_persons)
    };
    for member in &batch.household_members {
        if let Some(whole) = led(member.person_id) {
            let sum = households.entry(member.household_id).or_default();
            *sum = sum.wrapping_add(hashed(&whole.sum));
        }
    }
    let home: HashMap<i64, i64> =
        batch.household_members.iter().map(|row| (row.person_id, row.household_id)).collect();
    let others = |person: i64| match (led(person), home.get(&person)) {
        (Some(_), Some(household)) => households.get(household).copied().unwrap_or(0),
        _ => 0,
    };
    wholes.keys().map(|person| (*person, others(*person))).collect()
}

/// What scopes ask about the persons of a batch.
fn facts(batch: &Batch, today: NaiveDate) -> HashMap<i64, Facts> {
    let mut all: HashMap<i64, Facts> = batch
        .persons
        .iter()
        .map(|person| (person.id, Facts { birth: person.birth_date, ..Facts::default() }))
        .collect();
    for case in &batch.caseloads {
        let open = caseload::is_open(case.started_on, case.ended_on, today);
        if let (true, Some(facts)) = (open, all.get_mut(&case.person_id)) {
            facts.cases.push(case.organization_id);
        }
    }
    for given in &batch.consents {
        let open = !consent::is_over(given.expires_at, given.withdrawn_at, end_of(today));
        if let (true, Some(facts)) = (open, all.get_mut(&given.person_id)) {
            let given = given.clone();
            facts.consents.push((given.recipient_department, given.purpose, given.field_group));
        }
    }
    all
}

/// The last instant of a day that databases tell from the next.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(NaiveTime::MIN) + TimeDelta::days(1) - TimeDelta::microseconds(1)).and_utc()
}

fn key(row: Row<'_>, column: &str) -> Option<i64> {
    match row(column) {
        sea_orm::Value::BigInt(key) => key,
        _ => None,
    }
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
