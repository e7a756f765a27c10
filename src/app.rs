//! One gateway: a request's way from caller to answer, top to bottom.

mod bind;
mod current;
mod metering;
mod testimony;

use std::{sync::Arc, time::Duration};

use entity::sharing::Department;
use parking_lot::RwLock;
use sea_orm::DatabaseConnection;

use self::{
    bind::{Bound, administers, choose_purpose},
    current::Known,
    testimony::Testimony,
};
use crate::{
    acts::{Actor, Deed, Desk},
    admin::{Administration, Reach, Session},
    audit::{AuditError, AuditWriter, Draft, Receipt, Recorded},
    auth::{Caller, Verifier},
    clock::{SharedClock, day_in_shanghai},
    directory::Directory,
    error::{Code, GatewayError, Result},
    graphql::{
        DocumentHash, Engine, Entitled, Execution, Request, acts,
        context::{AGE_OF_CONSENT, Context},
        ids::Identifiers,
        input::Variables,
        limits::Limits,
        perturbation::Perturbation,
        plan::Errand,
        schema,
    },
    oauth::{AuthorizationServer, Revoke},
    policy::{Permit, tells_of_protected},
    read::Reader,
    rules::break_glass::EmergencyLimits,
    secrets::Secrets,
    state::{AT_MOST, Basis, Freshness, Guard, Lookout, Version},
    volume::{Agreements, Meter, Standing},
};

/// Everything a request needs.
pub struct Gateway {
    /// Tells callers from tokens.
    pub verifier: Verifier,
    /// Permits, schemas and plans.
    pub engine: Engine,
    /// The read path.
    pub reader: Arc<dyn Reader>,
    /// The chain of access records.
    pub audit: AuditWriter,
    /// The write path, for health checks and refreshes.
    pub db: DatabaseConnection,
    /// Limits on requests.
    pub limits: Limits,
    /// When the gateway last knew that it is current.
    pub freshness: Arc<Freshness>,
    /// Issues tokens to partner systems, where it is configured.
    pub oauth: Option<Arc<AuthorizationServer>>,
    /// What every caller has read, and whether more would be too much.
    pub volume: Meter,
    emergency: EmergencyLimits,
    /// Scheme, host and port by which callers reach the gateway, where it is configured.
    pub public_url: Option<String>,
    administration: Administration,
    known: tokio::sync::Mutex<Known>,
    clock: SharedClock,
    directory: RwLock<Arc<Directory>>,
    identifiers: Vec<Identifiers>,
    perturbation: Perturbation,
}

/// What a gateway is put together from.
pub struct Parts {
    pub verifier: Verifier,
    pub engine: Engine,
    pub reader: Box<dyn Reader>,
    pub audit: AuditWriter,
    pub db: DatabaseConnection,
    pub limits: Limits,
    /// How many emergencies may be open.
    pub emergency: EmergencyLimits,
    /// What was agreed on volumes.
    pub agreements: Agreements,
    pub clock: SharedClock,
    pub directory: Directory,
    pub oauth: Option<AuthorizationServer>,
    pub public_url: Option<String>,
    /// How long the gateway answers without knowing that it is current.
    pub staleness: Duration,
}

/// An answer that may leave: its record is committed.
#[derive(Debug)]
pub struct Answer {
    /// The `data` or, for a refusal, nothing.
    pub result: Result<Vec<u8>>,
    /// The receipt of its record.
    pub record: Option<Receipt>,
    /// What is left of the caller's limits, where they count.
    pub standing: Option<Standing>,
}

/// What a request came to.
struct Served {
    /// The answer; a refusal where what was changed is that it was refused.
    data: Result<Vec<u8>>,
    /// The record, where it was committed with what the request changed.
    record: Option<Recorded>,
}

impl Gateway {
    /// Puts a gateway together.
    pub fn new(parts: Parts, secrets: &Secrets) -> Self {
        let identifiers = Department::ALL
            .into_iter()
            .map(|department| Identifiers::new(secrets, department))
            .collect();
        let lookout = Lookout::over(&parts.db);
        let known = Known { version: Version::default(), lookout };
        Self {
            known: tokio::sync::Mutex::new(known),
            verifier: parts.verifier,
            engine: parts.engine,
            reader: parts.reader.into(),
            audit: parts.audit,
            db: parts.db,
            oauth: parts.oauth.map(Arc::new),
            volume: Meter::new(parts.agreements),
            emergency: parts.emergency,
            public_url: parts.public_url,
            administration: Administration::new(parts.limits.clone()),
            limits: parts.limits,
            freshness: Arc::new(Freshness::new(parts.staleness.min(AT_MOST))),
            clock: parts.clock,
            directory: RwLock::new(Arc::new(parts.directory)),
            identifiers,
            perturbation: Perturbation::new(secrets),
        }
    }

    /// Answers a request and records it. An answer without a record is an error without data.
    pub async fn answer(&self, caller: &Caller, purpose: Option<&str>, request: Request) -> Answer {
        self.answer_by(self.current().await, caller, purpose, request).await
    }

