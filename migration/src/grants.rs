//! The grants of the first version: the grant matrix, made into one grant for each cell and purpose. What
//! purposes need of it is in [`crate::limits`].

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};
use sea_orm::{DbErr, Value};
use sea_orm_migration::SchemaManager;
use serde::Deserialize;

use crate::seed;

/// A law, as the data file has it.
#[derive(Deserialize)]
pub struct LegalBasis {
    pub code: String,
    pub law: String,
    pub instrument: String,
    pub in_force_from: DateTime<FixedOffset>,
    pub in_force_until: Option<DateTime<FixedOffset>>,
}

/// A grant of the first version.
#[derive(Debug)]
pub struct Grant {
    pub role: String,
    pub group: String,
    pub level: String,
    pub scope: Option<String>,
    pub purpose: String,
    /// Place in the list of laws, from 1.
    pub legal_basis_id: i64,
    pub covers_minors: bool,
    pub valid_from: DateTime<Utc>,
}

/// A cell of the matrix.
#[derive(Deserialize)]
pub struct Cell {
    pub group: String,
    pub role: String,
    pub decision: String,
    pub row_scope: Option<String>,
}

#[derive(Deserialize)]
struct Role {
    code: String,
    covers_minors: bool,
}

#[derive(Deserialize)]
struct Purpose {
    purpose: String,
    legal_basis_code: String,
    roles: String,
    specially_protected_groups: String,
}

// HIV and STI, mental disorder, pregnancy, contraception. PIPL 28 wants a specific purpose and
// sufficient necessity, so that these are granted only under the purposes that name them.
const SPECIALLY_PROTECTED: [&str; 4] = ["G16", "G18", "G20", "G21"];

/// The laws that the gateway first came with; a law's key is its place, from 1.
pub fn legal_bases() -> Result<Vec<LegalBasis>, DbErr> {
    seed::rows(include_str!("../data/legal_bases.csv"))
}

/// The laws that the purposes brought.
pub fn further_legal_bases() -> Result<Vec<LegalBasis>, DbErr> {
    seed::rows(include_str!("../data/legal_bases_2.csv"))
}

/// All laws; a law's key is its place, from 1.
pub fn all_legal_bases() -> Result<Vec<LegalBasis>, DbErr> {
    let mut laws = legal_bases()?;
    laws.extend(further_legal_bases()?);
    Ok(laws)
}

/// Inserts laws under their keys.
pub async fn insert_laws(
    manager: &SchemaManager<'_>,
    laws: impl Iterator<Item = (i64, LegalBasis)>,
) -> Result<(), DbErr> {
    let row = |(id, law): (i64, LegalBasis)| {
        [
            id.into(),
            law.code.into(),
            law.law.into(),
            law.instrument.into(),
            law.in_force_from.to_utc().into(),
            law.in_force_until.map(|until| until.to_utc()).into(),
        ]
    };
    let rows: Vec<[Value; 6]> = laws.map(row).collect();
    let columns = ["id", "code", "law", "instrument", "in_force_from", "in_force_until"];
    seed::insert(manager, "legal_basis", columns, &rows).await
}

/// The grant matrix of the policy: one cell for each group and role.
pub fn cells() -> Result<Vec<Cell>, DbErr> {
    seed::rows(include_str!("../data/grants.csv"))
}

/// Whether each role, by its code, sees persons under 14.
pub fn covers_minors() -> Result<HashMap<String, bool>, DbErr> {
    let roles: Vec<Role> = seed::rows(include_str!("../data/roles.csv"))?;
    Ok(roles.into_iter().map(|role| (role.code, role.covers_minors)).collect())
}

/// All grants of the first version.
///
/// The matrix is the one of the policy but for one change: it leaves the auditor's rows of the
/// access log and of consents without a scope, which would show none of them; here they are those
/// of the auditor's unit.
pub fn grants() -> Result<Vec<Grant>, DbErr> {
    let laws = legal_bases()?;
    let cells = cells()?;
    let purposes: Vec<Purpose> = seed::rows(include_str!("../data/purposes.csv"))?;
    let covers_minors = covers_minors()?;

    let mut grants = Vec::new();
    for cell in cells.iter().filter(|cell| is_readable(cell)) {
        let unknown = || seed::error(format!("no role {}", cell.role));
        let covers_minors = *covers_minors.get(&cell.role).ok_or_else(unknown)?;
        for purpose in purposes.iter().filter(|purpose| is_open(cell, purpose)) {
            let unknown = || seed::error(format!("no law {}", purpose.legal_basis_code));
            let (legal_basis_id, law) = (1..)
                .zip(&laws)
                .find(|(_, law)| law.code == purpose.legal_basis_code)
                .ok_or_else(unknown)?;
            grants.push(Grant {
                role: cell.role.clone(),
                group: cell.group.clone(),
                level: cell.decision.clone(),
                scope: cell.row_scope.clone(),
                purpose: purpose.purpose.clone(),
                legal_basis_id,
                covers_minors,
                valid_from: law.in_force_from.to_utc(),
            });
        }
    }
    Ok(grants)
}

