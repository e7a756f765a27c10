//! Random draws that stay the same on every machine and with every version of `rand`.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The draws of one household.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// A household's own stream, so that no household depends on how many draws another made.
    pub fn of_household(seed: u64, household: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(household);
        Self(random)
    }

    /// A number from 0 to one below `bound`.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// A number between two, both included; the first when the second is smaller.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below(high.saturating_sub(low).max(0) as u32 + 1) as i32
    }

    /// True so many times in a thousand.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }

    /// One of these, each as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, items: &[(T, u32)]) -> T {
        let mut point = self.below(items.iter().map(|(_, weight)| weight).sum());
        for (item, weight) in items {
            if point < *weight {
                return *item;
            }
            point -= weight;
        }
        items[0].0
    }
}
