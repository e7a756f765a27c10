//! From an identity to the person, in one look into an index.

use super::Digests;
use crate::{
    auth::{By, Identity},
    error::Result,
    read::{Dialect, Reader, Statement, Value},
    rules::citizen_id::CitizenId,
};

/// The one living person of an identity; none where there is nobody, or more than one.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(
    reader: &dyn Reader,
    digests: &Digests,
    issuer: &str,
    identity: &Identity,
) -> Result<Option<i64>> {
    let at = |number: usize| match reader.dialect() {
        Dialect::Sqlite => format!("?{number}"),
        Dialect::Postgres => format!("${number}"),
    };
    let (sql, params) = match identity.by {
        By::IdNumber => {
            let Some(number) = of_number(&identity.value) else { return Ok(None) };
            let sql = format!(
                "SELECT p.id FROM person p WHERE p.id_number = {} \
                 AND (p.id_type IS NULL OR p.id_type = '01') \
                 AND (p.vital_status IS NULL OR p.vital_status <> 'deceased') LIMIT 2",
                at(1)
            );
            (sql, vec![Value::Text(number)])
        }
        By::Subject => {
            let sql = format!(
                "SELECT p.id FROM person_identity i JOIN person p ON p.id = i.person_id \
                 WHERE i.issuer = {} AND i.subject_digest = {} AND i.unlinked_at IS NULL \
                 AND (p.vital_status IS NULL OR p.vital_status <> 'deceased') LIMIT 2",
                at(1),
                at(2)
            );
            let digest = digests.of(issuer, &identity.value);
            (sql, vec![Value::Text(issuer.to_owned()), Value::Text(digest)])
        }
    };
    let rows = reader.read(&Statement { sql, params }).await?;
    // Of two with one number nobody knows which one asks.
    Ok(if rows.len() == 1 { rows.int(0, 0) } else { None })
}

/// An identity number in the one form in which it is kept; none where it is none.
pub fn of_number(text: &str) -> Option<String> {
    let number = text.trim().to_ascii_uppercase();
    CitizenId::parse(&number).ok().map(|_| number)
}
