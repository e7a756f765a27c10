//! Which accesses a case concerns: they are settled when it is proposed, so that whoever signs it knows
//! what it opens, and nothing that happens later falls into it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseConnection;

use super::{MOST_ACCESSES, Overseer, unavailable, wrong};
use crate::{
    audit::{self, Sought},
    error::{Code, GatewayError, Result},
};

/// The longest period that a case is sought in.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// What a case is to concern.
#[derive(Clone, Debug)]
pub enum Concerns {
    /// These records.
    Records(Vec<i64>),
    /// Those that fit.
    Scope(Scope),
}

/// Accesses of a period, of the officer's unit.
#[derive(Clone, Debug)]
pub struct Scope {
    /// From this instant on.
    pub from: DateTime<Utc>,
    /// Until before this one.
    pub until: DateTime<Utc>,
    /// Of this department, by code.
    pub department: Option<String>,
    /// For this purpose, by code.
    pub purpose: Option<String>,
    /// By this caller, known by the pseudonym that the officer was shown.
    pub actor: Option<String>,
}

/// The records that are meant, in order. Of a person's own request those about that person, of which there
/// may be none: an error would tell that there are not. `pseudonym` is that of a caller.
///
/// # Errors
/// When the scope is too wide, or nothing fits it.
pub async fn concerned(
    db: &DatabaseConnection,
    overseer: &Overseer,
    concerns: Concerns,
    person: Option<i64>,
    pseudonym: impl Fn(&str) -> String,
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let scope = match concerns {
        Concerns::Records(mut records) => {
            records.sort_unstable();
            records.dedup();
            if records.is_empty() || records.len() as u64 > MOST_ACCESSES {
                return Err(wrong(format!("name 1 to {MOST_ACCESSES} records")));
            }
            return Ok(records);
        }
        Concerns::Scope(scope) => scope,
    };
    if scope.until <= scope.from || scope.until - scope.from > LONGEST {
        return Err(wrong("a period ends after it begins, and within 31 days"));
    }
    let mut sought = Sought {
        units: overseer.units,
        from: Some(scope.from),
        // What is still to come is nobody's to sign.
        until: Some(scope.until.min(now)),
        department: scope.department,
        purpose: scope.purpose,
        person,
        limit: MOST_ACCESSES + 1,
        ..Sought::default()
    };
    if let Some(actor) = scope.actor {
        let callers = audit::callers(db, &sought).await.map_err(unavailable)?;
        let caller = callers.into_iter().find(|caller| pseudonym(caller) == actor);
        // Nobody has an empty name.
        sought.caller = Some(caller.unwrap_or_default());
    }
    let found = audit::concerned(db, &sought).await.map_err(unavailable)?;
    if found.len() as u64 > MOST_ACCESSES {
        let message = format!("more than {MOST_ACCESSES} accesses fit: narrow the scope");
        return Err(wrong(message));
    }
    if found.is_empty() && person.is_none() {
        return Err(GatewayError::new(Code::NotFound, "no access that tells of C4 fits"));
    }
    let mut records: Vec<i64> = found.into_iter().map(|found| found.seq).collect();
    records.sort_unstable();
    Ok(records)
}
