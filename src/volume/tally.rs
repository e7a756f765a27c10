//! Whose data an answer holds, by category, and how they were asked for.

use super::category::{Category, Each};

/// The persons of an answer. Each counts once for each category, however many rows tell of it: a child's
/// card with 22 doses is one child's card.
#[derive(Debug, Default)]
pub struct Tally {
    /// Persons found by an identifier of theirs or of a record of theirs.
    single: Each<Vec<i64>>,
    /// Persons in lists.
    listed: Each<Vec<i64>>,
    /// Persons who do not count: of what is shown to be reviewed.
    exempt: Vec<i64>,
    /// Persons whom the answer itself explains: something is due to them on a list of the caller's.
    explained: Vec<i64>,
    /// Stays of which the answer does not tell whether they are over.
    stays: Vec<Stay>,
}

/// A stay that an answer shows by itself, apart from whatever else the person's history holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Its key.
    pub key: i64,
    /// Whose it is.
    pub person: i64,
    /// Whether it stands in a list.
    pub is_listed: bool,
}

/// Persons to be counted: those that may be explained one by one, and those of lists, which never are.
#[derive(Debug, Default)]
pub struct Counted {
    /// By category, each once, in order.
    pub single: Each<Vec<i64>>,
    /// How many of lists, by category.
    pub listed: Each<u64>,
}

impl Tally {
    /// Notes a person.
    pub fn add(&mut self, category: Category, person: i64, is_listed: bool) {
        let of = if is_listed { &mut self.listed } else { &mut self.single };
        of[category as usize].push(person);
    }

    /// Notes a stay that may be over.
    pub fn note_stay(&mut self, stay: Stay) {
        self.stays.push(stay);
    }

    /// The stays that may be over, which are then forgotten.
    pub fn take_stays(&mut self) -> Vec<Stay> {
        std::mem::take(&mut self.stays)
    }

    /// Notes persons whom a list of the caller's tells to work for: reading them is explained.
    pub fn explain(&mut self, persons: impl IntoIterator<Item = i64>) {
        self.explained.extend(persons);
    }

    /// The persons whom the answer explains, which are then forgotten.
    pub fn take_explained(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.explained)
    }

    /// Notes persons who do not count, unless something else tells of them too.
    pub fn exempt(&mut self, persons: impl IntoIterator<Item = i64>) {
        self.exempt.extend(persons);
    }

    /// Counts everybody, with the subjects of the record of whom no row is in the answer: those that a
    /// condition singled out, or that a count names. They were asked about in `category`.
    pub fn count(self, subjects: &[i64], category: Category, is_listed: bool) -> Counted {
        let mut counted = Counted { single: self.single, listed: [0; 3] };
        let mut listed = self.listed;
        let is_known = |person: &i64| {
            let mut all = counted.single.iter().chain(&listed).chain([&self.exempt]);
            all.any(|persons| persons.contains(person))
        };
        // One person asked for by its identifier is by far the most.
        let others: Vec<i64> = match subjects {
            [] => Vec::new(),
            [only] if is_known(only) => Vec::new(),
            _ => {
                let mut known: Vec<i64> =
                    counted.single.iter().chain(&listed).flatten().copied().collect();
                known.extend(&self.exempt);
                known.sort_unstable();
                let is_new = |person: &&i64| known.binary_search(person).is_err();
                subjects.iter().filter(is_new).copied().collect()
            }
        };
        let of = if is_listed { &mut listed } else { &mut counted.single };
        of[category as usize].extend(others);
        for persons in counted.single.iter_mut().chain(&mut listed) {
            persons.sort_unstable();
            persons.dedup();
        }
        for ((single, listed), number) in
            counted.single.iter_mut().zip(&listed).zip(&mut counted.listed)
        {
            // Whoever is in a list too is counted there.
            single.retain(|person| listed.binary_search(person).is_err());
            *number = listed.len() as u64;
        }
        counted
    }
}

impl Counted {
    /// Everybody who could be explained, each once.
    pub fn persons(&self) -> Vec<i64> {
        let mut persons: Vec<i64> = self.single.iter().flatten().copied().collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// How many there are in a category in all.
    pub fn of(&self, category: Category) -> u64 {
        self.single[category as usize].len() as u64 + self.listed[category as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_counts_once_a_category_and_whoever_is_listed_counts_as_listed() {
        let mut tally = Tally::default();
        for person in [7, 7, 8] {
            tally.add(Category::Health, person, false);
        }
        tally.add(Category::Identity, 7, false);
        tally.add(Category::Health, 8, true);
        let counted = tally.count(&[7, 8, 7], Category::Identity, true);
        assert_eq!(counted.single, [vec![], vec![7], vec![7]]);
        assert_eq!(counted.listed, [0, 1, 0]);
        assert_eq!(counted.persons(), [7]);
        assert_eq!(counted.of(Category::Health), 2);
    }

    #[test]
    fn who_is_shown_to_be_reviewed_does_not_count() {
        let mut tally = Tally::default();
        tally.exempt([1, 2]);
        tally.add(Category::Identity, 2, true);
        let counted = tally.count(&[1, 2], Category::Identity, true);
        assert_eq!((counted.listed, counted.persons()), ([0, 0, 1], vec![]));
        let mut tally = Tally::default();
        tally.exempt([1]);
        assert!(tally.count(&[1], Category::Identity, false).persons().is_empty());
    }

    #[test]
    fn subjects_without_a_row_count_in_the_category_they_were_asked_about_in() {
        let mut tally = Tally::default();
        tally.add(Category::Identity, 1, true);
        let counted = tally.count(&[1, 2, 3, 2], Category::Health, true);
        assert_eq!(counted.listed, [0, 2, 1]);
        let counted = Tally::default().count(&[4], Category::Identity, false);
        assert_eq!(counted.single[2], [4]);
    }
}
