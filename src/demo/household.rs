//! One household: where it lives, since when, and what is known of each member.

use chrono::{Days, NaiveDate};
use entity::sharing::Department;

use super::dice::Dice;
use super::draft::Draft;
use super::employment::Work;
use super::family::{Role, family, showcase_family};
use super::places::Place;
use super::traits::{Trait, Traits, showcase};
use super::{infectious, mental, names, stigmatized};

/// A household and the facts its members share.
pub(super) struct Home<'a> {
    pub number: i64,
    pub place: Place<'a>,
    pub arrival: NaiveDate,
    /// Who registered it.
    pub collector: Department,
    pub ethnicity: &'static str,
    /// The trait it is there to show.
    pub showcase: Option<Trait>,
    pub members: Vec<Member>,
}

/// A person, before rows are written.
pub(super) struct Member {
    pub id: i64,
    pub role: Role,
    pub male: bool,
    pub birth: NaiveDate,
    /// Full years today.
    pub age: u32,
    pub name: String,
    pub phone: Option<String>,
    /// When this member came; a child born here came on the day it was born.
    pub arrival: NaiveDate,
    pub work: Work,
    pub traits: Traits,
    /// The disease reported, as ICD-10 code.
    pub infection: Option<&'static str>,
    /// The HIV/STI diagnosis.
    pub stigmatized: Option<&'static str>,
    /// The diagnosis of a severe mental disorder.
    pub mental: Option<&'static str>,
    pub incapacitated: bool,
    pub deceased: bool,
}

/// Who registers persons, in hundredths.
const COLLECTORS: [(Department, u32); 4] = [
    (Department::Police, 70),
    (Department::Health, 15),
    (Department::CivilAffairs, 8),
    (Department::MigrantWorkers, 7),
];

/// Han, Korean, Manchu, Mongol, Hui (GB/T 3304).
const ETHNICITIES: [(&str, u32); 5] = [("01", 90), ("10", 4), ("11", 4), ("02", 1), ("03", 1)];

impl<'a> Home<'a> {
    /// Puts together the household with this number (from 0), of at most `room` members.
    pub fn compose(draft: &mut Draft<'a>, household: u64, first_person: i64, room: usize) -> Self {
        let (dice, today, places) = (&mut draft.dice, draft.today, draft.places);
        let showcase = showcase(household);
        let (place, arrival, collector, mut slots) = match showcase {
            Some(_) => {
                let arrival = today - Days::new(400 + u64::from(dice.below(600)));
                let family = showcase_family(dice, today);
                (places.showcase(dice), arrival, Department::Police, family)
            }
            None => {
                let arrival = recent_arrival(dice, today);
                let collector = dice.weighted(&COLLECTORS);
                (places.anywhere(dice), arrival, collector, family(dice, today))
            }
        };
        slots.truncate(room);
        let surname = names::surname(dice);
        let mut members = Vec::with_capacity(slots.len());
        for (slot, id) in slots.into_iter().zip(first_person..) {
            let own = match slot.role {
                Role::Spouse => names::surname(dice),
                _ => surname,
            };
            let age = today.years_since(slot.birth).unwrap_or(0);
            let mut member = Member {
                id,
                role: slot.role,
                male: slot.male,
                birth: slot.birth,
                age,
                name: names::full(dice, own, slot.male),
                phone: (age >= 12).then(|| names::phone(dice)),
                arrival: arrival.max(slot.birth),
                work: match showcase {
                    Some(_) if age >= 18 => Work::Working,
                    _ => Work::draw(dice, age),
                },
                traits: Traits::default(),
                infection: None,
                stigmatized: None,
                mental: None,
                incapacitated: false,
                deceased: false,
            };
            member.diagnose(dice, showcase, today);
            members.push(member);
        }
        let ethnicity = dice.weighted(&ETHNICITIES);
        let number = household as i64 + 1;
        Self { number, place, arrival, collector, ethnicity, showcase, members }
    }

    /// A living adult of the household other than this member: the head, or else the next.
    pub fn other_adult(&self, member: &Member) -> Option<&Member> {
        self.members
            .iter()
            .find(|other| other.id != member.id && other.age >= 18 && !other.deceased)
    }

    /// Who answers for a minor or a person without legal capacity (民法典 27, 28).
    pub fn guardian(&self, member: &Member) -> Option<&Member> {
        if member.age < 18 || member.incapacitated { self.other_adult(member) } else { None }
    }
}

impl Member {
    fn diagnose(&mut self, dice: &mut Dice, showcase: Option<Trait>, today: NaiveDate) {
        self.traits = Traits::draw(dice, showcase, self, today);
        self.infection =
            self.traits.has(Trait::Infectious).then(|| infectious::diagnosis(dice, self.age));
        self.stigmatized =
            self.traits.has(Trait::Stigmatized).then(|| stigmatized::diagnosis(dice));
        self.mental = self.traits.has(Trait::Mental).then(|| mental::diagnosis(dice));
        self.incapacitated = self.mental.is_some() && showcase.is_none() && dice.chance(100);
        let mortality = match self.age {
            60.. => 10,
            18.. if self.infection.is_some() => 8,
            _ => 0,
        };
        self.deceased = showcase.is_none() && dice.chance(mortality);
    }
}

/// From two days to ten years ago, recent arrivals more often.
fn recent_arrival(dice: &mut Dice, today: NaiveDate) -> NaiveDate {
    let part = u64::from(dice.below(1000));
    today - Days::new(2 + part * part * 3648 / 1_000_000)
}
