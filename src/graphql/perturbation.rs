//! What is shown of a count: few exactly, many only roughly.
//!
//! A count that one person more or less would change tells of that person. Few are named in the
//! access record, all of them, and so may be counted exactly. Many are not named; what is shown of
//! them is off by a number that belongs to the very set that is counted. Asking again gives the same
//! number, so there is nothing to average, and a set with one person more gives a number that is
//! off by something else.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::sql::Params;
use crate::{read::Value, secrets::Secrets};

/// How few are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Counts up to this are exact.
    pub exact: i64,
    /// Members of counts up to this are subjects of the access record. It is greater than `exact`, by
    /// more rows than one person has: nobody learns from an exact count beside an inexact one that
    /// somebody joined, without naming them.
    pub named: i64,
}

/// Of counts under a filter.
pub const FILTERED: Bounds = Bounds { exact: 100, named: 200 };

/// Of counts of all that a caller sees: who asks how many patients there are asks about none of them,
/// and would else leave a line in each one's log with every page.
pub const UNFILTERED: Bounds = Bounds { exact: 10, named: 50 };

/// The scale of what larger counts are off by, in rows: about as much on average, either way.
/// One row more or less changes the odds of any answer by a factor of `exp(1 / SCALE)` at most.
pub const SCALE: f64 = 10.0;

/// Larger counts are shown in multiples of this.
const STEP: i64 = 5;

/// A prime below 2^31: the square of a remainder fits 64 bits.
const PRIME: i64 = 2_147_483_647;

/// What large counts are off by, for each set of rows.
pub struct Perturbation {
    factor: i64,
    summand: i64,
    key: Hmac<Sha256>,
}

impl Perturbation {
    /// That of a deployment: one for all departments, so that none learns more by asking as another.
    #[expect(
        clippy::expect_used,
        reason = "eight bytes, a remainder below 2^31, and HMAC takes keys of every length"
    )]
    pub fn new(secrets: &Secrets) -> Self {
        let bytes = secrets.key::<16>("counts-of-sets");
        let number = |bytes: &[u8]| {
            let bytes = bytes.try_into().expect("eight bytes");
            i64::try_from(u64::from_be_bytes(bytes) % (PRIME as u64 - 1)).expect("below 2^31") + 1
        };
        let key = secrets.key::<32>("counts-perturbation");
        Self {
            factor: number(&bytes[..8]),
            summand: number(&bytes[8..]),
            key: Hmac::new_from_slice(key.as_slice()).expect("HMAC takes keys of every length"),
        }
    }

    /// An aggregate that tells sets of keys apart, in whatever order they are read.
    pub fn digest(&self, key: &str, params: &mut Params) -> String {
        let factor = params.bind(Value::Int(self.factor));
        let summand = params.bind(Value::Int(self.summand));
        let mixed = format!("(({key} % {PRIME} * {factor} + {summand}) % {PRIME})");
        format!("CAST(COALESCE(sum({mixed} * {mixed} % {PRIME}), 0) AS bigint)")
    }

    /// What is shown of so many rows of a table with this digest.
    pub fn shown(&self, table: &str, count: i64, digest: i64, bounds: Bounds) -> i64 {
        if count <= bounds.exact {
            return count;
        }
        let mut mac = self.key.clone();
        mac.update(table.as_bytes());
        mac.update(&count.to_be_bytes());
        mac.update(&digest.to_be_bytes());
        let bytes = mac.finalize().into_bytes();
        let off = steps(&bytes[..8]) - steps(&bytes[8..16]);
        let rounded = (count + off + STEP / 2).div_euclid(STEP) * STEP;
        // More than are counted exactly, whatever it is off by.
        rounded.max(bounds.exact + STEP)
    }
}

/// A geometric number from uniform bytes; the difference of two is distributed symmetrically, with
/// tails that fall by `exp(-1 / SCALE)` a step (the discrete Laplace distribution).
#[expect(clippy::expect_used, reason = "eight bytes")]
fn steps(bytes: &[u8]) -> i64 {
    let number = u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
    // 53 bits fit a float exactly; half a step keeps it off zero.
    let uniform = ((number >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    (-uniform.ln() * SCALE).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn perturbation() -> Perturbation {
        Perturbation::new(&Secrets::new([3; 32]))
    }

    #[test]
    fn few_are_counted_exactly_and_many_roughly() {
        let perturbation = perturbation();
        for bounds in [FILTERED, UNFILTERED] {
            let exact = bounds.exact;
            for count in 0..=exact {
                assert_eq!(perturbation.shown("person", count, 17, bounds), count);
            }
            for count in exact + 1..2_000 {
                let shown = perturbation.shown("person", count, 17 * count, bounds);
                assert!(shown > exact && shown % STEP == 0, "{count} is shown as {shown}");
            }
        }
    }

    #[test]
    fn the_same_set_is_shown_alike_and_another_otherwise() {
        let (one, other) = (perturbation(), Perturbation::new(&Secrets::new([4; 32])));
        let shown = |of: &Perturbation| -> Vec<i64> {
            (0..200).map(|digest| of.shown("person", 5_000, digest, FILTERED)).collect()
        };
        assert_eq!(shown(&one), shown(&one));
        assert_ne!(shown(&one), shown(&other), "it depends on the key");
        let different: std::collections::BTreeSet<i64> = shown(&one).into_iter().collect();
        assert!(different.len() > 8, "it depends on the set: {different:?}");
        assert_ne!(
            one.shown("person", 5_000, 1, FILTERED),
            one.shown("employment", 5_000, 1, FILTERED)
        );
    }

    #[test]
    fn what_a_count_is_off_by_has_no_bias_and_its_scale() {
        let perturbation = perturbation();
        let off: Vec<f64> = (0..20_000)
            .map(|digest| (perturbation.shown("person", 10_000, digest, FILTERED) - 10_000) as f64)
            .collect();
        let mean = off.iter().sum::<f64>() / off.len() as f64;
        let spread = off.iter().map(|off| off.abs()).sum::<f64>() / off.len() as f64;
        assert!(mean.abs() < 0.5, "{mean}");
        assert!((spread - SCALE).abs() < 1.0, "{spread}");
    }

    /// The security document's claim: to be right nineteen times in twenty, an attacker with the
    /// best of tests needs hundreds of requests about sets that differ otherwise.
    #[test]
    fn one_row_more_is_told_only_by_hundreds_of_different_sets() {
        let perturbation = perturbation();
        let right = |requests: i64| {
            let rounds = 400;
            let told = (0..rounds).filter(|round| {
                let truth = round % 2;
                let sum: i64 = (0..requests)
                    .map(|request| {
                        let digest = (round * requests + request) * 7_919 + truth;
                        perturbation.shown("person", 500 + truth, digest, FILTERED) - 500
                    })
                    .sum();
                i64::from(2 * sum > requests) == truth
            });
            told.count() as f64 / rounds as f64
        };
        assert!(right(1) < 0.6, "one: {}", right(1));
        assert!(right(100) < 0.8, "a hundred: {}", right(100));
        assert!(right(4_000) > 0.95, "four thousand: {}", right(4_000));
    }
}
