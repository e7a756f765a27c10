//! The permit: for one role, purpose, set of grants and instant, a decision for every field.
//!
//! [`Permit::decide`] is pure and alone decides. Schema, plan, explanation and export ask it.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use entity::{
    access_event, household_registration, person, residence_registration,
    sharing::{Group, Mask, Subject, Type},
};
use sea_orm::IdenStatic;

use super::{
    Act, EventView, GrantSet, Level, Purpose, Refusal, Role, Scope, Target, Worklist, changes,
    coarsen,
    floors::{self, JointView},
    grant::{Grant, LegalBasis},
    unit, view,
};
use crate::catalogue::{DatabaseField, Field, FieldId, Kind, KindId, Source, catalogue};

/// What a permit is decided from. What differs between callers of one role — unit, organization,
/// person — is bound when rows are read; here it only matters whether there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Basis {
    /// The duty the caller acts in.
    pub role: Role,
    /// Why the caller asks.
    pub purpose: Purpose,
    /// Whether the token acts for an organization (needed for caseloads).
    pub has_organization: bool,
    /// Whether the token is a person's own (needed for one's own data).
    pub has_person: bool,
    /// Whether the organization handles data for others by a contract that holds (needed by commissioned
    /// societies).
    pub has_contract: bool,
}

/// Which rows one field may be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowRule {
    /// The scope of the grant.
    pub scope: Scope,
    /// Whether persons under 14 are within it.
    pub covers_minors: bool,
    /// With scope `s`: whether wards of 14 to 17 years are within it beside those under 14.
    pub older_wards: bool,
    /// With scope `k`: the group that consent must name.
    pub consented: Option<Group>,
    /// With scope `k`: whether cases that the organization was entrusted with by contract are within it, too.
    pub entrusted: bool,
    /// With scopes `o` and `x`: the column that says who collected the value.
    pub collector: &'static str,
    /// With scopes `o` and `x`: whether the department's own value may stand beside the row, where others
    /// collected that, too.
    pub beside: bool,
    /// Whether an emergency access that the caller has open reaches the row too, wherever the person
    /// lives: always with scope `b`, and beside the caseload with what `c` opens in full to HC and HP.
    pub break_glass: bool,
    /// With scope `s`: the groups of which something is closed to some guardian. Wards of whom one of
    /// these is closed are out of it; those of whom all is closed are out of it anyway.
    pub closed: [Option<Group>; 2],
}

/// Where in a request a field may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// In a selection.
    Select,
    /// In `where`.
    Filter,
    /// In `orderBy`.
    Order,
    /// In `groupBy` of counts.
    Group,
}

/// The decision for one field.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What is shown.
    pub level: Level,
    /// What is left of a value at `masked`.
    pub mask: Option<Mask>,
    /// Of which rows; present exactly when rows are shown.
    pub rows: Option<RowRule>,
    /// Why not more, when nothing or only counts are shown.
    pub refusal: Option<Refusal>,
    /// The law of the grant, where there is a grant.
    pub law: Option<Arc<LegalBasis>>,
    /// The version that brought the grant, where there is a grant.
    pub version: Option<i64>,
}

impl Decision {
    /// Shows nothing any more.
    pub(super) fn close(&mut self, refusal: Refusal) {
        (self.level, self.mask, self.rows) = (Level::None, None, None);
        self.refusal = Some(refusal);
    }

    /// Leaves out wards of whom one of these groups is closed to their guardian, where any is to anybody.
    fn closing(mut self, grants: &GrantSet, groups: [Group; 2]) -> Self {
        if let Some(rule) = &mut self.rows
            && rule.scope == Scope::Subject
        {
            rule.close(groups.map(|group| grants.closed().contains(&group).then_some(group)));
        }
        self
    }

    /// Shows what a mask leaves, at most.
    pub(super) fn mask(&mut self, mask: Mask) {
        match mask.leaves_nothing() {
            true => self.close(Refusal::MaskedAway),
            false => (self.level, self.mask) = (Level::Masked, Some(mask)),
        }
    }

