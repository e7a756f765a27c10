//! Grants (授权) and the legal bases they rest on, as one immutable set at one version.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use chrono::{DateTime, Utc};
use entity::sharing::Group;

use super::{Purpose, Role};
use crate::catalogue::{Field, catalogue};

/// How much of a field a grant opens, from nothing to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// Only within suppressed counts.
    Aggregate,
    /// Only the group's yes/no fields.
    Predicate,
    /// What the field's mask leaves.
    Masked,
    /// Everything.
    Full,
}

impl Level {
    /// The code stored in grants and access records.
    pub const fn code(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Aggregate => "aggregate",
            Level::Predicate => "predicate",
            Level::Masked => "masked",
            Level::Full => "full",
        }
    }

    /// All levels, from nothing to everything.
    pub const ALL: [Level; 5] =
        [Level::None, Level::Aggregate, Level::Predicate, Level::Masked, Level::Full];

    /// The level with this code.
    pub fn parse(code: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.code() == code)
    }

    /// Whether rows of single persons may be shown.
    pub fn shows_rows(self) -> bool {
        self >= Level::Predicate
    }
}

/// Which rows a grant reaches. Each but break-glass is also bounded by the caller's administrative
/// unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// `j`: persons living in the caller's unit.
    Unit,
    /// `c`: persons in the caseload of the caller's organization.
    Caseload,
    /// `o`: what the caller's department collected.
    Own,
    /// `x`: what the caller's department collected, and others' rows inside an open exchange batch.
    Exchange,
    /// `k`: persons whose consent or application is on file.
    Consent,
    /// `b`: break-glass: the patients of emergency accesses that the caller has open, wherever they
    /// live.
    BreakGlass,
    /// `s`: the person, and children under 14 in their guardianship.
    Subject,
}

impl Scope {
    /// The one-letter code of the grant matrix.
    pub const fn code(self) -> &'static str {
        match self {
            Scope::Unit => "j",
            Scope::Caseload => "c",
            Scope::Own => "o",
            Scope::Exchange => "x",
            Scope::Consent => "k",
            Scope::BreakGlass => "b",
            Scope::Subject => "s",
        }
    }

    /// All scopes.
    pub const ALL: [Scope; 7] = {
        use Scope::*;
        [Unit, Caseload, Own, Exchange, Consent, BreakGlass, Subject]
    };

    /// The scope with this code.
    pub fn parse(code: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.code() == code)
    }
}

/// What sort of text a legal basis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// 法律
    Statute,
    /// 行政法规
    Regulation,
    /// A policy paper: no basis for personal data (PIPL 34).
    Policy,
}

impl Instrument {
    /// All instruments.
    pub const ALL: [Instrument; 3] =
        [Instrument::Statute, Instrument::Regulation, Instrument::Policy];

    /// The code stored with a legal basis.
    pub const fn code(self) -> &'static str {
        match self {
            Instrument::Statute => "statute",
            Instrument::Regulation => "regulation",
            Instrument::Policy => "policy",
        }
    }

    /// The instrument with this code.
    pub fn parse(code: &str) -> Option<Instrument> {
        Instrument::ALL.into_iter().find(|instrument| instrument.code() == code)
    }
}

/// A legal basis (法律依据) and the time it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalBasis {
    /// The code grants name.
    pub code: String,
    /// Title and article.
    pub law: String,
    /// Statute, regulation or policy paper.
    pub instrument: Instrument,
    /// In force from this instant.
    pub in_force_from: DateTime<Utc>,
    /// Dead from this instant.
    pub in_force_until: Option<DateTime<Utc>>,
}

/// What a grant speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A whole group.
    Group(Group),
    /// One field, as `Kind.field`; goes before its group's grant.
    Field(String),
}

impl Target {
    /// `G02`, or `Person.name` where the catalogue has such a field.
    pub fn parse(text: &str) -> Option<Target> {
        if let Some(group) = Group::parse(text) {
            return Some(Target::Group(group));
        }
        Target::Field(text.to_owned()).field().map(|field| Target::Field(field.path()))
    }

