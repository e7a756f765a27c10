//! Floors: what no grant may override, whoever edits the grants. Each names its article.

use chrono::{DateTime, Utc};
use entity::sharing::{Class, Department, FieldSpec, Group, ProtectedRows};

use super::{Basis, Grant, GrantSet, Instrument, Level, Permit, Purpose, Refusal, Role, Target};
use crate::catalogue::{FieldId, Kind, catalogue};

/// Roles that see counts and never persons: 统计法 28, and "no exception for seniority".
const ANALYSTS: [Role; 5] = [Role::HA, Role::PA, Role::GC, Role::MC, Role::FA];

/// The least number of identity numbers that masks must leave possible, together.
const JOINT_MASK_FLOOR: u64 = 100_000;

/// A grant is alive while it and its law are: a repealed law kills its grants at that instant.
pub(super) fn in_force(grant: &Grant, instant: DateTime<Utc>) -> Result<(), Refusal> {
    let basis = &grant.basis;
    if instant < basis.in_force_from || basis.in_force_until.is_some_and(|end| end <= instant) {
        return Err(Refusal::LawNotInForce);
    }
    if instant < grant.valid_from || grant.valid_until.is_some_and(|end| end <= instant) {
        return Err(Refusal::GrantNotInForce);
    }
    Ok(())
}

/// PIPL 21: who handles data for others does so by a contract, which says until when.
pub(super) fn commissioned(basis: Basis) -> Result<(), Refusal> {
    let needs_contract = basis.role.department() == Department::Social;
    if needs_contract && !basis.has_contract { Err(Refusal::NeedsContract) } else { Ok(()) }
}

/// PIPL 34: state organs handle personal information within laws and administrative regulations;
/// a policy paper can ground counts and nothing else.
pub(super) fn policy_is_no_law(grant: &Grant) -> Result<(), Refusal> {
    if grant.level.shows_rows() && grant.basis.instrument == Instrument::Policy {
        return Err(Refusal::PolicyIsNoLaw);
    }
    Ok(())
}

/// 艾滋病防治条例 39, 精神卫生法 4, PIPL 28: specially protected data (C4) never leaves health
/// roles and the person, not even as a count.
pub(super) fn specially_protected(role: Role, group: Group, class: Class) -> Result<(), Refusal> {
    let protected = class == Class::C4 || group.is_specially_protected();
    let within = matches!(role.department(), Department::Health) || role == Role::SU;
    if protected && !within { Err(Refusal::SpeciallyProtected) } else { Ok(()) }
}

/// Groups that stay closed in every emergency: contraception and abortion, HIV and STI. Neither
/// saves a life within the hour (PIPL 28; 艾滋病防治条例 39).
pub(super) fn closed_in_emergencies(group: Group) -> bool {
    matches!(group, Group::G18 | Group::G20)
}

/// Whether a guardian sees it of wards of 14 to 17 years (民法典 34, 35): all but what the young person may
/// want kept from a guardian, which is what C4 holds (PIPL 28).
pub(super) fn opens_to_guardians(group: Group, class: Class) -> bool {
    class != Class::C4 && !group.is_specially_protected()
}

/// Whether an access, by its fields, role or purpose, tells that there is specially protected data
/// of the person: a row that an HIV desk asked for says enough.
pub fn tells_of_protected(basis: Basis, fields: impl IntoIterator<Item = FieldId>) -> bool {
    let by_role = matches!(basis.role, Role::HX | Role::HP | Role::HM);
    let by_purpose =
        matches!(basis.purpose, Purpose::Stg | Purpose::Smd | Purpose::Mch | Purpose::Fp);
    let by_field = fields.into_iter().map(|field| &catalogue().field(field).spec);
    by_role
        || by_purpose
        || by_field
            .into_iter()
            .any(|spec| spec.class == Class::C4 || spec.group.is_specially_protected())
}

/// Rows a role never sees of a kind: accesses that tell of C4 belong to the person alone, consents
/// to it to the person and health roles (PIPL 28; 艾滋病防治条例 39; 精神卫生法 4). To SU they are those that
/// a guardian does not see of wards from 14 on.
pub fn protected_rows(role: Role, kind: &Kind) -> Option<ProtectedRows> {
    let is_health = role.department() == Department::Health;
    match kind.protected? {
        ProtectedRows::OfGroup(_) if is_health => None,
        ProtectedRows::Reserved { roles, .. } if roles.contains(&role.code()) => None,
        rows => Some(rows),
    }
}

