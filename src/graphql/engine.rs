//! Permits with their schemas, and plans, each kept as long as it holds. All caches are bounded.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Name, Pos,
    dynamic::Schema,
    parser::{
        self,
        types::{ExecutableDocument, OperationType},
    },
};
use chrono::{DateTime, Utc};
use moka::sync::Cache;
use parking_lot::{Mutex, RwLock};
use serde_json::{Map, Value as Json};

use super::{
    diagnose,
    input::Variables,
    limits::{self, Limits},
    me::Published,
    plan::{CompiledMutation, Document, Plan, check, compile, mutation},
    request::{DocumentHash, Request, Unshared},
    schema, strings, variables,
};
use crate::{
    error::{Code, GatewayError, Result},
    policy::{Basis, GrantSet, Permit},
};

/// Permits kept: 24 roles, their purposes, with and without organization.
const PERMITS: u64 = 256;

/// Memory for documents and their plans, in bytes.
const DOCUMENT_MEMORY: u64 = 48 * 1024 * 1024;

/// What a document and its plans are taken to need for each byte of its text. A cache filled to
/// 48 MiB by half of this held some 90 MiB (`bench/run --memory`).
const MEMORY_PER_BYTE: u32 = 48;

/// Plans kept of one document: one for each set of values its directives depend on.
const VARIANTS: usize = 8;

/// A permit with its schema.
pub struct Entitled {
    id: u64,
    /// What may be seen.
    pub permit: Permit,
    /// The same as a GraphQL schema.
    pub schema: Schema,
    definition: OnceLock<Arc<str>>,
}

impl Entitled {
    /// The schema as text; printed once.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn definition(&self) -> Result<Arc<str>> {
        if let Some(known) = self.definition.get() {
            return Ok(known.clone());
        }
        let printed: Arc<str> = schema::sdl(&self.schema)?.into();
        Ok(self.definition.get_or_init(|| printed).clone())
    }
}

/// A document that was parsed, checked against a permit's schema, and compiled.
pub struct Prepared {
    /// The operation.
    pub document: Document,
    /// Its source, when it asks only of the schema.
    pub introspection: Option<ExecutableDocument>,
    unshared: Unshared,
    deciding: Vec<Name>,
    weight: u32,
    plans: Mutex<Vec<Variant>>,
}

/// A plan and the values of the variables that decided it.
type Variant = (Vec<Option<bool>>, Arc<Plan>);

/// The grants that decide now.
#[derive(Clone)]
struct Current {
    grants: Arc<GrantSet>,
    /// Tells them from what was read before, also where their version is the same.
    generation: u64,
}

/// Makes and keeps permits and plans.
pub struct Engine {
    grants: RwLock<Current>,
    permits: Cache<(Basis, u64), Arc<Entitled>>,
    documents: Cache<(u64, DocumentHash, Unshared), Arc<Prepared>>,
    /// The schema of everything there is: what a document must fit that takes null for what is not
    /// shared.
    everything: OnceLock<Schema>,
    /// What departments share, by the generation of the grants.
    published: Mutex<Option<(u64, Arc<Published>)>>,
    limits: Limits,
    next_id: AtomicU64,
}

impl Engine {
    /// An engine over a set of grants.
    pub fn new(grants: GrantSet, limits: Limits) -> Self {
        Self {
            grants: RwLock::new(Current { grants: Arc::new(grants), generation: 0 }),
            permits: Cache::new(PERMITS),
            documents: Cache::builder()
                .max_capacity(DOCUMENT_MEMORY)
                .weigher(|_, prepared: &Arc<Prepared>| prepared.weight)
                .time_to_idle(Duration::from_secs(3600))
                .build(),
            everything: OnceLock::new(),
            published: Mutex::default(),
            limits,
            next_id: AtomicU64::new(0),
        }
    }

    /// The grants that decide now.
    pub fn grants(&self) -> Arc<GrantSet> {
        self.grants.read().grants.clone()
    }