    /// The field, where one is meant.
    pub fn field(&self) -> Option<&'static Field> {
        let Target::Field(path) = self else { return None };
        let (kind, name) = path.split_once('.')?;
        let kind = catalogue().kind_named(kind)?;
        catalogue().field_named(kind.id, name)
    }

    /// The fields of the catalogue that it speaks of.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let (group, field) = match self {
            Target::Group(group) => (Some(*group), None),
            Target::Field(_) => (None, self.field()),
        };
        let of_group = catalogue().fields().iter().filter(move |f| Some(f.spec.group) == group);
        of_group.chain(field)
    }

    /// The group, or the group of the field; none for a field that the catalogue does not have.
    pub fn group(&self) -> Option<Group> {
        match self {
            Target::Group(group) => Some(*group),
            Target::Field(_) => self.field().map(|field| field.spec.group),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Group(group) => formatter.write_str(group.code()),
            Target::Field(path) => formatter.write_str(path),
        }
    }
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The version that brought it; a later one for the same cell replaces it.
    pub version: i64,
    /// To whom.
    pub role: Role,
    /// Of what.
    pub target: Target,
    /// How much.
    pub level: Level,
    /// Of which rows; none reaches no rows.
    pub scope: Option<Scope>,
    /// What for.
    pub purpose: Purpose,
    /// By which law.
    pub basis: Arc<LegalBasis>,
    /// Whether persons under 14 are within it (PIPL 31).
    pub covers_minors: bool,
    /// In force from this instant.
    pub valid_from: DateTime<Utc>,
    /// Dead from this instant.
    pub valid_until: Option<DateTime<Utc>>,
}

/// All grants, with the versions of every cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantSet {
    version: i64,
    /// Groups of which something is closed to some guardian, or was when this was read.
    closed: BTreeSet<Group>,
    cells: HashMap<(Role, Purpose), HashMap<Target, Vec<Grant>>>,
    /// When each version was made, where that is known.
    made: BTreeMap<i64, DateTime<Utc>>,
}

impl GrantSet {
    /// Sorts grants into their cells, the latest version first.
    pub fn new(grants: impl IntoIterator<Item = Grant>) -> Self {
        let mut set = Self::default();
        for grant in grants {
            set.version = set.version.max(grant.version);
            let cell = set.cells.entry((grant.role, grant.purpose)).or_default();
            cell.entry(grant.target.clone()).or_default().push(grant);
        }
        for versions in set.cells.values_mut().flat_map(HashMap::values_mut) {
            versions.reverse();
            versions.sort_by_key(|grant| std::cmp::Reverse(grant.version));
        }
        set
    }

    /// The set with groups of which something is closed to some guardian.
    #[must_use]
    pub fn closing(mut self, groups: BTreeSet<Group>) -> Self {
        self.closed = groups;
        self
    }

    /// The set with the instants at which its versions were made.
    #[must_use]
    pub fn dated(mut self, made: BTreeMap<i64, DateTime<Utc>>) -> Self {
        self.made = made;
        self
    }

    /// The versions in order, and when each was made; one of which that is not known, when the first of its
    /// grants began.
    pub fn made(&self) -> impl Iterator<Item = (i64, DateTime<Utc>)> {
        let mut all = self.made.clone();
        for grant in self.all().filter(|grant| !self.made.contains_key(&grant.version)) {
            let known = all.entry(grant.version).or_insert(grant.valid_from);
            *known = (*known).min(grant.valid_from);
        }
        all.into_iter()
    }

    /// The instants at which grants of a role for a purpose, and laws that they rest on, begin and end.
    pub fn boundaries(&self, role: Role, purpose: Purpose) -> impl Iterator<Item = DateTime<Utc>> {
        self.of(role, purpose)
            .flat_map(|grant| {
                let law = &grant.basis;
                let (from, until) = (law.in_force_from, law.in_force_until);
                [Some(grant.valid_from), grant.valid_until, Some(from), until]
            })
            .flatten()
    }

