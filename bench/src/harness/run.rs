//! A run from beginning to end.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use chrono::Utc;
use clap::ValueEnum as _;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    args::Args,
    callers::Tokens,
    check,
    contender::{Contender, Running, Store},
    facts::Facts,
    load,
    marks::Marks,
    memory,
    process::Tree,
    report::{self, Cell, Usage},
    requests, table,
    workload::Workload,
    world::World,
};

/// Connections of the load that warms a contender up.
const WARM_CONNECTIONS: usize = 8;

/// A contender with its requests for each workload.
struct Entrant {
    running: Running,
    requests: HashMap<Workload, Arc<Vec<Vec<u8>>>>,
}

/// Runs the benchmark until it ends or is told to; either way everything it started ends.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = benchmark(args) => result,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        _ = terminate.recv() => anyhow::bail!("terminated"),
    }
}

async fn benchmark(args: Args) -> anyhow::Result<()> {
    if args.list {
        list();
        return Ok(());
    }
    if args.memory {
        let world = World::make(args.persons(), &HashSet::from([Store::Postgres])).await?;
        let facts = Facts::read(world.db(Store::Postgres)?, Utc::now()).await?;
        let tokens = Tokens::sign(&world.signing_key(), &facts)?;
        return memory::watch(&world, &facts, &tokens).await;
    }
    let contenders = choose(&args)?;
    let workloads = match args.workloads.as_slice() {
        [] => Workload::value_variants(),
        chosen => chosen,
    };
    let stores: HashSet<Store> = contenders.iter().map(|contender| contender.store()).collect();
    let world = World::make(args.persons(), &stores).await?;

    // One instant for all, so that they are asked for the same rows.
    let now = Utc::now();
    let mut populations = HashMap::new();
    for store in stores {
        let facts = Facts::read(world.db(store)?, now).await?;
        let tokens = Tokens::sign(&world.signing_key(), &facts)?;
        populations.insert(store, (facts, tokens));
    }

    let mut entrants = Vec::new();
    for contender in contenders {
        eprintln!("starting {}", contender.name());
        let (facts, tokens) = &populations[&contender.store()];
        let running = contender.start(&world).await?;
        let marks = Marks::learn(&running, workloads, facts, tokens)
            .await
            .with_context(|| format!("{} was asked for ids", contender.name()))?;
        entrants.push(Entrant::new(running, workloads, facts, &marks, tokens));
    }
    for workload in workloads {
        compare(&entrants, *workload).await?;
    }
    warm_up(&entrants, args.quick).await?;
    let cells = measure(&args, &entrants, workloads, world.postgres_processes()).await?;
    table::print(&cells);
    write(&args, &world, &cells).await
}

fn list() {
    println!("contenders:");
    for contender in Contender::value_variants() {
        println!("  {:<29}{}", contender.name(), contender.about());
        if let Some(obstacle) = contender.obstacle() {
            println!("  {:<29}(not here: {obstacle})", "");
        }
    }
    println!("workloads:");
    for workload in Workload::value_variants() {
        if let Some(value) = workload.to_possible_value() {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            println!("  {:<29}{help}", value.get_name());
        }
    }
}

/// Those named must be able to run; of all, those that are not built are left out, saying so.
fn choose(args: &Args) -> anyhow::Result<Vec<Contender>> {
    let mut chosen = Vec::new();
    let named = !args.contenders.is_empty();
    let candidates = if named { args.contenders.as_slice() } else { Contender::value_variants() };
    // Loading the province takes minutes, and an earlier build has to be made on purpose.
    for contender in candidates.iter().filter(|one| named || one.store().is_common()) {
        match contender.obstacle() {
            None => chosen.push(*contender),
            Some(obstacle) if named => anyhow::bail!("{}: {obstacle}", contender.name()),
            Some(obstacle) => eprintln!("without {}: {obstacle}", contender.name()),
        }
    }
    anyhow::ensure!(!chosen.is_empty(), "there is nobody to measure");
    Ok(chosen)
}

impl Entrant {
    fn new(
        running: Running,
        workloads: &[Workload],
        facts: &Facts,
        marks: &Marks,
        tokens: &Tokens,
    ) -> Self {
        let interface = running.contender.interface();
        let write = |workload: &Workload| {
            let asks = workload.asks(facts);
            let requests =
                asks.iter().map(|ask| requests::request(interface, ask, facts, marks, tokens));
            (*workload, Arc::new(requests.collect()))
        };
        Self { requests: workloads.iter().map(write).collect(), running }
    }
}

