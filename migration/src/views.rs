//! The views that persons and auditors read access records through. Whoever verifies the records
//! compares them with these: a view that leaves out a row hides an access and leaves the chain whole.

use sea_orm::DbBackend;

// No access is held back from the person: it is visible from the instant it happened, and whatever
// came of it. A record names a person where its answer told of them, or where they were asked about
// and it ended in an error: `audit show` has the same rows.
// Person keys stay below 2^32 and records below 2^31, so the two together are one unique key.
pub(crate) const ACCESS_EVENT: &str = "\
SELECT (s.seq << 32) | (s.person_id & 4294967295) AS id, s.person_id, r.at, r.caller AS actor, \
r.department AS collecting_department, r.organization, r.purpose, r.fields, r.protected, \
r.at AS subject_visible_from \
FROM access_subject s JOIN access_record r ON r.seq = s.seq";

const POSTGRES_ACCESS_SUBJECT: &str = "\
SELECT r.seq, s.person_id \
FROM access_record r CROSS JOIN LATERAL unnest(r.subjects) AS s (person_id)";

const POSTGRES_ACCESS_EVENT: &str = "\
SELECT (r.seq << 32) | (s.person_id & 4294967295) AS id, s.person_id, r.at, r.caller AS actor, \
r.department AS collecting_department, r.organization, r.purpose, r.fields, r.protected, \
r.at AS subject_visible_from, r.subjects \
FROM access_record r CROSS JOIN LATERAL unnest(r.subjects) AS s (person_id)";

/// The views of a database: their names and what they select.
pub const fn of(backend: DbBackend) -> &'static [(&'static str, &'static str)] {
    match backend {
        DbBackend::Postgres => {
            &[("access_subject", POSTGRES_ACCESS_SUBJECT), ("access_event", POSTGRES_ACCESS_EVENT)]
        }
        _ => &[("access_event", ACCESS_EVENT)],
    }
}

/// The statement that makes a view.
pub fn create(name: &str, definition: &str) -> String {
    format!("CREATE VIEW {name} AS {definition}")
}
