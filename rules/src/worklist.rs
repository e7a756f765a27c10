//! Worklists (工作清单): who works by which, as `worklists.csv` gives them: for a role and a purpose,
//! the list, the group of fields that opens it, and what closes an item.

use std::sync::LazyLock;

use crate::table;

/// A list as one role has it for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worklist {
    /// The list: `RECORD_DUE`.
    pub id: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// The code of the role.
    pub role: String,
    /// The code of the purpose.
    pub purpose: String,
    /// How much is shown: `full`, `masked` or `predicate`.
    pub level: String,
    /// The group of fields that opens it.
    pub group: String,
    /// Which rows it has.
    pub rows: String,
    /// When an item is due.
    pub due_rule: String,
    /// From when it is overdue.
    pub overdue_from: String,
    /// What closes an item.
    pub closed_by: String,
    /// Where it is written.
    pub source: String,
}

static ALL: LazyLock<Vec<Worklist>> = LazyLock::new(|| {
    let rows = table::rows(include_str!("../data/worklists.csv")).into_iter();
    rows.map(|row| {
        let text = |place: usize| row[place].to_owned();
        Worklist {
            id: text(0),
            name_zh: text(1),
            name_en: text(2),
            role: text(3),
            purpose: text(4),
            level: text(5),
            group: text(6),
            rows: text(7),
            due_rule: text(8),
            overdue_from: text(9),
            closed_by: text(10),
            source: text(11),
        }
    })
    .collect()
});

/// Every list of every role.
pub fn all() -> &'static [Worklist] {
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_a_list_once_for_a_purpose_and_lists_of_one_name_agree_on_what_closes_an_item() {
        let mut seen = std::collections::BTreeSet::new();
        for list in all() {
            assert!(seen.insert((&list.id, &list.role, &list.purpose)), "{list:?}");
            let same = all().iter().filter(|other| other.id == list.id);
            assert!(same.clone().all(|other| other.closed_by == list.closed_by), "{}", list.id);
            assert!(["full", "masked", "predicate"].contains(&&*list.level), "{list:?}");
        }
        assert!(seen.len() >= 38, "{}", seen.len());
    }
}
