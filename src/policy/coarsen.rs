//! How coarse masks are, from all that a permit shows together: a mask holds only as far as no
//! neighbour undoes it.

use entity::{person, sharing::Mask};

use super::{Level, Refusal, permit::Decision};
use crate::catalogue::{Field, Kind, catalogue};

/// Makes the decisions for fields as coarse as those beside them.
///
/// 1. A permit that names nobody gets the coarser masks, so that what it sees of a person others
///    have in common with it.
/// 2. The instants of a row's history are never finer than the coarsest date of its kind, also
///    where another group grants them in full. A permit that names nobody does not see who
///    collected a row either.
/// 3. Who names a further person shows no more of the name than of names elsewhere.
pub(super) fn apply(decisions: &mut [Decision], names_persons: bool) {
    for field in catalogue().fields() {
        let decision = &mut decisions[usize::from(field.id.0)];
        let mask = field.spec.mask_for(names_persons);
        match (decision.level, decision.mask) {
            (Level::Masked, _) => decision.mask(mask),
            (Level::Predicate, Some(_)) if mask.leaves_nothing() => decision.mask(mask),
            _ => decision.mask = None,
        }
    }
    for kind in catalogue().kinds() {
        coarsen_history(decisions, kind, names_persons);
    }
    let name = decisions[usize::from(catalogue().field_of(person::Column::Name).id.0)].clone();
    for field in catalogue().fields().iter().filter(|field| field.spec.names_person.is_some()) {
        limit_to(&mut decisions[usize::from(field.id.0)], &name);
    }
}

/// The instants of a kind's history, beside its dates. A date that is shown in full hides nothing;
/// one that is not shown counts as masked.
fn coarsen_history(decisions: &mut [Decision], kind: &Kind, names_persons: bool) {
    let shown = |field: &Field| &decisions[usize::from(field.id.0)];
    let mask_of = |field: &Field| match shown(field) {
        Decision { level: Level::Full, .. } => None,
        Decision { mask: Some(mask), .. } => Some(*mask),
        _ => Some(field.spec.mask_for(names_persons)),
    };
    let fields = || catalogue().fields_of(kind.id);
    // To those who know somebody by name, a date that leaves nothing is one they cannot ask for, and
    // the others of the kind decide; to those who know nobody it is a limit like any other.
    let counts = |mask: &Mask| !(names_persons && mask.leaves_nothing());
    let coarsest = fields()
        .filter(|field| field.spec.is_date())
        .filter_map(mask_of)
        .filter(counts)
        .filter_map(|mask| Some((mask.date_coarseness()?, mask)))
        .max_by_key(|(coarseness, _)| *coarseness)
        .map(|(_, mask)| mask.of_instants());
    // A row without dates of its own may be as old as its person.
    let dateless = !fields().any(|field| field.spec.is_date());
    let of_birth = mask_of(catalogue().field_of(person::Column::BirthDate)).map(Mask::of_instants);
    for field in fields().filter(|field| field.spec.is_provenance) {
        let decision = &mut decisions[usize::from(field.id.0)];
        if !field.spec.is_instant_of_row() {
            if !names_persons && matches!(decision.level, Level::Full | Level::Masked) {
                decision.close(Refusal::MaskedAway);
            }
            continue;
        }
        let is_hidden = field.spec.mask_for(names_persons).leaves_nothing();
        match (decision.level, coarsest, of_birth) {
            (Level::Full | Level::Masked, Some(_), _) if is_hidden => decision.mask(Mask::Redact),
            (Level::Full | Level::Masked, Some(mask), _) => decision.mask(mask),
            (Level::Masked, None, Some(mask)) if dateless => decision.mask(mask),
            _ => {}
        }
    }
}

/// At most as much as another decision shows.
fn limit_to(decision: &mut Decision, other: &Decision) {
    match (decision.level, other.level) {
        (Level::Full | Level::Masked, Level::Masked) => {
            decision.mask(other.mask.unwrap_or(Mask::Redact));
        }
        (Level::Full | Level::Masked, Level::None | Level::Aggregate | Level::Predicate) => {
            decision.close(Refusal::MaskedAway);
        }
        _ => {}
    }
}
