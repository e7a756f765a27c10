//! What a request asked about, for its record: taken down as it becomes known, so that it is there
//! also where the request ends without an answer.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::{
    audit::Draft,
    catalogue::{FieldId, catalogue},
    error::{Code, GatewayError},
    graphql::{Disclosed, Entitled, events, plan::Touched},
    policy::tells_of_protected,
    volume::Tally,
};

/// What is known of one request.
#[derive(Default)]
pub(super) struct DisclosureRecord {
    /// The permit that it is read under, once it is.
    entitled: OnceLock<Arc<Entitled>>,
    disclosed: Mutex<Disclosed>,
    /// What was selected, is not shared, and so is null, as the record names it.
    lacking: OnceLock<Vec<String>>,
}

impl DisclosureRecord {
    /// The place for what a request under a permit asks about.
    pub fn under(&self, entitled: &Arc<Entitled>) -> &Mutex<Disclosed> {
        self.entitled.get_or_init(|| entitled.clone());
        &self.disclosed
    }

    /// Takes down what an answer lacks because it is not shared.
    pub fn lacks<'e>(&self, errors: impl Iterator<Item = &'e GatewayError>) {
        self.lacking.get_or_init(|| errors.filter_map(lacking).collect());
    }

    /// Whose data was read, by what sort of data it is, and who was asked about besides: what a caller
    /// is charged for. Who is only counted is not among them.
    pub fn read(&self) -> (Tally, Vec<i64>) {
        let mut disclosed = self.disclosed.lock();
        let persons = disclosed.subjects.iter().chain(&disclosed.asked).copied().collect();
        (std::mem::take(&mut disclosed.tally), persons)
    }

    /// What sorts of data a request touched: what its plan says, and what its identifiers were of.
    pub fn touched(&self, mut planned: Touched) -> Touched {
        let named = self.disclosed.lock().touched;
        planned.all.iter_mut().zip(named).for_each(|(all, of_named)| *all |= of_named);
        planned
    }

    /// Completes the record of an answer: whose data it holds and who was asked about.
    pub fn of_answer(&self, draft: &mut Draft) {
        let mut disclosed = self.disclosed.lock();
        self.tell(&disclosed, draft);
        draft.row_count = disclosed.rows;
        draft.subjects = std::mem::take(&mut disclosed.subjects);
        draft.subjects.extend_from_slice(&disclosed.asked);
        draft.subjects.append(&mut disclosed.counted);
    }

    /// Completes the record of a refusal: that there is no answer may itself depend on those who were
    /// asked about. Of others nothing was told.
    pub fn of_refusal(&self, draft: &mut Draft, error: &GatewayError) {
        let mut disclosed = self.disclosed.lock();
        draft.row_count = 0;
        draft.subjects = std::mem::take(&mut disclosed.asked);
        draft.fields.clear();
        if !draft.subjects.is_empty() {
            self.tell(&disclosed, draft);
        }
        if let Some(lacking) = lacking(error) {
            draft.fields = lacking;
        }
    }

    /// The fields that were read or compared, each at its level; of kinds without any, that it was
    /// asked whether there is a row.
    fn tell(&self, disclosed: &Disclosed, draft: &mut Draft) {
        let Some(entitled) = self.entitled.get() else { return };
        let permit = &entitled.permit;
        let level = |id: &FieldId| {
            let field = catalogue().field(*id);
            format!("{}:{}", field.path(), permit.field(*id).level.code())
        };
        let kinds = disclosed.kinds.iter().map(|kind| catalogue().kind(*kind));
        let rows = kinds
            .clone()
            .filter(|kind| !kind.fields.iter().any(|field| disclosed.fields.contains(field)))
            .map(|kind| format!("{}.id:predicate", kind.name));
        let events =
            disclosed.events.iter().map(|member| format!("{}.{member}:full", events::KIND));
        let lacking = self.lacking.get().into_iter().flatten().cloned();
        let mut fields: Vec<String> =
            disclosed.fields.iter().map(level).chain(rows).chain(events).chain(lacking).collect();
        fields.sort_unstable();
        fields.dedup();
        draft.fields = fields.join(" ");
        // That there is a row of such a kind tells of it, too.
        draft.protected = tells_of_protected(permit.basis, disclosed.fields.iter().copied())
            || kinds.into_iter().any(|kind| kind.group.is_specially_protected());
    }
}

/// What a request lacked, where it was a field or a kind: who weighs a change of the grants learns
/// from it which requests may begin to work, or to answer more.
fn lacking(error: &GatewayError) -> Option<String> {
    let named = |member| error.extensions.get(member).and_then(serde_json::Value::as_str);
    match (error.code, named("kind"), named("field")) {
        (Code::FieldNotShared, Some(kind), Some(field)) => Some(format!("{kind}.{field}:none")),
        (Code::FieldNotShared, Some(kind), None) => Some(format!("{kind}:none")),
        _ => None,
    }
}
