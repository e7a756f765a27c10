//! Grants: what stands, what is proposed, what it would do, and who sees what.

mod changes;
mod impact;
mod types;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use tokio::task::spawn_blocking;

use self::{
    impact::Impact,
    types::{
        CellChange, Explanation, FieldPosition, GrantVersion, MatrixFormat, MatrixLine, Proposal,
        ProposalStatus, StandingGrant,
    },
};
use super::session::session;
use crate::{
    anonymity,
    catalogue::{Field, catalogue},
    error::{Code, GatewayError},
    grants::{self, diff, store},
    policy::{
        GrantSet, Purpose, Role,
        explain::{self, Line},
    },
};

pub use changes::GrantMutation;

/// Queries about grants.
#[derive(Default)]
pub struct GrantQuery;

#[Object]
impl GrantQuery {
    /// 授权: the latest version of every cell, or as it was at a version
    async fn grants(
        &self,
        context: &Context<'_>,
        version: Option<i64>,
        role: Option<String>,
        group: Option<String>,
    ) -> Result<Vec<StandingGrant>> {
        let session = session(context);
        let set = version.map_or_else(
            || Ok((*session.grants).clone()),
            |version| as_of(&session.grants, version),
        )?;
        let role = role.as_deref().map(known_role).transpose()?;
        let mut standing: Vec<StandingGrant> = set
            .latest()
            .filter(|grant| role.is_none_or(|role| role == grant.role))
            .filter_map(StandingGrant::of)
            .filter(|grant| group.as_ref().is_none_or(|group| *group == grant.group))
            .collect();
        standing.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(standing)
    }

    /// 授权版本: what each version was, the newest first
    async fn grant_versions(&self, context: &Context<'_>) -> Result<Vec<GrantVersion>> {
        let versions = store::versions(&session(context).db).await?;
        Ok(versions.into_iter().map(GrantVersion::from).collect())
    }

    /// 版本差异: the cells that differ between two versions
    async fn grant_diff(
        &self,
        context: &Context<'_>,
        from: i64,
        to: i64,
    ) -> Result<Vec<CellChange>> {
        let grants = &session(context).grants;
        let changes = diff::between(&as_of(grants, from)?, &as_of(grants, to)?);
        Ok(changes.into_iter().map(CellChange::from).collect())
    }

    /// 授权提案: proposals, the newest first
    async fn proposals(
        &self,
        context: &Context<'_>,
        status: Option<ProposalStatus>,
    ) -> Result<Vec<Proposal>> {
        let session = session(context);
        let wanted = status.map(grants::Status::from);
        let all = store::proposals(&session.db).await?;
        let proposals =
            all.into_iter().map(|made| Proposal::of(made, &session.grants, session.now));
        Ok(proposals.filter(|made| wanted.is_none_or(|status| status == made.became)).collect())
    }

    /// 授权提案: one proposal
    async fn proposal(&self, context: &Context<'_>, id: i64) -> Result<Proposal> {
        let session = session(context);
        let made = store::proposal(&session.db, id).await?;
        Ok(Proposal::of(made, &session.grants, session.now))
    }

    /// 影响: what a proposal would do; persons and queries are estimates
    async fn grant_impact(&self, context: &Context<'_>, proposal: i64) -> Result<Impact> {
        let session = session(context);
        let made = store::proposal(&session.db, proposal).await?;
        let ledger = store::Ledger::load(&session.db).await?;
        let reader = session.reader.as_ref();
        let found = grants::impact::impact(&ledger, reader, &made.cells, session.now).await?;
        Ok(Impact::from(found))
    }

    /// 解释: whether a role may use a field there for a purpose, and why (not)
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the GraphQL field")]
    async fn explain(
        &self,
        context: &Context<'_>,
        role: String,
        purpose: String,
        kind: String,
        field: String,
        #[graphql(default_with = "FieldPosition::Select")] position: FieldPosition,
        at: Option<DateTime<Utc>>,
    ) -> Result<Explanation> {
        let session = session(context);
        let basis = explain::typical(known_role(&role)?, known_purpose(&purpose)?);
        let field = known_field(&kind, &field)?;
        let at = at.unwrap_or(session.now);
        Ok(explain::explain(&session.grants, basis, field, position.into(), at).into())
    }

