//! `demo`: a synthetic population, the server, and for every role a request to paste.

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

use super::serve;
use crate::{
    app::{self, Gateway},
    audit::{AuditWriter, WriterOptions},
    auth::{LocalKey, TokenRequest},
    clock::{Clock, SystemClock, day_in_shanghai},
    config::{Config, Mode},
    custody,
    db::{self, MigrationLock},
    demo::{self, DemoRequest},
    graphql::Request,
    http::{self, ServeOptions},
    log::keeper::Keeper,
    policy::{self, Role},
    secrets::hex,
    startup, telemetry,
};

/// How long the printed tokens are valid.
const TOKEN_LIFE: Duration = Duration::from_secs(12 * 3600);

#[derive(Args)]
pub struct Arguments {
    /// How many persons to make up.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(200..))]
    persons: u64,
    /// The same seed makes the same population.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The database, which must hold no persons yet [default: a new SQLite file, removed at the
    /// end].
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Address and port to listen on.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Fill the database and stop.
    #[arg(long, requires = "database")]
    load_only: bool,
}

pub async fn run(mut config: Config, arguments: Arguments) -> anyhow::Result<()> {
    config.log.filter = "warn".to_owned();
    let _log = telemetry::start(&config.log)?;
    let mut stop = Box::pin(serve::stop()?);
    let scratch = Scratch::new()?;
    // Whoever presses Ctrl-C waits for the requests under way, and for nobody else.
    let options = ServeOptions { announce: Duration::ZERO, ..ServeOptions::of(&config)? };
    let prepared = tokio::select! {
        prepared = prepare(config, arguments, &scratch) => prepared?,
        // While the population is made up nobody else listens for the signal to stop.
        () = &mut stop => None,
    };
    let Some((gateway, keeper, listener, config)) = prepared else { return Ok(()) };
    let refresh = tokio::spawn(app::follow(gateway.clone()));
    let settle = tokio::spawn(app::settle(gateway.clone()));
    let keeping = serve::keep(&gateway, &keeper, &config);
    http::serve(gateway.clone(), listener, stop, options).await?;
    refresh.abort();
    settle.abort();
    keeping.abort();
    app::settle_rest(&gateway).await;
    keeper.close().await;
    Ok(())
}

/// Fills the database, starts the gateway and prints the requests.
async fn prepare(
    mut config: Config,
    arguments: Arguments,
    scratch: &Scratch,
) -> anyhow::Result<Option<(Arc<Gateway>, Arc<Keeper>, TcpListener, Config)>> {
    config.server.mode = Mode::Demonstration;
    config.tokens.accept_local = true;
    match &arguments.database {
        // A database that stays needs its keys to stay: the chain is verified with them.
        Some(url) => {
            config.database.url.clone_from(url);
            // Databases that are made up under one key are logs of one name, and not one log.
            let name = hex(&Sha256::digest(url)[..8]);
            config.checkpoints.directory.push(format!("demo-{name}"));
        }
        None => {
            config.keys.directory = scratch.0.join("keys");
            config.checkpoints.directory = scratch.0.join("checkpoints");
            config.database.url =
                format!("sqlite://{}?mode=rwc", scratch.0.join("demo.db").display());
        }
    }
    if let Some(listen) = arguments.listen {
        config.server.listen = listen;
    }
    // Before the long work: a port that is taken should be known at once.
    let listener = http::listen(config.server.listen).with_context(|| {
        format!("cannot listen on {}; choose another with --listen", config.server.listen)
    })?;

    let clock = SystemClock;
    let url = &config.database.url;
    let turn = MigrationLock::take(url).await.context("cannot connect to the database")?;
    let db = db::connect(url).await.context("cannot connect to the database")?;
    db::migrate(&db).await.context("the migration failed")?;
    drop(turn);
    // Before the population: a key that does not fit should be known at once.
    if !config.master_key().exists() {
        custody::create(&config.master_key(), &db, false).await?;
    }
    custody::open(&config, &db).await?;
    // Loading needs a SQLite file to itself.
    db.close().await?;
    let options = demo::Options {
        persons: arguments.persons,
        seed: arguments.seed,
        today: day_in_shanghai(clock.now()),
    };
    let progress = progress(arguments.persons);
    let summary = demo::load(&config.database.url, &options, &progress).await?;
    progress.finish_and_clear();
    eprintln!("{} persons with {} rows in all", arguments.persons, summary.total());
    if arguments.load_only {
        // Whoever asks with a token of `token issue` is named by its role.
        register(&config, |role| role.name().to_owned()).await?;
        return Ok(None);
    }

    register(&config, demo::volumes::subject).await?;
    let gateway = Arc::new(startup::gateway(&config, Arc::new(clock)).await?);
    let keeper = Arc::new(startup::keeper(&config, &gateway, Arc::new(clock)).await?);
    present(&config, &gateway, listener.local_addr()?).await?;
    Ok(Some((gateway, keeper, listener, config)))
}

