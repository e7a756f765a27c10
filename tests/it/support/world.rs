//! A database of its own for every test, copied from one that was filled once.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::limit_agreement;
use indicatif::ProgressBar;
use migrant_gateway::{
    app::{Gateway, Parts},
    audit::{AuditWriter, WriterOptions},
    auth::{KeySource, LocalKey, TrustedIssuer, Verifier, VerifierConfig},
    clock::{ManualClock, day_in_shanghai},
    db, demo,
    directory::Directory,
    graphql::{Engine, limits::Limits},
    policy::{self, Role},
    read::{self, ReadOptions, Reader},
    rules::break_glass::EmergencyLimits,
    secrets::Secrets,
    volume::Agreements,
};
use sea_orm::{ActiveModelTrait as _, DatabaseConnection, IntoActiveModel as _};
use tempfile::TempDir;
use testkit::Postgres;
use tokio::sync::OnceCell;

/// Persons of the population that tests share.
pub const PERSONS: u64 = 1_500;

/// Its seed.
pub const SEED: u64 = 7;

/// The instant at which test clocks begin.
pub fn noon() -> DateTime<Utc> {
    "2026-11-20T04:00:00Z".parse().expect("an instant")
}

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The databases to run a test on: SQLite, and PostgreSQL where its programs are installed.
pub fn backends(test: &str) -> Vec<Backend> {
    let mut all = vec![Backend::Sqlite];
    if Postgres::for_test(test).is_some() {
        all.push(Backend::Postgres);
    }
    all
}

/// A database with everything a gateway over it needs.
pub struct World {
    pub backend: Backend,
    pub url: String,
    pub db: DatabaseConnection,
    pub clock: Arc<ManualClock>,
    pub secrets: Secrets,
    pub directory: TempDir,
}

struct Template {
    sqlite: PathBuf,
    _directory: TempDir,
}

static SQLITE: OnceCell<Template> = OnceCell::const_new();
static POSTGRES: OnceCell<String> = OnceCell::const_new();
static POSTGRES_EMPTY: OnceCell<String> = OnceCell::const_new();

impl World {
    /// A world with the shared population.
    pub async fn new(backend: Backend) -> World {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let url = match backend {
            Backend::Sqlite => {
                let template = SQLITE.get_or_init(fill_sqlite).await;
                let path = directory.path().join("world.db");
                std::fs::copy(&template.sqlite, &path).expect("a copy of the template");
                sqlite_url(&path)
            }
            Backend::Postgres => {
                let postgres = Postgres::for_test("World::new").expect("PostgreSQL");
                let template = POSTGRES.get_or_init(|| async move {
                    let url = postgres.fresh_database();
                    fill(&url, PERSONS).await;
                    url
                });
                postgres.copy_of(template.await)
            }
        };
        World::over(backend, url, directory).await
    }

    /// A world whose database is empty but for its seeds.
    pub async fn empty(backend: Backend) -> World {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let url = match backend {
            Backend::Sqlite => {
                let url = sqlite_url(&directory.path().join("world.db"));
                migrate(&url).await;
                url
            }
            Backend::Postgres => {
                let postgres = Postgres::for_test("World::empty").expect("PostgreSQL");
                let template = POSTGRES_EMPTY.get_or_init(|| async move {
                    let url = postgres.fresh_database();
                    migrate(&url).await;
                    url
                });
                postgres.copy_of(template.await)
            }
        };
        World::over(backend, url, directory).await
    }

    async fn over(backend: Backend, url: String, directory: TempDir) -> World {
        let db = db::connect(&url).await.expect("the database connects");
        World {
            backend,
            url,
            db,
            clock: ManualClock::at(noon()),
            secrets: Secrets::new([7; 32]),
            directory,
        }
    }

    /// A gateway over this world.
    pub async fn gateway(&self) -> Arc<Gateway> {
        self.gateway_with(patient(), |reader| reader).await
    }

    /// A gateway with other limits, and whose reads pass through `wrap`.
    pub async fn gateway_with(
        &self,
        limits: Limits,
        wrap: impl FnOnce(Box<dyn Reader>) -> Box<dyn Reader>,
    ) -> Arc<Gateway> {
        let mut parts = self.parts(limits).await;
        parts.reader = wrap(parts.reader);
        Arc::new(Gateway::new(parts, &self.secrets))
    }

