//! The producer: household after household, in batches, in constant memory.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::administrative_unit;

use super::draft::Draft;
use super::household::Home;
use super::places::{Places, in_force};
use super::{
    Batch, Options, aid, assistance, caseload, child_care, chronic, collectors, consent,
    dice::Dice, due, employment, entitlement, family_planning, health_record, infectious,
    left_behind, maternal, mental, notice, person, residence, stigmatized, stored, training, units,
    vaccination,
};
use crate::{due::Organizations, rules::citizen_id};

/// About how many persons a batch holds; households stay whole.
const BATCH: usize = 1_000;

/// Makes a population, batch by batch.
pub struct Population {
    options: Options,
    places: Places,
    organizations: Organizations,
    numbers: Numbers,
    households: u64,
    persons: u64,
    last_key: i64,
    last_further_key: i64,
}

impl Population {
    /// Starts over for these options and units.
    ///
    /// # Panics
    ///
    /// When no county-level unit is in force on the day.
    pub fn new(options: Options, units: &[administrative_unit::Model]) -> Self {
        let units = in_force(units, options.today);
        let places = Places::new(&units);
        let organizations = due::organizations(&units);
        Self {
            options,
            places,
            organizations,
            numbers: Numbers::default(),
            households: 0,
            persons: 0,
            last_key: 0,
            last_further_key: 0,
        }
    }

    /// The next thousand persons with all their rows; none when all have been made.
    pub fn next_batch(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        if self.households == 0 {
            self.write_units(&mut batch);
        }
        while self.persons < self.options.persons && batch.persons.len() < BATCH {
            self.next_household(&mut batch);
        }
        due::write(&mut batch, &self.organizations, self.options.today);
        (!batch.persons.is_empty()).then_some(batch)
    }

    /// The rows that tell of units, before the first household.
    fn write_units(&mut self, batch: &mut Batch) {
        units::write(&mut Draft {
            dice: units::dice(self.options.seed),
            today: self.options.today,
            places: &self.places,
            batch,
            last_key: &mut self.last_further_key,
        });
    }

    /// How many persons were made.
    pub(super) fn persons(&self) -> u64 {
        self.persons
    }

    fn next_household(&mut self, batch: &mut Batch) {
        let mut draft = Draft {
            dice: Dice::of_household(self.options.seed, self.households),
            today: self.options.today,
            places: &self.places,
            batch,
            last_key: &mut self.last_key,
        };
        let room = usize::try_from(self.options.persons - self.persons).unwrap_or(usize::MAX);
        let home = Home::compose(&mut draft, self.households, self.persons as i64 + 1, room);
        person::write_hukou_and_people(&mut draft, &home, &mut self.numbers);
        residence::write(&mut draft, &home);
        for member in &home.members {
            employment::write(&mut draft, &home, member);
            health_record::write(&mut draft, &home, member);
            vaccination::write(&mut draft, &home, member);
            infectious::write(&mut draft, &home, member);
            stigmatized::write(&mut draft, &home, member);
            maternal::write(&mut draft, &home, member);
            mental::write(&mut draft, &home, member);
            assistance::write(&mut draft, &home, member);
            caseload::write(&mut draft, &home, member);
            consent::write(&mut draft, &home, member);
        }
        // Last, with rows of its own alone, so that it changes nothing of what the others draw.
        collectors::write(&mut draft, &home);
        // Draws and keys of these come last, so that the rows above are the same with and without them.
        draft.last_key = &mut self.last_further_key;
        for member in &home.members {
            training::write(&mut draft, &home, member);
            child_care::write(&mut draft, &home, member);
            family_planning::write(&mut draft, &home, member);
            chronic::write(&mut draft, &home, member);
            aid::write(&mut draft, &home, member);
            left_behind::write(&mut draft, &home, member);
            notice::write(&mut draft, &home, member);
            entitlement::write(&mut draft, &home, member);
            caseload::write_residents(&mut draft, &home, member);
        }
        stored::write(&mut draft, &home);
        self.households += 1;
        self.persons += home.members.len() as u64;
    }
}

/// Gives out identity numbers of regions no living person can have, each once.
#[derive(Default)]
pub(super) struct Numbers(HashMap<(NaiveDate, bool), u32>);

impl Numbers {
    /// The next number for a birth date and sex; none once all of that day are given out.
    pub fn next(&mut self, birth: NaiveDate, male: bool) -> Option<String> {
        const REGIONS: u32 = 4;
        const SEQUENCES: u32 = 499;
        let given = self.0.entry((birth, male)).or_default();
        if *given == REGIONS * SEQUENCES {
            return None;
        }
        let (region, sequence) = (229_901 + *given % REGIONS, *given / REGIONS * 2);
        *given += 1;
        Some(citizen_id::compose(region, birth, sequence + if male { 1 } else { 2 }))
    }
}
