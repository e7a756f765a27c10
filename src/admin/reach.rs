//! How far a steward's word reaches: its unit. A grant holds in the whole province, so whoever is a
//! steward of less neither proposes nor signs nor takes away; what it administers are the partner
//! systems of its own unit.

use std::{ops::RangeInclusive, sync::Arc};

use chrono::NaiveDate;

use crate::{
    directory::Directory,
    error::{Code, GatewayError, Result},
};

/// The unit of an administrator.
pub struct Reach {
    directory: Arc<Directory>,
    today: NaiveDate,
    units: RangeInclusive<i64>,
    is_province: bool,
}

impl Reach {
    /// The reach of whoever has a unit with these keys.
    pub fn new(
        directory: Arc<Directory>,
        today: NaiveDate,
        (first, last): (i64, i64),
        is_province: bool,
    ) -> Self {
        Self { directory, today, units: first..=last, is_province }
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

    /// Refuses a partner system of another unit.
    ///
    /// # Errors
    /// When the unit is not, and does not lie within, the administrator's.
    pub fn require_within(&self, unit: &str) -> Result<()> {
        let known = self.directory.unit(unit, self.today);
        // A unit that is not known is refused where the client is looked at.
        if self.is_province || known.is_some_and(|unit| self.units.contains(&unit.id)) {
            return Ok(());
        }
        let message = "the client's unit does not lie within that of its steward";
        Err(GatewayError::new(Code::Forbidden, message).with("reason", "UNIT"))
    }
}
