//! Going by what is administered now.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::DbErr;
use tokio::time::timeout;

use super::Gateway;
use crate::{
    db,
    directory::Directory,
    error::Result,
    oauth, policy,
    state::{Basis, Lookout, Version, changed, unknown},
    volume::Agreements,
};

/// How long a request waits for the look that it needs.
const LOOK_WITHIN: Duration = Duration::from_secs(1);

/// How long it waits for another look to end.
const TURN_WITHIN: Duration = Duration::from_millis(100);

/// The version that a gateway goes by, and where it looks for the next.
pub(super) struct Known {
    pub version: Version,
    pub lookout: Lookout,
}

impl Gateway {
    /// Looks whether something was changed, and goes by it from now on.
    ///
    /// # Errors
    /// When the database cannot be read; then what was known stays.
    pub async fn look(&self) -> Result<(), DbErr> {
        // One at a time: what was read later is not put aside for what was read before.
        let mut known = self.known.lock().await;
        self.look_by(&mut known).await
    }

    async fn look_by(&self, known: &mut Known) -> Result<(), DbErr> {
        let begun = Instant::now();
        let current = known.lookout.version().await?;
        if current != known.version {
            self.reload().await?;
            known.version = current;
        }
        self.freshness.confirm(begun);
        Ok(())
    }

    /// What a request that begins now is answered by. Looks first where the last look is too long
    /// ago, as after the process stood still; of requests that wait for that, one looks.
    ///
    /// # Errors
    /// [`PolicyStale`](crate::error::Code::PolicyStale) when it cannot look.
    pub async fn current(&self) -> Result<Basis> {
        if self.freshness.is_stale() {
            let looking = async {
                let mut known = self.known.lock().await;
                if self.freshness.is_stale() { self.look_by(&mut known).await } else { Ok(()) }
            };
            match timeout(LOOK_WITHIN, looking).await {
                Ok(Ok(())) => {}
                _ => return Err(unknown()),
            }
        }
        Ok(self.freshness.basis())
    }

    /// Sees that the database is there, for a request that will ask it over the pool: that waits
    /// for a server which is away.
    ///
    /// # Errors
    /// [`PolicyStale`](crate::error::Code::PolicyStale) when it cannot be looked at.
    pub async fn reach(&self) -> Result<()> {
        let seeing = async {
            match timeout(TURN_WITHIN, self.known.lock()).await {
                Ok(mut known) => self.look_by(&mut known).await,
                // Whoever looks may itself be waiting for the pool.
                Err(_) => db::see(&self.db).await,
            }
        };
        match timeout(LOOK_WITHIN, seeing).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(unknown()),
        }
    }

    /// Whether what a request was answered by still holds now that its answer is to leave.
    ///
    /// # Errors
    /// [`PolicyStale`](crate::error::Code::PolicyStale) when the request took longer than a look
    /// counts and something changed since, or that cannot be learned.
    pub(super) async fn confirm(&self, basis: Basis) -> Result<()> {
        if !self.freshness.is_outlived(basis) {
            return Ok(());
        }
        self.current().await?;
        if self.freshness.is_unchanged(basis) { Ok(()) } else { Err(changed()) }
    }

    /// Goes by a change that was made here, before anybody is told of it.
    pub(super) async fn catch_up(&self) {
        if self.look().await.is_err() {
            tracing::warn!("a change was made and cannot be read again yet");
        }
    }

    async fn reload(&self) -> Result<(), DbErr> {
        let grants = policy::load(&self.db).await.inspect_err(|error| {
            // Nothing is answered by grants that are older than these.
            tracing::error!(%error, "the grants were changed and cannot be read");
        })?;
        // Most changes are not of grants or laws, and leave permits and plans as they are.
        if grants != *self.engine.grants() {
            tracing::info!(version = grants.version(), "the grants changed");
            self.engine.replace_grants(grants);
            self.freshness.renew();
        }
        self.volume.replace(Agreements::load(&self.db).await?);
        self.refresh_refusals().await
    }

    /// Reads again which tokens and clients are refused.
    ///
    /// # Errors
    /// When the database cannot be read; the old refusals stay.
    pub async fn refresh_refusals(&self) -> Result<(), DbErr> {
        let issuer = self.oauth.as_ref().map(|server| server.issuer());
        let refused = oauth::refused(&self.db, issuer, self.clock.now()).await?;
        if self.verifier.refuse(refused) {
            self.freshness.renew();
        }
        Ok(())
    }

    /// Reads units and organizations again.
    ///
    /// # Errors
    /// When the database cannot be read; the old ones stay.
    pub async fn refresh_directory(&self) -> Result<(), DbErr> {
        let directory = Directory::load(&self.db).await?;
        *self.directory.write() = Arc::new(directory);
        Ok(())
    }
}
