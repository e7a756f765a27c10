//! One gateway: a request's way from caller to answer, top to bottom.

mod bind;
mod change;
mod counts;
mod current;
mod disclosure;
mod follow;
mod identify;
mod metering;
mod progress;
mod published;
mod read;
mod settle;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::sharing::Department;
use parking_lot::RwLock;
use sea_orm::DatabaseConnection;

use self::{
    bind::{administers, choose_purpose},
    current::Known,
    disclosure::DisclosureRecord,
    progress::{Progress, Served},
};
use crate::{
    admin::Administration,
    audit::{AuditError, AuditWriter, Draft, Fields, Outcome, Receipt, Recorder, Subjects},
    auth::{Caller, Verifier},
    clock::SharedClock,
    directory::Directory,
    error::{Code, GatewayError, Result},
    graphql::{
        DocumentHash, Engine, Request, ids::Identifiers, limits::Limits, perturbation::Perturbation,
    },
    identity::Digests,
    oauth::{AuthorizationServer, Revoke},
    read::Reader,
    rules::break_glass::EmergencyLimits,
    secrets::Secrets,
    state::{AT_MOST, Basis, Freshness, Lookout, Version},
    volume::{Agreements, Meter, Standing},
};

pub use follow::follow;
pub use settle::{settle, settle_rest};

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
    /// Who takes the records of answers: the writer of the chain.
    recorder: Arc<dyn Recorder>,
    emergency: EmergencyLimits,
    /// Scheme, host and port by which callers reach the gateway, where it is configured.
    pub public_url: Option<String>,
    administration: Administration,
    known: tokio::sync::Mutex<Known>,
    clock: SharedClock,
    directory: RwLock<Arc<Directory>>,
    identifiers: Vec<Arc<Identifiers>>,
    identity_digests: Digests,
    request_counts: tokio::sync::Mutex<counts::Kept>,
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
    /// What is said beside the data, a JSON object: what is null because it is not shared.
    pub extensions: Option<Arc<str>>,
}

impl Answer {
    /// An answer beside which nothing is said.
    fn of(result: Result<Vec<u8>>, record: Option<Receipt>) -> Self {
        Self { result, record, standing: None, extensions: None }
    }
}

impl Gateway {
    /// Puts a gateway together.
    pub fn new(parts: Parts, secrets: &Secrets) -> Self {
        let identifiers = Department::ALL
            .into_iter()
            .map(|department| Arc::new(Identifiers::new(secrets, department)))
            .collect();
        let lookout = Lookout::over(&parts.db);
        let known = Known { version: Version::default(), lookout };
        Self {
            known: tokio::sync::Mutex::new(known),
            verifier: parts.verifier,
            engine: parts.engine,
            reader: parts.reader.into(),
            recorder: Arc::new(parts.audit.clone()),
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
            identity_digests: Digests::new(secrets),
            request_counts: tokio::sync::Mutex::default(),
            perturbation: Perturbation::new(secrets),
        }
    }

    /// The same gateway with another recorder, for whoever prices records (bench/).
    #[must_use]
    pub fn recorded_by(self, recorder: Arc<dyn Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// The present instant, by the gateway's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
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
        let mut progress = Progress::new(caller, basis, hash, self.draft(caller, hash));
        let serving = self.serve(purpose, request, &mut progress);
        let answered =
            tokio::time::timeout(self.limits.request_time(), serving).await.unwrap_or_else(|_| {
                Err(GatewayError::new(Code::Timeout, "the request took longer than it may"))
            });
        let Progress { mut draft, disclosure, standing, extensions, .. } = progress;
        let answered = match answered {
            Ok(Served { data, record: Some(recorded) }) => {
                return Answer {
                    result: data,
                    record: Some(self.audit.receipt(&recorded)),
                    standing,
                    extensions,
                };
            }
            Ok(Served { data, record: None }) => self.confirm(basis).await.and(data),
            Err(error) => Err(error),
        };
        if let Err(error) = &answered {
            disclosure.of_refusal(&mut draft, error);
            return Answer { standing, ..self.record(draft, answered).await };
        }
        let answer = self.record(draft, answered).await;
        // And once more: committing the record may have taken its time.
        let result = match self.confirm(basis).await {
            Ok(()) => answer.result,
            Err(error) => answer.result.and(Err(error)),
        };
        Answer { standing, result, extensions, ..answer }
    }

    /// Records a request that was refused before it could be read, and refuses it.
    pub async fn refuse(&self, caller: &Caller, error: GatewayError) -> Answer {
        let mut draft = self.draft(caller, DocumentHash::of(""));
        DisclosureRecord::default().of_refusal(&mut draft, &error);
        self.record(draft, Err(error)).await
    }

    async fn record(&self, mut draft: Draft, answered: Result<Vec<u8>>) -> Answer {
        draft.decision = match &answered {
            Ok(_) => Outcome::Allowed,
            Err(error) => Outcome::Refused(error.code),
        };
        match self.recorder.record_answer(draft).await {
            Ok(receipt) => Answer::of(answered, Some(receipt)),
            Err(error) => {
                // That the log is lost is told once.
                if error != AuditError::Lost {
                    tracing::error!(%error, "no record, so no answer");
                }
                Answer::of(Err(error.into()), None)
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
            decision: Outcome::Allowed,
            fields: Fields::default(),
            protected: false,
            row_count: 0,
            subjects: Subjects::default(),
        }
    }
}
