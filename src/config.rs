//! Configuration: a TOML file, overridden by the environment, over documented defaults.

use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
    path::PathBuf,
};

use figment::{
    Figment,
    error::{Actual, Kind},
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    auth::{ClaimNames, PersonClaims},
    graphql::limits::Limits,
    rules::break_glass::EmergencyLimits,
};

/// Everything that can be configured. Each key can be set as `MIGRANT_GATEWAY_SECTION__KEY`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The server.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Secret files.
    pub keys: Keys,
    /// Signed statements of what the access records are.
    pub checkpoints: Checkpoints,
    /// Whose tokens are accepted.
    pub tokens: Tokens,
    /// Limits on requests.
    pub limits: Limits,
    /// How many emergencies may be open: at most as many as by default.
    pub emergency: EmergencyLimits,
    /// The log.
    pub log: Log,
}

/// The server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How long the gateway takes connections after the signal to stop, while it says in every
    /// answer and at `/readyz` that it is about to, in seconds.
    pub shutdown_announce_seconds: u64,
    /// How long requests under way may take after that, in seconds.
    pub shutdown_seconds: u64,
    /// Scheme, host and port by which callers reach the gateway, where that is not
    /// `tokens.issuer_url`: for the metadata of RFC 9728.
    pub public_url: Option<Url>,
    /// How many connections may be open at once [default: as many as the system lets the process
    /// have, up to 4,096].
    pub max_connections: Option<NonZeroUsize>,
    /// How many requests may be under way at once, health checks apart.
    pub max_requests: NonZeroUsize,
    /// How long a connection may be open without a request, in seconds.
    pub idle_seconds: NonZeroU64,
    /// What the data is.
    pub mode: Mode,
    /// How old the last look at grants and clients may be for a request to be answered by it, in
    /// seconds; more than one and a half count as that.
    pub staleness_seconds: u64,
}

/// What the data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Living people. Synthetic identity numbers (regions 229901–229904) are refused.
    Production,
    /// Synthetic people.
    Demonstration,
}

/// The database.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://FILE?mode=rwc` or `postgres://…`.
    pub url: String,
    /// Connections of the read path.
    pub read_connections: usize,
}

impl std::fmt::Debug for Database {
    /// The URL may hold a password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Database");
        shown.field("read_connections", &self.read_connections).finish_non_exhaustive()
    }
}

/// Secret files.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// Where `master.key`, `log.pem`, `signing.pem` and the directory `signing` are; created with mode 0700.
    pub directory: PathBuf,
    /// The one key that the authorization server signs with, in place of those in `signing`.
    #[serde(skip_serializing)]
    pub signing_pem: Option<Secret>,
}

/// Signed statements of what the access records are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checkpoints {
    /// Where they are kept; not on the database's disk, and not where its administrators write.
    pub directory: PathBuf,
    /// How often one is signed where there are new records, in seconds.
    pub interval_seconds: NonZeroU32,
    /// The name of the log, best a URL without its scheme; by its key where it has none.
    pub origin: Option<String>,
    /// Who cosigns them.
    pub witnesses: Vec<Witness>,
}

/// A witness (<https://c2sp.org/tlog-witness>).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// Where it is reached: what `/add-checkpoint` is below.
    pub url: Url,
    /// What its cosignatures verify with, as `migrant-gateway witness key` prints it.
    pub key: String,
}

/// A text that is never printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Whose tokens are accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// What tokens must name in `aud`.
    pub audience: String,
    /// Whether tokens of `token issue` are accepted.
    pub accept_local: bool,
    /// The `iss` of tokens of `token issue`.
    pub local_issuer: String,
    /// The `iss` of tokens of this gateway's authorization server, which is where partner systems
    /// reach the gateway; where it is not set, there is no authorization server.
    pub issuer_url: Option<Url>,
    /// How long its tokens hold, in seconds.
    pub lifetime_seconds: u64,
    /// How often a client may ask the authorization server in a minute, at one gateway.
    pub client_requests_per_minute: NonZeroU32,
    /// How often an address may, for all its clients.
    pub peer_requests_per_minute: NonZeroU32,
    /// Other issuers.
    pub issuers: Vec<Issuer>,
}

/// A trusted issuer: exactly one of file and URL.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// A file with its JSON Web Key Set.
    pub jwks_file: Option<PathBuf>,
    /// The URL of its JSON Web Key Set.
    pub jwks_url: Option<Url>,
    /// The departments (codes, or Chinese names) whose roles it may vouch for; none named is all.
    #[serde(default)]
    pub departments: Vec<String>,
    /// Where its tokens have the claims of this gateway.
    #[serde(default)]
    pub claims: ClaimNames,
    /// How its tokens name a person, where they are persons'.
    pub person: Option<PersonClaims>,
}

