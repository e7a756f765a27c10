//! What applies to a person: which records exist and whose books the person is on.

use super::dice::Dice;
use super::employment::Work;
use super::family::Role;
use super::household::Member;
use crate::rules::residence::months_complete;
use chrono::NaiveDate;

/// Something that applies to a person or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trait {
    HealthRecord,
    Card,
    Infectious,
    Stigmatized,
    Mental,
    Maternal,
    Assistance,
    Street,
    Governance,
    MigrantWorker,
    Society,
    Emergency,
    Request,
}

/// All traits and in how many of a thousand eligible persons each is found.
const FREQUENCIES: [(Trait, u32); 13] = [
    (Trait::HealthRecord, 600),
    (Trait::Card, 900),
    (Trait::Infectious, 20),
    (Trait::Stigmatized, 7),
    (Trait::Mental, 8),
    (Trait::Maternal, 60),
    (Trait::Assistance, 50),
    (Trait::Street, 120),
    (Trait::Governance, 60),
    (Trait::MigrantWorker, 100),
    (Trait::Society, 80),
    (Trait::Emergency, 10),
    (Trait::Request, 10),
];

/// Three households for every trait, so that a small population shows each.
const SHOWCASES: u64 = 3;

/// The trait a household is there to show, if it is one of the first.
pub(super) fn showcase(household: u64) -> Option<Trait> {
    let count = FREQUENCIES.len() as u64;
    (household < SHOWCASES * count).then(|| FREQUENCIES[(household % count) as usize].0)
}

/// A set of traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits(u16);

impl Traits {
    /// Draws the traits of a person; the one the household is to show is certain.
    pub fn draw(dice: &mut Dice, shown: Option<Trait>, member: &Member, today: NaiveDate) -> Self {
        let mut traits = Self::default();
        for (candidate, per_mille) in FREQUENCIES {
            let drawn = dice.chance(per_mille) || shown == Some(candidate);
            if drawn && eligible(candidate, member, today) {
                traits.0 |= 1 << candidate as u16;
            }
        }
        traits
    }

    /// Whether this applies.
    pub fn has(self, candidate: Trait) -> bool {
        self.0 & (1 << candidate as u16) != 0
    }
}

fn eligible(candidate: Trait, member: &Member, today: NaiveDate) -> bool {
    let stayed = |months| months_complete(member.arrival, today, months);
    match candidate {
        Trait::HealthRecord => stayed(6),
        Trait::Card => member.age < 7 && stayed(3),
        Trait::Stigmatized | Trait::Mental | Trait::Request => member.age >= 18,
        Trait::Maternal => !member.male && (18..=45).contains(&member.age),
        Trait::Assistance => member.role == Role::Head,
        Trait::MigrantWorker => member.age >= 18 && member.work == Work::Working,
        Trait::Society => member.age < 16,
        Trait::Infectious | Trait::Street | Trait::Governance | Trait::Emergency => true,
    }
}