    /// Why the field may not stand where [`Permit::may`] refuses it.
    pub fn reason(&self) -> Refusal {
        self.refusal.unwrap_or(match self.level {
            Level::Masked => Refusal::MaskedValue,
            Level::Predicate | Level::Full => Refusal::NotComparable,
            Level::None | Level::Aggregate => Refusal::NotGranted,
        })
    }
}

/// Decisions for every field of the catalogue.
#[derive(Debug)]
pub struct Permit {
    /// What it was decided from.
    pub basis: Basis,
    /// The version of the grants.
    pub grants_version: i64,
    /// The instant at which some grant or law begins or ends next.
    pub valid_until: Option<DateTime<Utc>>,
    /// What the caller may do.
    pub acts: &'static [Act],
    /// How much the caller sees of emergency accesses.
    pub events: Option<EventView>,
    /// Whether anything may be read by an emergency access, from persons who live anywhere.
    pub breaks_glass: bool,
    /// Whether some persons are shown by name, number or address; where none are, masks are coarser.
    pub names_persons: bool,
    /// Whether it is nobody's, and only drawn: then its scopes are none.
    pub is_drawn: bool,
    /// Groups of which something is closed to some guardian.
    pub closed_groups: BTreeSet<Group>,
    decisions: Vec<Decision>,
    groups: Vec<Decision>,
    /// For each kind the rules of its rows, the widest.
    visible: Vec<Vec<RowRule>>,
    /// The worklists that the caller works by.
    worklists: Vec<Worklist>,
    /// For each field when it ends; empty where nothing does, or nobody looked ahead.
    endings: Vec<Option<DateTime<Utc>>>,
}

impl Permit {
    /// Decides every field. Pure: the same arguments give the same permit.
    ///
    /// # Errors
    /// When the purpose is not one the role may ask for.
    pub fn decide(
        basis: Basis,
        grants: &GrantSet,
        instant: DateTime<Utc>,
    ) -> Result<Permit, Refusal> {
        if !basis.purpose.is_open_to(basis.role) {
            return Err(Refusal::PurposeNotOpen);
        }
        let groups = Group::ALL
            .into_iter()
            .map(|group| decide_group(basis, grants, instant, group))
            .collect();
        let mut permit = Permit {
            basis,
            grants_version: grants.version(),
            valid_until: next_change(basis, grants, instant),
            acts: Act::of(basis),
            events: EventView::of(basis),
            breaks_glass: false,
            names_persons: false,
            is_drawn: false,
            closed_groups: grants.closed().clone(),
            decisions: catalogue()
                .fields()
                .iter()
                .map(|field| decide_field(basis, grants, instant, field))
                .collect(),
            groups,
            visible: Vec::new(),
            worklists: Vec::new(),
            endings: Vec::new(),
        };
        let in_full = |field: &Field| permit.field(field.id).level == Level::Full;
        permit.names_persons = identifying().into_iter().any(in_full);
        coarsen::apply(&mut permit.decisions, permit.names_persons);
        permit.apply_joint_mask();
        permit.visible = permit.visible_rows();
        permit.worklists = Worklist::of(&permit);
        permit.breaks_glass = permit
            .decisions
            .iter()
            .chain(&permit.groups)
            .any(|decision| decision.rows.is_some_and(|rule| rule.break_glass));
        Ok(permit)
    }

