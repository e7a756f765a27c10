//! The views that persons and auditors read access records through. Whoever verifies the records
//! compares them with these: a view that leaves out a row hides an access and leaves the chain whole.

use sea_orm::DbBackend;

// A record names a person where its answer told of them, or where they were asked about and it ended in
// an error: `audit show` has the same rows. The person sees each from the instant it happened, but for one:
// that the data protection officer looked whom an access was about, inside an audit case. That is on record
// from the start, and the person sees it when the case is over. Whether a record is such a look says the
// record itself, which the chain covers; a case alone holds nothing back.
// Person keys stay below 2^32 and records below 2^31, so the two together are one unique key.
//
// Of the fields of a record a person sees those that were shown or tested of it. `shown` has a digit for
// each field in each of its sets; a person without a place among them has the first, which is the only
// one. SQLite goes through a JSON array in its order; to say so would take a version that other programs
// may not have, and a view that they cannot read keeps them from the whole database.
//
// What a row of the view is made of; `$further` is what stands between its fields and the rest.
macro_rules! access_event {
    ($further:literal) => {
        concat!(
            "\
SELECT (s.seq << 32) | (s.person_id & 4294967295) AS id, s.person_id, r.at, r.caller AS actor, \
r.department AS collecting_department, r.organization, \
(SELECT o.kind FROM organization o WHERE o.code = r.organization) AS organization_kind, \
r.purpose, \
CASE WHEN r.shown IS NULL THEN r.fields ELSE (\
SELECT coalesce(group_concat(f.value, ' '), '') \
FROM json_each('[' || replace(json_quote(r.fields), ' ', char(34, 44, 34)) || ']') f \
WHERE substr(r.shown, (coalesce(s.shown, 1) - 1) * \
(length(r.fields) - length(replace(r.fields, ' ', '')) + 2) + f.key + 1, 1) = '1') \
END AS fields, ",
            $further,
            "\
r.protected, \
CASE WHEN substr(r.change, 1, 27) = '{\"action\":\"audit_case.look\"' AND json_valid(r.change) \
THEN COALESCE((SELECT COALESCE(c.closed_at, c.expires_at) FROM audit_case c \
WHERE c.kind = 'audit' AND c.id = CAST(json_extract(r.change, '$.target') AS integer)), r.at) \
ELSE r.at END AS subject_visible_from, \
CASE WHEN substr(r.change, 1, 22) = '{\"action\":\"audit_case.' AND json_valid(r.change) \
THEN (SELECT c.reason_code FROM audit_case c \
WHERE c.id = CAST(json_extract(r.change, '$.target') AS integer)) END AS case_reason \
FROM access_subject s JOIN access_record r ON r.seq = s.seq"
        )
    };
}

macro_rules! postgres_access_event {
    ($further:literal) => {
        concat!(
            "\
SELECT (r.seq << 32) | (s.person_id & 4294967295) AS id, s.person_id, r.at, r.caller AS actor, \
r.department AS collecting_department, r.organization, \
(SELECT o.kind FROM organization o WHERE o.code = r.organization) AS organization_kind, \
r.purpose, \
CASE WHEN r.shown IS NULL THEN r.fields ELSE (\
SELECT coalesce(string_agg(f.entry, ' ' ORDER BY f.place), '') \
FROM unnest(string_to_array(r.fields, ' ')) WITH ORDINALITY AS f (entry, place) \
WHERE substr(split_part(r.shown, ' ', coalesce(s.shown, 1)::int), f.place::int, 1) = '1') \
END AS fields, ",
            $further,
            "\
r.protected, \
CASE WHEN substr(r.change, 1, 27) = '{\"action\":\"audit_case.look\"' \
THEN COALESCE((SELECT COALESCE(c.closed_at, c.expires_at) FROM audit_case c \
WHERE c.kind = 'audit' \
AND c.id = CAST(substring(r.change from '\"target\":\"([0-9]{1,18})\"') AS bigint)), r.at) \
ELSE r.at END AS subject_visible_from, \
CASE WHEN substr(r.change, 1, 22) = '{\"action\":\"audit_case.' \
THEN (SELECT c.reason_code FROM audit_case c \
WHERE c.id = CAST(substring(r.change from '\"target\":\"([0-9]{1,18})\"') AS bigint)) END \
AS case_reason, r.subjects \
FROM access_record r \
CROSS JOIN LATERAL unnest(r.subjects, r.subjects_shown) AS s (person_id, shown)"
        )
    };
}

/// Who asked and what came of it, by which grants: what the person is told of in a sentence.
const ACCESS_EVENT: &str = access_event!("r.role, r.decision, r.grants_version, ");

