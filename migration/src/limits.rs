//! Purpose limitation (目的限制): which groups a purpose opens to which roles, and how much of each.
//!
//! `data/purpose_groups.csv` says for each row the law that the grant rests on, all articles that ground
//! it, and what the purpose needs the group for. A group without a row stays closed under the purpose.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use serde::Deserialize;

use crate::{
    grants::{self, Cell},
    seed,
};

/// One row of the file: a group under a purpose, for some of the purpose's roles.
#[derive(Clone, Debug, Deserialize)]
pub struct PurposeGroup {
    pub purpose: String,
    pub group: String,
    roles: String,
    max_level: String,
    pub legal_basis_code: String,
    /// All articles.
    pub legal_basis: String,
    pub note: String,
}

impl PurposeGroup {
    /// The roles it is for.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        seed::parts(&self.roles)
    }

    /// The most that the purpose needs: a level's code.
    pub fn most(&self) -> &str {
        if self.max_level.is_empty() { "full" } else { &self.max_level }
    }
}

/// A grant as the purposes give it: of a group, or of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub role: String,
    pub purpose: String,
    pub group: String,
    /// `Kind.field`.
    pub field: Option<String>,
    pub level: String,
    pub scope: Option<String>,
    /// The code of the law.
    pub law: String,
    pub covers_minors: bool,
    pub valid_from: DateTime<Utc>,
}

/// From nothing to everything.
const LEVELS: [&str; 5] = ["none", "aggregate", "predicate", "masked", "full"];

/// What one field's grant opens beyond its group: who prevents the infection of a newborn does that work
/// and reads the results (艾滋病防治条例 43), under the purpose of maternal care alone.
const OF_FIELDS: [(&str, &str, &str, &str, &str); 3] = [
    ("HM", "P-MCH", "G20", "MaternalCareRecord.pmtctHiv", "AIDS-39"),
    ("HM", "P-MCH", "G20", "MaternalCareRecord.pmtctSyphilis", "AIDS-39"),
    ("HM", "P-MCH", "G20", "MaternalCareRecord.pmtctHepB", "AIDS-39"),
];

/// Groups that an emergency clinician reads of the patients whose aid it asks for: an aid case without a
/// name is of no use. What tells of the sickness stays with emergencies.
const OF_AID_CASES: [&str; 6] = ["G01", "G02", "G03", "G04", "G06", "G08"];

/// The rank of a level among all.
///
/// # Errors
/// When there is no such level.
pub fn rank(level: &str) -> Result<usize, DbErr> {
    let unknown = || seed::error(format!("no level {level:?}"));
    LEVELS.iter().position(|known| *known == level).ok_or_else(unknown)
}

/// All rows of the file.
///
/// # Errors
/// When the file does not parse.
pub fn purpose_groups() -> Result<Vec<PurposeGroup>, DbErr> {
    seed::rows(include_str!("../data/purpose_groups.csv"))
}

/// The most that a purpose opens to a role of a group, as a level's code.
pub type Most = HashMap<(String, String, String), String>;

/// The same, found by purpose, role and group.
///
/// # Errors
/// When the file does not parse.
pub fn most() -> Result<Most, DbErr> {
    let mut most = Most::new();
    for row in purpose_groups()? {
        for role in row.roles() {
            let key = (row.purpose.clone(), role.to_owned(), row.group.clone());
            most.insert(key, row.most().to_owned());
        }
    }
    Ok(most)
}

/// All grants: the matrix, as far as the purposes need it.
///
/// # Errors
/// When the data files do not fit together.
pub fn granted() -> Result<Vec<Granted>, DbErr> {
    let cells = grants::cells()?;
    let cells: HashMap<(&str, &str), &Cell> =
        cells.iter().map(|cell| ((cell.role.as_str(), cell.group.as_str()), cell)).collect();
    let laws: HashMap<String, DateTime<Utc>> = grants::all_legal_bases()?
        .into_iter()
        .map(|law| (law.code, law.in_force_from.to_utc()))
        .collect();
    let minors = grants::covers_minors()?;
    let in_force_from =
        |law: &str| laws.get(law).copied().ok_or_else(|| seed::error(format!("no law {law}")));
    let covers_minors = |role: &str| {
        minors.get(role).copied().ok_or_else(|| seed::error(format!("no role {role}")))
    };
    let mut granted = Vec::new();
    for row in purpose_groups()? {
        for role in row.roles() {
            let unknown = || seed::error(format!("no cell {role} {}", row.group));
            let cell = cells.get(&(role, row.group.as_str())).ok_or_else(unknown)?;
            // What a role is only told of when it happens cannot be asked for.
            if cell.decision == "none" || cell.row_scope.as_deref() == Some("+e") {
                continue;
            }
            let is_within = rank(&cell.decision)? <= rank(row.most())?;
            let level = if is_within { cell.decision.as_str() } else { row.most() };
            granted.push(Granted {
                role: role.to_owned(),
                purpose: row.purpose.clone(),
                group: row.group.clone(),
                field: None,
                level: level.to_owned(),
                scope: scope(role, &row, cell, level),
                law: row.legal_basis_code.clone(),
                covers_minors: covers_minors(role)?,
                valid_from: in_force_from(&row.legal_basis_code)?,
            });
        }
    }
    for (role, purpose, group, field, law) in OF_FIELDS {
        granted.push(Granted {
            role: role.to_owned(),
            purpose: purpose.to_owned(),
            group: group.to_owned(),
            field: Some(field.to_owned()),
            level: "full".to_owned(),
            scope: Some("c".to_owned()),
            law: law.to_owned(),
            covers_minors: covers_minors(role)?,
            valid_from: in_force_from(law)?,
        });
    }
    Ok(granted)
}

