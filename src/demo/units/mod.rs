//! What is told of units and of nobody: education, facilities, campaigns, outbreaks, surveys, figures, exchange
//! batches. Made once, with the first persons.

mod education;
mod exchange;
mod figures;
mod prevention;

use super::dice::Dice;
use super::draft::Draft;
use super::places::County;

/// Writes the rows of every county, and the figures of the province.
pub(super) fn write(draft: &mut Draft) {
    let places = draft.places;
    for county in places.counties() {
        education::write(draft, county);
        prevention::write(draft, county);
        exchange::write(draft, county);
        figures::write(draft, county);
    }
}

/// The draws of units, which no household's are.
pub(super) fn dice(seed: u64) -> Dice {
    Dice::of_household(seed, u64::MAX)
}

/// The unit that a row of a county tells of, with its code.
struct Area<'a> {
    id: i64,
    code: &'a str,
}

impl County {
    fn area(&self) -> Area<'_> {
        Area { id: self.id, code: &self.code }
    }
}
