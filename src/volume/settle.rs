//! Settles what was read with the database, for all gateways over it.
//!
//! One statement adds what this gateway read since the last time and tells what there is now; another
//! tells what others settled meanwhile. Each row has a revision that grows in the order of commits, so
//! nothing is missed and nothing is read twice. Each statement is a transaction of its own: one that
//! fails leaves nothing open.
#![expect(clippy::disallowed_types, reason = "settles counts in one statement")]

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use chrono::{DateTime, Utc};
use entity::volume_alarm;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait,
    QueryResult, Statement,
};
use serde_json::{Value as Json, json};

use super::{
    account::{Counts, MONTH_HOURS, Settled, hour},
    alarm::{Alarm, BASELINE_HOURS, Baselines},
    meter::{Entry, Meter},
};
use crate::{audit::AuditWriter, auth::Principal, policy::Role};

/// The numbers of a row, by ground and category.
const COLUMNS: [[&str; 3]; 3] = [
    ["unexplained_movement", "unexplained_health", "unexplained_identity"],
    ["explained_movement", "explained_health", "explained_identity"],
    ["contracted_movement", "contracted_health", "contracted_identity"],
];

/// Rows of one statement.
const AT_ONCE: usize = 2_000;

/// How far settling got.
#[derive(Debug, Default)]
pub struct Settling {
    /// The greatest revision that is known of.
    revision: i64,
    /// The hour in which old rows were removed and what is usual was looked up.
    tended: Option<i64>,
}

/// A row that is sent, with whose it is.
struct Sent {
    entry: Arc<Entry>,
    row: Json,
}

impl Meter {
    /// Settles what was read, and learns what others did.
    ///
    /// # Errors
    /// When the database does not answer; then what was read is settled the next time.
    pub async fn settle(
        &self,
        db: &DatabaseConnection,
        audit: &AuditWriter,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        // Until it is known to have succeeded; whoever gives up waiting leaves it so.
        self.fails.store(true, Ordering::Relaxed);
        self.settle_once(db, audit, now).await?;
        self.fails.store(false, Ordering::Relaxed);
        Ok(())
    }

    async fn settle_once(
        &self,
        db: &DatabaseConnection,
        audit: &AuditWriter,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let mut settling = self.settling.lock().await;
        let begun = Instant::now();
        let since = *self.since.get_or_try_init(|| latest(db)).await?;
        let tends = settling.tended != Some(hour(now));
        let sent = self.take();
        let writes = tends || !sent.is_empty() || !self.alarms.lock().is_empty();
        let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
        let turn = if writes && is_sqlite { Some(audit.turn().await) } else { None };
        let sending = async {
            for part in sent.chunks(AT_ONCE) {
                let rows: Vec<&Json> = part.iter().map(|sent| &sent.row).collect();
                for row in db.query_all_raw(addition(db.get_database_backend(), &rows)).await? {
                    self.learn(&row, true)?;
                }
            }
            Ok::<(), DbErr>(())
        };
        sending.await?;
        sent.iter().for_each(|sent| sent.entry.account.lock().arrived());
        self.report(db).await?;
        if tends {
            remove_old(db, now).await?;
        }
        drop(turn);
        let select = format!("SELECT {} FROM volume_usage WHERE revision > $1", names());
        let known = settling.revision.max(since);
        let select =
            Statement::from_sql_and_values(db.get_database_backend(), select, [known.into()]);
        for row in db.query_all_raw(select).await? {
            settling.revision = settling.revision.max(self.learn(&row, false)?);
        }
        self.freshness.confirm(begun);
        if tends {
            *self.baselines.write() = Arc::new(Baselines::load(db, now).await?);
            self.forget(now);
            settling.tended = Some(hour(now));
        }
        Ok(())
    }

    /// Everything that is to be settled.
    fn take(&self) -> Vec<Sent> {
        let mut sent = Vec::new();
        for (issuer, of_issuer) in self.accounts.read().iter() {
            for (subject, entry) in of_issuer {
                for (role, hour, counts) in entry.account.lock().take() {
                    let row = to_json(issuer, subject, role, hour, &counts);
                    sent.push(Sent { entry: entry.clone(), row });
                }
            }
        }
        sent
    }

    /// Goes by a row of the table, if its principal has an account here; its revision.
    fn learn(&self, row: &QueryResult, is_answer: bool) -> Result<i64, DbErr> {
        let (issuer, subject): (String, String) =
            (row.try_get("", "issuer")?, row.try_get("", "subject")?);
        let revision = row.try_get("", "revision")?;
        let accounts = self.accounts.read();
        let entry = accounts.get(&issuer).and_then(|of_issuer| of_issuer.get(&subject));
        if let (Some(entry), Some(settled)) = (entry, settled(row)?) {
            entry.account.lock().settle(&settled, is_answer);
        }
        Ok(revision)
    }

    /// Keeps the alarms that were raised, and says that there are some.
    async fn report(&self, db: &DatabaseConnection) -> Result<(), DbErr> {
        let alarms = std::mem::take(&mut *self.alarms.lock());
        for alarm in &alarms {
            let (role, category) = (alarm.role.code(), alarm.category.code());
            tracing::warn!(role, category, rows = alarm.rows, "three times what is usual is read");
        }
        if alarms.is_empty() {
            return Ok(());
        }
        let rows = alarms.iter().map(row_of);
        let kept = volume_alarm::Entity::insert_many(rows).exec_without_returning(db).await;
        if kept.is_err() {
            self.alarms.lock().extend(alarms);
        }
        kept.map(|_| ())
    }
}

