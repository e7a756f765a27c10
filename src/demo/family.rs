//! Who lives together: adults, spouses, children, grandparents, and when each was born.

use chrono::{Days, Months, NaiveDate};

use super::dice::Dice;

/// Somebody's place in the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Head,
    Spouse,
    Child,
    Grandparent,
}

/// A member before any fact but these is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub role: Role,
    pub male: bool,
    pub birth: NaiveDate,
}

/// Up to this age in days a child is a newborn, most of them without an identity number.
pub(super) const NEWBORN_DAYS: i64 = 45;

/// Spouse, number of children, grandparent; and how often.
const SHAPES: [((bool, u32, bool), u32); 7] = [
    ((false, 0, false), 32),
    ((true, 0, false), 20),
    ((true, 1, false), 26),
    ((true, 2, false), 9),
    ((true, 1, true), 6),
    ((true, 2, true), 2),
    ((false, 1, false), 5),
];

/// The members of one household, the head first.
pub(super) fn family(dice: &mut Dice, today: NaiveDate) -> Vec<Slot> {
    let (spouse, children, grandparent) = dice.weighted(&SHAPES);
    let head_male = dice.chance(680);
    let youngest = if children > 0 { 22 } else { 18 };
    let oldest = if spouse { 52 } else { 64 };
    let head_age = youngest + dice.below(oldest - youngest);
    let mut members = vec![slot(dice, today, Role::Head, head_male, head_age)];
    if spouse {
        let age = (head_age + dice.below(6)).saturating_sub(3).max(20);
        members.push(slot(dice, today, Role::Spouse, !head_male, age));
    }
    for _ in 0..children {
        let male = dice.chance(515);
        if dice.chance(100) {
            let days = dice.below(NEWBORN_DAYS as u32);
            let birth = today - Days::new(u64::from(days));
            members.push(Slot { role: Role::Child, male, birth });
        } else {
            let age = dice.below((head_age - 20).min(17) + 1);
            members.push(slot(dice, today, Role::Child, male, age));
        }
    }
    if grandparent {
        let (male, age) = (dice.chance(400), head_age + 21 + dice.below(9));
        members.push(slot(dice, today, Role::Grandparent, male, age));
    }
    members
}

/// The family that shows a kind of record: both parents of working age, a child under seven.
pub(super) fn showcase_family(dice: &mut Dice, today: NaiveDate) -> Vec<Slot> {
    vec![
        slot(dice, today, Role::Head, true, 38),
        slot(dice, today, Role::Spouse, false, 31),
        slot(dice, today, Role::Child, true, 4),
    ]
}

fn slot(dice: &mut Dice, today: NaiveDate, role: Role, male: bool, age: u32) -> Slot {
    let birthday = today - Months::new(12 * age);
    Slot { role, male, birth: birthday - Days::new(u64::from(dice.below(365))) }
}
