//! Roles whose duty needs more than the floor allows, each with its reason.

use std::sync::LazyLock;

use crate::policy::{Purpose, Role};

/// Role, purpose, reason. The reason stands in the matrix of grants.
#[expect(clippy::expect_used, reason = "each line names a role, a purpose and a reason")]
static DUTIES: LazyLock<Vec<(Role, Purpose, &str)>> = LazyLock::new(|| {
    let lines = include_str!("duties.csv").lines().skip(1);
    let duty = |line: &'static str| {
        let mut cells = line.splitn(3, ',');
        let (role, purpose) = (cells.next()?, cells.next()?);
        Some((Role::parse(role)?, Purpose::parse(purpose)?, cells.next()?))
    };
    lines.map(|line| duty(line).expect("each line names a role, a purpose and a reason")).collect()
});

/// Why a role needs for a purpose what singles persons out, where it does.
pub fn duty(role: Role, purpose: Purpose) -> Option<&'static str> {
    DUTIES.iter().find(|(of, why, _)| (*of, *why) == (role, purpose)).map(|(.., reason)| *reason)
}
