//! Scope `x`: what the own department collected, and of what others collected the rows that an exchange
//! batch carries.

use super::Params;
use crate::{catalogue::Kind, policy::RowRule};

/// The condition that somebody else's row is a member of an accepted batch that is addressed to the
/// caller's department and unit and open today, and that the batch carries the field (`exchange.md` E-07:
/// for 30 days, only its fields).
///
/// None where no row is: there is no exchange yet that could accept a batch, and everything that asks for
/// scope `x` asks here.
pub(super) fn in_open_batch(
    _rule: &RowRule,
    _kind: &Kind,
    _alias: &str,
    _params: &mut Params,
) -> Option<String> {
    None
}
