//! From configuration to a running gateway, checking on the way what would go wrong later.

use std::time::Duration;

use anyhow::Context as _;
use entity::person;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    app::{Gateway, Parts},
    audit::{AuditWriter, WriterOptions},
    auth::{KeySource, LocalKey, TrustedIssuer, Verifier, VerifierConfig},
    clock::SharedClock,
    config::{Config, Issuer, Mode},
    db,
    directory::Directory,
    graphql::Engine,
    policy,
    read::{self, ReadOptions},
    secrets::Secrets,
};

/// Connects everything.
///
/// # Errors
/// When the database, a key or the configuration is not in order; the message says how to mend it.
pub async fn gateway(config: &Config, clock: SharedClock) -> anyhow::Result<Gateway> {
    let secrets = Secrets::open_or_create(&config.master_key())
        .with_context(|| format!("the master secret {}", config.master_key().display()))?;
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await.context("cannot read the migrations")?;
    anyhow::ensure!(
        pending.is_empty(),
        "{} migrations are pending; apply them with: migrant-gateway migrate",
        pending.len()
    );
    if config.server.mode == Mode::Production {
        anyhow::ensure!(
            !cfg!(any(feature = "bench-without-audit", feature = "bench-without-verification")),
            "this build leaves out accountability for a benchmark; it serves no living people"
        );
        refuse_synthetic_people(&db).await?;
    }
    let options = ReadOptions {
        connections: config.database.read_connections,
        statement_timeout: config.limits.statement_time(),
    };
    let reader = read::connect(&config.database.url, options).await?;
    let grants = policy::load(&db).await.context("cannot read the grants")?;
    let directory = Directory::load(&db).await.context("cannot read units and organizations")?;
    let verifier = Verifier::new(trusted(config)?, clock.clone())?;
    let parts = Parts {
        verifier,
        engine: Engine::new(grants, config.limits.clone()),
        reader,
        audit: AuditWriter::start(db.clone(), &secrets, WriterOptions::default()),
        db,
        limits: config.limits.clone(),
        clock,
        directory,
        staleness: Duration::from_secs(config.server.staleness_seconds),
    };
    Ok(Gateway::new(parts, &secrets))
}

/// The issuers of a configuration.
///
/// # Errors
/// When an issuer has no source of keys, or two, or nobody is trusted at all.
pub fn trusted(config: &Config) -> anyhow::Result<VerifierConfig> {
    let tokens = &config.tokens;
    let mut issuers = tokens.issuers.iter().map(issuer).collect::<anyhow::Result<Vec<_>>>()?;
    if tokens.accept_local {
        let key = LocalKey::open_or_create(&config.signing_key())?;
        issuers.push(TrustedIssuer {
            issuer: tokens.local_issuer.clone(),
            source: KeySource::Local(key.public_jwks()),
        });
    }
    anyhow::ensure!(
        !issuers.is_empty(),
        "no issuer is trusted: set tokens.issuers, or tokens.accept_local = true for tokens of \
         `migrant-gateway token issue`"
    );
    Ok(VerifierConfig::new(tokens.audience.clone(), issuers))
}

fn issuer(issuer: &Issuer) -> anyhow::Result<TrustedIssuer> {
    let source = match (&issuer.jwks_file, &issuer.jwks_url) {
        (Some(file), None) => {
            anyhow::ensure!(
                file.is_file(),
                "the keys of the issuer {}: there is no file {}",
                issuer.issuer,
                file.display()
            );
            KeySource::File(file.clone())
        }
        (None, Some(url)) => KeySource::Url(url.clone()),
        _ => anyhow::bail!("the issuer {} needs either jwks_file or jwks_url", issuer.issuer),
    };
    Ok(TrustedIssuer { issuer: issuer.issuer.clone(), source })
}

/// Synthetic people carry identity numbers of regions that do not exist. Beside living people they
/// would be counted and served as if they did.
///
/// # Errors
/// When the database holds one.
#[expect(clippy::disallowed_methods, reason = "counts synthetic numbers, reads no person")]
pub async fn refuse_synthetic_people(db: &DatabaseConnection) -> anyhow::Result<()> {
    let synthetic = person::Entity::find()
        .filter(person::Column::IdNumber.gte("229901"))
        .filter(person::Column::IdNumber.lt("229905"))
        .count(db)
        .await
        .context("cannot look for synthetic people")?;
    anyhow::ensure!(
        synthetic == 0,
        "the database holds {synthetic} synthetic people (identity numbers of regions \
         229901–229904), which server.mode = \"production\" refuses; use a clean database, or \
         server.mode = \"demonstration\""
    );
    Ok(())
}