/// Every contender's answers to the same requests must hold the same data; over the province and of
/// an earlier build, there must be some.
async fn compare(entrants: &[Entrant], workload: Workload) -> anyhow::Result<()> {
    let (mut compared, mut rows) = (0, 0);
    let requests = entrants.first().map_or(0, |entrant| entrant.requests[&workload].len());
    for place in workload.samples(requests) {
        let mut first: Option<(Contender, Value)> = None;
        for entrant in entrants {
            let contender = entrant.running.contender;
            let name = contender.name();
            let request = &entrant.requests[&workload][place];
            let answer = check::answer(entrant.running.port, request)
                .await
                .with_context(|| format!("{name} under {workload:?}"))?;
            compared += 1;
            rows += check::rows(&answer);
            anyhow::ensure!(check::rows(&answer) > 0, "{name} under {workload:?}: no rows");
            match &first {
                _ if !contender.store().is_common() => {}
                None => first = Some((contender, answer)),
                Some((other, expected)) => {
                    if let Some(difference) = check::difference(expected, &answer) {
                        let other = other.name();
                        anyhow::bail!("{workload:?}: {other} and {name} differ at {difference}");
                    }
                }
            }
        }
    }
    eprintln!("{workload:?}: {compared} answers compared, {rows} rows");
    Ok(())
}

async fn warm_up(entrants: &[Entrant], quick: bool) -> anyhow::Result<()> {
    let duration = Duration::from_millis(if quick { 150 } else { 1_000 });
    for entrant in entrants {
        for requests in entrant.requests.values() {
            load::run(entrant.running.port, requests, WARM_CONNECTIONS, duration).await?;
        }
    }
    Ok(())
}

async fn measure(
    args: &Args,
    entrants: &[Entrant],
    workloads: &[Workload],
    postgres: Option<Tree>,
) -> anyhow::Result<Vec<Cell>> {
    let duration = Duration::from_secs_f64(args.seconds());
    let mut cells = Vec::new();
    for workload in workloads {
        for connections in &args.connections {
            for entrant in entrants {
                cells.push(Cell::new(entrant.running.contender, *workload, *connections));
            }
        }
    }
    for round in 0..args.rounds() {
        eprintln!("round {} of {}", round + 1, args.rounds());
        for workload in workloads {
            for connections in &args.connections {
                for place in 0..entrants.len() {
                    // Each round begins with another contender, so that none is always first.
                    let entrant = &entrants[(place + round) % entrants.len()];
                    let requests = &entrant.requests[workload];
                    let Running { contender, port, tree, .. } = &entrant.running;
                    let used = || (tree.cpu_microseconds(), postgres.map(Tree::cpu_microseconds));
                    tree.reset_peak();
                    let before = used();
                    let outcome = load::run(*port, requests, *connections, duration).await?;
                    let after = used();
                    let usage = Usage {
                        server: after.0.saturating_sub(before.0),
                        postgres: after.1.zip(before.1).map(|(a, b)| a.saturating_sub(b)),
                        peak_kib: tree.peak_kib(),
                    };
                    let cell = cells.iter_mut().find(|cell| {
                        (cell.contender, cell.workload, cell.connections)
                            == (*contender, *workload, *connections)
                    });
                    cell.context("every entrant has its cells")?.add(outcome, &usage)?;
                }
            }
        }
    }
    Ok(cells)
}

async fn write(args: &Args, world: &World, cells: &[Cell]) -> anyhow::Result<()> {
    let now = Utc::now();
    let about = json!({
        "at": now,
        "persons": args.persons(),
        "rounds": args.rounds(),
        "seconds": args.seconds(),
        "processors": std::thread::available_parallelism()?.get(),
        "processor": processor(),
        "postgres": world.postgres_version().await,
        "commit": commit(),
    });
    let path = args.out.clone().unwrap_or_else(|| {
        let name = format!("{}.json", now.format("%Y%m%dT%H%M%SZ"));
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results").join(name)
    });
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let text = serde_json::to_string_pretty(&report::json(about, cells))?;
    std::fs::write(&path, text + "\n").with_context(|| format!("{}", path.display()))?;
    println!("\nwritten to {}", path.display());
    Ok(())
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([' ', '\t', ':']).to_owned())
}

/// The commit that was measured; with `-dirty` where files differ from it.
fn commit() -> Option<String> {
    let output = std::process::Command::new("git")
        .args(["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