    /// Everything granted in full: only the published SDL is drawn from it, never an answer.
    pub fn everything() -> Permit {
        let full = |collector| Decision {
            level: Level::Full,
            mask: None,
            rows: Some(RowRule::of_unit(collector)),
            refusal: None,
            law: None,
            version: None,
        };
        let mut permit = Permit {
            basis: Basis {
                role: Role::SU,
                purpose: Purpose::Sar,
                has_organization: false,
                has_person: false,
                has_contract: false,
            },
            grants_version: 0,
            valid_until: None,
            acts: &Act::ALL,
            events: Some(EventView::Everything),
            breaks_glass: false,
            names_persons: true,
            is_drawn: true,
            closed_groups: BTreeSet::new(),
            decisions: catalogue().fields().iter().map(|_| full(collector())).collect(),
            groups: Group::ALL.into_iter().map(|_| full(collector())).collect(),
            visible: Vec::new(),
            worklists: Worklist::every(),
            endings: Vec::new(),
        };
        permit.visible = permit.visible_rows();
        permit
    }

    /// The permit with what is known of when its fields end, by the grants and the instant it was decided by.
    #[must_use]
    pub fn looking_ahead(self, grants: &GrantSet, instant: DateTime<Utc>) -> Permit {
        let endings = changes::endings(&self, grants, instant);
        Permit { endings, ..self }
    }

    /// The instant from which a field is shared no more, where one is known.
    pub fn ends(&self, field: FieldId) -> Option<DateTime<Utc>> {
        self.endings.get(usize::from(field.0)).copied().flatten()
    }

    /// The decision for a field.
    pub fn field(&self, id: FieldId) -> &Decision {
        &self.decisions[usize::from(id.0)]
    }

    /// The decision for a group, as item lists need it for their parts.
    pub fn group(&self, group: Group) -> &Decision {
        &self.groups[group as usize]
    }

    /// Whether a field may stand at a position.
    pub fn may(&self, field: &Field, position: Position) -> bool {
        let level = self.field(field.id).level;
        let is_searched = self.is_searched_by_auditors(field);
        match position {
            Position::Select => level.shows_rows(),
            Position::Filter => {
                (level == Level::Full || level == Level::Predicate || is_searched)
                    && is_comparable(field)
            }
            Position::Order => (level == Level::Full || is_searched) && is_orderable(field),
            Position::Group => {
                (level == Level::Full || level == Level::Aggregate || level == Level::Predicate)
                    && is_groupable(field)
            }
        }
    }

    /// A field that may stand at a position where the database compares, orders or counts by it.
    pub fn computed_at(&self, field: &'static Field, position: Position) -> Option<DatabaseField> {
        DatabaseField::of(field).ok().filter(|field| self.may(field, position))
    }

    /// Of the log an auditor sees some fields as they are although its grant is masked: what has no
    /// mask is not guessed by filters and orders, and an audit begins with a period, a department or
    /// a purpose.
    fn is_searched_by_auditors(&self, field: &Field) -> bool {
        let decision = self.field(field.id);
        self.basis.role == Role::AU
            && (decision.level, decision.mask) == (Level::Masked, Some(Mask::Plain))
            && searched().into_iter().any(|searched| searched.id == field.id)
    }