/// Removes what nothing looks at any more. The greatest revision stays, from which the next is counted.
async fn remove_old(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<(), DbErr> {
    let remove = "DELETE FROM volume_usage WHERE hour < $1 \
        AND revision < (SELECT MAX(revision) FROM volume_usage)";
    let values = [(hour(now) - BASELINE_HOURS).into()];
    let remove = Statement::from_sql_and_values(db.get_database_backend(), remove, values);
    db.execute_raw(remove).await.map(|_| ())
}

/// The greatest revision there is.
pub(super) async fn latest(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let select = "SELECT COALESCE(MAX(revision), 0) AS revision FROM volume_usage";
    let select = Statement::from_string(db.get_database_backend(), select);
    db.query_one_raw(select).await?.map_or(Ok(0), |row| row.try_get("", "revision"))
}

/// What is known of a principal within the windows.
///
/// # Errors
/// When the table cannot be read.
pub(super) async fn of_principal(
    db: &DatabaseConnection,
    principal: Principal<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Settled>, DbErr> {
    let select = format!(
        "SELECT {} FROM volume_usage WHERE issuer = $1 AND subject = $2 AND hour >= $3",
        names()
    );
    let since = hour(now) - MONTH_HOURS;
    let values = [principal.issuer.into(), principal.subject.into(), since.into()];
    let select = Statement::from_sql_and_values(db.get_database_backend(), select, values);
    let rows = db.query_all_raw(select).await?;
    rows.iter().filter_map(|row| settled(row).transpose()).collect()
}

/// One row, where its role is known.
fn settled(row: &QueryResult) -> Result<Option<Settled>, DbErr> {
    let Some(role) = Role::parse(&row.try_get::<String>("", "role")?) else { return Ok(None) };
    let mut counts = Counts::default();
    for (count, column) in counts.iter_mut().flatten().zip(COLUMNS.iter().flatten()) {
        *count = u64::try_from(row.try_get::<i64>("", column)?).unwrap_or(0);
    }
    let (hour, revision) = (row.try_get("", "hour")?, row.try_get("", "revision")?);
    Ok(Some(Settled { role, hour, revision, counts }))
}

fn names() -> String {
    format!("issuer, subject, role, hour, revision, {}", COLUMNS.as_flattened().join(", "))
}

fn to_json(issuer: &str, subject: &str, role: Role, hour: i64, counts: &Counts) -> Json {
    let mut row =
        json!({ "issuer": issuer, "subject": subject, "role": role.code(), "hour": hour });
    for (count, column) in counts.iter().flatten().zip(COLUMNS.iter().flatten()) {
        row[*column] = i64::try_from(*count).unwrap_or(i64::MAX).into();
    }
    row
}

/// Adds rows to what there is, and tells what there is then.
fn addition(backend: DbBackend, rows: &[&Json]) -> Statement {
    let columns = COLUMNS.as_flattened();
    let names = names();
    let added: Vec<String> = columns
        .iter()
        .map(|name| format!("{name} = volume_usage.{name} + excluded.{name}"))
        .collect();
    let added = added.join(", ");
    let sql = match backend {
        // The turn is taken by locking its row until the commit: revisions grow in the order of commits.
        DbBackend::Postgres => {
            let numbers = columns.join(" bigint, ");
            let values: Vec<String> = columns.iter().map(|name| format!("r.{name}")).collect();
            let values = values.join(", ");
            format!(
                "WITH turn AS (UPDATE volume_turn SET revision = revision + 1 WHERE id = 1 \
                 RETURNING revision) INSERT INTO volume_usage ({names}) \
                 SELECT r.issuer, r.subject, r.role, r.hour, turn.revision, {values} \
                 FROM turn CROSS JOIN json_to_recordset($1::json) AS r (issuer text, subject text, \
                 role text, hour bigint, {numbers} bigint) \
                 ON CONFLICT (issuer, subject, role, hour) DO UPDATE SET \
                 revision = excluded.revision, {added} RETURNING {names}"
            )
        }
        // SQLite writes one statement after the other.
        _ => {
            let values: Vec<String> =
                columns.iter().map(|name| format!("value ->> '{name}'")).collect();
            let values = values.join(", ");
            format!(
                "INSERT INTO volume_usage ({names}) SELECT value ->> 'issuer', \
                 value ->> 'subject', value ->> 'role', value ->> 'hour', \
                 (SELECT coalesce(MAX(revision), 0) + 1 FROM volume_usage), {values} \
                 FROM json_each($1) WHERE TRUE \
                 ON CONFLICT (issuer, subject, role, hour) DO UPDATE SET \
                 revision = excluded.revision, {added} RETURNING {names}"
            )
        }
    };
    let rows = serde_json::to_string(rows).unwrap_or_default();
    Statement::from_sql_and_values(backend, sql, [rows.into()])
}

fn row_of(alarm: &Alarm) -> volume_alarm::ActiveModel {
    volume_alarm::ActiveModel {
        at: Set(alarm.at),
        issuer: Set(alarm.issuer.clone()),
        subject: Set(alarm.subject.clone()),
        role: Set(alarm.role.code().to_owned()),
        category: Set(alarm.category.code().to_owned()),
        rows: Set(i64::try_from(alarm.rows).unwrap_or(i64::MAX)),
        usual: Set(alarm.usual.round() as i64),
    }
}