/// Overrides of the data dictionary: some fields only ever open to the roles it names.
pub(super) fn named_roles(role: Role, field: &FieldSpec) -> Result<(), Refusal> {
    match field.only_roles {
        Some(roles) if !roles.contains(&role.code()) => Err(Refusal::OtherRolesOnly),
        _ => Ok(()),
    }
}

/// 统计法 28: analysts get no data that identifies a person, but for their department's own log.
pub(super) fn analysts_count(role: Role, group: Group, level: Level) -> Result<(), Refusal> {
    if ANALYSTS.contains(&role) && level.shows_rows() && group != Group::G30 {
        return Err(Refusal::AnalystsCount);
    }
    Ok(())
}

/// What a caller sees, together, of the facts an identity number is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JointView {
    /// The six digits of the county, or only the two of the province.
    pub county: bool,
    /// The full birth date.
    pub birth_date: bool,
    /// At least the year of birth.
    pub birth_year: bool,
    /// The sex.
    pub sex: bool,
    /// The check character.
    pub check_character: bool,
    /// How many of the last four characters.
    pub last_characters: u8,
}

/// How many identity numbers (GB 11643: 6 + 8 + 3 + 1) fit what is seen.
///
/// Counted for one province of 60 counties and births of 76 years where region or date are open.
pub fn identity_candidates(view: JointView) -> u64 {
    let regions = if view.county { 1 } else { 60 };
    let dates = match (view.birth_date, view.birth_year) {
        (true, _) => 1,
        (false, true) => 365,
        (false, false) => 76 * 365,
    };
    let checked = view.check_character || view.last_characters > 0;
    let sequences: u64 = match view.last_characters {
        0 | 1 => 1000,
        2 => 100,
        3 => 10,
        _ => 1,
    };
    // Digit 17 tells the sex, so only while it is hidden does the sex tell anything.
    let by_sex = if view.sex && view.last_characters < 2 { 2 } else { 1 };
    let all: u64 = regions * dates * sequences;
    // One number in eleven has the check character that is seen.
    let fitting = if checked { (all + 5) / 11 } else { all };
    (fitting / by_sex).max(1)
}

/// The joint-mask rule: beside a full birth date no digit of the identity number may stand, and
/// with a masked one at least 100,000 numbers must remain possible.
pub(super) fn joint_mask(id_number: Level, view: JointView) -> Result<(), Refusal> {
    let identifies = view.birth_date || identity_candidates(view) < JOINT_MASK_FLOOR;
    if id_number == Level::Masked && identifies { Err(Refusal::JointMask) } else { Ok(()) }
}

/// Whether a grant could ever hold within a set that has it already: what is refused here is not
/// worth proposing, because [`Permit::decide`] would refuse it too.
///
/// It is looked at from `now`, or from the instant it begins, and the joint mask at every instant
/// from then on at which something begins or ends. The caller is taken to have an organization and
/// to be a person: whoever has neither sees less.
///
/// # Errors
/// The floor it hits; [`Refusal::law`] names the article.
pub fn could_hold(resulting: &GrantSet, grant: &Grant, now: DateTime<Utc>) -> Result<(), Refusal> {
    let (role, purpose) = (grant.role, grant.purpose);
    if !purpose.is_open_to(role) {
        return Err(Refusal::PurposeNotOpen);
    }
    if grant.level == Level::None {
        return Ok(());
    }
    let begins = grant.valid_from.max(now);
    in_force(grant, begins)?;
    policy_is_no_law(grant)?;
    match (&grant.target, grant.target.field()) {
        (Target::Group(group), _) => {
            let class = if group.is_specially_protected() { Class::C4 } else { Class::C0 };
            specially_protected(role, *group, class)?;
            analysts_count(role, *group, grant.level)?;
        }
        (Target::Field(_), Some(field)) => {
            named_roles(role, &field.spec)?;
            specially_protected(role, field.spec.group, field.spec.class)?;
            analysts_count(role, field.spec.group, grant.level)?;
        }
        (Target::Field(_), None) => return Err(Refusal::NotGranted),
    }
    let basis =
        Basis { role, purpose, has_organization: true, has_person: true, has_contract: true };
    let mut next = Some(begins);
    while let Some(instant) = next {
        let permit = Permit::decide(basis, resulting, instant)?;
        if permit.hits_joint_mask() {
            return Err(Refusal::JointMask);
        }
        next = permit.valid_until;
    }
    Ok(())
}