    /// The fields of a kind that may stand at a position.
    pub fn fields_at(
        &self,
        kind: KindId,
        position: Position,
    ) -> impl Iterator<Item = &'static Field> {
        catalogue().fields_of(kind).filter(move |field| self.may(field, position))
    }

    /// The worklists that the caller works by.
    pub fn worklists(&self) -> &[Worklist] {
        &self.worklists
    }

    /// Whether any field of a kind shows rows: otherwise the kind does not exist for the caller.
    pub fn shows_kind(&self, kind: KindId) -> bool {
        self.fields_at(kind, Position::Select).next().is_some()
    }

    /// The rules of the rows of a kind: a row is there where one of them reaches it, whatever is asked
    /// of it. None where the kind shows no rows.
    pub fn rows(&self, kind: KindId) -> &[RowRule] {
        self.visible.get(usize::from(kind.0)).map_or(&[], Vec::as_slice)
    }

    /// The rule of a cell in the rows of a kind: none where it is shown in all of them.
    pub fn cell(&self, kind: KindId, rule: RowRule) -> Option<RowRule> {
        let is_everywhere = self.rows(kind).iter().all(|row| row.is_within(&rule));
        (!is_everywhere).then_some(rule)
    }

    /// Whether a cell is shown in all rows of its kind, as schemas and answers say it of a field: what is
    /// closed to a guardian of one minor is no matter of theirs.
    pub fn is_everywhere(&self, kind: KindId, rule: RowRule) -> bool {
        let rule = rule.unclosed();
        self.rows(kind).iter().all(|row| row.unclosed().is_within(&rule))
    }

    fn visible_rows(&self) -> Vec<Vec<RowRule>> {
        let rules = |kind: &Kind| {
            self.fields_at(kind.id, Position::Select).filter_map(|field| self.field(field.id).rows)
        };
        catalogue().kinds().iter().map(|kind| view::widest(rules(kind))).collect()
    }

    /// The parts of an item list that may be read: those whose own group is granted.
    pub fn readable_parts(
        &self,
        field: &Field,
        parts: &'static [(&'static str, Group)],
    ) -> impl Iterator<Item = (&'static str, RowRule)> {
        let own = field.spec.group;
        let own_rule = self.field(field.id).rows;
        parts.iter().filter_map(move |(column, group)| {
            if *group == own {
                return own_rule.map(|rule| (*column, rule));
            }
            let decision = self.group(*group);
            (decision.level == Level::Full).then_some((*column, decision.rows?))
        })
    }

    /// Whether the joint-mask rule took something away.
    pub fn hits_joint_mask(&self) -> bool {
        self.decisions.iter().any(|decision| decision.refusal == Some(Refusal::JointMask))
    }

    /// Shows a field otherwise than was decided: for tests that plant a leak.
    #[cfg(test)]
    pub(crate) fn plant(&mut self, kind: &str, name: &str, level: Level, mask: Option<Mask>) {
        let (rows, decision) = {
            let other = self.decisions.iter().find_map(|decision| decision.rows);
            let kind = catalogue().kind_named(kind).expect("the kind exists").id;
            let field = catalogue().field_named(kind, name).expect("the field exists");
            (other, &mut self.decisions[usize::from(field.id.0)])
        };
        decision.rows = decision.rows.or(rows);
        (decision.level, decision.mask, decision.refusal) = (level, mask, None);
    }

    fn apply_joint_mask(&mut self) {
        let level = |field: &Field| self.field(field.id).level;
        let id_number = catalogue().field_of(person::Column::IdNumber);
        let birth = level(catalogue().field_of(person::Column::BirthDate));
        let hukou = catalogue().field_of(household_registration::Column::HukouRegionCode);
        let view = JointView {
            county: level(hukou).shows_rows(),
            birth_date: birth == Level::Full,
            // A band is less than the year, and counted as if it were the year.
            birth_year: birth.shows_rows(),
            sex: level(catalogue().field_of(person::Column::Sex)).shows_rows(),
            check_character: false,
            last_characters: 0,
        };
        if let Err(refusal) = floors::joint_mask(level(id_number), view) {
            let decision = &mut self.decisions[usize::from(id_number.id.0)];
            decision.close(refusal);
        }
    }
}

/// What auditors find accesses by.
fn searched() -> [&'static Field; 3] {
    use access_event::Column::{At, CollectingDepartment, Purpose};
    [At, CollectingDepartment, Purpose].map(|column| catalogue().field_of(column))
}

/// What says by itself who somebody is.
fn identifying() -> [&'static Field; 5] {
    [
        catalogue().field_of(person::Column::Name),
        catalogue().field_of(person::Column::IdNumber),
        catalogue().field_of(person::Column::Phone),
        catalogue().field_of(residence_registration::Column::ResidenceAddress),
        catalogue().field_of(household_registration::Column::HukouAddress),
    ]
}

/// The column of every kind that says who collected a row.
pub(super) fn collector() -> &'static str {
    person::Column::CollectingDepartment.as_str()
}