    /// The versions that have grants of a role for a purpose, and when each was made.
    pub fn made_for(&self, role: Role, purpose: Purpose) -> BTreeMap<i64, DateTime<Utc>> {
        let mut all = BTreeMap::new();
        for grant in self.all_of(role, purpose) {
            let made = self.made.get(&grant.version).copied();
            let known = all.entry(grant.version).or_insert(grant.valid_from);
            *known = made.unwrap_or_else(|| (*known).min(grant.valid_from));
        }
        all
    }

    /// The grants of a role for a purpose of the versions up to one.
    #[must_use]
    pub fn up_to(&self, role: Role, purpose: Purpose, version: i64) -> GrantSet {
        let grants = self.all_of(role, purpose).filter(|grant| grant.version <= version);
        GrantSet::new(grants.cloned()).closing(self.closed.clone())
    }

    /// The grants of a role for a purpose, the oldest of each cell first, as [`Self::new`] takes them.
    fn all_of(&self, role: Role, purpose: Purpose) -> impl Iterator<Item = &Grant> {
        let cells = self.cells.get(&(role, purpose)).into_iter().flat_map(HashMap::values);
        cells.flat_map(|versions| versions.iter().rev())
    }

    /// Groups of which something is closed to some guardian.
    pub fn closed(&self) -> &BTreeSet<Group> {
        &self.closed
    }

    /// The latest version of any grant.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Every grant of every version.
    pub fn all(&self) -> impl Iterator<Item = &Grant> {
        self.cells.values().flat_map(HashMap::values).flat_map(|versions| versions.iter().rev())
    }

    /// The latest version of every cell, whatever its dates.
    pub fn latest(&self) -> impl Iterator<Item = &Grant> {
        self.cells.values().flat_map(HashMap::values).filter_map(|versions| versions.first())
    }

    /// The latest version of one cell, whatever its dates.
    pub fn latest_of(&self, role: Role, purpose: Purpose, target: &Target) -> Option<&Grant> {
        self.cells.get(&(role, purpose))?.get(target)?.first()
    }

    /// The set as it was at a version.
    #[must_use]
    pub fn as_of(&self, version: i64) -> GrantSet {
        let made = self.made.iter().filter(|(known, _)| **known <= version);
        GrantSet::new(self.all().filter(|grant| grant.version <= version).cloned())
            .closing(self.closed.clone())
            .dated(made.map(|(version, at)| (*version, *at)).collect())
    }

    /// The set with further grants.
    #[must_use]
    pub fn with(&self, grants: impl IntoIterator<Item = Grant>) -> GrantSet {
        GrantSet::new(self.all().cloned().chain(grants))
            .closing(self.closed.clone())
            .dated(self.made.clone())
    }

    /// The grants of a role for a purpose, whatever their versions and dates.
    pub fn of(&self, role: Role, purpose: Purpose) -> impl Iterator<Item = &Grant> {
        self.cells
            .get(&(role, purpose))
            .into_iter()
            .flat_map(HashMap::values)
            .flat_map(|versions| versions.iter())
    }

    /// The grant that decides for a target at an instant: the latest version that has begun, whether
    /// or not it has ended since. One scheduled for later leaves the one before in place until then.
    pub fn get(
        &self,
        role: Role,
        purpose: Purpose,
        target: &Target,
        instant: DateTime<Utc>,
    ) -> Option<&Grant> {
        let versions = self.cells.get(&(role, purpose))?.get(target)?;
        versions.iter().find(|grant| grant.valid_from <= instant)
    }

    /// Whether a target has grants at all, begun or not.
    pub fn mentions(&self, role: Role, purpose: Purpose, target: &Target) -> bool {
        self.cells.get(&(role, purpose)).is_some_and(|cell| cell.contains_key(target))
    }
}
