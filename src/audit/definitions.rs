//! Whether records are read through the gateway's own definitions: a view that leaves out a row, or a
//! trigger that writes another one, leaves the chain whole and hides an access all the same.
#![expect(clippy::disallowed_types, reason = "reads how tables are defined, and no row")]

use migration::{triggers, views};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement, TransactionTrait,
};

/// Tables that must be tables: a view of the name of one would show what it likes.
const TABLES: [&str; 23] = [
    "access_record",
    "access_head",
    "gateway_state",
    "key_fingerprint",
    "sharing_grant",
    "legal_basis",
    "grant_proposal",
    "grant_decision",
    "grant_version",
    "oauth_client",
    "oauth_credential",
    "revoked_token",
    "audit_case",
    "guardian_closing",
    "break_glass",
    "consent",
    "caseload",
    "person",
    "person_collected",
    "residence_registration_collected",
    "person_identity",
    "subject_request",
    "access_request",
];

const SQLITE: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
    WHERE type IN ('view', 'trigger') ORDER BY type, name";

/// What acts on rows of the gateway's tables, and in the schema of the records it has none of.
const POSTGRES_EXTRAS: &str = "\
WITH own AS (SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = \
(SELECT relnamespace FROM pg_class WHERE oid = to_regclass('access_record'))) \
SELECT 'trigger' AS what, t.tgname::text AS name, own.relname::text AS of_table \
FROM pg_trigger t JOIN own ON own.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.oid::bigint <> $1 \
UNION ALL SELECT 'rule', r.rulename::text, own.relname::text \
FROM pg_rewrite r JOIN own ON own.oid = r.ev_class WHERE r.rulename <> '_RETURN' \
UNION ALL SELECT 'row policy', p.polname::text, own.relname::text \
FROM pg_policy p JOIN own ON own.oid = p.polrelid \
UNION ALL SELECT 'row security', own.relname::text, own.relname::text \
FROM pg_class c JOIN own ON own.oid = c.oid WHERE c.relrowsecurity \
UNION ALL SELECT 'inheriting table', child.relname::text, own.relname::text \
FROM pg_inherits i JOIN own ON own.oid = i.inhparent JOIN pg_class child ON child.oid = i.inhrelid \
WHERE child.relkind IN ('r', 'f', 'p') \
ORDER BY 1, 2, 3";

/// What is not as the gateway defined it, in words; empty where all is.
///
/// # Errors
/// When the database cannot be read.
pub async fn altered_definitions(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    match db.get_database_backend() {
        DbBackend::Postgres => of_postgres(db).await,
        _ => of_sqlite(db).await,
    }
}

async fn of_sqlite(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let expected = views::of(DbBackend::Sqlite);
    let mut altered = Vec::new();
    let mut seen = Vec::new();
    let mut has_trigger = false;
    for row in rows(db, SQLITE, []).await? {
        let text = |column: &str| row.try_get::<Option<String>>("", column);
        let (kind, name) = (text("type")?.unwrap_or_default(), text("name")?.unwrap_or_default());
        let sql = text("sql")?.unwrap_or_default();
        if kind == "trigger" {
            if name == triggers::NAME && same(&sql, &triggers::create(DbBackend::Sqlite)) {
                has_trigger = true;
                continue;
            }
            altered.push(foreign("trigger", &name, &text("tbl_name")?.unwrap_or_default()));
            continue;
        }
        let known = expected.iter().find(|(view, _)| view.eq_ignore_ascii_case(&name));
        match known {
            Some((view, definition)) => {
                seen.push(*view);
                if !same(&sql, &views::create(view, definition)) {
                    altered.push(differs(view));
                }
            }
            None if TABLES.contains(&name.to_ascii_lowercase().as_str()) => {
                altered.push(instead_of(&name));
            }
            None => {}
        }
    }
    let missing = expected.iter().filter(|(view, _)| !seen.contains(view));
    altered.extend(missing.map(|(view, _)| missing_view(view)));
    altered.extend((!has_trigger).then(missing_trigger));
    Ok(altered)
}

/// Whether two definitions are one: SQLite quotes the name of a table in the views and triggers that
/// speak of it once the table was renamed, and renaming it back does not take the quotes away.
fn same(found: &str, expected: &str) -> bool {
    unquoted(found) == unquoted(expected)
}

/// A definition without the quotes around plain names, which mean the same either way. What stands in a
/// text stays as it is.
fn unquoted(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    for (place, piece) in sql.split('\'').enumerate() {
        if place > 0 {
            plain.push('\'');
        }
        // Every second piece is a text, or a part of one.
        if place % 2 == 1 {
            plain.push_str(piece);
        } else {
            plain += &unquoted_names(piece);
        }
    }
    plain
}