fn refused(refusal: Refusal, grant: Option<&Grant>) -> Decision {
    Decision {
        level: Level::None,
        mask: None,
        rows: None,
        refusal: Some(refusal),
        law: grant.map(|grant| grant.basis.clone()),
        version: grant.map(|grant| grant.version),
    }
}

fn decide_group(basis: Basis, grants: &GrantSet, instant: DateTime<Utc>, group: Group) -> Decision {
    let grant = grants.get(basis.role, basis.purpose, &Target::Group(group), instant);
    let class = if group.is_specially_protected() {
        entity::sharing::Class::C4
    } else {
        entity::sharing::Class::C0
    };
    match grant {
        None => refused(absent(basis, grants, group), None),
        Some(grant) => weigh(basis, grant, instant, group, class, (collector(), false))
            .map(|decision| decision.closing(grants, [group, group]))
            .unwrap_or_else(|refusal| refused(refusal, Some(grant))),
    }
}

/// Why there is no grant: none was made, or it has not begun.
fn absent(basis: Basis, grants: &GrantSet, group: Group) -> Refusal {
    match grants.mentions(basis.role, basis.purpose, &Target::Group(group)) {
        true => Refusal::GrantNotInForce,
        false => Refusal::NotGranted,
    }
}

fn decide_field(
    basis: Basis,
    grants: &GrantSet,
    instant: DateTime<Utc>,
    field: &Field,
) -> Decision {
    let spec = &field.spec;
    let of_field = grants.get(basis.role, basis.purpose, &Target::Field(field.path()), instant);
    let of_group = grants.get(basis.role, basis.purpose, &Target::Group(spec.group), instant);
    // Floors come first, so that nobody is told to request what no grant could open.
    let closed = floors::named_roles(basis.role, spec)
        .and_then(|()| floors::specially_protected(basis.role, spec.group, spec.class));
    let Some(grant) = of_field.or(of_group) else {
        let refusal = closed
            .and_then(|()| floors::analysts_count(basis.role, spec.group, Level::Full))
            .err()
            .unwrap_or_else(|| absent(basis, grants, spec.group));
        return refused(refusal, None);
    };
    let kind = catalogue().kind(field.kind);
    let department = basis.role.department();
    let asks_own = spec.collector.is_some();
    let beside = kind.collected.as_ref().is_some_and(|all| all.is_asked(department, asks_own));
    let collector = (spec.collector.unwrap_or_else(collector), beside);
    let weighed = |grant: &Grant| weigh(basis, grant, instant, spec.group, spec.class, collector);
    let decision = closed
        .and_then(|()| match unit::tells_of_unit(kind) {
            true => Ok(unit::counted(weighed(&unit::meant(grant)?)?, kind, field)),
            false => weighed(grant),
        })
        .and_then(|decision| at_field(decision, field))
        // That there is a row of the kind's own group tells of it.
        .map(|decision| decision.closing(grants, [spec.group, kind.group]));
    decision.unwrap_or_else(|refusal| refused(refusal, Some(grant)))
}

