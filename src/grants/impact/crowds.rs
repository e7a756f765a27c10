//! Whether a proposal lowers the share of persons whom a role cannot tell from others.

use std::{collections::BTreeSet, fmt};

use chrono::{DateTime, Utc};
use tokio::task::spawn_blocking;

use crate::{
    anonymity::{self, Crowd, FLOOR, Standing},
    error::{Code, GatewayError, Result},
    policy::{GrantSet, Purpose, Role, explain::Shift},
};

/// How a role hides persons among others, without the proposal and with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrowdShift {
    /// The role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Without it.
    pub before: Standing,
    /// With it.
    pub after: Standing,
}

impl CrowdShift {
    /// Whether fewer persons are hidden than before: also where persons come to be named, of whom
    /// nothing is hidden then.
    pub fn lowers(&self) -> bool {
        let names = |standing: Standing| standing.names_persons;
        let share = |standing: Standing| standing.crowd.share();
        match (names(self.before), names(self.after)) {
            (false, true) => share(self.before).is_some(),
            (true, false) => false,
            _ => match (share(self.before), share(self.after)) {
                (Some(before), Some(after)) => after < before,
                (None, Some(after)) => after < 1000,
                (_, None) => false,
            },
        }
    }

    /// Whether it would be under the floor, without a duty that needs it.
    pub fn is_too_low(&self) -> bool {
        let after = self.after;
        !after.names_persons
            && after.duty.is_none()
            && after.crowd.share().is_some_and(|share| share < FLOOR)
    }
}

impl fmt::Display for CrowdShift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |crowd: Crowd, names: bool| match crowd.percent() {
            _ if names => "persons by name".to_owned(),
            Some(percent) => format!("{percent} %"),
            None => "nobody".to_owned(),
        };
        let before = text(self.before.crowd, self.before.names_persons);
        let after = text(self.after.crowd, self.after.names_persons);
        let sign = if self.lowers() { '!' } else { ' ' };
        write!(formatter, "{sign} k>=5 {} {}: {before} -> {after}", self.role, self.purpose)?;
        if self.lowers() {
            formatter.write_str(" (lower: more persons are singled out)")?;
        }
        if self.is_too_low() {
            formatter.write_str(" (under the floor of 90 %)")?;
        }
        Ok(())
    }
}

/// The roles and purposes that see something otherwise and hide another share of persons by it.
pub(super) async fn shifts(
    before: GrantSet,
    after: GrantSet,
    shifts: &[Shift],
    at: DateTime<Utc>,
) -> Result<Vec<CrowdShift>> {
    let pairs: BTreeSet<(Role, Purpose)> =
        shifts.iter().map(|shift| (shift.after.role, shift.after.purpose)).collect();
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let compare = move || {
        let was = anonymity::standings(&before, pairs.iter().copied(), at);
        let is = anonymity::standings(&after, pairs.iter().copied(), at);
        let shift = |&(role, purpose): &(Role, Purpose)| {
            let (before, after) = (*was.get(&(role, purpose))?, *is.get(&(role, purpose))?);
            (before != after).then_some(CrowdShift { role, purpose, before, after })
        };
        pairs.iter().filter_map(shift).collect()
    };
    spawn_blocking(compare)
        .await
        .map_err(|_| GatewayError::new(Code::Internal, "the crowds could not be counted"))
}
