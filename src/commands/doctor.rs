//! `doctor`: what is wrong, and how to mend it.
#![expect(clippy::disallowed_types, reason = "counts records, and asks the database for its clock")]

mod clients;
mod log;

use std::process::ExitCode;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::{
    audit,
    auth::Verifier,
    clock::{Clock, SystemClock},
    config::{Config, Mode},
    custody, db, descriptors,
    oauth::setup,
    policy, replay,
    secrets::Secrets,
    startup,
};
use std::sync::Arc;

/// How far the database's clock may be from this machine's, in seconds.
const CLOCK_SKEW: i64 = 5;

/// How far back what somebody should look at is told, in days.
const RECENT_DAYS: i64 = 30;

type Finding = Result<String, String>;

pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let keys = keys(config);
    let has_key = keys.is_ok();
    let mut findings: Vec<(&str, Finding)> =
        vec![("keys", keys), ("tokens", tokens(config)), ("limits", limits(config))];
    if let Err(text) = database_url(&config.database.url) {
        findings.push(("database", Err(text)));
        return report(&findings);
    }
    match db::connect(&config.database.url).await {
        Err(error) => findings.push((
            "database",
            Err(format!("cannot connect: {error:#}; check database.url and that the server runs")),
        )),
        Ok(db) => {
            findings.push(("database", Ok("connected".to_owned())));
            let migrated = migrations(&db).await;
            let is_migrated = migrated.is_ok();
            findings.push(("migrations", migrated));
            findings.push(("clock", clock(&db).await));
            if is_migrated {
                if has_key {
                    let (custody, secrets) = custody(config, &db).await;
                    findings.push(("custody", custody));
                    if let Some(secrets) = secrets {
                        findings.push(("acts", acts(&db, &secrets).await));
                        findings.push(("log", log::whole(config, &db, &secrets).await));
                        let witnesses = log::witnesses(config, &db, &secrets).await;
                        findings.extend(witnesses.map(|finding| ("witnesses", finding)));
                    }
                }
                findings.push(("definitions", definitions(&db).await));
                findings.push(("records", records(&db).await));
                findings.push(("grants", grants(&db).await));
                findings.push(("clients", clients::clients(&db).await));
                findings.push(("people", people(config, &db).await));
                findings.push(("emergencies", emergencies(&db).await));
                findings.push(("volume", volume(&db).await));
            }
        }
    }
    report(&findings)
}

