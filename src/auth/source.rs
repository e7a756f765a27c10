//! Loads a JWK Set from its file or address, within limits.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use reqwest::{Client, redirect::Policy};
use url::{Host, Url};

use super::{KeySource, KeySourceError, SigningKeys, jwks::KeySet};

const MAX_BYTES: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(3);

/// A source that can be asked again.
pub(super) enum Loader {
    File(PathBuf),
    Url {
        client: Client,
        url: Url,
    },
    Signing(Arc<SigningKeys>),
    /// There is nothing to ask.
    Fixed,
}

impl Loader {
    /// Prepares a source. A file and a local set are read at once; an address waits for the first
    /// token, so that the gateway starts while an issuer is away.
    pub(super) fn open(source: KeySource) -> Result<(Self, Option<KeySet>), KeySourceError> {
        match source {
            KeySource::File(path) => {
                let keys = not_empty(read(&path)?)?;
                Ok((Self::File(path), Some(keys)))
            }
            KeySource::Local(document) => {
                let keys = not_empty(parse(&document)?)?;
                Ok((Self::Fixed, Some(keys)))
            }
            KeySource::Signing(keys) => {
                let published = not_empty(parse(&keys.published())?)?;
                Ok((Self::Signing(keys), Some(published)))
            }
            KeySource::Url(url) => Ok((Self::Url { client: client(&url)?, url }, None)),
        }
    }

    /// Loads the key set; nothing where the source never changes.
    pub(super) async fn load(&self) -> Result<Option<KeySet>, KeySourceError> {
        match self {
            Self::Fixed => Ok(None),
            Self::File(path) => {
                let path = path.clone();
                let reading = tokio::task::spawn_blocking(move || read(&path));
                reading.await.map_err(std::io::Error::other)?.map(Some)
            }
            Self::Signing(keys) => {
                let keys = Arc::clone(keys);
                let reading = tokio::task::spawn_blocking(move || parse(&keys.published()));
                reading.await.map_err(std::io::Error::other)?.map(Some)
            }
            Self::Url { client, url } => fetch(client, url).await.map(Some),
        }
    }

    /// Whether asking again can bring new keys.
    pub(super) fn can_change(&self) -> bool {
        !matches!(self, Self::Fixed)
    }

    /// Whether asking disturbs nobody.
    pub(super) fn is_nearby(&self) -> bool {
        matches!(self, Self::Signing(_))
    }
}

fn not_empty(keys: KeySet) -> Result<KeySet, KeySourceError> {
    if keys.is_empty() { Err(KeySourceError::NoUsableKey) } else { Ok(keys) }
}

fn parse(document: &serde_json::Value) -> Result<KeySet, KeySourceError> {
    KeySet::parse(document.to_string().as_bytes())
}

fn read(path: &Path) -> Result<KeySet, KeySourceError> {
    let mut json = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut json)?;
    if json.len() > MAX_BYTES { Err(KeySourceError::TooLarge) } else { KeySet::parse(&json) }
}

fn client(url: &Url) -> Result<Client, KeySourceError> {
    let builder = Client::builder().redirect(Policy::none()).timeout(TIMEOUT);
    let builder = match url.scheme() {
        "https" => builder.https_only(true),
        // A proxy from the environment would carry the plain text off this machine.
        "http" if is_loopback(url) => builder.no_proxy(),
        _ => return Err(KeySourceError::Insecure),
    };
    builder.build().map_err(KeySourceError::Fetch)
}

/// Whether an address is of this machine, so that plain text does not leave it.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn fetch(client: &Client, url: &Url) -> Result<KeySet, KeySourceError> {
    // An address can hold a password; errors go to the log.
    let failed = |error: reqwest::Error| KeySourceError::Fetch(error.without_url());
    let mut response = client.get(url.clone()).send().await.map_err(failed)?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(KeySourceError::Status(response.status().as_u16()));
    }
    let mut json = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if json.len() + chunk.len() > MAX_BYTES {
            return Err(KeySourceError::TooLarge);
        }
        json.extend_from_slice(&chunk);
    }
    KeySet::parse(&json)
}