    /// Replaces the grants. Permits and plans of older ones are not used again.
    pub fn replace_grants(&self, grants: GrantSet) {
        {
            let mut current = self.grants.write();
            let generation = current.generation + 1;
            *current = Current { grants: Arc::new(grants), generation };
        }
        self.permits.invalidate_all();
        self.documents.invalidate_all();
    }

    /// The permit of a basis at an instant, with its schema.
    ///
    /// # Errors
    /// When the purpose is not open to the role.
    pub fn entitle(&self, basis: Basis, instant: DateTime<Utc>) -> Result<Arc<Entitled>> {
        let Current { grants, generation } = self.grants.read().clone();
        let key = (basis, generation);
        if let Some(entitled) = self.permits.get(&key)
            && entitled.permit.valid_until.is_none_or(|end| instant < end)
        {
            return Ok(entitled);
        }
        let permit = Permit::decide(basis, &grants, instant).map_err(|refusal| {
            GatewayError::new(
                Code::PurposeNotAllowed,
                format!("{} is not a purpose of {}", basis.purpose, basis.role),
            )
            .with("legalBasis", refusal.law())
        })?;
        let permit = permit.looking_ahead(&grants, instant);
        let schema = self.schema(&permit)?;
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let entitled = Arc::new(Entitled { id, permit, schema, definition: OnceLock::new() });
        self.permits.insert(key, entitled.clone());
        Ok(entitled)
    }

    /// What departments share at an instant, as persons are told.
    pub fn published(&self, now: DateTime<Utc>) -> Arc<Published> {
        let Current { grants, generation } = self.grants.read().clone();
        let mut known = self.published.lock();
        if let Some((of, published)) = known.as_ref()
            && *of == generation
            && published.valid_until.is_none_or(|end| now < end)
        {
            return published.clone();
        }
        let published = Arc::new(Published::of(&grants, now));
        *known = Some((generation, published.clone()));
        published
    }

    fn schema(&self, permit: &Permit) -> Result<Schema> {
        schema::build(permit, self.limits.depth).map_err(|error| {
            tracing::error!(%error, role = %permit.basis.role, "a permit has no schema");
            GatewayError::new(Code::Internal, "the schema cannot be built")
        })
    }

    fn everything(&self) -> Result<&Schema> {
        if let Some(schema) = self.everything.get() {
            return Ok(schema);
        }
        let schema = self.schema(&Permit::everything())?;
        Ok(self.everything.get_or_init(|| schema))
    }

    /// Parses, checks and keeps a document.
    ///
    /// # Errors
    /// When it exceeds a limit, is not GraphQL, or asks for what the permit does not have.
    pub async fn prepare(
        &self,
        entitled: &Entitled,
        request: &Request,
        hash: DocumentHash,
    ) -> Result<Arc<Prepared>> {
        let operation = request.operation_name.as_deref();
        let unshared = request.unshared;
        let key = (entitled.id, hash.with_operation(operation), unshared);
        if let Some(prepared) = self.documents.get(&key) {
            prepared.document.check_method(request.method)?;
            return Ok(prepared);
        }
        let parsed = parse(&request.query, &self.limits)?;
        let document = Document::new(parsed.clone(), operation, request.method)?;
        let is_served = match document.operation.ty {
            OperationType::Query => true,
            OperationType::Mutation => !entitled.permit.acts.is_empty(),
            OperationType::Subscription => false,
        };
        if !is_served {
            let message = "nothing can be changed under this purpose";
            return Err(GatewayError::new(Code::GraphqlValidationFailed, message));
        }
        let introspection = !document.is_mutation() && is_introspection(&document)?;
        document.check_size(&self.limits, introspection)?;
        let mut found = schema::validate(&entitled.schema, parsed.clone(), operation).await;
        let is_read = !introspection && !document.is_mutation();
        let mut refused = Vec::new();
        if is_read && !found.is_empty() {
            refused = diagnose::not_shared(&entitled.permit, &document, unshared);
            if unshared == Unshared::Null {
                // What is not shared is still part of the language: it has its form, and the plan
                // asks the permit of every name.
                found = schema::validate(self.everything()?, parsed.clone(), operation).await;
            }
        }
        let own = if introspection { Vec::new() } else { check(&document) };
        if let Some(error) = GatewayError::of_findings(merge([refused, found, own])) {
            return Err(error);
        }
        let prepared = Arc::new(Prepared {
            unshared,
            deciding: document.deciding_variables(),
            weight: u32::try_from(request.query.len())
                .unwrap_or(u32::MAX)
                .saturating_mul(MEMORY_PER_BYTE)
                .saturating_add(2048),
            introspection: introspection.then_some(parsed),
            document,
            plans: Mutex::default(),
        });
        self.documents.insert(key, prepared.clone());
        Ok(prepared)
    }
}

