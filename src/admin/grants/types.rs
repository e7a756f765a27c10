//! Grants, proposals and decisions as GraphQL shows them.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use entity::grant_version;

use crate::{
    catalogue::catalogue,
    grants::{self, Cell, CellText, Status, cell::Key, diff, ownership},
    policy::{self, Grant, GrantSet, Position, explain},
};

/// 授权: a cell as it stands
#[derive(SimpleObject)]
pub struct StandingGrant {
    #[graphql(skip)]
    pub key: Key,
    cell: CellText,
    pub group: String,
    /// 所有部门: the department that owns the data
    owner: &'static str,
    /// 数据管理员: the role that signs for it
    steward: &'static str,
    /// 法律: title and article
    law: String,
    /// 版本: the version that brought it
    version: i64,
}

impl StandingGrant {
    /// A grant; none for a field that the catalogue does not have.
    pub fn of(grant: &Grant) -> Option<StandingGrant> {
        let cell = Cell::of(grant)?;
        let owner = ownership::owner(&grant.target);
        Some(Self {
            group: cell.key.group.code().to_owned(),
            owner: owner.code(),
            steward: ownership::steward(owner).code(),
            law: grant.basis.law.clone(),
            version: grant.version,
            cell: CellText::from(&cell),
            key: cell.key,
        })
    }
}

/// 授权版本: a version of the grants
#[derive(SimpleObject)]
pub struct GrantVersion {
    version: i64,
    at: DateTime<Utc>,
    /// 提案: the proposal that was approved; none for revocations
    proposal: Option<i64>,
    summary: String,
}

impl From<grant_version::Model> for GrantVersion {
    fn from(row: grant_version::Model) -> Self {
        Self { version: row.version, at: row.at, proposal: row.proposal_id, summary: row.summary }
    }
}

/// 授权变化: a cell that differs
#[derive(SimpleObject)]
pub struct CellChange {
    before: Option<CellText>,
    after: Option<CellText>,
}

impl From<diff::CellChange> for CellChange {
    fn from(change: diff::CellChange) -> Self {
        Self {
            before: change.before.as_ref().map(CellText::from),
            after: change.after.as_ref().map(CellText::from),
        }
    }
}

/// 提案状态: what has become of a proposal
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
#[graphql(remote = "Status")]
pub enum ProposalStatus {
    /// Signatures are missing
    Pending,
    /// It made a version
    Approved,
    /// A steward ended it
    Rejected,
    /// The proposer took it back
    Withdrawn,
    /// Its time ran out
    Expired,
    /// What it was made against has changed since
    Stale,
}

/// 授权提案: a change that waits for signatures, or what became of it
#[derive(SimpleObject)]
pub struct Proposal {
    id: i64,
    #[graphql(skip)]
    pub became: Status,
    status: ProposalStatus,
    base_version: i64,
    proposed_at: DateTime<Utc>,
    proposer: String,
    proposer_role: &'static str,
    department: &'static str,
    /// 必要性: why it is needed
    necessity: String,
    expires_at: DateTime<Utc>,
    restores_version: Option<i64>,
    cells: Vec<CellText>,
    /// 尚需签署: the roles that have not signed yet
    missing: Vec<&'static str>,
    decisions: Vec<GrantDecision>,
    /// 版本: the version it made
    version: Option<i64>,
}

impl Proposal {
    /// A proposal as it stands beside these grants at an instant.
    pub fn of(made: grants::Proposal, grants: &GrantSet, now: DateTime<Utc>) -> Self {
        let became = made.status(grants, now);
        let missing = match became {
            Status::Pending => made.missing().into_iter().map(policy::Role::code).collect(),
            _ => Vec::new(),
        };
        Self {
            id: made.id,
            became,
            status: became.into(),
            base_version: made.base_version,
            proposed_at: made.proposed_at,
            proposer_role: made.proposer.role.code(),
            department: made.proposer.role.department().code(),
            proposer: made.proposer.subject,
            necessity: made.necessity,
            expires_at: made.expires_at,
            restores_version: made.restores_version,
            cells: made.cells.iter().map(CellText::from).collect(),
            missing,
            decisions: made.decisions.into_iter().map(GrantDecision::from).collect(),
            version: made.version,
        }
    }
}

