//! Why a database cannot be reached, in words that quote neither its URL nor the server.
//!
//! Servers name users and databases in what they refuse, and of a URL that is misspelled these are
//! pieces of a password.

use std::{error::Error, io};

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Why SeaORM could not connect.
pub fn of_orm(error: &DbErr) -> String {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => of_sqlx(error),
        DbErr::ConnectionAcquire(_) => LATE.to_owned(),
        _ => FAILED.to_owned(),
    }
}

/// Why the driver of reads could not connect.
pub fn of_postgres(error: &tokio_postgres::Error) -> String {
    if let Some(code) = error.code() {
        return of_state(code.code());
    }
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(error) => of_io(error),
        None if error.to_string().contains("timeout") => LATE.to_owned(),
        None => FAILED.to_owned(),
    }
}

/// Whether somebody else has the file of a SQLite database to themselves.
pub fn is_busy(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else { return false };
    // SQLITE_BUSY, also for want of recovery, a snapshot, or time.
    let busy = |code: &str| code.parse::<u32>().is_ok_and(|code| code & 0xff == 5);
    error.as_database_error().and_then(|error| error.code().map(|code| busy(&code))) == Some(true)
}

const LATE: &str = "it cannot be reached in time";
const FAILED: &str = "the connection fails";

fn of_sqlx(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => of_io(error),
        sqlx::Error::PoolTimedOut => LATE.to_owned(),
        sqlx::Error::Tls(_) => "TLS with the server fails".to_owned(),
        sqlx::Error::Configuration(_) => "its URL is not valid".to_owned(),
        sqlx::Error::Database(error) => match error.code() {
            Some(code) if code.len() == 5 => of_state(&code),
            // SQLite's own words, which are constants.
            _ => format!("SQLite says: {}", error.message()),
        },
        _ => FAILED.to_owned(),
    }
}

/// What PostgreSQL means by a code.
fn of_state(code: &str) -> String {
    match code {
        "28P01" | "28000" => "the server refuses the user or the password".to_owned(),
        "3D000" => "the server has no such database".to_owned(),
        "53300" => "the server has no connection left".to_owned(),
        "57P03" | "57P01" => "the server is starting or stopping".to_owned(),
        _ => format!("the server refuses with the code {code}"),
    }
}

fn of_io(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None if error.to_string().starts_with("failed to lookup") => {
            "the server's name cannot be resolved".to_owned()
        }
        None => error.kind().to_string(),
    }
}
