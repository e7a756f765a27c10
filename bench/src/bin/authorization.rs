//! What authorization costs a request whose token, permit and document were seen before: each step
//! by itself, over and over. Row scopes and masks are conditions and expressions of the SQL, and so
//! in the share of PostgreSQL.

use std::{hint::black_box, sync::Arc, time::Instant};

use anyhow::Context as _;
use chrono::Utc;
use migrant_gateway::{
    auth::{KeySource, LocalKey, TokenRequest, TrustedIssuer, Verifier, VerifierConfig},
    clock::{SystemClock, day_in_shanghai},
    config::Config,
    directory::Directory,
    graphql::{DocumentHash, Engine, Request, limits::Limits},
    policy,
};
use serde_json::Value;

#[path = "../entitlement.rs"]
mod entitlement;

use entitlement::{NESTED, POLICE};

/// How often each step is taken in one measurement, and how many measurements there are.
const TIMES: u32 = 20_000;
const ROUNDS: usize = 15;

const UNIT: &str = "220102";
const ORGANIZATION: &str = "220102-PSB";

/// The document of the workload `point`.
const POINT: &str = "query($id: ID!) { person(id: $id) { id name idNumber sex birthDate ethnicity \
    maritalStatus education } }";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let database = entitlement::grants(directory.path()).await?;

    let clock = Arc::new(SystemClock);
    let tokens = Config::default().tokens;
    let key = LocalKey::open_or_create(&directory.path().join("key.pem"))?;
    let issuer = TrustedIssuer::new(&tokens.local_issuer, KeySource::Local(key.public_jwks()));
    let verifier =
        Verifier::new(VerifierConfig::new(tokens.audience.clone(), vec![issuer]), clock)?;
    let token = key.issue(
        &TokenRequest {
            issuer: tokens.local_issuer,
            audience: tokens.audience,
            subject: "bench".to_owned(),
            role: POLICE.role,
            unit: UNIT.to_owned(),
            organization: Some(ORGANIZATION.to_owned()),
            purposes: vec![POLICE.purpose],
            person: None,
            ttl: std::time::Duration::from_secs(3600),
        },
        Utc::now(),
    )?;
    let units = Directory::load(&database).await?;
    let engine = Engine::new(policy::load(&database).await?, Limits::default());
    let entitled = engine.entitle(POLICE, Utc::now())?;

    let known = [
        step("token", async || Ok(verifier.verify(&token).await?)).await?,
        step("unit", async || {
            units.unit(black_box(UNIT), day_in_shanghai(Utc::now())).context("a unit")
        })
        .await?,
        step("permit", async || Ok(engine.entitle(POLICE, Utc::now())?)).await?,
    ];
    for (workload, document) in [("point", POINT.to_owned()), ("nested", format!("query{NESTED}"))]
    {
        let planned = step(&format!("plan of {workload}"), async || {
            let request = Request { query: document.clone(), ..Request::default() };
            let hash = DocumentHash::of(&request.query);
            let prepared = engine.prepare(&entitled, &request, hash).await?;
            let variables = prepared.variables(variables(workload))?;
            Ok(prepared.plan(&entitled.permit, &variables)?)
        })
        .await?;
        print(&format!("together, {workload}"), known.iter().sum::<f64>() + planned);
    }
    Ok(())
}

fn variables(workload: &str) -> serde_json::Map<String, Value> {
    match workload {
        "point" => serde_json::Map::from_iter([("id".to_owned(), Value::from("a"))]),
        _ => serde_json::Map::new(),
    }
}

/// Takes a step over and over, prints and returns what it takes once, in microseconds: the median.
async fn step<T>(
    what: &str,
    mut once: impl AsyncFnMut() -> anyhow::Result<T>,
) -> anyhow::Result<f64> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..TIMES {
            black_box(once().await?);
        }
        rounds.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES));
    }
    rounds.sort_by(f64::total_cmp);
    print(what, rounds[ROUNDS / 2]);
    Ok(rounds[ROUNDS / 2])
}

fn print(what: &str, microseconds: f64) {
    println!("{what:<24}{microseconds:>8.2} µs");
}
