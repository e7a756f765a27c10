//! What sort of data a row of a person is, and how much of it one caller learns without a reason that
//! shows (domain rules §4.8).

use std::sync::LazyLock;

use entity::{residence_registration, sharing::Group};

use crate::catalogue::{FieldId, Kind, catalogue};

/// Data by how much harm it does in many hands (法释〔2017〕10号 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// Where somebody lived before: an address history (行踪轨迹).
    Movement,
    /// Health (健康生理信息).
    Health,
    /// Who somebody is and where they live, and all else.
    Identity,
}

/// A number for each category, in their order.
pub type Each<T> = [T; 3];

/// Rows in any 24 hours.
pub const DAY: Each<u64> = [5, 20, 100];

/// Rows in any 30 days.
pub const MONTH: Each<u64> = [12, 100, 1_000];

/// Half of the numbers from which providing such data is a crime, as they count for whoever got it in
/// the course of duty (法释〔2017〕10号 5). Nobody raises a limit beyond.
pub const HALF: Each<u64> = [25, 250, 2_500];

impl Category {
    /// All of them, in order.
    pub const ALL: Each<Category> = [Category::Movement, Category::Health, Category::Identity];

    /// The code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Category::Movement => "MOVEMENT",
            Category::Health => "HEALTH",
            Category::Identity => "IDENTITY",
        }
    }

    /// The name in headers and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Category::Movement => "movement",
            Category::Health => "health",
            Category::Identity => "identity",
        }
    }

    /// Chinese label.
    pub const fn label_zh(self) -> &'static str {
        match self {
            Category::Movement => "行踪轨迹",
            Category::Health => "健康生理",
            Category::Identity => "身份与居住",
        }
    }

    /// What a row of a kind is that shows these fields.
    pub fn of_row(kind: &Kind, fields: impl IntoIterator<Item = FieldId>) -> Each<bool> {
        let mut categories = Each::default();
        let groups = fields.into_iter().map(|field| catalogue().field(field).spec.group);
        for group in groups.chain([kind.group]) {
            categories[Category::of(group) as usize] = true;
        }
        categories
    }

    /// What data of a group is, one row by itself.
    pub fn of(group: Group) -> Category {
        if (Group::G13..=Group::G22).contains(&group) {
            Category::Health
        } else {
            Category::Identity
        }
    }
}

/// The field that tells where a stay ended: what is asked by it asks where somebody lived before.
pub fn stay_end() -> FieldId {
    static FIELD: LazyLock<FieldId> =
        LazyLock::new(|| catalogue().field_of(residence_registration::Column::DepartureDate).id);
    *FIELD
}

/// Whether rows of a kind are stays, of which several are an address history.
pub fn is_stay(kind: &Kind) -> bool {
    kind.id == catalogue().kind_of::<residence_registration::Entity>().id
}
