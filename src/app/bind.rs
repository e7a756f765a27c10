//! What a caller's token names, looked up: its purpose, unit and organization.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Gateway;
use crate::{
    auth::Caller,
    clock::day_in_shanghai,
    directory::Directory,
    error::{Code, GatewayError, Result},
    policy::{Basis, Purpose},
};

/// A caller with its units and organization looked up.
pub(super) struct Bound {
    pub basis: Basis,
    pub units: (i64, i64),
    pub spans_counties: bool,
    pub is_province: bool,
    pub organization: Option<i64>,
    /// The number of the organization's contract, while it holds.
    pub contract: Option<String>,
    /// Units and organizations as they were looked up.
    pub registers: Arc<Directory>,
}

impl Gateway {
    /// Looks up what the token names: a unit in force today, and an organization of the caller's
    /// department within that unit.
    pub(super) fn bind(
        &self,
        caller: &Caller,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Bound> {
        require_person(caller, purpose)?;
        let unknown = |what: &str| {
            GatewayError::new(Code::CallerUnknown, format!("the token's {what} is not known here"))
        };
        let directory = self.directory.read().clone();
        let today = day_in_shanghai(now);
        let unit = directory.unit(&caller.unit, today).ok_or_else(|| unknown("unit"))?;
        let organization = match &caller.organization {
            None => None,
            Some(code) => {
                let organization =
                    directory.organization(code).ok_or_else(|| unknown("organization"))?;
                let fits = organization.department == caller.role.department().code()
                    && directory.is_within(organization.unit_id, unit);
                if !fits {
                    return Err(GatewayError::new(
                        Code::CallerUnknown,
                        "the token's organization is not one of the role's department in its unit",
                    ));
                }
                Some(organization)
            }
        };
        let contract = organization.and_then(|known| Directory::contract(known, today));
        let contract = contract.map(str::to_owned);
        Ok(Bound {
            basis: Basis {
                role: caller.role,
                purpose,
                has_organization: organization.is_some(),
                has_person: caller.person.is_some(),
                has_contract: contract.is_some(),
            },
            units: (unit.id, unit.subtree_end),
            is_province: unit.level == "province",
            spans_counties: matches!(unit.level.as_str(), "province" | "prefecture"),
            organization: organization.map(|organization| organization.id),
            contract,
            registers: Arc::clone(&directory),
        })
    }
}

/// Emergencies are opened and read by people: a system has nobody who answers for it.
fn require_person(caller: &Caller, purpose: Purpose) -> Result<()> {
    if purpose != Purpose::Etr || caller.is_named_person() {
        return Ok(());
    }
    Err(GatewayError::new(
        Code::PurposeNotAllowed,
        "an emergency is a named person's: the token of a client must carry the acting officer \
         (act, RFC 8693)",
    ))
}

/// Whether a request is one of administration.
///
/// # Errors
/// When it is, and the role administers nothing. Tokens are checked for that before; whoever gets a
/// caller from elsewhere must not get in by it.
pub(super) fn administers(caller: &Caller, purpose: Purpose) -> Result<bool> {
    match purpose {
        Purpose::Adm if !purpose.is_open_to(caller.role) => Err(GatewayError::new(
            Code::PurposeNotAllowed,
            format!("{purpose} is not a purpose of {}", caller.role),
        )),
        _ => Ok(purpose == Purpose::Adm),
    }
}

/// One purpose a request: the one it names, or the token's only one.
pub(super) fn choose_purpose(caller: &Caller, named: Option<&str>) -> Result<Purpose> {
    let choices = || caller.purposes.iter().map(|purpose| purpose.code()).collect::<Vec<_>>();
    match named {
        Some(code) => Purpose::parse(code)
            .filter(|purpose| caller.purposes.contains(purpose))
            .ok_or_else(|| {
                GatewayError::new(
                    Code::PurposeNotAllowed,
                    "X-Purpose names none of the token's purposes",
                )
                .with("purposes", choices())
            }),
        None => match caller.purposes.as_slice() {
            [only] => Ok(*only),
            _ => Err(GatewayError::new(
                Code::PurposeRequired,
                "the token has several purposes: name one in the header X-Purpose",
            )
            .with("purposes", choices())),
        },
    }
}
