//! A permit is a view: of each kind it gives the rows of which it shows anything, whatever is
//! selected, and of these rows it shows a cell where the grant of its field reaches the row.

use entity::sharing::Group;

use super::{RowRule, Scope};
use crate::catalogue::Kind;

impl RowRule {
    /// All rows of the caller's unit; `collector` names the column of who collected a row.
    pub const fn of_unit(collector: &'static str) -> Self {
        Self {
            scope: Scope::Unit,
            covers_minors: true,
            older_wards: false,
            consented: None,
            entrusted: false,
            collector,
            beside: false,
            break_glass: false,
            closed: [None; 2],
        }
    }

    /// The same of what the department collected in the rows of the kind alone, and not beside them.
    pub const fn of_rows(self) -> Self {
        Self { beside: false, ..self }
    }

    /// Leaves out wards of whom one of these groups is closed.
    pub(super) fn close(&mut self, groups: [Option<Group>; 2]) {
        let mut groups = groups;
        groups.sort_unstable();
        if groups[0] == groups[1] {
            groups[0] = None;
        }
        self.closed = groups;
    }

    /// The same where nothing is closed to guardians.
    #[must_use]
    pub(super) fn unclosed(self) -> Self {
        Self { closed: [None; 2], ..self }
    }

    /// Of which rows of a kind, in Chinese.
    pub fn label_zh(&self, kind: &Kind) -> String {
        let whom = match self.scope {
            Scope::Unit if kind.person().is_none() => "本辖区的记录",
            Scope::Unit => "居住在本辖区的人员",
            Scope::Caseload => "本机构在管对象",
            Scope::Own => "本部门采集的信息",
            Scope::Consent if self.entrusted => "已单独同意或依合同受托办理的人员",
            Scope::Consent => "已单独同意的人员",
            Scope::Subject if self.older_wards => "本人及其监护的未成年人",
            Scope::Subject => "本人及其监护的未满14周岁子女",
            Scope::Exchange => "本部门采集或有效交换批次内的信息",
            Scope::BreakGlass => "紧急访问的患者",
        };
        let emergency = if self.is_widened() { "及紧急访问的患者" } else { "" };
        let age = if self.covers_minors { "" } else { "(已满14周岁)" };
        format!("{whom}{emergency}{age}")
    }

    /// Of which rows of a kind, in English.
    pub fn label_en(&self, kind: &Kind) -> String {
        let whom = match self.scope {
            Scope::Unit if kind.person().is_none() => "of the caller's unit",
            Scope::Unit => "of persons living in the caller's unit",
            Scope::Caseload => "of persons in the caseload of the caller's organization",
            Scope::Own => "where the caller's department collected it",
            Scope::Consent if self.entrusted => {
                "of persons who consented or whose case the organization was entrusted with by contract"
            }
            Scope::Consent => "of persons who consented",
            Scope::Subject if self.older_wards => {
                "of the person and of minors in their guardianship"
            }
            Scope::Subject => "of the person and of children under 14 in their guardianship",
            Scope::Exchange => {
                "where the caller's department collected it, or an open exchange batch carries it"
            }
            Scope::BreakGlass => "through break-glass",
        };
        let emergency = if self.is_widened() { " or through break-glass" } else { "" };
        let age = if self.covers_minors { "" } else { " who have reached 14" };
        format!("{whom}{emergency}{age}")
    }

    /// Whether an emergency reaches rows beside another scope.
    fn is_widened(&self) -> bool {
        self.break_glass && self.scope != Scope::BreakGlass
    }

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
                self.collector == other.collector && (other.beside || !self.beside)
            }
            (Scope::Consent, Scope::Consent) => {
                self.consented == other.consented && (other.entrusted || !self.entrusted)
            }
            (Scope::Subject, Scope::Subject) => {
                let leaves_out = |group: &Option<Group>| self.closed.contains(group);
                (other.older_wards || !self.older_wards)
                    && other.closed.iter().filter(|group| group.is_some()).all(leaves_out)
            }
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
    use super::*;

    const UNIT: RowRule = RowRule::of_unit("collecting_department");

    #[test]
    fn a_rule_is_within_another_that_reaches_all_its_rows() {
        let cases = RowRule { scope: Scope::Caseload, ..UNIT };
        let emergency = RowRule { scope: Scope::BreakGlass, break_glass: true, ..UNIT };
        let either = RowRule { break_glass: true, ..cases };
        let adults = RowRule { covers_minors: false, ..UNIT };
        let own = RowRule { scope: Scope::Own, ..UNIT };
        let number = RowRule { collector: "phone_collected_by", ..own };
        let beside = RowRule { beside: true, ..own };
        let agreed = |group| RowRule { scope: Scope::Consent, consented: Some(group), ..UNIT };
        for (one, other) in
            [(cases, UNIT), (emergency, either), (cases, either), (adults, UNIT), (own, beside)]
        {
            assert!(one.is_within(&other) && one.is_within(&one), "{one:?} {other:?}");
            assert!(!other.is_within(&one), "{other:?} {one:?}");
        }
        for (one, other) in [
            (beside, number),
            (own, number),
            (agreed(Group::G02), agreed(Group::G06)),
            (emergency, UNIT),
        ] {
            assert!(!one.is_within(&other) && !other.is_within(&one), "{one:?} {other:?}");
        }
        let own_data = RowRule { scope: Scope::Subject, ..UNIT };
        let closed = |groups| {
            let mut rule = own_data;
            rule.close(groups);
            rule
        };
        let (one, two) =
            (closed([Some(Group::G21); 2]), closed([Some(Group::G21), Some(Group::G09)]));
        assert!(one.is_within(&own_data) && two.is_within(&one) && two.is_within(&two));
        assert!(!own_data.is_within(&one) && !one.is_within(&two));
        assert_eq!(widest([one, own_data, two]), [own_data]);
        assert_eq!(widest([cases, adults, UNIT, own]), [UNIT]);
        assert_eq!(widest([cases, emergency, either]), [either]);
        assert_eq!(widest([own, number, own]), [own, number]);
    }
}
