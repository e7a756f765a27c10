//! A permit is a view: of each kind it gives the rows of which it shows anything, whatever is
//! selected, and of these rows it shows a cell where the grant of its field reaches the row.

use super::{RowRule, Scope};

impl RowRule {
    /// Whether every row that this reaches, the other reaches too, whoever asks.
    pub fn is_within(&self, other: &RowRule) -> bool {
        if self.covers_minors && !other.covers_minors || self.break_glass && !other.break_glass {
            return false;
        }
        match (self.scope, other.scope) {
            // Nothing but emergencies, which the other reaches.
            (Scope::BreakGlass, _) => true,
            (_, Scope::Unit) => true,
            (Scope::Own, Scope::Own | Scope::Exchange) | (Scope::Exchange, Scope::Exchange) => {
                self.collector == other.collector
            }
            (Scope::Consent, Scope::Consent) => {
                self.consented == other.consented && (other.entrusted || !self.entrusted)
            }
            (Scope::Subject, Scope::Subject) => other.older_wards || !self.older_wards,
            (one, other) => one == other,
        }
    }
}

/// Those of some rules within which all of them are: a row is reached by one of all rules exactly
/// when it is by one of these.
pub(super) fn widest(rules: impl IntoIterator<Item = RowRule>) -> Vec<RowRule> {
    let mut widest: Vec<RowRule> = Vec::new();
    for rule in rules {
        if widest.iter().any(|known| rule.is_within(known)) {
            continue;
        }
        widest.retain(|known| !known.is_within(&rule));
        widest.push(rule);
    }
    widest.sort_unstable();
    widest
}

#[cfg(test)]
mod tests {
    use entity::sharing::Group;

    use super::*;

    const UNIT: RowRule = RowRule {
        scope: Scope::Unit,
        covers_minors: true,
        older_wards: false,
        consented: None,
        entrusted: false,
        collector: "collecting_department",
        break_glass: false,
    };

    #[test]
    fn a_rule_is_within_another_that_reaches_all_its_rows() {
        let cases = RowRule { scope: Scope::Caseload, ..UNIT };
        let emergency = RowRule { scope: Scope::BreakGlass, break_glass: true, ..UNIT };
        let either = RowRule { break_glass: true, ..cases };
        let adults = RowRule { covers_minors: false, ..UNIT };
        let own = RowRule { scope: Scope::Own, ..UNIT };
        let number = RowRule { collector: "phone_collected_by", ..own };
        let agreed = |group| RowRule { scope: Scope::Consent, consented: Some(group), ..UNIT };
        for (one, other) in [(cases, UNIT), (emergency, either), (cases, either), (adults, UNIT)] {
            assert!(one.is_within(&other) && one.is_within(&one), "{one:?} {other:?}");
            assert!(!other.is_within(&one), "{other:?} {one:?}");
        }
        for (one, other) in
            [(own, number), (agreed(Group::G02), agreed(Group::G06)), (emergency, UNIT)]
        {
            assert!(!one.is_within(&other) && !other.is_within(&one), "{one:?} {other:?}");
        }
        assert_eq!(widest([cases, adults, UNIT, own]), [UNIT]);
        assert_eq!(widest([cases, emergency, either]), [either]);
        assert_eq!(widest([own, number, own]), [own, number]);
    }
}
