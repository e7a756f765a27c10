//! Floors hold whatever the grants say.

use entity::sharing::{Class, Department, Group, Mask, Type};
use proptest::prelude::*;

use super::support::*;
use crate::{
    catalogue::{Field, catalogue},
    policy::{
        Basis, Grant, Instrument, Level, Permit, Position, Purpose, Refusal, Role, RowRule, Scope,
        Target,
    },
};

const ANALYSTS: [Role; 5] = [Role::HA, Role::PA, Role::GC, Role::MC, Role::FA];

fn is_within_health(role: Role) -> bool {
    role.department() == Department::Health || role == Role::SU
}

fn is_protected(field: &Field) -> bool {
    let groups = [Group::G16, Group::G18, Group::G20, Group::G21];
    field.spec.class == Class::C4 || groups.contains(&field.spec.group)
}

/// Whether there is nobody in the rows.
fn tells_of_unit(field: &Field) -> bool {
    catalogue().kind(field.kind).person().is_none()
}

/// Grants of everything there is: every group and every field by name.
fn everything(role: Role, purpose: Purpose) -> Vec<Grant> {
    let groups = Group::ALL.into_iter().map(Target::Group);
    let fields = catalogue().fields().iter().map(|field| Target::Field(field.path()));
    groups.chain(fields).map(|target| grant(role, purpose, target)).collect()
}

fn assert_floors(permit: &Permit, field: &Field) {
    let (role, spec, path) = (permit.basis.role, &field.spec, field.path());
    let decision = permit.field(field.id);
    let is_yes_no = spec.ty == Type::Boolean && spec.mask == Mask::Predicate;
    if is_protected(field) && !is_within_health(role) {
        assert_eq!(decision.level, Level::None, "{path}: not even as a count");
    }
    if ANALYSTS.contains(&role) && spec.group != Group::G30 && !tells_of_unit(field) {
        assert!(!decision.level.shows_rows(), "{path}: analysts count");
    }
    if spec.name == "contraindication" && ![Role::HV, Role::SU].contains(&role) {
        assert_eq!(decision.level, Level::None, "{path}: only the roles it names");
    }
    assert_eq!(decision.rows.is_some(), decision.level.shows_rows(), "{path}");
    assert_eq!(decision.refusal.is_none(), decision.level.shows_rows(), "{path}");
    match decision.level {
        Level::Predicate => assert!(is_yes_no, "{path}: no yes/no field"),
        Level::Masked => {
            // Who names a further person is masked as names are, whatever its own mask.
            let left = decision.mask.unwrap_or(spec.mask);
            assert!(!matches!(left, Mask::Redact | Mask::AggregateOnly), "{path}");
            for position in [Position::Filter, Position::Order, Position::Group] {
                let is_searched = permit.basis.role == Role::AU
                    && decision.mask == Some(Mask::Plain)
                    && ["AccessEvent.at", "AccessEvent.department", "AccessEvent.purpose"]
                        .contains(&path.as_str());
                let may = permit.may(field, position);
                assert!(!may || is_searched, "{path}: masked, yet {position:?}");
            }
        }
        _ => {}
    }
    if let Some(rule) = decision.rows {
        assert_emergency(permit, spec.group, rule);
        if tells_of_unit(field) {
            assert!(matches!(rule.scope, Scope::Unit | Scope::Exchange), "{path}: {rule:?}");
        }
        assert!(rule.scope != Scope::Caseload || permit.basis.has_organization, "{path}");
        assert!(rule.scope != Scope::Subject || permit.basis.has_person, "{path}");
        assert!(role != Role::VN || permit.basis.has_contract, "{path}");
        let may_be_entrusted = role == Role::GG && permit.basis.has_contract;
        assert_eq!(rule.entrusted, may_be_entrusted && rule.scope == Scope::Consent, "{path}");
        let may_be_older = rule.scope == Scope::Subject && !is_protected(field);
        assert_eq!(rule.older_wards, may_be_older, "{path}");
        assert_eq!(rule.consented.is_some(), rule.scope == Scope::Consent, "{path}");
    }
}

/// Emergencies open only to clinicians under P-ETR, for an organization, and neither G18 nor G20.
fn assert_emergency(permit: &Permit, group: Group, rule: RowRule) {
    let Basis { role, purpose, has_organization, .. } = permit.basis;
    assert!(rule.break_glass || rule.scope != Scope::BreakGlass);
    if rule.break_glass {
        assert_eq!(purpose, Purpose::Etr);
        assert!(has_organization && permit.breaks_glass);
        assert!([Role::HE, Role::HC, Role::HP].contains(&role), "{role}");
        assert!(![Group::G18, Group::G20].contains(&group), "{group:?}");
        let is_widened = rule.scope == Scope::Caseload && role != Role::HE;
        assert!(is_widened || rule.scope == Scope::BreakGlass);
    }
}