    /// The same of a request by what was known before its caller was verified: if that does not
    /// hold any more as the answer is to leave, there is none.
    pub async fn answer_by(
        &self,
        basis: Result<Basis>,
        caller: &Caller,
        purpose: Option<&str>,
        request: Request,
    ) -> Answer {
        let basis = match basis {
            Ok(basis) => basis,
            Err(error) => return self.refuse(caller, error).await,
        };
        let _serving = self.audit.serving();
        let hash = DocumentHash::of(&request.query);
        let mut draft = self.draft(caller, hash);
        let testimony = Testimony::default();
        let mut standing = None;
        let answered = tokio::time::timeout(
            self.limits.request_time(),
            self.serve(
                basis,
                caller,
                purpose,
                request,
                hash,
                &mut draft,
                (&testimony, &mut standing),
            ),
        )
        .await
        .unwrap_or_else(|_| {
            Err(GatewayError::new(Code::Timeout, "the request took longer than it may"))
        });
        let answered = match answered {
            Ok(Served { data, record: Some(recorded) }) => {
                return Answer {
                    result: data,
                    record: Some(self.audit.receipt(&recorded)),
                    standing,
                };
            }
            Ok(Served { data, record: None }) => self.confirm(basis).await.and(data),
            Err(error) => Err(error),
        };
        if let Err(error) = &answered {
            testimony.of_refusal(&mut draft, error);
            return Answer { standing, ..self.record(draft, answered).await };
        }
        let answer = self.record(draft, answered).await;
        // And once more: committing the record may have taken its time.
        let result = match self.confirm(basis).await {
            Ok(()) => answer.result,
            Err(error) => answer.result.and(Err(error)),
        };
        Answer { standing, result, ..answer }
    }

    /// Records a request that was refused before it could be read, and refuses it.
    pub async fn refuse(&self, caller: &Caller, error: GatewayError) -> Answer {
        let mut draft = self.draft(caller, DocumentHash::of(""));
        Testimony::default().of_refusal(&mut draft, &error);
        self.record(draft, Err(error)).await
    }

    async fn record(&self, mut draft: Draft, answered: Result<Vec<u8>>) -> Answer {
        draft.decision = match &answered {
            Ok(_) => "allowed".to_owned(),
            Err(error) => error.code.as_str().to_owned(),
        };
        if cfg!(feature = "bench-without-audit") {
            return Answer { result: answered, record: None, standing: None };
        }
        match self.audit.append(draft).await {
            Ok(recorded) => Answer {
                result: answered,
                record: Some(self.audit.receipt(&recorded)),
                standing: None,
            },
            Err(error) => {
                // That the log is lost is told once.
                if error != AuditError::Lost {
                    tracing::error!(%error, "no record, so no answer");
                }
                Answer { result: Err(error.into()), record: None, standing: None }
            }
        }
    }

    /// The schema definition of a caller.
    ///
    /// # Errors
    /// When the caller or the purpose is refused.
    pub fn schema_of(&self, caller: &Caller, purpose: Option<&str>) -> Result<Arc<str>> {
        if self.audit.is_lost() {
            return Err(AuditError::Lost.into());
        }
        let now = self.clock.now();
        let purpose = choose_purpose(caller, purpose)?;
        let bound = self.bind(caller, purpose, now)?;
        if administers(caller, purpose)? {
            return Ok(self.administration.sdl(caller.role)?.into());
        }
        let entitled = self.engine.entitle(bound.basis, now)?;
        entitled.definition()
    }

