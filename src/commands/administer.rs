//! Changes that an operator makes from the command line, recorded like any other.

use std::sync::Arc;

use anyhow::Context as _;
use entity::sharing::Department;
use sea_orm::DatabaseConnection;

use crate::{
    audit::{
        AuditWriter, Change, Draft, Fields, Look, Outcome, RecordedField, Subjects, WriterOptions,
    },
    clock::{Clock, SystemClock},
    config::Config,
    custody, db,
    graphql::DocumentHash,
    log,
    policy::Level,
    secrets::Secrets,
    state::Version,
};

/// What a look at the access records shows.
const LOOKED_AT: [&str; 6] = ["actor", "at", "department", "fields", "organization", "purpose"];

/// Whoever runs the program, with the chain that their changes are recorded in.
pub struct Administrator {
    config: Config,
    db: DatabaseConnection,
    audit: AuditWriter,
    secrets: Secrets,
    user: String,
}

impl Administrator {
    /// Opens database and chain.
    ///
    /// # Errors
    /// When the database is not up to date, or the chain was begun with another master secret
    /// than can be there.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let db =
            db::connect(&config.database.url).await.context("cannot connect to the database")?;
        let pending = db::pending_migrations(&db).await?;
        anyhow::ensure!(
            pending.is_empty(),
            "the database is not up to date; run: migrant-gateway migrate"
        );
        let secrets = custody::open(config, &db).await?;
        let audit = AuditWriter::start(
            db.clone(),
            &secrets,
            Arc::new(SystemClock),
            WriterOptions::default(),
        );
        let user = whoami::username().context("the system does not tell who runs this")?;
        Ok(Self { config: config.clone(), db, audit, secrets, user })
    }

    /// The database, to look at.
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Who runs the program.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The master secret, to verify with.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Commits a change with its record, and says where that is.
    ///
    /// # Errors
    /// When the change refuses itself, or cannot be recorded, or the log is not the one that was
    /// signed.
    pub async fn commit(
        &self,
        operation: &str,
        change: impl Change + 'static,
    ) -> anyhow::Result<String> {
        let place = self.record(operation, Fields::default(), change).await?;
        Ok(format!("done, and recorded as #{place}\n"))
    }

    /// Records a look at the access records, before anything of them is told, and says where.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub async fn look(&self, look: Look) -> anyhow::Result<i64> {
        let shown = |member| RecordedField {
            kind: "AccessEvent",
            member: Some(member),
            level: Level::Full,
        };
        self.record(look.action, LOOKED_AT.into_iter().map(shown).collect(), look).await
    }

    async fn record(
        &self,
        operation: &str,
        fields: Fields,
        change: impl Change + 'static,
    ) -> anyhow::Result<i64> {
        log::setup::vouch(&self.config, &self.secrets, &self.db, &self.audit).await?;
        let nobody = || "-".to_owned();
        let draft = Draft {
            at: SystemClock.now(),
            caller: self.user.clone(),
            token_id: nobody(),
            role: nobody(),
            department: Department::Gateway.code().to_owned(),
            unit: nobody(),
            organization: None,
            purpose: None,
            operation: Some(operation.to_owned()),
            document_hash: DocumentHash::of("").hex(),
            grants_version: Version::read(&self.db).await?.grants,
            decision: Outcome::Allowed,
            fields,
            protected: false,
            row_count: 0,
            subjects: Subjects::default(),
        };
        Ok(self.audit.change(draft, Arc::new(change)).await?.place)
    }

    /// Lets what is under way end.
    pub async fn close(self) {
        self.audit.close().await;
    }
}