/// Lets the demonstration's callers read as much as anybody pastes in a day.
async fn register(config: &Config, subject: impl Fn(Role) -> String) -> anyhow::Result<()> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let secrets = custody::open(config, &db).await?;
    let options = WriterOptions::default();
    let audit = AuditWriter::start(db.clone(), &secrets, Arc::new(SystemClock), options);
    let version = policy::version(&db).await.context("cannot read the grants")?;
    demo::volumes::register(&audit, version, subject).await?;
    audit.close().await;
    Ok(db.close().await?)
}

/// Prints a request for every role; each was answered once before it is printed.
async fn present(config: &Config, gateway: &Gateway, address: SocketAddr) -> anyhow::Result<()> {
    let key = LocalKey::open_or_create(&config.signing_key())?;
    let mut text = String::new();
    for request in demo::requests() {
        let token = token(config, &key, &request)?;
        let rows = answer(gateway, &request, &token).await?;
        let (role, purpose) = (request.role, request.purpose);
        text += &format!(
            "\n# {role} {} · {} · {purpose} {} ({rows} bytes)\n",
            role.department().label_zh(),
            role.label_zh(),
            purpose.label_zh(),
        );
        text += &format!(
            "curl -s http://{address}/graphql -H 'Content-Type: application/json' \\\n  \
             -H 'Authorization: Bearer {token}' \\\n  -d '{}'\n",
            serde_json::json!({ "query": request.query })
        );
    }
    text += &format!("\nserving http://{address}/graphql; stop with Ctrl-C\n");
    super::print(&text).map(|_| ())
}

fn token(config: &Config, key: &LocalKey, request: &DemoRequest) -> anyhow::Result<String> {
    Ok(key.issue(
        &TokenRequest {
            issuer: config.tokens.local_issuer.clone(),
            audience: config.tokens.audience.clone(),
            subject: demo::volumes::subject(request.role),
            role: request.role,
            unit: request.unit.to_owned(),
            organization: request.organization.map(str::to_owned),
            purposes: vec![request.purpose],
            person: request.person,
            ttl: TOKEN_LIFE,
        },
        SystemClock.now(),
    )?)
}

async fn answer(gateway: &Gateway, request: &DemoRequest, token: &str) -> anyhow::Result<usize> {
    let caller = gateway.verifier.verify(token).await?;
    let query = Request { query: request.query.to_owned(), ..Request::default() };
    let answer = gateway.answer(&caller, None, query).await;
    Ok(answer.result.with_context(|| format!("the request of {}", request.role))?.len())
}

#[expect(clippy::expect_used, reason = "the template is a constant")]
fn progress(persons: u64) -> ProgressBar {
    let bar = ProgressBar::new(persons);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = "{bar:40} {pos}/{len} persons, {per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is a constant"));
    bar
}

/// A directory for the demo's keys and database, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let name = format!("migrant-gateway-demo-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
