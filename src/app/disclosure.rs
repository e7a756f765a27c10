//! What a request asked about, for its record: taken down as it becomes known, so that it is there
//! also where the request ends without an answer.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::{
    audit::{Draft, Fields, RecordedField, Subjects},
    catalogue::{KindId, catalogue},
    error::{Code, GatewayError},
    graphql::{Disclosed, DisclosedItem, Division, Entitled, plan::Touched, worklist},
    policy::{Level, Permit, tells_of_protected},
    volume::Tally,
};

/// What is known of one request.
#[derive(Default)]
pub(super) struct DisclosureRecord {
    /// The permit that it is read under, once it is.
    entitled: OnceLock<Arc<Entitled>>,
    disclosed: Mutex<Disclosed>,
    /// What was selected, is not shared, and so is null.
    lacking: OnceLock<Vec<RecordedField<'static>>>,
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
        let persons = disclosed.subjects().chain(disclosed.asked.iter().copied()).collect();
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
        draft.row_count = disclosed.rows;
        let division = disclosed.divide();
        self.tell(&disclosed, division, draft);
    }

    /// Completes the record of a refusal: that there is no answer may itself depend on those who were
    /// asked about. Of others nothing was told.
    pub fn of_refusal(&self, draft: &mut Draft, error: &GatewayError) {
        let mut disclosed = self.disclosed.lock();
        draft.row_count = 0;
        (draft.fields, draft.subjects) = (Fields::default(), Subjects::default());
        let division = disclosed.divide_asked();
        let lacking = lacking(error);
        if division.persons.is_empty() {
            draft.fields = lacking.into_iter().collect();
            return;
        }
        self.tell(&disclosed, division, draft);
        if let (Some(lacking), Some(entitled)) = (lacking, self.entitled.get()) {
            let tested: Vec<_> = disclosed.tested.iter().copied().collect();
            draft.fields = named(&entitled.permit, &tested).chain([lacking]).collect();
        }
    }

    /// The fields that were read or compared, each at its level, and of whom which; of kinds without any,
    /// that it was asked whether there is a row.
    fn tell(&self, disclosed: &Disclosed, division: Division, draft: &mut Draft) {
        let Some(entitled) = self.entitled.get() else { return };
        let permit = &entitled.permit;
        let kinds = disclosed.kinds.iter().map(|kind| catalogue().kind(*kind));
        let asked: Vec<DisclosedItem> = disclosed
            .fields
            .iter()
            .copied()
            .map(DisclosedItem::Field)
            .chain(disclosed.kinds.iter().copied().map(DisclosedItem::Row))
            .chain(
                disclosed.listed.iter().map(|(kind, member)| DisclosedItem::Listed(kind, member)),
            )
            .chain(disclosed.worklists.iter().copied().map(DisclosedItem::Due))
            .collect();
        let lacking = self.lacking.get().into_iter().flatten().copied();
        let of_sets = division.sets.iter().flat_map(|told| named(permit, told));
        draft.fields = named(permit, &asked).chain(lacking).chain(of_sets).collect();
        let sets = division.sets.iter().map(|told| named(permit, told).collect()).collect();
        draft.subjects = Subjects::with(division.persons, sets);
        // That there is a row of such a kind tells of it, too.
        draft.protected = tells_of_protected(permit.basis, disclosed.fields.iter().copied())
            || kinds.into_iter().any(|kind| kind.group.is_specially_protected())
            || disclosed.worklists.iter().any(|id| {
                worklist::named(permit, id).is_some_and(|list| list.works.is_protected())
            });
    }
}

/// What is told, as records name it: of a kind of which a field is told, not that there is a row.
fn named<'t>(
    permit: &'t Permit,
    told: &'t [DisclosedItem],
) -> impl Iterator<Item = RecordedField<'static>> + use<'t> {
    told.iter().filter_map(move |one| match one {
        DisclosedItem::Field(id) => {
            Some(RecordedField::of(catalogue().field(*id), permit.field(*id).level))
        }
        DisclosedItem::Row(kind) if told.iter().any(|one| is_field_of(one, *kind)) => None,
        DisclosedItem::Row(kind) => Some(RecordedField::row(catalogue().kind(*kind).name)),
        DisclosedItem::Listed(kind, member) => {
            Some(RecordedField { kind, member: Some(member), level: Level::Full })
        }
        DisclosedItem::Due(id) => {
            let level = worklist::named(permit, id).map_or(Level::None, |list| list.level);
            Some(RecordedField { kind: worklist::RECORDED, member: Some(id), level })
        }
    })
}

fn is_field_of(item: &DisclosedItem, kind: KindId) -> bool {
    matches!(item, DisclosedItem::Field(id) if catalogue().field(*id).kind == kind)
}

/// What a request lacked, where it was a field or a kind: who weighs a change of the grants learns
/// from it which requests may begin to work, or to answer more.
fn lacking(error: &GatewayError) -> Option<RecordedField<'static>> {
    let named = |member| error.extensions.get(member).and_then(serde_json::Value::as_str);
    let kind =
        catalogue().kind_named(named("kind").filter(|_| error.code == Code::FieldNotShared)?)?;
    let field = named("field").and_then(|field| catalogue().field_named(kind.id, field));
    let member = field.map(|field| field.spec.name);
    Some(RecordedField { kind: kind.name, member, level: Level::None })
}
