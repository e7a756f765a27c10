//! Reads the grants from the database. A row that does not parse is no grant.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use entity::{legal_basis, sharing::Group, sharing_grant};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryOrder, QuerySelect};

use super::{Grant, GrantSet, Instrument, LegalBasis, Level, Purpose, Role, Scope, Target};

/// Loads every grant with its legal basis.
///
/// # Errors
/// When the database cannot be read. Rows with unknown codes are left out and counted in a warning:
/// what is not understood is not granted.
#[expect(clippy::disallowed_methods, reason = "grants are policy, not personal data")]
pub async fn load(db: &impl ConnectionTrait) -> Result<GrantSet, DbErr> {
    let bases = legal_bases(db).await?;
    let rows = sharing_grant::Entity::find()
        .order_by_asc(sharing_grant::Column::Version)
        .order_by_asc(sharing_grant::Column::Id)
        .all(db)
        .await?;
    let total = rows.len();
    let grants: Vec<Grant> = rows.into_iter().filter_map(|row| grant(row, &bases)).collect();
    if grants.len() < total {
        tracing::warn!(ignored = total - grants.len(), "grants with unknown codes are left out");
    }
    Ok(GrantSet::new(grants))
}

/// The legal bases by their keys. A row with an unknown instrument is none.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "laws are policy, not personal data")]
pub async fn legal_bases(
    db: &impl ConnectionTrait,
) -> Result<HashMap<i64, Arc<LegalBasis>>, DbErr> {
    let rows = legal_basis::Entity::find().all(db).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.id, Arc::new(basis(row)?)))).collect())
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

fn basis(row: legal_basis::Model) -> Option<LegalBasis> {
    Some(LegalBasis {
        instrument: Instrument::parse(&row.instrument)?,
        code: row.code,
        law: row.law,
        in_force_from: row.in_force_from,
        in_force_until: row.in_force_until,
    })
}

fn grant(row: sharing_grant::Model, bases: &HashMap<i64, Arc<LegalBasis>>) -> Option<Grant> {
    let scope = row.scope.as_deref().map(Scope::parse);
    let level = Level::parse(&row.level);
    let basis = bases.get(&row.legal_basis_id).cloned();
    // A row that names its cell but not what it opens still replaces older rows of that cell: it
    // must close what it fails to describe.
    let understood = level.is_some() && basis.is_some() && scope != Some(None);
    Some(Grant {
        version: row.version,
        role: Role::parse(&row.role)?,
        target: match row.field {
            Some(field) => Target::Field(field),
            None => Target::Group(Group::parse(&row.field_group)?),
        },
        level: level.filter(|_| understood).unwrap_or(Level::None),
        scope: scope.flatten(),
        purpose: Purpose::parse(&row.purpose)?,
        basis: basis.unwrap_or_else(unknown_basis),
        covers_minors: row.covers_minors,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    })
}

fn unknown_basis() -> Arc<LegalBasis> {
    Arc::new(LegalBasis {
        code: "UNKNOWN".to_owned(),
        law: String::new(),
        instrument: Instrument::Policy,
        in_force_from: DateTime::<Utc>::MAX_UTC,
        in_force_until: None,
    })
}
