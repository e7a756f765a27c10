//! Going by what is administered now.

use std::{sync::Arc, time::Instant};

use super::Gateway;
use crate::{directory::Directory, oauth, policy, state::Version, volume::Agreements};

impl Gateway {
    /// Looks whether something was changed, and goes by it from now on.
    ///
    /// # Errors
    /// When the database cannot be read; then what was known stays.
    pub async fn look(&self) -> Result<(), sea_orm::DbErr> {
        // One at a time: what was read later is not put aside for what was read before.
        let mut known = self.version.lock().await;
        let begun = Instant::now();
        let current = Version::read(&self.db).await?;
        if current != *known {
            self.reload().await?;
            *known = current;
        }
        self.freshness.confirm(begun);
        Ok(())
    }

    /// Goes by a change that was made here, before anybody is told of it.
    pub(super) async fn catch_up(&self) {
        if self.look().await.is_err() {
            tracing::warn!("a change was made and cannot be read again yet");
        }
    }

    async fn reload(&self) -> Result<(), sea_orm::DbErr> {
        let grants = policy::load(&self.db).await?;
        // Most changes are not of grants or laws, and leave permits and plans as they are.
        if grants != *self.engine.grants() {
            tracing::info!(version = grants.version(), "the grants changed");
            self.engine.replace_grants(grants);
        }
        self.volume.replace(Agreements::load(&self.db).await?);
        self.refresh_refusals().await
    }

    /// Reads again which tokens and clients are refused.
    ///
    /// # Errors
    /// When the database cannot be read; the old refusals stay.
    pub async fn refresh_refusals(&self) -> Result<(), sea_orm::DbErr> {
        let issuer = self.oauth.as_ref().map(|server| server.issuer());
        self.verifier.refuse(oauth::refused(&self.db, issuer, self.clock.now()).await?);
        Ok(())
    }

    /// Reads units and organizations again.
    ///
    /// # Errors
    /// When the database cannot be read; the old ones stay.
    pub async fn refresh_directory(&self) -> Result<(), sea_orm::DbErr> {
        let directory = Directory::load(&self.db).await?;
        *self.directory.write() = Arc::new(directory);
        Ok(())
    }
}