fn report(findings: &[(&str, Finding)]) -> anyhow::Result<ExitCode> {
    let lines: String = findings
        .iter()
        .map(|(name, finding)| match finding {
            Ok(text) => format!("ok    {name}: {text}\n"),
            Err(text) => format!("FAIL  {name}: {text}\n"),
        })
        .collect();
    super::print(&lines)?;
    let healthy = findings.iter().all(|(_, finding)| finding.is_ok());
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Looks at the URL before connecting, which would create a missing SQLite file.
fn database_url(url: &str) -> Result<(), String> {
    db::check_url(url).map_err(|error| format!("{error:#}"))?;
    match db::sqlite_file(url) {
        Some(path) if !path.exists() => {
            Err(format!("there is no {}; create it with: migrant-gateway migrate", path.display()))
        }
        _ => Ok(()),
    }
}

/// Of the file alone; whether the database belongs to it is asked where there is one.
fn keys(config: &Config) -> Finding {
    let path = config.master_key();
    let path = path.display();
    match Secrets::open(&config.master_key()) {
        Ok(secrets) => Ok(format!("{path} is private, fingerprint {}", secrets.fingerprint())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(format!(
            "there is no master key at {path}; put it back from its copy, or for a new database \
             create it with: migrant-gateway keys init"
        )),
        Err(error) => Err(format!("{path}: {error}")),
    }
}

/// Whether the database belongs to the master key.
async fn custody(config: &Config, db: &DatabaseConnection) -> (Finding, Option<Secrets>) {
    match custody::examine(config, db).await {
        Ok(secrets) => (Ok("the database belongs to this master key".to_owned()), Some(secrets)),
        Err(error) => (Err(error.to_string()), None),
    }
}

/// Whether the acts on the chain explain what stands in the tables of policy.
async fn acts(db: &DatabaseConnection, secrets: &Secrets) -> Finding {
    let report = replay::replay(db, secrets, |_, _| {}).await;
    let report = report.map_err(|_| "the acts or the tables cannot be read".to_owned())?;
    match report.findings.first() {
        None => Ok(format!("{} explain {} rows", report.acts, report.rows)),
        Some(first) => Err(format!(
            "{} rows are not what the acts made, the first: {first}; see all with: \
             migrant-gateway audit verify --grants",
            report.findings.len()
        )),
    }
}

/// Whether records are read through the gateway's own definitions.
async fn definitions(db: &DatabaseConnection) -> Finding {
    let altered = audit::altered_definitions(db).await;
    let altered = altered.map_err(|_| "the definitions cannot be read".to_owned())?;
    if altered.is_empty() {
        Ok("views are as the gateway defines them".to_owned())
    } else {
        Err(altered.join("; "))
    }
}

fn tokens(config: &Config) -> Finding {
    let signing_key = config.signing_key();
    let mut config = config.clone();
    // Looking makes no key here either.
    let keys = if config.keys.signing_pem.is_some() || config.signing_keys().exists() {
        setup::signing_keys(&config, Arc::new(SystemClock))
    } else {
        Ok(None)
    };
    let keys = keys.map_err(|error| format!("{error:#}"))?;
    let issuer = setup::issuer(&config).map_err(|error| format!("{error:#}"))?;
    if let (Some(issuer), None) = (issuer, &keys) {
        let directory = config.signing_keys();
        let directory = directory.display();
        return Ok(format!("{issuer} issues them; {directory} will be created on first use"));
    }
    // Looking makes no key: the local issuer is left out where its key is yet to be created.
    if config.tokens.accept_local && !signing_key.exists() {
        if config.tokens.issuers.is_empty() {
            return Ok(format!("{} will be created on first use", signing_key.display()));
        }
        config.tokens.accept_local = false;
    }
    let trusted = startup::trusted(&config, keys.as_ref()).map_err(|error| format!("{error:#}"))?;
    let issuers = trusted.issuers.len();
    Verifier::new(trusted, Arc::new(SystemClock))
        .map(|_| match issuers {
            1 => "1 issuer is trusted".to_owned(),
            more => format!("{more} issuers are trusted"),
        })
        .map_err(|error| format!("{:#}", anyhow::Error::new(error)))
}

fn limits(config: &Config) -> Finding {
    let limits = &config.limits;
    if limits.statement_ms > limits.request_ms {
        return Err("limits.statement_ms is longer than limits.request_ms; shorten it".into());
    }
    if limits.default_page_size > limits.page_size {
        return Err("limits.default_page_size is larger than limits.page_size".into());
    }
    config.check_emergency().map_err(|error| error.to_string())?;
    let connections = descriptors::connections(config, descriptors::raise_limit());
    connections.map(|_| "consistent".to_owned()).map_err(|error| error.to_string())
}

/// Reviews by pairs who review each other, which somebody should look at.
async fn emergencies(db: &DatabaseConnection) -> Finding {
    let sql = "SELECT COUNT(*) AS flagged FROM break_glass WHERE review_flag IS NOT NULL \
        AND reviewed_at > $1";
    let flagged = recent(db, sql, "flagged").await.ok_or("they cannot be read")?;
    Ok(match flagged {
        0 => format!("no review of the last {RECENT_DAYS} days is flagged"),
        some => format!(
            "{some} reviews of the last {RECENT_DAYS} days were made by two who review each other; \
             look at reviewFlag of breakGlassEvents"
        ),
    })
}

/// Alarms of the meter, which somebody should look at.
async fn volume(db: &DatabaseConnection) -> Finding {
    let sql = "SELECT COUNT(*) AS alarms FROM volume_alarm WHERE at > $1";
    let alarms = recent(db, sql, "alarms").await.ok_or("the alarms cannot be read")?;
    Ok(match alarms {
        0 => format!("no alarm in {RECENT_DAYS} days"),
        some => format!("{some} alarms in {RECENT_DAYS} days; see: migrant-gateway limit alarms"),
    })
}

/// What a count since some days ago is.
async fn recent(db: &DatabaseConnection, sql: &str, column: &str) -> Option<i64> {
    let since = SystemClock.now() - chrono::TimeDelta::days(RECENT_DAYS);
    let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [since.into()]);
    db.query_one_raw(select).await.ok().flatten()?.try_get("", column).ok()
}

async fn migrations(db: &DatabaseConnection) -> Finding {
    match db::pending_migrations(db).await {
        Ok(pending) if pending.is_empty() => Ok("all applied".to_owned()),
        Ok(pending) => {
            Err(format!("{} are pending; apply them with: migrant-gateway migrate", pending.len()))
        }
        Err(_) => Err("the table of migrations cannot be read".to_owned()),
    }
}

async fn clock(db: &DatabaseConnection) -> Finding {
    let backend = db.get_database_backend();
    let sql = match backend {
        sea_orm::DbBackend::Sqlite => "SELECT CAST(strftime('%s', 'now') AS BIGINT) AS now",
        _ => "SELECT CAST(extract(epoch FROM now()) AS BIGINT) AS now",
    };
    let seconds: i64 = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await
        .ok()
        .flatten()
        .and_then(|row| row.try_get("", "now").ok())
        .ok_or("the database's clock cannot be read")?;
    let skew = (SystemClock.now().timestamp() - seconds).abs();
    if skew <= CLOCK_SKEW {
        Ok(format!("within {CLOCK_SKEW} s of the database's"))
    } else {
        Err(format!("{skew} s from the database's; tokens and grants need a right clock: use NTP"))
    }
}

/// Whether an access record could be committed, by committing something else where it would be.
async fn records(db: &DatabaseConnection) -> Finding {
    audit::can_commit(db).await.map(|()| "they can be committed".to_owned()).map_err(|error| {
        format!(
            "they cannot be committed, so nothing is answered ({error}); look at disk and locks"
        )
    })
}

async fn grants(db: &DatabaseConnection) -> Finding {
    match policy::load(db).await {
        Ok(grants) if grants.version() > 0 => Ok(format!("version {}", grants.version())),
        Ok(_) => Err("there are none; nobody may see anything".to_owned()),
        Err(policy::LoadError::Database(_)) => Err("they cannot be read".to_owned()),
        Err(unknown) => Err(format!("they are not understood: {unknown}; mend the row by hand")),
    }
}

async fn people(config: &Config, db: &DatabaseConnection) -> Finding {
    if config.server.mode == Mode::Demonstration {
        return Ok("demonstration: synthetic people are served".to_owned());
    }
    startup::refuse_synthetic_people(db)
        .await
        .map(|()| "no synthetic people".to_owned())
        .map_err(|error| format!("{error:#}"))
}