/// The scope is the cell's, but for three roles.
fn scope(role: &str, row: &PurposeGroup, cell: &Cell, level: &str) -> Option<String> {
    let scope = match (role, row.purpose.as_str()) {
        _ if level == "aggregate" => None,
        // By consent, or by contract, which the rule of the rows adds; never by a caseload that somebody
        // else filled.
        ("GG", _) => Some("k"),
        // The matrix leaves the auditor's rows without a scope: they are those of its unit.
        ("AU", _) => Some("j"),
        ("HE", "P-EMA") if OF_AID_CASES.contains(&row.group.as_str()) => Some("c"),
        _ => cell.row_scope.as_deref(),
    };
    scope.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `purpose level scope law` of a role's group under each purpose.
    fn cell(role: &str, group: &str) -> Vec<String> {
        let of_cell = |granted: &Granted| (&*granted.role, &*granted.group) == (role, group);
        let all = granted().unwrap();
        all.iter()
            .filter(|granted| of_cell(granted))
            .map(|granted| {
                let scope = granted.scope.as_deref().unwrap_or("-");
                let field = granted.field.as_deref().map(|field| format!(" {field}"));
                let Granted { purpose, level, law, .. } = granted;
                format!("{purpose} {level} {scope} {law}{}", field.unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn the_purposes_leave_this_many_grants() {
        assert_eq!(granted().unwrap().len(), 595);
    }

    #[test]
    fn every_granted_cell_of_the_matrix_is_reachable_under_some_purpose() {
        let granted = granted().unwrap();
        for cell in grants::cells().unwrap() {
            let is_told = cell.row_scope.as_deref() == Some("+e");
            let is_open = cell.decision != "none" && !is_told;
            let found = granted.iter().any(|g| (&g.role, &g.group) == (&cell.role, &cell.group));
            assert_eq!(found, is_open, "{} {}", cell.role, cell.group);
        }
    }

    #[test]
    fn a_group_is_open_under_the_purposes_that_need_it_and_capped_where_they_need_less() {
        assert_eq!(
            cell("HC", "G14"),
            [
                "P-HR full c HEALTH-35",
                "P-IMM masked c VACCINE-45",
                "P-IDC masked c INFECT-2025",
                "P-MCH masked c MCH-18",
                "P-SMD masked c MENTAL-24",
                "P-NCD full c HEALTH-33",
                "P-ETR full c PIPL-13-4",
            ],
        );
        assert_eq!(cell("HE", "G02"), ["P-EMA full c ASSIST-32", "P-ETR full b PIPL-13-4"]);
        assert_eq!(cell("HE", "G14"), ["P-ETR full b PIPL-13-4"]);
        assert_eq!(cell("GG", "G02"), ["P-REF masked k PIPL-13"]);
        assert_eq!(cell("PC", "G02"), ["P-RES full x RESPERMIT-4", "P-REC full x RESPERMIT-7"]);
        assert_eq!(cell("HO", "G30"), ["P-AUD masked o PIPL-51"]);
        assert_eq!(cell("AU", "G01"), ["P-AUD masked j PIPL-54"]);
        assert_eq!(cell("VN", "G02"), ["P-LB masked k PIPL-21"]);
    }

    #[test]
    fn who_prevents_infections_of_newborns_reads_their_results_under_that_purpose_alone() {
        let cells = cell("HM", "G20");
        assert_eq!(
            cells,
            [
                "P-STG masked c AIDS-39",
                "P-MCH masked c MCH-18",
                "P-MCH full c AIDS-39 MaternalCareRecord.pmtctHiv",
                "P-MCH full c AIDS-39 MaternalCareRecord.pmtctSyphilis",
                "P-MCH full c AIDS-39 MaternalCareRecord.pmtctHepB",
            ],
        );
    }

    #[test]
    fn every_level_of_the_file_is_one_that_there_is() {
        for row in purpose_groups().unwrap() {
            rank(row.most()).unwrap();
            assert!(!row.legal_basis.is_empty(), "{row:?}");
        }
        assert!(rank("everything").is_err());
    }

    #[test]
    fn no_grant_rests_on_a_policy_paper_or_a_dead_law() {
        let laws = grants::all_legal_bases().unwrap();
        for granted in granted().unwrap() {
            let law = laws.iter().find(|law| law.code == granted.law).unwrap();
            assert_ne!(law.instrument, "policy", "{granted:?}");
            assert!(law.in_force_until.is_none(), "{granted:?}");
        }
    }
}
