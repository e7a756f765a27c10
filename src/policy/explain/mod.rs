//! Who sees what and why, in words and as a table. Asks [`Permit::decide`] and adds nothing to it.

mod export;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    Basis, GrantSet, Level, Permit, Position, Purpose, Refusal, Role, RowRule, ShareCategory,
};
use crate::catalogue::{Field, catalogue};

pub use export::{csv, json, markdown};

/// All positions, in the order of [`Line::positions`].
pub const POSITIONS: [Position; 4] =
    [Position::Select, Position::Filter, Position::Order, Position::Group];

/// One field as one role sees it for one purpose.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Of what.
    pub field: &'static Field,
    /// How much.
    pub level: Level,
    /// The style of the mask, at `masked`.
    pub mask: Option<&'static str>,
    /// Of whom; none where no rows are shown.
    pub rows: Option<RowRule>,
    /// Where in a request the field may stand.
    pub positions: [bool; 4],
    /// Why no rows are shown.
    pub refusal: Option<Refusal>,
    /// The code of the law of the grant.
    pub law: Option<String>,
    /// The version that brought the grant.
    pub version: Option<i64>,
}

/// The answer to: may this role, for this purpose, use this field there, and why (not)?
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the field may stand there.
    pub allowed: bool,
    /// The whole decision as a sentence.
    pub words: String,
    /// The code of the level.
    pub level: &'static str,
    /// The code of the scope, where rows are shown.
    pub scope: Option<&'static str>,
    /// Whether rows of persons under 14 are within it, where rows are shown.
    pub covers_minors: Option<bool>,
    /// The law that the grant rests on.
    pub law: Option<String>,
    /// The version that brought the grant.
    pub grant_version: Option<i64>,
    /// The code of the refusal.
    pub refusal: Option<&'static str>,
    /// The article behind the refusal.
    pub article: Option<&'static str>,
    /// The share category of the refusal.
    pub category: Option<&'static str>,
    /// Whether a steward could grant it.
    pub requestable: bool,
}

/// A field that a role sees otherwise than before.
#[derive(Clone, Debug)]
pub struct Shift {
    /// As it was.
    pub before: Line,
    /// As it is after.
    pub after: Line,
}

impl Shift {
    /// Whether the field can be selected or counted only now.
    pub fn appears(&self) -> bool {
        !self.before.is_visible() && self.after.is_visible()
    }

    /// Whether the field can be neither selected nor counted any more.
    pub fn vanishes(&self) -> bool {
        self.before.is_visible() && !self.after.is_visible()
    }
}

impl Line {
    /// Whether the field may stand anywhere in a request.
    pub fn is_visible(&self) -> bool {
        self.positions.contains(&true)
    }

    fn shows_the_same(&self, other: &Line) -> bool {
        (self.level, self.mask, self.rows, self.positions)
            == (other.level, other.mask, other.rows, other.positions)
    }
}

/// Somebody in a role with all that a caller of it can have: an organization and, where the role is
/// the person's own, the person.
pub fn typical(role: Role, purpose: Purpose) -> Basis {
    let has_person = role == Role::SU;
    Basis { role, purpose, has_organization: true, has_person, has_contract: true }
}

/// Explains one decision.
pub fn explain(
    grants: &GrantSet,
    basis: Basis,
    field: &Field,
    position: Position,
    at: DateTime<Utc>,
) -> Explanation {
    let who = format!("{} ({})", basis.role, basis.role.label_en());
    let what = format!("{} {} for {}", used(position), field.path(), basis.purpose);
    let permit = match Permit::decide(basis, grants, at) {
        Ok(permit) => permit,
        Err(refusal) => return refused(&who, &what, refusal),
    };
    let decision = permit.field(field.id);
    if !permit.may(field, position) {
        let mut explanation = refused(&who, &what, decision.reason());
        explanation.level = decision.level.code();
        explanation.law = decision.law.as_ref().map(|law| law.law.clone());
        explanation.grant_version = decision.version;
        return explanation;
    }
    let law = decision.law.as_ref().map(|law| law.law.clone());
    let mut words = format!("{who} may {what}, {}", amount(decision.level));
    if let Some(rows) = decision.rows {
        _ = write!(words, ", {}", rows.label_en(catalogue().kind(field.kind)));
    }
    if let (Some(law), Some(version)) = (&law, decision.version) {
        _ = write!(words, "; granted by version {version} under {law}");
    }
    Explanation {
        allowed: true,
        words,
        level: decision.level.code(),
        scope: decision.rows.map(|rows| rows.scope.code()),
        covers_minors: decision.rows.map(|rows| rows.covers_minors),
        law,
        grant_version: decision.version,
        refusal: None,
        article: None,
        category: None,
        requestable: false,
    }
}

