//! Whose clients somebody administers: checked where the client is changed, so that no door to the
//! change can forget it.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use entity::{administrative_unit, sharing::Department};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::unavailable;
use crate::{
    clock::day_in_shanghai,
    error::{Code, GatewayError},
    grants::ownership::steward,
    policy::Role,
};

/// Who changes clients.
#[derive(Clone, Debug)]
pub enum Authority {
    /// Whoever runs the program from its command line: all clients.
    Operator,
    /// A steward: the clients of its department within its unit.
    Steward {
        /// Its role.
        role: Role,
        /// The keys of its unit and all below it; none where it is the province.
        units: Option<RangeInclusive<i64>>,
    },
}

impl Authority {
    /// Refuses a client of another department, whose department never changes, or of another unit.
    pub(super) async fn require(
        &self,
        department: Department,
        unit: &str,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(), GatewayError> {
        let Self::Steward { role, units } = self else { return Ok(()) };
        let steward = steward(department);
        if *role != steward {
            let message = format!("clients of {} are {steward}'s to administer", department.code());
            return Err(GatewayError::new(Code::Forbidden, message));
        }
        let Some(units) = units else { return Ok(()) };
        let known = unit_in_force(unit, transaction, now).await?;
        if known.is_some_and(|unit| units.contains(&unit.id)) {
            return Ok(());
        }
        let message = "the client's unit does not lie within that of its steward";
        Err(GatewayError::new(Code::Forbidden, message).with("reason", "UNIT"))
    }

    /// The same for stopping a client: the data protection officer may stop anybody's.
    pub(super) async fn require_to_stop(
        &self,
        department: Department,
        unit: &str,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(), GatewayError> {
        match self {
            Self::Steward { role: Role::DP, .. } => Ok(()),
            _ => self.require(department, unit, transaction, now).await,
        }
    }
}

/// The unit that has a code today.
#[expect(clippy::disallowed_methods, reason = "units are public")]
pub(super) async fn unit_in_force(
    code: &str,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Option<administrative_unit::Model>, GatewayError> {
    let today = day_in_shanghai(now);
    let units = administrative_unit::Entity::find()
        .filter(administrative_unit::Column::Code.eq(code))
        .all(transaction)
        .await
        .map_err(unavailable)?;
    Ok(units.into_iter().find(|unit| unit.is_valid_on(today)))
}