/// The log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What is logged: a filter such as `info` or `migrant_gateway=debug`.
    pub filter: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            shutdown_announce_seconds: 3,
            shutdown_seconds: 30,
            public_url: None,
            max_connections: None,
            max_requests: const { NonZeroUsize::new(1024).unwrap() },
            idle_seconds: const { NonZeroU64::new(75).unwrap() },
            mode: Mode::Production,
            staleness_seconds: 1,
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://migrant-gateway.db?mode=rwc".to_owned(), read_connections: 4 }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self { directory: PathBuf::from("keys"), signing_pem: None }
    }
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("checkpoints"),
            interval_seconds: const { NonZeroU32::new(10).unwrap() },
            origin: None,
            witnesses: Vec::new(),
        }
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            audience: "migrant-gateway".to_owned(),
            accept_local: false,
            local_issuer: "migrant-gateway-local".to_owned(),
            issuer_url: None,
            lifetime_seconds: 15 * 60,
            client_requests_per_minute: const { NonZeroU32::new(60).unwrap() },
            peer_requests_per_minute: const { NonZeroU32::new(240).unwrap() },
            issuers: Vec::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// An error without the values it is about: what stands under the wrong key may be a secret.
fn unquoted(error: figment::Error) -> String {
    let lines = error.into_iter().map(|mut error| {
        // A key may be a value in the wrong place.
        let is_key = |key: &String| !key.contains(['@', ':', '/']);
        error.path.retain(is_key);
        let is_secret = error.path.first().is_some_and(|key| key == "database" || key == "keys");
        error.kind = match error.kind {
            Kind::InvalidType(found, expected) => Kind::InvalidType(type_of(&found), expected),
            Kind::InvalidValue(found, expected) => Kind::InvalidValue(type_of(&found), expected),
            Kind::UnknownVariant(_, known) => Kind::UnknownVariant("another".to_owned(), known),
            Kind::UnknownField(name, known) if name.contains(['@', ':', '/']) => {
                Kind::UnknownField("another".to_owned(), known)
            }
            Kind::Unsupported(found) => Kind::Unsupported(type_of(&found)),
            Kind::UnsupportedKey(found, expected) => {
                Kind::UnsupportedKey(type_of(&found), expected)
            }
            Kind::Message(_) if is_secret => Kind::Message("the value is not valid".to_owned()),
            // The lines of a file that cannot be parsed follow the first.
            Kind::Message(text) => {
                Kind::Message(text.lines().next().unwrap_or_default().trim_end().to_owned())
            }
            kind => kind,
        };
        error.to_string()
    });
    lines.collect::<Vec<_>>().join("; ")
}

/// What something is, without saying it.
fn type_of(found: &Actual) -> Actual {
    Actual::Other(
        match found {
            Actual::Bool(_) => "a truth value",
            Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
            Actual::Char(_) | Actual::Str(_) | Actual::Bytes(_) => "a text",
            Actual::Seq => "a list",
            Actual::Map => "a table",
            _ => "something else",
        }
        .to_owned(),
    )
}

impl Config {
    /// Reads the file, where one is named or `migrant-gateway.toml` exists, and the environment.
    ///
    /// # Errors
    /// When a named file is missing, or a key is unknown or has a wrong value.
    pub fn read(file: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let toml = match file {
            Some(path) => {
                anyhow::ensure!(path.is_file(), "there is no file {}", path.display());
                Toml::file(path)
            }
            None => Toml::file("migrant-gateway.toml"),
        };
        Figment::from(Serialized::defaults(Config::default()))
            .merge(toml)
            .merge(Env::prefixed("MIGRANT_GATEWAY_").ignore(&["config", "token"]).split("__"))
            .extract()
            .map_err(|error| anyhow::anyhow!("the configuration is not valid: {}", unquoted(error)))
    }

    /// Refuses emergency limits above the default: those are raised by two people, not by a file.
    ///
    /// # Errors
    /// When one is.
    pub fn check_emergency(&self) -> anyhow::Result<()> {
        let (set, most) = (self.emergency, EmergencyLimits::default());
        for (name, set, most) in [
            ("open_at_once", set.open_at_once, most.open_at_once),
            ("opened_a_day", set.opened_a_day, most.opened_a_day),
        ] {
            anyhow::ensure!(
                set <= most,
                "emergency.{name} is at most {most} in a configuration; two people raise it with: \
                 migrant-gateway limit propose-emergency"
            );
        }
        Ok(())
    }

    /// The file of the master secret.
    pub fn master_key(&self) -> PathBuf {
        self.keys.directory.join("master.key")
    }

    /// The file of the key that checkpoints are signed with.
    pub fn log_key(&self) -> PathBuf {
        self.keys.directory.join("log.pem")
    }

    /// The file of the local issuer's signing key.
    pub fn signing_key(&self) -> PathBuf {
        self.keys.directory.join("signing.pem")
    }

    /// The directory of the authorization server's signing keys.
    pub fn signing_keys(&self) -> PathBuf {
        self.keys.directory.join("signing")
    }
}