    /// What a gateway over this world is put together from.
    pub async fn parts(&self, limits: Limits) -> Parts {
        let options = ReadOptions { connections: 2, statement_timeout: limits.statement_time() };
        let reader = read::connect(&self.url, options).await.expect("the read path connects");
        let keys = KeySource::Local(self.signing_key().public_jwks());
        let issuer = TrustedIssuer::new("test", keys);
        let verifier =
            Verifier::new(VerifierConfig::new("migrant-gateway", vec![issuer]), self.clock.clone())
                .expect("the verifier starts");
        Parts {
            verifier,
            engine: Engine::new(policy::load(&self.db).await.expect("grants"), limits.clone()),
            reader,
            audit: AuditWriter::start(
                self.db.clone(),
                &self.secrets,
                self.clock.clone(),
                WriterOptions::default(),
            ),
            db: self.db.clone(),
            limits,
            emergency: EmergencyLimits::default(),
            agreements: Agreements::load(&self.db).await.expect("agreements"),
            clock: self.clock.clone(),
            directory: Directory::load(&self.db).await.expect("units and organizations"),
            oauth: None,
            public_url: None,
            staleness: Duration::from_secs(10),
        }
    }

    /// The key that signs this world's tokens.
    pub fn signing_key(&self) -> LocalKey {
        LocalKey::open_or_create(&self.directory.path().join("keys/signing.pem")).expect("a key")
    }
}

/// The default limits with time enough for a machine on which all tests run at once.
pub fn patient() -> Limits {
    Limits { request_ms: 60_000, statement_ms: 30_000, ..Limits::default() }
}

pub fn sqlite_url(path: &std::path::Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

async fn fill_sqlite() -> Template {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let sqlite = directory.path().join("template.db");
    fill(&sqlite_url(&sqlite), PERSONS).await;
    Template { sqlite, _directory: directory }
}

/// Migrates a database and fills it with the shared population.
pub async fn fill(url: &str, persons: u64) {
    migrate(url).await;
    let options = demo::Options { persons, seed: SEED, today: day_in_shanghai(noon()) };
    demo::load(url, &options, &ProgressBar::hidden()).await.expect("the population loads");
    let db = db::connect(url).await.expect("the database connects");
    let of_roles = Role::ALL.into_iter().flat_map(|role| {
        // The second is whom `token issue` names where nobody is named.
        [format!("test.{}", role.name()), role.name().to_owned()]
    });
    let clients = (0..64).map(|number| format!("client.{number}"));
    let others = ["clinic", "patient", "afterwards"].map(str::to_owned);
    for subject in of_roles.chain(clients).chain(others) {
        contract(&db, &subject).await;
    }
    db.close().await.expect("the database closes");
}

/// A contracted volume for whoever tests ask as, so that they may ask as much as they need: a row
/// that two people signed, as only a database's owner writes it.
pub async fn contract(db: &DatabaseConnection, subject: &str) {
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    let digits = subject.bytes().fold(7_i64, |hash, byte| hash.wrapping_mul(31) + i64::from(byte));
    let row = limit_agreement::Model {
        id: 1_000 + digits.rem_euclid(1_000_000),
        kind: "contract".to_owned(),
        target: subject.to_owned(),
        amounts: r#"{"movementDay":100000000,"healthDay":100000000,"identityDay":100000000}"#
            .to_owned(),
        law: "PIPL-54".to_owned(),
        reason: "tests ask for more than a person does".to_owned(),
        valid_from: at("2000-01-01T00:00:00Z"),
        valid_until: at("2100-01-01T00:00:00Z"),
        proposer: "test.steward".to_owned(),
        proposer_role: "SH".to_owned(),
        proposed_at: at("2000-01-01T00:00:00Z"),
        lapses_at: at("2000-01-15T00:00:00Z"),
        decision: Some("approved".to_owned()),
        decider: Some("test.officer".to_owned()),
        decider_role: Some("DP".to_owned()),
        decided_at: Some(at("2000-01-01T00:00:00Z")),
        ended_at: None,
        ended_by: None,
    };
    row.into_active_model().insert(db).await.expect("the contract is written");
}

async fn migrate(url: &str) {
    let db = db::connect(url).await.expect("the database connects");
    db::migrate(&db).await.expect("the migrations apply");
    db.close().await.expect("the database closes");
}
