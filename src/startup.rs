//! From configuration to a running gateway, checking on the way what would go wrong later.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use entity::{person, sharing::Department};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    app::{Gateway, Parts},
    audit::{AuditWriter, Recorder, WriterOptions},
    auth::{
        KeySource, LocalKey, PersonClaims, SignatureCheck, SigningKeys, TrustedIssuer, Verifier,
        VerifierConfig,
    },
    clock::SharedClock,
    config::{Config, Issuer, Mode},
    custody, db,
    directory::Directory,
    graphql::Engine,
    log::{self, keeper::Keeper},
    oauth::setup,
    policy,
    read::{self, ReadOptions},
    secrets::Secrets,
    volume::Agreements,
};

/// What makes a gateway accountable: who takes the records of its answers, and who checks the
/// signatures of its callers. By default the writer of the chain and the real check, and no program
/// of the product has others. The benchmark puts something cheaper in the place of one, in a program
/// of its own, to price it; such a gateway serves no living people.
#[derive(Clone, Default)]
pub struct Accountability {
    /// Takes records in the place of the writer.
    pub recorder: Option<Arc<dyn Recorder>>,
    /// Checks signatures in the place of the real check.
    pub signatures: Option<Arc<dyn SignatureCheck>>,
}

impl Accountability {
    fn is_whole(&self) -> bool {
        self.recorder.is_none() && self.signatures.is_none()
    }
}

/// Connects everything.
///
/// # Errors
/// When the database, a key or the configuration is not in order; the message says how to mend it.
pub async fn gateway(config: &Config, clock: SharedClock) -> anyhow::Result<Gateway> {
    gateway_with(config, clock, Accountability::default()).await
}

/// The same with another recorder or another check of signatures.
///
/// # Errors
/// As [`gateway`]; and where either is not the product's and `server.mode` is `production`.
pub async fn gateway_with(
    config: &Config,
    clock: SharedClock,
    accountability: Accountability,
) -> anyhow::Result<Gateway> {
    anyhow::ensure!(
        accountability.is_whole() || config.server.mode != Mode::Production,
        "this program leaves out accountability for a benchmark; it serves no living people"
    );
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await.context("cannot read the migrations")?;
    anyhow::ensure!(
        pending.is_empty(),
        "{} migrations are pending; apply them with: migrant-gateway migrate",
        pending.len()
    );
    let secrets = custody::open(config, &db).await?;
    if config.server.mode == Mode::Production {
        refuse_synthetic_people(&db).await?;
    }
    let options = ReadOptions {
        connections: config.database.read_connections,
        statement_timeout: config.limits.statement_time(),
    };
    let reader = read::connect(&config.database.url, options).await?;
    let grants = policy::load(&db).await.context("cannot read the grants")?;
    let directory = Directory::load(&db).await.context("cannot read units and organizations")?;
    let keys = setup::signing_keys(config, clock.clone())?;
    let mut verifier = Verifier::new(trusted(config, keys.as_ref())?, clock.clone())?;
    if let Some(signatures) = accountability.signatures {
        verifier = verifier.checked_by(signatures);
    }
    let oauth = setup::server(config, keys, db.clone(), clock.clone())?;
    config.check_emergency()?;
    let agreements =
        Agreements::load(&db).await.context("cannot read what was agreed on volumes")?;
    let parts = Parts {
        verifier,
        engine: Engine::new(grants, config.limits.clone()),
        reader,
        audit: AuditWriter::start(db.clone(), &secrets, clock.clone(), WriterOptions::default()),
        db,
        limits: config.limits.clone(),
        emergency: config.emergency,
        agreements,
        clock,
        directory,
        oauth,
        public_url: setup::public_url(config)?,
        staleness: Duration::from_secs(config.server.staleness_seconds),
    };
    let mut gateway = Gateway::new(parts, &secrets);
    if let Some(recorder) = accountability.recorder {
        gateway = gateway.recorded_by(recorder);
    }
    gateway.refresh_refusals().await.context("cannot read which tokens are revoked")?;
    Ok(gateway)
}

/// What signs the log of a gateway, which is compared with what was signed before.
///
/// # Errors
/// When the log is behind its newest checkpoint or does not begin with it, or a key, the checkpoints
/// or the database cannot be read.
pub async fn keeper(
    config: &Config,
    gateway: &Gateway,
    clock: SharedClock,
) -> anyhow::Result<Keeper> {
    let secrets = Secrets::open(&config.master_key())?;
    let signer = log::setup::signer_or_new(config)?;
    let keeper = log::setup::keeper(config, signer, &secrets, gateway.db.clone(), clock)?;
    log::store::catch_up(&keeper.db, &keeper.chain).await?;
    keeper.vouch(&gateway.audit).await.context(
        "the access records are not those that were signed, so the gateway does not start; find out \
         who cut or restored the database, and where it was done knowingly, move the checkpoints to \
         an archive and start anew",
    )?;
    // Before anybody is answered: whoever finds the log's key and no checkpoint knows from then on that
    // one was taken away.
    if let Err(error) = keeper.checkpoint().await {
        tracing::warn!(%error, "no checkpoint");
    }
    Ok(keeper)
}

/// The issuers of a configuration; `own` are the keys of the gateway's authorization server.
///
/// # Errors
/// When an issuer has no source of keys, or two, or names an unknown department, or nobody is
/// trusted at all.
pub fn trusted(config: &Config, own: Option<&Arc<SigningKeys>>) -> anyhow::Result<VerifierConfig> {
    let tokens = &config.tokens;
    let mut issuers = tokens.issuers.iter().map(issuer).collect::<anyhow::Result<Vec<_>>>()?;
    if tokens.accept_local {
        let key = LocalKey::open_or_create(&config.signing_key())?;
        let source = KeySource::Local(key.public_jwks());
        issuers.push(TrustedIssuer::new(&tokens.local_issuer, source));
    }
    if let (Some(name), Some(keys)) = (setup::issuer(config)?, own) {
        issuers.push(TrustedIssuer::new(name, KeySource::Signing(Arc::clone(keys))));
    }
    anyhow::ensure!(
        !issuers.is_empty(),
        "no issuer is trusted: set tokens.issuer_url for tokens of this gateway, tokens.issuers, or \
         tokens.accept_local = true for tokens of `migrant-gateway token issue`"
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
    if let Some(problem) = issuer.person.as_ref().and_then(PersonClaims::problem) {
        anyhow::bail!("the issuer {}: person: {problem}", issuer.issuer);
    }
    let departments = issuer.departments.iter().map(|named| department(&issuer.issuer, named));
    Ok(TrustedIssuer {
        issuer: issuer.issuer.clone(),
        source,
        departments: departments.collect::<anyhow::Result<_>>()?,
        claims: issuer.claims.clone(),
        person: issuer.person.clone(),
    })
}

fn department(issuer: &str, named: &str) -> anyhow::Result<Department> {
    let known =
        |department: &Department| department.code() == named || department.label_zh() == named;
    Department::ALL.into_iter().find(known).with_context(|| {
        let codes = Department::ALL.map(Department::code).join(", ");
        format!("the issuer {issuer} names no department with {named}; they are {codes}")
    })
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
