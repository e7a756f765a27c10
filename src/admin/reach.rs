//! How far a steward's word reaches: its unit. A grant holds in the whole province, so whoever is a
//! steward of less neither proposes nor signs nor takes away; what it administers are the partner
//! systems of its own unit.

use std::ops::RangeInclusive;

use crate::error::{Code, GatewayError, Result};

/// The unit of an administrator.
pub struct Reach {
    units: RangeInclusive<i64>,
    is_province: bool,
}

impl Reach {
    /// The reach of whoever has a unit with these keys.
    pub fn new((first, last): (i64, i64), is_province: bool) -> Self {
        Self { units: first..=last, is_province }
    }

    /// The keys of the units whose partner systems it administers; none where it is all of them.
    pub fn of_clients(&self) -> Option<RangeInclusive<i64>> {
        (!self.is_province).then(|| self.units.clone())
    }

    /// The first and last key of the unit and all below it.
    pub fn units(&self) -> (i64, i64) {
        (*self.units.start(), *self.units.end())
    }

    /// Refuses what would change grants.
    ///
    /// # Errors
    /// For the steward of anything less than the province.
    pub fn require_province(&self) -> Result<()> {
        if self.is_province {
            return Ok(());
        }
        let message = "grants hold in the whole province: a steward or officer of the province \
                       proposes, signs and takes away";
        Err(GatewayError::new(Code::Forbidden, message).with("reason", "UNIT"))
    }
}
