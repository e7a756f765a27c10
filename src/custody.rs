//! Which master secret a database belongs to.
//!
//! A chain is continued with the secret it was begun with, or it is broken for good. So the database
//! keeps the secret's fingerprint, and nothing is written or derived with another one.

use std::{io, path::Path};

use anyhow::Context as _;
use entity::key_fingerprint::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter as _,
    sea_query::{Expr, OnConflict},
};

use crate::{
    audit,
    clock::{Clock as _, SystemClock},
    config::Config,
    secrets::Secrets,
};

/// The name under which the master secret's fingerprint is kept.
const MASTER: &str = "master";

/// Why a secret is not the one of a database.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// There is no file.
    #[error("there is no master key at {path}; {}", mend(.expected.as_deref(), *.is_begun))]
    Missing {
        /// Where it was looked for.
        path: String,
        /// The fingerprint of the key that the database belongs to.
        expected: Option<String>,
        /// Whether there are access records.
        is_begun: bool,
    },
    /// The file holds another secret.
    #[error(
        "the database belongs to the master key with the fingerprint {expected}, and {path} holds \
         another, with the fingerprint {found}; set keys.directory to where the right key is, or \
         database.url to the database of this one"
    )]
    Other {
        /// The file.
        path: String,
        /// Of the database's key.
        expected: String,
        /// Of the key in the file.
        found: String,
    },
    /// No fingerprint is kept yet, and the records were not written with this secret.
    #[error(
        "the last access records were not written with the master key in {path} (fingerprint \
         {found}), or were altered since; find the key they were written with, and look with: \
         migrant-gateway audit verify"
    )]
    Records {
        /// The file.
        path: String,
        /// Of the key in the file.
        found: String,
    },
    /// The file cannot be used.
    #[error("the master key {path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        error: io::Error,
    },
    /// The database cannot be read or written.
    #[error("the fingerprint of the master key cannot be read or kept")]
    Database(#[from] DbErr),
}

fn mend(expected: Option<&str>, is_begun: bool) -> String {
    match (expected, is_begun) {
        (Some(expected), _) => format!(
            "the database belongs to the key with the fingerprint {expected}: put it back from its \
             copy, or set keys.directory to where it is"
        ),
        (None, true) => "the access records of the database were written with one: put it back \
            from its copy, or set keys.directory to where it is"
            .to_owned(),
        (None, false) => "create it with: migrant-gateway keys init".to_owned(),
    }
}

/// The master secret of a configuration, which the database belongs to from now on if it belonged to
/// none.
///
/// # Errors
/// When there is no secret, or another than the database's.
pub async fn open(config: &Config, db: &DatabaseConnection) -> Result<Secrets, CustodyError> {
    let secrets = examine(config, db).await?;
    if expected(db).await?.is_none() {
        keep(db, &secrets).await?;
        // Of two that start first at once, the other one may have been faster.
        return examine(config, db).await;
    }
    Ok(secrets)
}

/// The same, without writing anything.
///
/// # Errors
/// As [`open`].
pub async fn examine(config: &Config, db: &DatabaseConnection) -> Result<Secrets, CustodyError> {
    let file = config.master_key();
    let path = file.display().to_string();
    let expected = expected(db).await?;
    let secrets = match Secrets::open(&file) {
        Ok(secrets) => secrets,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let is_begun = audit::is_begun(db).await?;
            return Err(CustodyError::Missing { path, expected, is_begun });
        }
        Err(error) => return Err(CustodyError::File { path, error }),
    };
    let found = secrets.fingerprint();
    match expected {
        Some(expected) if expected == found => Ok(secrets),
        Some(expected) => Err(CustodyError::Other { path, expected, found }),
        None if audit::is_continued_by(db, &secrets).await? => Ok(secrets),
        None => Err(CustodyError::Records { path, found }),
    }
}

/// The fingerprint of the master secret that the database belongs to.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "fingerprints are no personal data")]
pub async fn expected(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let row: Option<Model> = Entity::find_by_id(MASTER).one(db).await?;
    Ok(row.map(|row| row.fingerprint))
}

/// Makes the secret of a database whose chain has no record yet, in a file that is not there yet.
/// Where `replace` is set, the database may belong to another secret, which is then lost.
///
/// # Errors
/// When there is a record, a secret, or a fingerprint that is not to be replaced.
pub async fn create(
    file: &Path,
    db: &DatabaseConnection,
    replace: bool,
) -> anyhow::Result<Secrets> {
    anyhow::ensure!(
        !file.exists(),
        "there is a master key at {} already; a new one would not continue what it began",
        file.display()
    );
    let expected = expected(db).await?;
    anyhow::ensure!(
        !audit::is_begun(db).await?,
        "the database has access records, which another master key began{}; a new key would break \
         their chain for good: put the old one at {}",
        expected.as_ref().map(|known| format!(" (fingerprint {known})")).unwrap_or_default(),
        file.display()
    );
    if let Some(expected) = &expected {
        anyhow::ensure!(
            replace,
            "the database belongs to the master key with the fingerprint {expected} already; copy \
             that one to {}, or, where it is lost and no gateway runs with it, add --replace",
            file.display()
        );
    }
    let secrets = Secrets::create(file)
        .with_context(|| format!("cannot create the master key {}", file.display()))?;
    match &expected {
        Some(lost) => exchange(db, lost, &secrets).await?,
        None => keep(db, &secrets).await?,
    }
    let stands = self::expected(db).await?;
    anyhow::ensure!(
        stands.as_deref() == Some(&secrets.fingerprint()),
        "another instance created a master key at the same time, and the database belongs to it; \
         remove {} and copy the other one there",
        file.display()
    );
    Ok(secrets)
}

async fn keep(db: &DatabaseConnection, secrets: &Secrets) -> Result<(), DbErr> {
    let row = ActiveModel {
        name: Set(MASTER.to_owned()),
        fingerprint: Set(secrets.fingerprint()),
        since: Set(SystemClock.now()),
    };
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

async fn exchange(db: &DatabaseConnection, lost: &str, secrets: &Secrets) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Fingerprint, Expr::value(secrets.fingerprint()))
        .col_expr(Column::Since, Expr::value(SystemClock.now()))
        .filter(Column::Name.eq(MASTER))
        .filter(Column::Fingerprint.eq(lost))
        .exec(db)
        .await?;
    Ok(())
}