// `+e` tells a role of an event when it happens; there is nothing to query.
fn is_readable(cell: &Cell) -> bool {
    cell.decision != "none" && cell.row_scope.as_deref() != Some("+e")
}

fn is_open(cell: &Cell, purpose: &Purpose) -> bool {
    seed::parts(&purpose.roles).any(|role| role == cell.role)
        && (!SPECIALLY_PROTECTED.contains(&cell.group.as_str()) || covers(purpose, cell))
}

// `G16` admits the group at every level; `G16:aggregate` admits counts alone.
fn covers(purpose: &Purpose, cell: &Cell) -> bool {
    seed::parts(&purpose.specially_protected_groups).any(|entry| match entry.split_once(':') {
        None => entry == cell.group,
        Some((group, level)) => group == cell.group && level == cell.decision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `role group` under each purpose, as `purpose level scope law minors`.
    fn cell(role: &str, group: &str) -> Vec<String> {
        let laws = legal_bases().unwrap();
        let grants = grants().unwrap();
        let of_cell = grants.iter().filter(|grant| grant.role == role && grant.group == group);
        of_cell
            .map(|grant| {
                let scope = grant.scope.as_deref().unwrap_or("-");
                let law = &laws[usize::try_from(grant.legal_basis_id).unwrap() - 1].code;
                let minors = grant.covers_minors;
                format!("{} {} {scope} {law} {minors}", grant.purpose, grant.level)
            })
            .collect()
    }

    #[test]
    fn the_matrix_gives_this_many_grants() {
        assert_eq!(grants().unwrap().len(), 804);
    }

    #[test]
    fn cells_of_the_matrix_hold_under_every_purpose_of_the_role() {
        assert_eq!(cell("HV", "G15"), ["P-IMM full c VACCINE-46 true"],);
        assert_eq!(
            cell("HO", "G02"),
            [
                "P-REC masked j RESPERMIT-7 false",
                "P-HR masked j HEALTH-35 false",
                "P-EMA masked j ASSIST-32 false",
            ],
        );
        assert_eq!(cell("AU", "G30"), ["P-AUD masked j PIPL-54 false"]);
        assert_eq!(cell("AU", "G01"), ["P-AUD masked - PIPL-54 false"]);
        assert_eq!(cell("FA", "G02"), [""; 0]);
    }

    #[test]
    fn specially_protected_groups_hold_only_under_purposes_that_name_them() {
        assert_eq!(cell("HM", "G16"), ["P-STG full c AIDS-39 true", "P-MCH full c MCH-18 true"],);
        assert_eq!(
            cell("HM", "G20"),
            ["P-STG masked c AIDS-39 true", "P-MCH masked c MCH-18 true"],
        );
        assert_eq!(cell("HI", "G20"), ["P-IDC masked c INFECT-2025 true"]);
        assert_eq!(cell("HF", "G18"), ["P-FP masked o POPFP-2021 true"]);
        assert_eq!(
            cell("HC", "G21"),
            ["P-SMD full c MENTAL-24 true", "P-ETR full c PIPL-13-4 true"],
        );
        assert_eq!(cell("HO", "G21"), ["P-HR aggregate - HEALTH-35 false"]);
        assert_eq!(cell("HA", "G20"), ["P-STAT aggregate - STAT-28 false"]);
        for group in SPECIALLY_PROTECTED {
            assert_eq!(cell("SU", group), ["P-SAR full s PIPL-44 true"]);
        }
    }

    #[test]
    fn an_event_push_is_not_a_grant() {
        for group in ["G19", "G21", "G24"] {
            assert_eq!(cell("PO", group), [""; 0]);
        }
    }

    #[test]
    fn no_grant_rests_on_a_policy_paper_or_a_dead_law() {
        let laws = legal_bases().unwrap();
        for grant in grants().unwrap() {
            let law = &laws[usize::try_from(grant.legal_basis_id).unwrap() - 1];
            assert_ne!(law.instrument, "policy", "{grant:?}");
            assert!(law.in_force_until.is_none(), "{grant:?}");
        }
    }
}