impl Prepared {
    /// The request's variables.
    ///
    /// # Errors
    /// When one does not fit its declared type.
    pub fn variables(&self, given: Map<String, Json>) -> Result<Variables> {
        let definitions = &self.document.operation.variable_definitions;
        variables::coerce(definitions.iter().map(|definition| &definition.node), given)
    }

    /// The one act that a mutation asks for.
    ///
    /// # Errors
    /// When it does not ask for exactly one, or the permit does not have it.
    pub fn mutation(&self, permit: &Permit, variables: &Variables) -> Result<CompiledMutation> {
        mutation(&self.document, permit, variables)
    }

    /// The plan for these variables: one for all, but for those that directives depend on.
    ///
    /// # Errors
    /// When the permit does not grant something the operation asks for.
    pub fn plan(&self, permit: &Permit, variables: &Variables) -> Result<Arc<Plan>> {
        let decided: Vec<Option<bool>> = self
            .deciding
            .iter()
            .map(|name| match variables.get(name) {
                Some(async_graphql::Value::Boolean(value)) => Some(*value),
                _ => None,
            })
            .collect();
        let known = |plans: &[Variant]| {
            plans.iter().find(|(key, _)| *key == decided).map(|(_, plan)| plan.clone())
        };
        if let Some(plan) = known(&self.plans.lock()) {
            return Ok(plan);
        }
        let plan = Arc::new(compile(&self.document, permit, variables, self.unshared)?);
        let mut plans = self.plans.lock();
        if plans.len() < VARIANTS && known(&plans).is_none() {
            plans.push((decided, plan.clone()));
        }
        Ok(plan)
    }
}

/// Parses a document that is no larger than it may be.
///
/// # Errors
/// When it exceeds a limit or is not GraphQL.
pub fn parse(query: &str, limits: &Limits) -> Result<ExecutableDocument> {
    limits::check_text(query, limits)?;
    parser::parse_query(strings::unescape(query)).map_err(parse_error)
}

/// Findings of several sorts, the telling ones first: what is found again at the same place by a
/// later sort is the same mistake.
fn merge(sorts: [Vec<GatewayError>; 3]) -> Vec<GatewayError> {
    let mut all: Vec<GatewayError> = Vec::new();
    for findings in sorts {
        let told: Vec<_> = all.iter().filter_map(|finding| finding.location).collect();
        let is_new =
            |finding: &GatewayError| finding.location.is_none_or(|place| !told.contains(&place));
        all.extend(findings.into_iter().filter(is_new));
    }
    all
}

fn parse_error(error: parser::Error) -> GatewayError {
    // The parser's own message quotes the document; its place is enough to mend it.
    let position: Option<Pos> = error.positions().next();
    let error = GatewayError::new(Code::GraphqlParseFailed, "the document is not valid GraphQL");
    match position {
        Some(position) => error.at(position),
        None => error,
    }
}

/// Whether an operation asks of the schema alone. Half and half is not served: the schema is the
/// validator's to answer, data the plan's.
///
/// # Errors
/// When it is half and half.
pub fn is_introspection(document: &Document) -> Result<bool> {
    let fields = document.root_names();
    let of_schema = |name: &&str| matches!(*name, "__schema" | "__type");
    if !fields.iter().any(of_schema) {
        return Ok(false);
    }
    if fields.iter().all(|name| of_schema(name) || *name == "__typename") {
        return Ok(true);
    }
    Err(GatewayError::new(
        Code::GraphqlValidationFailed,
        "ask for __schema or __type in an operation of its own",
    ))
}