fn refused(who: &str, what: &str, refusal: Refusal) -> Explanation {
    let category = refusal.share_category();
    let further = match (refusal.is_requestable(), category) {
        (true, _) => "it can be requested of the steward of the department that owns it",
        (false, ShareCategory::NotShared) => "no grant can open it",
        (false, ShareCategory::Conditional) => "it cannot be requested",
    };
    Explanation {
        allowed: false,
        words: format!("{who} may not {what}: {} ({}); {further}", refusal.code(), refusal.law()),
        level: Level::None.code(),
        scope: None,
        covers_minors: None,
        law: None,
        grant_version: None,
        refusal: Some(refusal.code()),
        article: Some(refusal.law()),
        category: Some(category.code()),
        requestable: refusal.is_requestable(),
    }
}

const fn used(position: Position) -> &'static str {
    match position {
        Position::Select => "select",
        Position::Filter => "filter by",
        Position::Order => "order by",
        Position::Group => "count by",
    }
}

const fn amount(level: Level) -> &'static str {
    match level {
        Level::None => "not at all",
        Level::Aggregate => "only in suppressed counts",
        Level::Predicate => "as a yes or no",
        Level::Masked => "as far as its mask shows it",
        Level::Full => "in full",
    }
}

/// Every field of the catalogue as a role sees it for a purpose; empty where the purpose is not
/// the role's.
pub fn lines(grants: &GrantSet, role: Role, purpose: Purpose, at: DateTime<Utc>) -> Vec<Line> {
    let Ok(permit) = Permit::decide(typical(role, purpose), grants, at) else { return Vec::new() };
    let line = |field: &'static Field| {
        let decision = permit.field(field.id);
        Line {
            role,
            purpose,
            field,
            level: decision.level,
            mask: decision.mask.map(|mask| field.spec.style_of(mask)),
            rows: decision.rows,
            positions: POSITIONS.map(|position| permit.may(field, position)),
            refusal: decision.refusal,
            law: decision.law.as_ref().map(|law| law.code.clone()),
            version: decision.version,
        }
    };
    catalogue().fields().iter().map(line).collect()
}

/// The whole matrix: every role, each of its purposes, every field.
pub fn matrix(grants: &GrantSet, at: DateTime<Utc>) -> impl Iterator<Item = Line> {
    pairs().flat_map(move |(role, purpose)| lines(grants, role, purpose, at))
}

/// Every role with each of the purposes for which it asks for data.
pub fn pairs() -> impl Iterator<Item = (Role, Purpose)> {
    Role::ALL.into_iter().flat_map(|role| {
        let open = Purpose::ALL.into_iter().filter(move |purpose| purpose.is_open_to(role));
        open.map(move |purpose| (role, purpose))
    })
}

/// The roles and purposes that can select or count a field.
pub fn who_can_see(grants: &GrantSet, field: &Field, at: DateTime<Utc>) -> Vec<Line> {
    let id = field.id;
    matrix(grants, at).filter(|line| line.field.id == id && line.is_visible()).collect()
}

/// The fields of the catalogue that no role can select or count for any purpose.
pub fn seen_by_nobody(grants: &GrantSet, at: DateTime<Utc>) -> Vec<&'static Field> {
    let mut seen = vec![false; catalogue().fields().len()];
    for line in matrix(grants, at).filter(Line::is_visible) {
        seen[usize::from(line.field.id.0)] = true;
    }
    catalogue().fields().iter().filter(|field| !seen[usize::from(field.id.0)]).collect()
}

/// What roles see otherwise under other grants, at another instant, or both.
pub fn shifts(before: (&GrantSet, DateTime<Utc>), after: (&GrantSet, DateTime<Utc>)) -> Vec<Shift> {
    let was = matrix(before.0, before.1);
    was.zip(matrix(after.0, after.1))
        .filter(|(before, after)| !before.shows_the_same(after))
        .map(|(before, after)| Shift { before, after })
        .collect()
}