    /// Takes back a caller's token, at once.
    ///
    /// # Errors
    /// When the change or its record cannot be committed.
    pub async fn revoke(&self, caller: &Caller) -> Result<()> {
        let revoke = Revoke {
            issuer: caller.issuer.clone(),
            token_id: caller.token_id.clone(),
            expires_at: caller.expires_at,
        };
        let mut draft = self.draft(caller, DocumentHash::of(""));
        draft.operation = Some("token.revoke".to_owned());
        match self.audit.change(draft, Arc::new(revoke)).await.map_err(GatewayError::from) {
            // Somebody was faster.
            Err(error) if error.code == Code::Conflict => {}
            outcome => drop(outcome?),
        }
        self.catch_up().await;
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "what a request is, and what it comes to")]
    async fn serve(
        &self,
        basis: Basis,
        caller: &Caller,
        purpose: Option<&str>,
        request: Request,
        hash: DocumentHash,
        draft: &mut Draft,
        (testimony, standing): (&Testimony, &mut Option<Standing>),
    ) -> Result<Served> {
        if self.audit.is_lost() {
            return Err(AuditError::Lost.into());
        }
        let purpose = choose_purpose(caller, purpose)?;
        draft.purpose = Some(purpose.code().to_owned());
        let bound = self.bind(caller, purpose, draft.at)?;
        if administers(caller, purpose)? {
            return self.administer(basis, caller, &bound, request, draft).await;
        }
        self.read(basis, caller, bound, request, (hash, testimony), draft, standing).await
    }

    /// Administration, whose changes commit together with their record.
    async fn administer(
        &self,
        basis: Basis,
        caller: &Caller,
        bound: &Bound,
        request: Request,
        draft: &mut Draft,
    ) -> Result<Served> {
        let prepared = self.administration.prepare(&request)?;
        self.reach().await?;
        draft.operation.clone_from(&prepared.operation);
        let directory = self.directory.read().clone();
        let today = day_in_shanghai(draft.at);
        let reach = Reach::new(directory, today, bound.units, bound.is_province);
        let session = Arc::new(Session::new(
            (caller.clone(), reach),
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

    #[expect(clippy::too_many_arguments, reason = "what a request has come to so far")]
    async fn read(
        &self,
        basis: Basis,
        caller: &Caller,
        bound: Bound,
        request: Request,
        (hash, testimony): (DocumentHash, &Testimony),
        draft: &mut Draft,
        standing: &mut Option<Standing>,
    ) -> Result<Served> {
        let now = draft.at;
        let entitled = self.engine.entitle(bound.basis, now)?;
        draft.grants_version = entitled.permit.grants_version;

        let prepared = self.engine.prepare(&entitled, &request, hash).await?;
        draft.operation.clone_from(&prepared.document.name);
        if let Some(document) = &prepared.introspection {
            let data = self.introspect(&entitled, document.clone(), request).await?;
            return Ok(Served { data: Ok(data), record: None });
        }
        let variables = prepared.variables(request.variables)?;
        let principal = caller.principal();
        let mut context = Context {
            units: bound.units,
            spans_counties: bound.spans_counties,
            organization: bound.organization,
            department: caller.role.department(),
            subject: principal.subject,
            issuer: principal.issuer,
            person: caller.person,
            limits: serde_json::Value::Null,
            purpose: entitled.permit.basis.purpose,
            now,
            today: day_in_shanghai(now),
            identifiers: &self.identifiers[caller.role.department() as usize],
            perturbation: &self.perturbation,
        };
        if prepared.document.is_mutation() {
            let errand = prepared.errand(&entitled.permit, &variables)?;
            return self
                .perform(basis, &errand, &entitled.permit, &context, &variables, draft)
                .await;
        }
        let plan = prepared.plan(&entitled.permit, &variables)?;
        let account = self.account(caller, now).await?;
        if let Some(reading) = &account {
            let admitted = self.volume.admit(reading, plan.touched().listed, now);
            if plan.touched().tells_limits || admitted.is_err() {
                let left = self.standing(reading, &plan, now);
                context.limits = left.to_json();
                *standing = Some(left);
            }
            admitted?;
        }
        let execution = Execution::new(
            &entitled.permit,
            &context,
            self.reader.as_ref(),
            &self.limits,
            &variables,
            testimony.under(&entitled),
        );
        let data = execution.run(&plan).await?;
        if let Some(reading) = &account {
            let read = testimony.read();
            let charged = self.charge(reading, &plan, &entitled.permit, &context, read).await;
            *standing = Some(self.standing(reading, &plan, now));
            charged?;
        }
        testimony.of_answer(draft);
        Ok(Served { data: Ok(data), record: None })
    }

    /// Does what a mutation asks for: it commits with its record, or neither does.
    async fn perform(
        &self,
        basis: Basis,
        errand: &Errand,
        permit: &Permit,
        context: &Context<'_>,
        variables: &Variables,
        draft: &mut Draft,
    ) -> Result<Served> {
        let grants = self.engine.grants();
        let desk = Desk {
            given: acts::Given::new(&errand.arguments, variables),
            identifiers: context.identifiers,
            grants: &grants,
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
            role: permit.basis.role,
            person: context.person,
            organization: context.organization,
            units: context.units,
            adult: context.born_by(AGE_OF_CONSENT),
        };
        let deed = Arc::new(Deed::new(errand.act, actor, &desk)?);
        draft.fields = format!("Mutation.{}:full", errand.name);
        draft.protected = tells_of_protected(permit.basis, []);
        draft.row_count = 1;
        let guarded = Guard::new(self.freshness.clone(), basis).over(deed.clone());
        let record = self.audit.change(draft.clone(), guarded).await?;
        let data = match deed.refusal() {
            Some(error) => Err(error),
            None => Ok(acts::answer(errand, &deed.answer(context.identifiers))),
        };
        Ok(Served { data, record: Some(record) })
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

    fn draft(&self, caller: &Caller, document: DocumentHash) -> Draft {
        Draft {
            at: self.clock.now(),
            caller: caller.recorded(),
            token_id: caller.token_id.clone(),
            role: caller.role.code().to_owned(),
            department: caller.role.department().code().to_owned(),
            unit: caller.unit.clone(),
            organization: caller.organization.clone(),
            purpose: None,
            operation: None,
            document_hash: document.hex(),
            grants_version: self.engine.grants().version(),
            decision: String::new(),
            fields: String::new(),
            protected: false,
            row_count: 0,
            subjects: Vec::new(),
        }
    }
}