proptest! {
    #[test]
    fn floors_hold_for_any_grants_whatever((basis, grants) in cases(), instant in instants()) {
        let permit = decide(basis, &grants, instant);
        for field in catalogue().fields() {
            assert_floors(&permit, field);
            let decision = permit.field(field.id);
            if decision.level != Level::None {
                let law = decision.law.as_ref().unwrap();
                prop_assert!(law.in_force_from <= instant);
                prop_assert!(law.in_force_until.is_none_or(|end| instant < end));
                let is_paper = law.instrument == Instrument::Policy;
                prop_assert!(!(is_paper && decision.level.shows_rows()));
            }
        }
        for group in Group::ALL {
            let decision = permit.group(group);
            if group.is_specially_protected() && !is_within_health(basis.role) {
                prop_assert_eq!(decision.level, Level::None);
            }
            prop_assert_eq!(decision.rows.is_some(), decision.level.shows_rows());
        }
        if level(&permit, "Person", "idNumber") == Level::Masked {
            prop_assert!(level(&permit, "Person", "birthDate") != Level::Full);
        }
    }
}

#[test]
fn floors_hold_even_when_everything_is_granted_to_everybody() {
    for role in Role::ALL {
        for purpose in Purpose::of(role) {
            let permit = decide(basis(role, purpose), &everything(role, purpose), noon());
            for field in catalogue().fields() {
                assert_floors(&permit, field);
            }
        }
    }
}

#[test]
fn specially_protected_data_is_refused_outside_health_at_every_level() {
    for role in Role::ALL.into_iter().filter(|role| !is_within_health(*role)) {
        let purpose = Purpose::of(role).next().unwrap();
        for level in [Level::Aggregate, Level::Predicate, Level::Masked, Level::Full] {
            let mut grants = everything(role, purpose);
            grants.iter_mut().for_each(|grant| grant.level = level);
            let permit = decide(basis(role, purpose), &grants, noon());
            for field in catalogue().fields().iter().filter(|field| is_protected(field)) {
                let decision = permit.field(field.id);
                assert_eq!(decision.level, Level::None, "{role} {}", field.path());
                let reasons = [Refusal::SpeciallyProtected, Refusal::OtherRolesOnly];
                let is_count = ANALYSTS.contains(&role) && level.shows_rows();
                assert!(is_count || reasons.contains(&decision.refusal.unwrap()), "{decision:?}");
            }
        }
    }
}

#[test]
fn a_policy_paper_grounds_counts_and_nothing_else() {
    let sex = field("Person", "sex");
    for (granted, left) in [
        (Level::Aggregate, Level::Aggregate),
        (Level::Predicate, Level::None),
        (Level::Masked, Level::None),
        (Level::Full, Level::None),
    ] {
        let mut grant = grant(Role::HO, Purpose::Hr, Target::Group(Group::G04));
        grant.level = granted;
        grant.basis = std::sync::Arc::new(law(Instrument::Policy));
        let permit = decide(basis(Role::HO, Purpose::Hr), &[grant], noon());
        let decision = permit.field(sex.id);
        assert_eq!(decision.level, left);
        let refusal =
            if left == Level::None { Refusal::PolicyIsNoLaw } else { Refusal::CountsOnly };
        assert_eq!(decision.refusal, Some(refusal));
    }
}

#[test]
fn analysts_see_rows_of_their_departments_log_alone() {
    for role in ANALYSTS {
        let purpose = Purpose::of(role).next().unwrap();
        let permit = decide(basis(role, purpose), &everything(role, purpose), noon());
        for kind in catalogue().kinds() {
            assert_eq!(permit.shows_kind(kind.id), kind.name == "AccessEvent", "{role}");
        }
        assert_eq!(permit.field(field("Person", "sex").id).refusal, Some(Refusal::AnalystsCount),);
    }
}

#[test]
fn scopes_that_reach_no_rows_say_why() {
    for (scope, refusal) in [
        (None, Refusal::NoRows),
        (Some(Scope::BreakGlass), Refusal::NeedsBreakGlass),
        (Some(Scope::Caseload), Refusal::NeedsOrganization),
        (Some(Scope::Subject), Refusal::NeedsPerson),
    ] {
        let mut grant = grant(Role::HO, Purpose::Hr, Target::Group(Group::G04));
        grant.scope = scope;
        let nobody =
            Basis { has_organization: false, has_person: false, ..basis(Role::HO, Purpose::Hr) };
        let permit = decide(nobody, &[grant], noon());
        assert_eq!(permit.field(field("Person", "sex").id).refusal, Some(refusal));
        assert_eq!(level(&permit, "Person", "sex"), Level::None);
    }
}