    /// 授权矩阵: every field of every role and purpose, as a document
    async fn matrix(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "MatrixFormat::Csv")] format: MatrixFormat,
        at: Option<DateTime<Utc>>,
    ) -> Result<String> {
        let session = session(context);
        let (grants, at) = (session.grants.clone(), at.unwrap_or(session.now));
        let write = move || {
            let lines = explain::matrix(&grants, at);
            let standings = anonymity::standings(&grants, explain::pairs(), at);
            match format {
                MatrixFormat::Csv => explain::csv(lines, &standings),
                MatrixFormat::Markdown => explain::markdown(lines, &standings),
                MatrixFormat::Json => explain::json(lines, &standings),
            }
        };
        let written = spawn_blocking(write).await;
        Ok(written
            .map_err(|_| GatewayError::new(Code::Internal, "the matrix could not be written"))?)
    }

    /// 授权矩阵: every field as one role sees it for one purpose
    async fn matrix_of(
        &self,
        context: &Context<'_>,
        role: String,
        purpose: String,
        at: Option<DateTime<Utc>>,
    ) -> Result<Vec<MatrixLine>> {
        let session = session(context);
        let (role, purpose) = (known_role(&role)?, known_purpose(&purpose)?);
        let at = at.unwrap_or(session.now);
        Ok(matrix_lines(explain::lines(&session.grants, role, purpose, at)))
    }

    /// 谁可以看: the roles and purposes that can select or count a field
    async fn who_can_see(
        &self,
        context: &Context<'_>,
        kind: String,
        field: String,
        at: Option<DateTime<Utc>>,
    ) -> Result<Vec<MatrixLine>> {
        let session = session(context);
        let field = known_field(&kind, &field)?;
        Ok(matrix_lines(explain::who_can_see(&session.grants, field, at.unwrap_or(session.now))))
    }

    /// 无人可见: the fields that nobody can select or count for any purpose
    async fn seen_by_nobody(&self, context: &Context<'_>) -> Vec<String> {
        let session = session(context);
        let fields = explain::seen_by_nobody(&session.grants, session.now);
        fields.into_iter().map(Field::path).collect()
    }

    /// 变化: what roles see otherwise at the second instant than at the first
    async fn changes_between(
        &self,
        context: &Context<'_>,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<impact::FieldShift> {
        let grants = &session(context).grants;
        let shifts = explain::shifts((grants, from), (grants, to));
        shifts.into_iter().map(impact::FieldShift::from).collect()
    }
}

fn matrix_lines(lines: Vec<Line>) -> Vec<MatrixLine> {
    lines.into_iter().map(MatrixLine::from).collect()
}

fn as_of(grants: &GrantSet, version: i64) -> Result<GrantSet, GatewayError> {
    if !(1..=grants.version()).contains(&version) {
        return Err(GatewayError::new(Code::NotFound, format!("there is no version {version}")));
    }
    Ok(grants.as_of(version))
}

fn known_role(code: &str) -> Result<Role, GatewayError> {
    Role::parse(code).ok_or_else(|| unknown("role", code))
}

fn known_purpose(code: &str) -> Result<Purpose, GatewayError> {
    Purpose::parse(code).ok_or_else(|| unknown("purpose", code))
}

fn known_field(kind: &str, field: &str) -> Result<&'static Field, GatewayError> {
    let known = catalogue().kind_named(kind).ok_or_else(|| unknown("kind", kind))?;
    catalogue().field_named(known.id, field).ok_or_else(|| unknown("field", field))
}

fn unknown(what: &str, value: &str) -> GatewayError {
    GatewayError::new(Code::BadUserInput, format!("{value:?} is no {what}"))
}
