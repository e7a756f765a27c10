//! Whose data a cell opens, who stewards it, and how sensitive it is.

use entity::sharing::{Class, Department};

use super::cell::Key;
use crate::policy::{Level, Role, Target, needed_by_purpose};

/// The department that owns what a target speaks of. What the gateway derives from a department's
/// fields follows them; a group that no department owns a field of is the gateway's.
pub fn owner(target: &Target) -> Department {
    let administers = |department: &Department| Role::steward_of(*department).is_some();
    let mut owners = target.fields().map(|field| field.spec.owner);
    let of_group = owners.find(administers);
    of_group.unwrap_or_else(|| {
        target.fields().next().map_or(Department::Gateway, |field| field.spec.owner)
    })
}

/// Who signs for a department. What belongs to the gateway, to societies, to oversight or to the
/// person is stewarded by the data protection officer (PIPL 52).
pub fn steward(department: Department) -> Role {
    Role::steward_of(department).unwrap_or(Role::DP)
}

/// Whether a role signs for anybody.
pub fn is_steward(role: Role) -> bool {
    role.is_steward() || role == Role::DP
}

/// The class of what a cell opens: of its most sensitive field. Whatever is told of persons under
/// 14 is sensitive (PIPL 28).
pub fn class(key: &Key, covers_minors: bool) -> Class {
    let target = key.target();
    let mut class = target.fields().map(|field| field.spec.class).max().unwrap_or(Class::C0);
    if key.group.is_specially_protected() {
        class = Class::C4;
    }
    if covers_minors { class.max(Class::C3) } else { class }
}

/// Whether a level goes beyond what the purpose needs of the group.
pub fn exceeds_purpose(key: &Key, level: Level) -> bool {
    level > needed_by_purpose(key.role, key.purpose, key.group)
}

/// Whether a cell gives one department's data to another.
pub fn crosses(key: &Key) -> bool {
    owner(&key.target()) != key.role.department()
}
