//! Reads the grants from the database. A row that names its cell and not what it opens is an error
//! that names the row: were it left out, an older grant that it replaces would hold again, and were
//! it to close its cell, nobody would know why.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use entity::{grant_version, guardian_closing, legal_basis, sharing::Group, sharing_grant};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{Grant, GrantSet, Instrument, LegalBasis, Level, Purpose, Role, Scope, Target};

/// Why the grants cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A row has a code that this program does not know.
    #[error("row {id} of {table}: {code:?} is no {what}; it takes {known}")]
    UnknownCode {
        /// The table.
        table: &'static str,
        /// The key of the row.
        id: i64,
        /// What the code should be.
        what: &'static str,
        /// What stands there.
        code: String,
        /// The codes there are.
        known: String,
    },
    /// A grant names a law that is not there.
    #[error("row {id} of sharing_grant: there is no legal basis {basis}")]
    NoLaw {
        /// The key of the grant.
        id: i64,
        /// The key that it names.
        basis: i64,
    },
}

impl From<LoadError> for DbErr {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Database(error) => error,
            other => DbErr::Custom(other.to_string()),
        }
    }
}

/// Loads every grant with its legal basis.
///
/// # Errors
/// When the database cannot be read, or a row's level, scope or law is not understood. Rows for a
/// role, purpose or group that there is not open and close nothing; they are named in a warning.
#[expect(clippy::disallowed_methods, reason = "grants are policy, not personal data")]
pub async fn load(db: &impl ConnectionTrait) -> Result<GrantSet, LoadError> {
    let bases = legal_bases(db).await?;
    let rows = sharing_grant::Entity::find()
        .order_by_asc(sharing_grant::Column::Version)
        .order_by_asc(sharing_grant::Column::Id)
        .all(db)
        .await?;
    let mut grants = Vec::with_capacity(rows.len());
    for row in rows {
        grants.extend(grant(row, &bases)?);
    }
    Ok(GrantSet::new(grants).closing(closed(db).await?).dated(made(db).await?))
}

/// When each version was made.
#[expect(clippy::disallowed_methods, reason = "grants are policy, not personal data")]
async fn made(db: &impl ConnectionTrait) -> Result<BTreeMap<i64, DateTime<Utc>>, DbErr> {
    let versions = grant_version::Entity::find().all(db).await?;
    Ok(versions.into_iter().map(|version| (version.version, version.at)).collect())
}

/// The groups of which something is closed to some guardian and was not opened again. What has ended
/// since is among them: whether a closing is in force every statement asks.
#[expect(clippy::disallowed_methods, reason = "asks for groups, and for nobody")]
async fn closed(db: &impl ConnectionTrait) -> Result<BTreeSet<Group>, DbErr> {
    let groups = guardian_closing::Entity::find()
        .select_only()
        .column(guardian_closing::Column::FieldGroup)
        .distinct()
        .filter(guardian_closing::Column::FieldGroup.is_not_null())
        .filter(guardian_closing::Column::ReopenedAt.is_null())
        .into_tuple::<String>()
        .all(db)
        .await?;
    Ok(groups.iter().filter_map(|code| Group::parse(code)).collect())
}

/// The legal bases by their keys.
///
/// # Errors
/// When the database cannot be read, or a law is of an instrument that is not understood.
#[expect(clippy::disallowed_methods, reason = "laws are policy, not personal data")]
pub async fn legal_bases(
    db: &impl ConnectionTrait,
) -> Result<HashMap<i64, Arc<LegalBasis>>, LoadError> {
    let rows = legal_basis::Entity::find().all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, Arc::new(basis(row)?)))).collect()
}

/// The version of the grants in the database.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "grants are policy, not personal data")]
pub async fn version(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let latest = sharing_grant::Entity::find()
        .select_only()
        .column_as(sharing_grant::Column::Version.max(), "version")
        .into_tuple::<Option<i64>>()
        .one(db)
        .await?;
    Ok(latest.flatten().unwrap_or(0))
}

fn basis(row: legal_basis::Model) -> Result<LegalBasis, LoadError> {
    let known = Instrument::ALL.map(Instrument::code);
    let instrument = Instrument::parse(&row.instrument)
        .ok_or_else(|| unknown("legal_basis", row.id, "instrument", &row.instrument, &known))?;
    Ok(LegalBasis {
        instrument,
        code: row.code,
        law: row.law,
        in_force_from: row.in_force_from,
        in_force_until: row.in_force_until,
    })
}

/// The grant of a row; none where it names no cell.
fn grant(
    row: sharing_grant::Model,
    bases: &HashMap<i64, Arc<LegalBasis>>,
) -> Result<Option<Grant>, LoadError> {
    let cell =
        (Role::parse(&row.role), Purpose::parse(&row.purpose), Group::parse(&row.field_group));
    let (Some(role), Some(purpose), Some(group)) = cell else {
        let sharing_grant::Model { id, role, purpose, field_group, .. } = row;
        tracing::warn!(id, role, purpose, field_group, "a grant of no known cell is left out");
        return Ok(None);
    };
    let table = "sharing_grant";
    let level = Level::parse(&row.level)
        .ok_or_else(|| unknown(table, row.id, "level", &row.level, &Level::ALL.map(Level::code)))?;
    let scope = row.scope.as_deref().map(|code| {
        let known = Scope::ALL.map(Scope::code);
        Scope::parse(code).ok_or_else(|| unknown(table, row.id, "scope", code, &known))
    });
    let basis = bases.get(&row.legal_basis_id).cloned();
    Ok(Some(Grant {
        version: row.version,
        role,
        target: row.field.map_or(Target::Group(group), Target::Field),
        level,
        scope: scope.transpose()?,
        purpose,
        basis: basis.ok_or(LoadError::NoLaw { id: row.id, basis: row.legal_basis_id })?,
        covers_minors: row.covers_minors,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    }))
}

fn unknown(
    table: &'static str,
    id: i64,
    what: &'static str,
    code: &str,
    known: &[&str],
) -> LoadError {
    LoadError::UnknownCode { table, id, what, code: code.to_owned(), known: known.join(", ") }
}
