//! What is paid once: a permit with its schema, and the plan of a document seen for the first time.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::Utc;
use migrant_gateway::{
    graphql::{DocumentHash, Engine, Request, limits::Limits},
    policy::{self, Basis, Purpose, Role},
};

#[path = "../entitlement.rs"]
mod entitlement;

/// How often each is measured.
const TIMES: usize = 200;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let database = entitlement::grants(directory.path()).await?;

    println!("{:<34}{:>10}{:>10}", "", "median", "worst");
    for (role, purpose) in
        [(Role::PO, Purpose::Res), (Role::HC, Purpose::Hr), (Role::SU, Purpose::Sar)]
    {
        let basis = Basis {
            role,
            purpose,
            has_organization: true,
            has_person: role == Role::SU,
            has_contract: true,
        };
        let mut times = Vec::new();
        for _ in 0..TIMES / 10 {
            let engine = Engine::new(policy::load(&database).await?, Limits::default());
            let begun = Instant::now();
            engine.entitle(basis, Utc::now())?;
            times.push(begun.elapsed());
        }
        print(&format!("permit and schema of {role}, {purpose}"), times);
    }

    let engine = Engine::new(policy::load(&database).await?, Limits::default());
    let entitled = engine.entitle(entitlement::POLICE, Utc::now())?;
    let mut times = Vec::new();
    for number in 0..TIMES {
        let query = format!("query Cold{number}{}", entitlement::NESTED);
        let request = Request { query, ..Request::default() };
        let begun = Instant::now();
        let hash = DocumentHash::of(&request.query);
        let prepared = engine.prepare(&entitled, &request, hash).await?;
        let variables = prepared.variables(request.variables)?;
        prepared.plan(&entitled.permit, &variables).context("a plan")?;
        times.push(begun.elapsed());
    }
    print("plan of the nested document", times);
    Ok(())
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let milliseconds = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{what:<34}{:>10}{:>10}", milliseconds(median), milliseconds(worst));
}
