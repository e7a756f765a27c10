//! What the population promises, on a small province made by hand.

mod derived;
mod health;
mod integrity;
mod loading;
pub(super) mod seaorm;
mod showcase;
mod stored;

use chrono::NaiveDate;
use entity::administrative_unit::Model as Unit;
use sha2::{Digest, Sha256};

use super::{Batch, Options, Population};

const TODAY: &str = "2026-11-20";

fn today() -> NaiveDate {
    TODAY.parse().unwrap()
}

fn options(persons: u64, seed: u64) -> Options {
    Options { persons, seed, today: today() }
}

/// A province of four prefectures with two counties each, a special unit, and one long gone.
fn units() -> Vec<Unit> {
    let mut units = Vec::new();
    let mut push = |id, code: &str, level: &str, parent_id, subtree_end, valid_until| {
        units.push(Unit {
            id,
            code: code.to_owned(),
            name: format!("单元{code}"),
            level: level.to_owned(),
            kind: "test".to_owned(),
            parent_id,
            subtree_end,
            valid_from: None,
            valid_until,
        });
    };
    push(1, "220000", "province", None, 99_999, None);
    let prefectures = ["2201", "2202", "2203", "2224"];
    for (prefecture, start) in prefectures.into_iter().zip((10_000..).step_by(10_000)) {
        push(start, &format!("{prefecture}00"), "prefecture", Some(1), start + 9_999, None);
        for (county, at) in ["02", "03"].into_iter().zip([start + 1_000, start + 2_000]) {
            let code = format!("{prefecture}{county}");
            push(at, &code, "county", Some(start), at + 999, None);
            push(at + 1, &format!("{code}001"), "street", Some(at), at + 99, None);
            for community in 1..=3 {
                let code = format!("{code}001{community:03}");
                push(
                    at + 1 + community,
                    &code,
                    "community",
                    Some(at + 1),
                    at + 1 + community,
                    None,
                );
            }
        }
    }
    push(50_000, "JL-CBS", "county", Some(1), 50_099, None);
    push(60_000, "220181", "county", Some(10_000), 60_099, NaiveDate::from_ymd_opt(2014, 10, 1));
    units
}

fn batches(options: Options) -> Vec<Batch> {
    let mut population = Population::new(options, &units());
    std::iter::from_fn(|| population.next_batch()).collect()
}

fn everything(options: Options) -> Batch {
    let mut all = Batch::default();
    for batch in batches(options) {
        all.append(batch);
    }
    all
}

fn digest(options: Options) -> Vec<u8> {
    let mut hash = Sha256::new();
    for batch in batches(options) {
        hash.update(format!("{batch:?}"));
    }
    hash.finalize().to_vec()
}

#[test]
fn the_same_options_give_the_same_rows() {
    assert_eq!(digest(options(2_500, 7)), digest(options(2_500, 7)));
    assert_ne!(digest(options(2_500, 7)), digest(options(2_500, 8)));
}

#[test]
fn a_smaller_population_is_the_beginning_of_a_larger() {
    let (small, large) = (batches(options(1_300, 7)), batches(options(3_000, 7)));
    assert_eq!(small[0], large[0]);
    assert_eq!(small.iter().map(|batch| batch.persons.len()).sum::<usize>(), 1_300);
}