/// What floors and the caller leave of a grant.
fn weigh(
    basis: Basis,
    grant: &Grant,
    instant: DateTime<Utc>,
    group: Group,
    class: entity::sharing::Class,
    (collected_by, beside): (&'static str, bool),
) -> Result<Decision, Refusal> {
    if grant.level == Level::None {
        return Err(Refusal::NotGranted);
    }
    floors::in_force(grant, instant)?;
    floors::commissioned(basis)?;
    floors::policy_is_no_law(grant)?;
    floors::specially_protected(basis.role, group, class)?;
    floors::analysts_count(basis.role, group, grant.level)?;
    let (law, version) = (Some(grant.basis.clone()), Some(grant.version));
    if !grant.level.shows_rows() {
        let refusal = Some(Refusal::CountsOnly);
        return Ok(Decision { level: grant.level, mask: None, rows: None, refusal, law, version });
    }
    let scope = match grant.scope {
        None => Err(Refusal::NoRows),
        Some(Scope::BreakGlass) if basis.purpose != Purpose::Etr => Err(Refusal::NeedsBreakGlass),
        Some(Scope::BreakGlass) if floors::closed_in_emergencies(group) => {
            Err(Refusal::SpeciallyProtected)
        }
        Some(Scope::BreakGlass) if !basis.has_organization => Err(Refusal::NeedsOrganization),
        Some(Scope::Caseload) if !basis.has_organization => Err(Refusal::NeedsOrganization),
        Some(Scope::Subject) if !basis.has_person => Err(Refusal::NeedsPerson),
        Some(scope) => Ok(scope),
    }?;
    let is_own = matches!(scope, Scope::Own | Scope::Exchange);
    let rows = RowRule {
        scope,
        covers_minors: grant.covers_minors,
        older_wards: scope == Scope::Subject && floors::opens_to_guardians(group, class),
        consented: (scope == Scope::Consent).then_some(group),
        entrusted: scope == Scope::Consent && basis.role == Role::GG && basis.has_contract,
        // Who collected a value matters to these scopes alone.
        collector: if is_own { collected_by } else { collector() },
        beside: is_own && beside,
        break_glass: scope == Scope::BreakGlass || is_widened(basis, grant, scope, group),
        closed: [None; 2],
    };
    Ok(Decision { level: grant.level, mask: None, rows: Some(rows), refusal: None, law, version })
}

/// HC and HP open in an emergency, for a patient outside their caseload, what they hold in full of
/// those within it.
fn is_widened(basis: Basis, grant: &Grant, scope: Scope, group: Group) -> bool {
    basis.purpose == Purpose::Etr
        && matches!(basis.role, Role::HC | Role::HP)
        && (scope, grant.level) == (Scope::Caseload, Level::Full)
        && !floors::closed_in_emergencies(group)
}

/// What a group's level means for one of its fields.
fn at_field(decision: Decision, field: &Field) -> Result<Decision, Refusal> {
    let spec = &field.spec;
    let level = match decision.level {
        Level::Predicate | Level::Masked if spec.is_predicate() => Level::Predicate,
        Level::Predicate => return Err(Refusal::YesNoOnly),
        Level::Masked if spec.mask.leaves_nothing() => return Err(Refusal::MaskedAway),
        level => level,
    };
    // Of a yes/no value, that it came with the masks of its group.
    let mask = (decision.level == Level::Masked).then_some(spec.mask);
    Ok(Decision { level, mask, ..decision })
}

fn next_change(basis: Basis, grants: &GrantSet, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    grants.boundaries(basis.role, basis.purpose).filter(|change| *change > instant).min()
}

/// Whether the database can compare the value: plain columns and what it works out itself.
fn is_comparable(field: &Field) -> bool {
    match field.source {
        Source::Column(_) => matches!(
            field.spec.ty,
            Type::String | Type::Code | Type::Boolean | Type::Int | Type::Date | Type::DateTime
        ),
        Source::Computed(_) => true,
        Source::Finished(_) => false,
    }
}

/// Plain columns, but for those that name a further person: its place in an order would tell of one
/// who is not shown.
fn is_orderable(field: &Field) -> bool {
    matches!(field.source, Source::Column(_))
        && field.spec.names_person.is_none()
        && matches!(
            field.spec.ty,
            Type::String | Type::Code | Type::Int | Type::Date | Type::DateTime
        )
}

/// Codes, bands and yes/no answers can be counted by; names, dates and numbers cannot. Of rows that are sums
/// already nothing is counted again.
fn is_groupable(field: &Field) -> bool {
    let is_sum = matches!(catalogue().kind(field.kind).subject, Subject::Figures(_));
    is_comparable(field) && matches!(field.spec.ty, Type::Code | Type::Boolean) && !is_sum
}