const POSTGRES_ACCESS_SUBJECT: &str = "\
SELECT r.seq, s.person_id, s.shown \
FROM access_record r \
CROSS JOIN LATERAL unnest(r.subjects, r.subjects_shown) AS s (person_id, shown)";

const POSTGRES_ACCESS_EVENT: &str =
    postgres_access_event!("r.role, r.decision, r.grants_version, ");

/// The views of a database: their names and what they select.
pub const fn of(backend: DbBackend) -> &'static [(&'static str, &'static str)] {
    match backend {
        DbBackend::Postgres => {
            &[("access_subject", POSTGRES_ACCESS_SUBJECT), ("access_event", POSTGRES_ACCESS_EVENT)]
        }
        _ => &[("access_event", ACCESS_EVENT)],
    }
}

/// The same before a person was told of each access in a sentence.
pub(crate) mod before_sentences {
    use sea_orm::DbBackend;

    const ACCESS_EVENT: &str = access_event!("");

    const POSTGRES_ACCESS_EVENT: &str = postgres_access_event!("");

    pub const fn of(backend: DbBackend) -> &'static [(&'static str, &'static str)] {
        match backend {
            DbBackend::Postgres => &[
                ("access_subject", super::POSTGRES_ACCESS_SUBJECT),
                ("access_event", POSTGRES_ACCESS_EVENT),
            ],
            _ => &[("access_event", ACCESS_EVENT)],
        }
    }
}

/// The same before there were audit cases.
pub(crate) mod before_cases {
    use sea_orm::DbBackend;

    const ACCESS_EVENT: &str = "\
SELECT (s.seq << 32) | (s.person_id & 4294967295) AS id, s.person_id, r.at, r.caller AS actor, \
r.department AS collecting_department, r.organization, \
(SELECT o.kind FROM organization o WHERE o.code = r.organization) AS organization_kind, \
r.purpose, \
CASE WHEN r.shown IS NULL THEN r.fields ELSE (\
SELECT coalesce(group_concat(f.value, ' '), '') \
FROM json_each('[' || replace(json_quote(r.fields), ' ', char(34, 44, 34)) || ']') f \
WHERE substr(r.shown, (coalesce(s.shown, 1) - 1) * \
(length(r.fields) - length(replace(r.fields, ' ', '')) + 2) + f.key + 1, 1) = '1') \
END AS fields, r.protected, r.at AS subject_visible_from \
FROM access_subject s JOIN access_record r ON r.seq = s.seq";

    const POSTGRES_ACCESS_EVENT: &str = "\
SELECT (r.seq << 32) | (s.person_id & 4294967295) AS id, s.person_id, r.at, r.caller AS actor, \
r.department AS collecting_department, r.organization, \
(SELECT o.kind FROM organization o WHERE o.code = r.organization) AS organization_kind, \
r.purpose, \
CASE WHEN r.shown IS NULL THEN r.fields ELSE (\
SELECT coalesce(string_agg(f.entry, ' ' ORDER BY f.place), '') \
FROM unnest(string_to_array(r.fields, ' ')) WITH ORDINALITY AS f (entry, place) \
WHERE substr(split_part(r.shown, ' ', coalesce(s.shown, 1)::int), f.place::int, 1) = '1') \
END AS fields, r.protected, r.at AS subject_visible_from, r.subjects \
FROM access_record r \
CROSS JOIN LATERAL unnest(r.subjects, r.subjects_shown) AS s (person_id, shown)";

    pub const fn of(backend: DbBackend) -> &'static [(&'static str, &'static str)] {
        match backend {
            DbBackend::Postgres => &[
                ("access_subject", super::POSTGRES_ACCESS_SUBJECT),
                ("access_event", POSTGRES_ACCESS_EVENT),
            ],
            _ => &[("access_event", ACCESS_EVENT)],
        }
    }
}

/// The same while a record named its fields for all its persons together.
pub(crate) mod undivided {
    use sea_orm::DbBackend;

    pub const ACCESS_EVENT: &str = "\
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

    pub const fn of(backend: DbBackend) -> &'static [(&'static str, &'static str)] {
        match backend {
            DbBackend::Postgres => &[
                ("access_subject", POSTGRES_ACCESS_SUBJECT),
                ("access_event", POSTGRES_ACCESS_EVENT),
            ],
            _ => &[("access_event", ACCESS_EVENT)],
        }
    }
}

/// The statement that makes a view.
pub fn create(name: &str, definition: &str) -> String {
    format!("CREATE VIEW {name} AS {definition}")
}
