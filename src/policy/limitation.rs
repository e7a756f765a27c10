//! Purpose limitation (目的限制, PIPL 6): how much of a group each purpose needs, by the file of the
//! purposes that the gateway comes with. Its own grants keep within that; beyond it only the data
//! protection officer lets stewards go.

use std::{collections::HashMap, sync::LazyLock};

use entity::sharing::Group;

use super::{Level, Purpose, Role};

#[expect(
    clippy::expect_used,
    reason = "the data file was read by a migration, and a test reads it"
)]
static NEEDED: LazyLock<HashMap<(Role, Purpose, Group), Level>> = LazyLock::new(|| {
    let rows = migration::purpose_groups().expect("the data file was read by a migration");
    let mut needed = HashMap::new();
    for row in &rows {
        let purpose = Purpose::parse(&row.purpose).expect("a purpose of the gateway");
        let group = Group::parse(&row.group).expect("a group of the catalogue");
        let level = Level::parse(row.most()).expect("a level");
        for role in row.roles() {
            let role = Role::parse(role).expect("a role of the gateway");
            needed.insert((role, purpose, group), level);
        }
    }
    needed
});

/// The most that a purpose opens of a group to a role, whatever the grant matrix gives the role.
pub fn needed(role: Role, purpose: Purpose, group: Group) -> Level {
    NEEDED.get(&(role, purpose, group)).copied().unwrap_or(Level::None)
}
