//! Who asks: six roles, 1,000 callers, and their tokens.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use chrono::Utc;
use jsonwebtoken::{EncodingKey, Header, encode};
use migrant_gateway::{
    auth::{LocalKey, TokenRequest},
    config::Config,
    policy::{Purpose, Role},
};
use serde_json::json;

use super::facts::Facts;

/// How many callers take turns in the workload `mixed`.
pub const CALLERS: usize = 1_000;

/// The administrative unit of all of them.
pub const UNIT: &str = "220102";

/// What PostGraphile verifies tokens with.
pub const JWT_SECRET: &str = "the benchmark's secret, which protects nothing";

/// How long tokens are valid.
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// A role with its purpose and organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// A community police officer: rows the police collected.
    Police,
    /// A county population officer: the same rows, other fields.
    Population,
    /// A street worker: a caseload, dates masked.
    Street,
    /// A migrant workers' service: rows with consent.
    Workers,
    /// A community clinic: a caseload.
    Clinic,
    /// A disease control officer: reports.
    Reports,
}

impl Audience {
    /// All of them.
    #[rustfmt::skip]
    pub const ALL: [Audience; 6] = {
        use Audience::*;
        [Police, Population, Street, Workers, Clinic, Reports]
    };

    /// The audience a caller belongs to.
    pub fn of_caller(caller: usize) -> Audience {
        Self::ALL[caller % Self::ALL.len()]
    }

    /// The first of the callers who belong to it.
    pub fn caller(self) -> usize {
        self as usize
    }

    fn role(self) -> (Role, Purpose) {
        match self {
            Audience::Police => (Role::PO, Purpose::Res),
            Audience::Population => (Role::PC, Purpose::Res),
            Audience::Street => (Role::CW, Purpose::Res),
            Audience::Workers => (Role::MW, Purpose::Emp),
            Audience::Clinic => (Role::HC, Purpose::Hr),
            Audience::Reports => (Role::HI, Purpose::Idc),
        }
    }

    /// The role of PostgreSQL that PostGraphile switches to.
    fn database_role(self) -> &'static str {
        match self {
            Audience::Police => "bench_police",
            Audience::Population => "bench_population",
            Audience::Street => "bench_street",
            Audience::Workers => "bench_workers",
            Audience::Clinic => "bench_clinic",
            Audience::Reports => "bench_reports",
        }
    }

    /// The code of the organization.
    pub fn organization(self) -> &'static str {
        match self {
            Audience::Police => "220102-PSB",
            Audience::Population => "220102-PPO",
            Audience::Street => "220102-STR",
            Audience::Workers => "220102-MWC",
            Audience::Clinic => "220102-CHC",
            Audience::Reports => "220102-CDC",
        }
    }
}

/// The `sub` of a caller's token.
pub fn subject(caller: usize) -> String {
    format!("bench.{caller:04}")
}

/// The tokens of all callers.
pub struct Tokens {
    gateway: Vec<String>,
    postgraphile: Vec<String>,
}

impl Tokens {
    /// Signs them: for the gateway with its own key, for PostGraphile with the shared secret.
    pub fn sign(signing_key: &Path, facts: &Facts) -> anyhow::Result<Self> {
        let key = LocalKey::open_or_create(signing_key).context("the signing key")?;
        let config = Config::default();
        let secret = EncodingKey::from_secret(JWT_SECRET.as_bytes());
        let mut gateway = Vec::with_capacity(CALLERS);
        let mut postgraphile = Vec::with_capacity(CALLERS);
        for caller in 0..CALLERS {
            let audience = Audience::of_caller(caller);
            let (role, purpose) = audience.role();
            let subject = subject(caller);
            let claims = json!({
                "aud": "postgraphile",
                "exp": (Utc::now() + LIFE).timestamp(),
                "sub": subject,
                "role": audience.database_role(),
                "unit_low": facts.low,
                "unit_high": facts.high,
                "department": "police",
                "organization": facts.organization(audience),
            });
            postgraphile.push(encode(&Header::default(), &claims, &secret)?);
            let request = TokenRequest {
                issuer: config.tokens.local_issuer.clone(),
                audience: config.tokens.audience.clone(),
                subject,
                role,
                unit: UNIT.to_owned(),
                organization: Some(audience.organization().to_owned()),
                purposes: vec![purpose],
                person: None,
                ttl: LIFE,
            };
            gateway.push(key.issue(&request, Utc::now())?);
        }
        Ok(Self { gateway, postgraphile })
    }

    /// A caller's token for the gateway.
    pub fn gateway(&self, caller: usize) -> &str {
        &self.gateway[caller]
    }

    /// A caller's token for PostGraphile.
    pub fn postgraphile(&self, caller: usize) -> &str {
        &self.postgraphile[caller]
    }
}
