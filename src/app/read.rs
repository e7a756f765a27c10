//! A request's way to its answer: purpose, permit, plan, rows.

use super::{
    Gateway, Progress, Served,
    bind::{Bound, administers, choose_purpose},
};
use crate::{
    audit::AuditError,
    clock::day_in_shanghai,
    error::Result,
    graphql::{Entitled, Execution, Request, context::Context, me::Register, schema},
};

impl Gateway {
    /// Serves a request up to its answer, which may not leave before its record is committed.
    pub(super) async fn serve(
        &self,
        purpose: Option<&str>,
        request: Request,
        progress: &mut Progress<'_>,
    ) -> Result<Served> {
        if self.audit.is_lost() {
            return Err(AuditError::Lost.into());
        }
        let caller = progress.caller;
        let purpose = choose_purpose(caller, purpose)?;
        progress.draft.purpose = Some(purpose.code().to_owned());
        let bound = self.bind(caller, purpose, progress.draft.at)?;
        if administers(caller, purpose)? {
            return self.administer(&bound, request, progress).await;
        }
        self.read(bound, request, progress).await
    }

    async fn read(
        &self,
        bound: Bound,
        request: Request,
        progress: &mut Progress<'_>,
    ) -> Result<Served> {
        let (caller, now) = (progress.caller, progress.draft.at);
        let entitled = self.engine.entitle(bound.basis, now)?;
        progress.draft.grants_version = entitled.permit.grants_version;

        let prepared = self.engine.prepare(&entitled, &request, progress.hash).await?;
        progress.draft.operation.clone_from(&prepared.document.name);
        if let Some(document) = &prepared.introspection {
            let data = self.introspect(&entitled, document.clone(), request).await?;
            return Ok(Served { data: Ok(data), record: None });
        }
        let variables = prepared.variables(request.variables)?;
        let principal = caller.principal();
        let grants = self.engine.grants();
        let mut context = Context {
            units: bound.units,
            spans_counties: bound.spans_counties,
            organization: bound.organization,
            contract: bound.contract.as_deref(),
            department: caller.role.department(),
            subject: principal.subject,
            issuer: principal.issuer,
            is_asserted: caller.is_asserted(),
            person: caller.person,
            limits: serde_json::Value::Null,
            register: None,
            purpose: entitled.permit.basis.purpose,
            now,
            today: day_in_shanghai(now),
            identifiers: &self.identifiers[caller.role.department() as usize],
            registers: &bound.registers,
            grants: &grants,
            perturbation: &self.perturbation,
        };
        if prepared.document.is_mutation() {
            let mutation = prepared.mutation(&entitled.permit, &variables)?;
            return self.perform(&mutation, &entitled.permit, &context, &variables, progress).await;
        }
        let plan = prepared.plan(&entitled.permit, &variables)?;
        progress.disclosure.lacks(plan.missing.iter().map(|missing| &missing.error));
        progress.extensions.clone_from(&plan.extensions);
        if plan.touched().tells_in_words {
            context.register = Some(Register {
                grants: self.engine.grants(),
                directory: self.directory.read().clone(),
                published: self.engine.published(now),
            });
        }
        let account = self.account(caller, now).await?;
        if let Some(reading) = &account {
            let touched = plan.touched();
            let admitted = self.volume.admit(reading, touched.listed, now);
            if touched.tells_limits || admitted.is_err() {
                let left = self.standing(reading, touched, now);
                context.limits = left.to_json();
                progress.standing = Some(left);
            }
            admitted?;
        }
        let execution = Execution::new(
            &entitled.permit,
            &context,
            self.reader.as_ref(),
            &self.limits,
            &variables,
            progress.disclosure.under(&entitled),
        );
        let data = execution.run(&plan).await?;
        if let Some(reading) = &account {
            let touched = progress.disclosure.touched(*plan.touched());
            let read = progress.disclosure.read();
            let charged =
                self.charge(reading, &touched, (caller, &entitled.permit), &context, read).await;
            progress.standing = Some(self.standing(reading, &touched, now));
            charged?;
        }
        progress.disclosure.of_answer(&mut progress.draft);
        Ok(Served { data: Ok(data), record: None })
    }

    async fn introspect(
        &self,
        entitled: &Entitled,
        document: async_graphql::parser::types::ExecutableDocument,
        request: Request,
    ) -> Result<Vec<u8>> {
        let variables =
            async_graphql::Variables::from_json(serde_json::Value::Object(request.variables));
        let operation = request.operation_name.as_deref();
        schema::introspect(&entitled.schema, document, operation, variables).await
    }
}
