//! What a permit shows, kind by kind, and of which rows.

use chrono::NaiveDate;
use entity::sharing::{Finished, Mask, ProtectedRows};
use sea_orm::Value;

use super::derived::{Row, text};
use crate::{
    catalogue::{Field, FieldId, Kind, Source, catalogue},
    policy::{Level, Permit, RowRule, Scope, protected_rows},
    rules::age::{AGE_OF_CONSENT, has_reached},
};

/// A value that some permit shows: a field through a mask, or some parts of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub field: FieldId,
    pub mask: Option<Mask>,
    pub parts: Vec<&'static str>,
}

/// The values of a kind that permits show, each once.
pub type Terms = Vec<Term>;

/// What a permit shows of a kind: a term by its place, and the rows it is shown of.
pub type Shown = Vec<(usize, RowRule)>;

/// What a permit shows of a kind, its terms added to those known.
pub fn shown(permit: &Permit, kind: &Kind, terms: &mut Terms) -> Shown {
    let mut all = Shown::new();
    for field in catalogue().fields_of(kind.id) {
        let decision = permit.field(field.id);
        let Some(rule) = decision.rows.filter(|_| tells(permit, field)) else { continue };
        let parts = match field.source {
            Source::Finished(Finished::Parts(parts)) => {
                permit.readable_parts(field, parts).map(|(column, _)| column).collect()
            }
            _ => Vec::new(),
        };
        let term = Term { field: field.id, mask: decision.mask, parts };
        let place = terms.iter().position(|known| *known == term).unwrap_or_else(|| {
            terms.push(term);
            terms.len() - 1
        });
        all.push((place, rule));
    }
    all
}

/// Whether a value tells the person from others. Where persons are named, names in full need not be
/// counted: only what is left of masks is.
fn tells(permit: &Permit, field: &Field) -> bool {
    let level = permit.field(field.id).level;
    let is_pseudonym = matches!(field.source, Source::Finished(Finished::Pseudonym { .. }));
    level.shows_rows() && !is_pseudonym && !(permit.names_persons && level == Level::Full)
}

/// What scopes ask about a person.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub birth: Option<NaiveDate>,
    /// Organizations that have an open case of the person.
    pub cases: Vec<i64>,
    /// Consents in force: department, purpose, group.
    pub consents: Vec<(String, String, String)>,
}

/// Who asks.
pub struct Caller<'p> {
    pub permit: &'p Permit,
    pub organization: Option<i64>,
    pub today: NaiveDate,
}

impl Caller<'_> {
    /// Whether a rule reaches a row of a person of the caller's county. Emergencies and one's own
    /// data are about one person at a time and reach nobody here.
    pub fn reaches(&self, rule: RowRule, facts: &Facts, row: Row<'_>) -> bool {
        let basis = self.permit.basis;
        let department = basis.role.department().code();
        let old_enough = has_reached(AGE_OF_CONSENT, facts.birth, self.today);
        let within = match rule.scope {
            Scope::Unit => true,
            Scope::Caseload => self.organization.is_some_and(|own| facts.cases.contains(&own)),
            Scope::Own | Scope::Exchange => {
                text(&row(rule.collector)).as_deref() == Some(department)
            }
            Scope::Consent => rule.consented.is_some_and(|group| {
                facts.consents.iter().any(|(to, purpose, given)| {
                    (to.as_str(), purpose.as_str(), given.as_str())
                        == (department, basis.purpose.code(), group.code())
                })
            }),
            Scope::BreakGlass | Scope::Subject => false,
        };
        within && (rule.covers_minors || old_enough)
    }

    /// Whether a row is one that the caller never sees of a kind.
    pub fn is_withheld(&self, kind: &Kind, row: Row<'_>) -> bool {
        let is_past = |column| row(column) != Value::ChronoDate(None);
        let is_protected = match protected_rows(self.permit.basis.role, kind) {
            Some(ProtectedRows::OfGroup(column)) => text(&row(column))
                .and_then(|code| entity::sharing::Group::parse(&code))
                .is_some_and(entity::sharing::Group::is_specially_protected),
            Some(ProtectedRows::Flagged(column)) => text(&row(column)).as_deref() == Some("true"),
            Some(ProtectedRows::Reserved { column, value, .. }) => {
                text(&row(column)).as_deref() == Some(value)
            }
            None => false,
        };
        is_protected || !self.permit.names_persons && kind.ended_by.is_some_and(is_past)
    }
}
