//! Administration (授权管理) under the purpose P-ADM: a GraphQL schema of its own, without anybody's
//! data. Stewards and the data protection officer change what is shared; the auditor reads how it
//! came about, and signs audit cases. What a role may not do has no field in its schema.

mod accesses;
mod acts;
mod cases;
mod clients;
mod grants;
mod mutation;
mod query;
mod reach;
mod requests;
mod session;
mod volumes;

use std::sync::Arc;

use async_graphql::{
    EmptySubscription, ObjectType, Response, Schema, Variables,
    parser::types::{ExecutableDocument, OperationType},
};
use serde_json::{Map, Value as Json};

pub use reach::Reach;
pub use session::Session;

use self::{
    mutation::{AuditorMutation, Mutation, OfficerMutation},
    query::{OversightQuery, Query},
};
use crate::{
    error::{Code, GatewayError, Result},
    graphql::{
        self, Request,
        limits::{self, Limits},
        plan::Document,
        schema,
    },
    policy::Role,
};

/// What the schemas say of themselves.
const DESCRIPTION: &str =
    "授权管理: who shares what with whom, and how that changes. Nobody's data is here.";

/// A document that was parsed and measured.
pub struct Prepared {
    /// The name of the operation.
    pub operation: Option<String>,
    document: ExecutableDocument,
}

/// The administration's schemas.
pub struct Administration {
    /// Of stewards.
    stewards: Schema<Query, Mutation, EmptySubscription>,
    /// Of the data protection officer.
    officer: Schema<OversightQuery, OfficerMutation, EmptySubscription>,
    /// Of the auditor.
    auditor: Schema<OversightQuery, AuditorMutation, EmptySubscription>,
    limits: Limits,
}

impl Administration {
    /// Builds the schemas.
    pub fn new(limits: Limits) -> Self {
        Self {
            stewards: build(Query::default(), Mutation::default(), limits.depth),
            officer: build(OversightQuery::default(), OfficerMutation::default(), limits.depth),
            auditor: build(OversightQuery::default(), AuditorMutation::default(), limits.depth),
            limits,
        }
    }

    /// The schema definition of a role.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn sdl(&self, role: Role) -> Result<String> {
        match role {
            Role::DP => schema::print(self.officer.execute(schema::QUERY)),
            role if role.is_steward() => schema::print(self.stewards.execute(schema::QUERY)),
            _ => schema::print(self.auditor.execute(schema::QUERY)),
        }
    }

    /// Parses and measures a document.
    ///
    /// # Errors
    /// When it exceeds a limit, is not GraphQL, or asks for several changes at once.
    pub fn prepare(&self, request: &Request) -> Result<Prepared> {
        let parsed = graphql::parse(&request.query, &self.limits)?;
        let operation = request.operation_name.as_deref();
        let document = Document::new(parsed.clone(), operation, request.method)?;
        // What editors and generators ask of a schema is deep; here it may stand beside other fields.
        let introspection = graphql::is_introspection(&document).unwrap_or(false);
        document.check_size(&self.limits, introspection)?;
        // Of several, some would stand although another was refused.
        if document.operation.ty == OperationType::Mutation && document.root_names().len() != 1 {
            return Err(GatewayError::new(
                Code::BadUserInput,
                "one change a request: ask for one field of the mutation",
            ));
        }
        Ok(Prepared { operation: document.name, document: parsed })
    }

    /// Answers a request.
    ///
    /// # Errors
    /// When it does not fit the role's schema, or may not be done.
    pub async fn answer(
        &self,
        session: Arc<Session>,
        prepared: Prepared,
        variables: Map<String, Json>,
    ) -> Result<Vec<u8>> {
        let role = session.caller.role;
        let asked = schema::request(prepared.document, prepared.operation.as_deref())
            .variables(Variables::from_json(Json::Object(variables)))
            .data(session);
        let response = match role {
            Role::DP => self.officer.execute(asked).await,
            role if role.is_steward() => self.stewards.execute(asked).await,
            _ => self.auditor.execute(asked).await,
        };
        finish(response)
    }
}

fn build<Q: ObjectType + 'static, M: ObjectType + 'static>(
    query: Q,
    mutation: M,
    depth: usize,
) -> Schema<Q, M, EmptySubscription> {
    Schema::build(query, mutation, EmptySubscription)
        .disable_suggestions()
        .limit_depth(depth.max(limits::INTROSPECTION_DEPTH))
        .extension(schema::Described(DESCRIPTION))
        .extension(schema::Literals)
        .finish()
}

/// All of it or what is wrong: half an answer could not be told from a whole one.
fn finish(response: Response) -> Result<Vec<u8>> {
    // A resolver's refusal is told as it was given.
    let refusal = response.errors.iter().find_map(|error| error.source::<GatewayError>().cloned());
    match refusal.or_else(|| GatewayError::of_findings(schema::findings(response.errors))) {
        Some(error) => Err(error),
        None => serde_json::to_vec(&response.data)
            .map_err(|_| GatewayError::new(Code::Internal, "the answer cannot be written")),
    }
}