fn unquoted_names(sql: &str) -> String {
    let mut pieces = sql.split('"');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    // Every second piece stands between quotes.
    while let Some(name) = pieces.next() {
        let is_plain =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let quote = if is_plain { "" } else { "\"" };
        plain.extend([quote, name, quote]);
        plain.push_str(pieces.next().unwrap_or_default());
    }
    plain
}

async fn of_postgres(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let mut altered = Vec::new();
    for (view, definition) in views::of(DbBackend::Postgres) {
        altered.extend(of_postgres_view(db, view, definition).await?);
    }
    for table in TABLES {
        const KIND: &str = "SELECT relkind::text AS kind FROM pg_class WHERE oid = to_regclass($1)";
        let kind = rows(db, KIND, [table.into()]).await?;
        let kind: Option<String> = kind.first().map(|row| row.try_get("", "kind")).transpose()?;
        if kind.as_deref() != Some("r") {
            altered.push(instead_of(table));
        }
    }
    let own = own_trigger(db).await?;
    altered.extend(own.is_none().then(missing_trigger));
    for row in rows(db, POSTGRES_EXTRAS, [own.unwrap_or_default().into()]).await? {
        let text = |column: &str| row.try_get::<String>("", column);
        altered.push(foreign(&text("what")?, &text("name")?, &text("of_table")?));
    }
    Ok(altered)
}

/// The gateway's own trigger, where it is all that the gateway made it: before each update of a row,
/// without conditions, switched on, calling the function of its name with the body it was given.
async fn own_trigger(db: &DatabaseConnection) -> Result<Option<i64>, DbErr> {
    const OWN: &str = "SELECT t.oid::bigint AS own FROM pg_trigger t \
        JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang \
        JOIN pg_class c ON c.oid = t.tgrelid \
        WHERE t.tgrelid = to_regclass($1) AND t.tgname = $2 AND p.proname = $2 \
        AND p.pronamespace = c.relnamespace AND t.tgtype = 19 AND t.tgqual IS NULL \
        AND t.tgenabled = 'O' AND t.tgnargs = 0 AND cardinality(t.tgattr::int2[]) = 0 \
        AND l.lanname = 'plpgsql' AND p.proconfig IS NULL AND NOT p.prosecdef AND p.prosrc = $3";
    let expected = [triggers::TABLE.into(), triggers::NAME.into(), triggers::function().into()];
    let found = rows(db, OWN, expected).await?;
    found.first().map(|row| row.try_get("", "own")).transpose()
}

/// PostgreSQL keeps definitions in a spelling of its version's. So the definition is given to it once
/// more, for a moment, and both are compared as it spells them.
#[expect(clippy::disallowed_methods, reason = "compares definitions, and reads no row")]
async fn of_postgres_view(
    db: &DatabaseConnection,
    view: &str,
    definition: &str,
) -> Result<Option<String>, DbErr> {
    const FOUND: &str = "SELECT pg_get_viewdef(oid) AS definition, \
        relkind = 'v' AND reloptions IS NULL AS plain FROM pg_class WHERE oid = to_regclass($1)";
    const EXPECTED: &str = "SELECT pg_get_viewdef('pg_temp.expected_view'::regclass) AS definition";
    let found = rows(db, FOUND, [view.into()]).await?;
    let Some(found) = found.first() else { return Ok(Some(missing_view(view))) };
    let definition_of = |row: &QueryResult| row.try_get::<String>("", "definition");
    let plain: bool = found.try_get("", "plain")?;
    let moment = db.begin().await?;
    let made = format!("CREATE TEMPORARY VIEW expected_view AS {definition}");
    // Where it cannot be made, what it reads is not the gateway's.
    let same = match moment.execute_unprepared(&made).await {
        Ok(_) => {
            let expected = rows(&moment, EXPECTED, []).await?;
            let expected = expected.first().map(definition_of).transpose()?;
            expected == Some(definition_of(found)?)
        }
        Err(_) => false,
    };
    moment.rollback().await?;
    Ok((!same || !plain).then(|| differs(view)))
}

async fn rows<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [sea_orm::Value; N],
) -> Result<Vec<QueryResult>, DbErr> {
    let backend = db.get_database_backend();
    db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await
}

fn differs(view: &str) -> String {
    format!("view {view}: it is not defined as the gateway defines it")
}

fn missing_view(view: &str) -> String {
    format!("view {view}: it is missing")
}

fn missing_trigger() -> String {
    let (name, table) = (triggers::NAME, triggers::TABLE);
    format!("trigger {name} on {table}: it is missing, or not as the gateway defines it")
}

fn instead_of(table: &str) -> String {
    format!("table {table}: something else stands in its place")
}

fn foreign(what: &str, name: &str, table: &str) -> String {
    format!("{what} {name} on {table}: the gateway has none")
}
