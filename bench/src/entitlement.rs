//! What the programs that price entitlement share; included by each, so that the contenders do not
//! carry the gateway.

use std::path::Path;

use migrant_gateway::{
    db,
    policy::{Basis, Purpose, Role},
};
use sea_orm::DatabaseConnection;

/// What the document of the workload `nested` says after `query` and its name.
pub const NESTED: &str = "($after: String) { persons(first: 20, after: $after) { nodes { id name \
    birthDate residences { id residenceAddress arrivalDate departureDate dwellingType } \
    employments { id occupation industry employerName hasLaborContract } } } }";

/// A community police officer, who asks all workloads but `mixed`.
pub const POLICE: Basis = Basis {
    role: Role::PO,
    purpose: Purpose::Res,
    has_organization: true,
    has_person: false,
    has_contract: false,
};

/// A new database in a directory, with the grants and nobody.
pub async fn grants(directory: &Path) -> anyhow::Result<DatabaseConnection> {
    let url = format!("sqlite://{}?mode=rwc", directory.join("grants.db").display());
    let database = db::connect(&url).await?;
    db::migrate(&database).await?;
    Ok(database)
}
