//! What grants open of kinds that tell of a unit and of nobody.
//!
//! Nobody is in anybody's care, has consented or collected values of a unit: where a grant of rows goes by
//! caseload, own collection or consent, the caller's own unit stands in their place. A person's own data and
//! emergencies are of persons, and reach no such row. Counts have nothing to hide of what is public: a grant
//! of counts opens the public fields (C0) of the unit's rows, and all of rows that are counts themselves.

use entity::sharing::{Class, Subject};

use super::{
    Grant, Instrument, Level, Refusal, RowRule, Scope,
    permit::{Decision, collector},
};
use crate::catalogue::{Field, Kind};

/// Whether a kind tells of units and of nobody.
pub(super) const fn tells_of_unit(kind: &Kind) -> bool {
    matches!(kind.subject, Subject::Unit(_) | Subject::Figures(_))
}

/// A grant as it is meant of rows that tell of a unit.
///
/// # Errors
/// When its scope is of persons alone.
pub(super) fn meant(grant: &Grant) -> Result<Grant, Refusal> {
    let scope = match grant.scope {
        Some(Scope::Caseload | Scope::Own | Scope::Consent) => Some(Scope::Unit),
        Some(Scope::Subject | Scope::BreakGlass) => return Err(Refusal::NoRows),
        other @ (None | Some(Scope::Unit | Scope::Exchange)) => other,
    };
    // Nobody is too young.
    Ok(Grant { scope, covers_minors: true, ..grant.clone() })
}

/// What a grant of counts opens of a field: itself, where it is public or a count already.
pub(super) fn counted(decision: Decision, kind: &Kind, field: &Field) -> Decision {
    // A policy paper grounds counts, and no rows of whatever it be.
    let is_law = decision.law.as_ref().is_some_and(|law| law.instrument != Instrument::Policy);
    let is_public = field.spec.class == Class::C0 || matches!(kind.subject, Subject::Figures(_));
    let is_open = is_law && is_public;
    if decision.level != Level::Aggregate || !is_open {
        return decision;
    }
    let rows = Some(RowRule::of_unit(collector()));
    Decision { level: Level::Full, rows, refusal: None, ..decision }
}