/// 审批: a decision on a proposal
#[derive(SimpleObject)]
pub struct GrantDecision {
    at: DateTime<Utc>,
    subject: String,
    role: &'static str,
    /// approve, reject or withdraw
    decision: &'static str,
    note: String,
}

impl From<grants::proposal::Decision> for GrantDecision {
    fn from(made: grants::proposal::Decision) -> Self {
        Self {
            at: made.at,
            role: made.deed.signer.role.code(),
            subject: made.deed.signer.subject,
            decision: made.deed.verdict.code(),
            note: made.note,
        }
    }
}

/// 位置: where in a request a field may stand
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
#[graphql(remote = "Position")]
pub enum FieldPosition {
    /// In a selection
    Select,
    /// In where
    Filter,
    /// In orderBy
    Order,
    /// In groupBy of counts
    Group,
}

/// 格式: the form of the matrix
#[derive(Clone, Copy, Debug, Enum, Eq, PartialEq)]
pub enum MatrixFormat {
    /// RFC 4180, every field
    Csv,
    /// Tables of what can be seen
    Markdown,
    /// One object a line, every field
    Json,
}

/// 解释: a decision, in words and in parts
#[derive(SimpleObject)]
pub struct Explanation {
    allowed: bool,
    words: String,
    level: &'static str,
    scope: Option<&'static str>,
    covers_minors: Option<bool>,
    law: Option<String>,
    grant_version: Option<i64>,
    refusal: Option<&'static str>,
    /// 条款: the article behind the refusal
    article: Option<&'static str>,
    /// 共享类别: CONDITIONAL or NOT_SHARED
    category: Option<&'static str>,
    requestable: bool,
}

impl From<explain::Explanation> for Explanation {
    fn from(made: explain::Explanation) -> Self {
        Self {
            allowed: made.allowed,
            words: made.words,
            level: made.level,
            scope: made.scope,
            covers_minors: made.covers_minors,
            law: made.law,
            grant_version: made.grant_version,
            refusal: made.refusal,
            article: made.article,
            category: made.category,
            requestable: made.requestable,
        }
    }
}

/// 矩阵行: a field as a role sees it for a purpose
#[derive(SimpleObject)]
pub struct MatrixLine {
    role: &'static str,
    purpose: &'static str,
    kind: &'static str,
    field: &'static str,
    group: &'static str,
    class: &'static str,
    level: &'static str,
    /// 脱敏: the style of the mask
    mask: Option<&'static str>,
    scope: Option<&'static str>,
    covers_minors: Option<bool>,
    positions: Vec<FieldPosition>,
    refusal: Option<&'static str>,
    legal_basis: Option<String>,
    grant_version: Option<i64>,
}

impl From<explain::Line> for MatrixLine {
    fn from(line: explain::Line) -> Self {
        let spec = &line.field.spec;
        let positions = explain::POSITIONS.into_iter().zip(line.positions);
        Self {
            role: line.role.code(),
            purpose: line.purpose.code(),
            kind: catalogue().kind(line.field.kind).name,
            field: spec.name,
            group: spec.group.code(),
            class: spec.class.code(),
            level: line.level.code(),
            mask: line.mask,
            scope: line.rows.map(|rows| rows.scope.code()),
            covers_minors: line.rows.map(|rows| rows.covers_minors),
            positions: positions.filter(|(_, may)| *may).map(|(at, _)| at.into()).collect(),
            refusal: line.refusal.map(policy::Refusal::code),
            legal_basis: line.law,
            grant_version: line.version,
        }
    }
}
