//! A request's way to a change, which commits together with its record.

use std::sync::Arc;

use super::{Gateway, Progress, Served, bind::Bound};
use crate::{
    acts::{ActChange, ActContext, Actor},
    admin::{Reach, Session},
    audit::{Fields, RecordedField},
    error::Result,
    graphql::{Request, acts, context::Context, input::Variables, plan::CompiledMutation},
    policy::{Act, Level, Permit, tells_of_protected},
    state::Guard,
};

impl Gateway {
    /// Administration, whose changes commit together with their record.
    pub(super) async fn administer(
        &self,
        bound: &Bound,
        request: Request,
        progress: &mut Progress<'_>,
    ) -> Result<Served> {
        let (caller, basis, draft) = (progress.caller, progress.basis, &mut progress.draft);
        let prepared = self.administration.prepare(&request)?;
        self.reach().await?;
        draft.operation.clone_from(&prepared.operation);
        let reach = Reach::new(bound.units, bound.is_province);
        let session = Arc::new(Session::new(
            (caller.clone(), reach, self.identifiers[caller.role.department() as usize].clone()),
            self.engine.grants(),
            self.db.clone(),
            self.reader.clone(),
            self.audit.clone(),
            draft.clone(),
            Guard::new(self.freshness.clone(), basis),
        ));
        let answered =
            self.administration.answer(session.clone(), prepared, request.variables).await;
        let record = session.recorded();
        if record.is_some() {
            self.catch_up().await;
        }
        Ok(Served { data: Ok(answered?), record })
    }

    /// Does what a mutation asks for: it commits with its record, or neither does.
    pub(super) async fn perform(
        &self,
        mutation: &CompiledMutation,
        permit: &Permit,
        context: &Context<'_>,
        variables: &Variables,
        progress: &mut Progress<'_>,
    ) -> Result<Served> {
        let (basis, draft) = (progress.basis, &mut progress.draft);
        let grants = self.engine.grants();
        let act_context = ActContext {
            given: acts::Given::new(&mutation.arguments, variables),
            identifiers: context.identifiers,
            grants: &grants,
            permit,
            now: context.now,
            emergency: self.volume.agreements().emergency(
                self.emergency,
                draft.organization.as_deref(),
                context.now,
            ),
        };
        let actor = Actor {
            subject: context.subject.to_owned(),
            issuer: context.issuer.to_owned(),
            is_asserted: context.is_asserted,
            role: permit.basis.role,
            person: context.person,
            organization: context.organization,
            units: context.units,
            today: context.today,
        };
        let change = Arc::new(ActChange::new(mutation.act, actor, &act_context)?);
        draft.fields = Fields::from(RecordedField {
            kind: "Mutation",
            member: Some(mutation.name),
            level: Level::Full,
        });
        draft.protected = tells_of_protected(permit.basis, []);
        draft.row_count = 1;
        let guarded = Guard::new(self.freshness.clone(), basis).over(change.clone());
        let record = self.audit.change(draft.clone(), guarded).await?;
        if matches!(mutation.act, Act::CloseToGuardians | Act::ReopenToGuardians) {
            // Which groups anything is closed of is kept in memory.
            self.catch_up().await;
        }
        let data = match change.refusal() {
            Some(error) => Err(error),
            None => Ok(acts::answer(mutation, &change.answer(context.identifiers))),
        };
        Ok(Served { data, record: Some(record) })
    }
}
