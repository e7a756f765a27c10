//! Commands, one file each.

mod administer;
mod audit;
mod client;
mod demo;
mod doctor;
mod grant;
mod identity;
mod keys;
mod limit;
mod lists;
mod migrate;
mod rules;
mod schema;
pub mod serve;
mod token;
mod witness;

use std::{path::PathBuf, process::ExitCode};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::{catalogue, config::Config, process, startup::Accountability};

/// A GraphQL data-sharing gateway for the migrant population (流动人口): a token reads exactly what
/// its role is entitled to, and every answer leaves a record.
#[derive(Parser)]
#[command(name = "migrant-gateway", version, propagate_version = true)]
struct Cli {
    /// The configuration file [default: migrant-gateway.toml where it exists].
    #[arg(long, global = true, value_name = "FILE", env = "MIGRANT_GATEWAY_CONFIG")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve GraphQL over HTTP.
    Serve,
    /// Serve a synthetic population on this machine, with a request to paste for every role.
    Demo(demo::Arguments),
    /// Create or update the tables and seeds of the database.
    Migrate,
    /// Print a GraphQL schema: everything there is, or what one role sees for one purpose.
    Schema(schema::Arguments),
    /// Print every shared field with its group, class, mask, owner, labels and standard.
    Catalogue {
        /// The form.
        #[arg(long, value_enum, default_value_t)]
        format: catalogue::Format,
    },
    /// List the roles (角色) with their departments and purposes.
    Roles(lists::Arguments),
    /// List the purposes (用途) with the roles that may ask for them.
    Purposes(lists::Arguments),
    /// List the field groups (字段组) that grants speak of.
    Groups(lists::Arguments),
    /// List the closed lists of reasons (理由): of emergencies, reviews, audit cases and refusals.
    Reasons(lists::Arguments),
    /// List the organizations (机构) of the database, with their units.
    Organizations(lists::Arguments),
    /// List the administrative units (管理单元) of the database.
    Units(lists::Arguments),
    /// List the legal bases (法律依据) of the database, with the days on which they are in force.
    Laws(lists::Arguments),
    /// List the code lists (代码表), or the codes of one with their labels.
    CodeLists(lists::CodeLists),
    /// List the rules of the domain with their editions and sources, answer cases by one, or work out
    /// what is due to whom.
    Rules(rules::Arguments),
    /// Register partner systems and give them what they prove themselves with.
    #[command(subcommand)]
    Client(client::Command),
    /// Issue tokens with the local key; rotate the keys of the authorization server.
    #[command(subcommand)]
    Token(token::Command),
    /// Create the master key and show its fingerprint.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Examine the chain of access records.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Read grants, and propose, sign and take them away.
    #[command(subcommand)]
    Grant(Box<grant::Command>),
    /// Link what identity providers call persons to those persons.
    #[command(subcommand)]
    Identity(identity::Command),
    /// Read, propose and sign how much of people's data callers may learn.
    #[command(subcommand)]
    Limit(Box<limit::Command>),
    /// Be a witness of other gateways' logs: cosign what only grew.
    #[command(subcommand)]
    Witness(witness::Command),
    /// Check configuration, keys, database, migrations and clock, and say how to mend them.
    Doctor,
}

/// Reads the command line and runs the command.
///
/// # Errors
/// When the command fails; the message says what is wrong and how to mend it.
pub async fn run() -> anyhow::Result<ExitCode> {
    process::keep_memory_private();
    let cli = Cli::parse();
    let file = cli.config.as_deref();
    // What others verify needs no database, and no configuration where they name the key.
    let command = match cli.command {
        Command::Catalogue { format } => return print(&catalogue::export::export(format)),
        Command::Rules(arguments) if arguments.refresh().is_none() => return rules::run(arguments),
        Command::Roles(arguments) => return lists::run("roles", &arguments),
        Command::Purposes(arguments) => return lists::run("purposes", &arguments),
        Command::Groups(arguments) => return lists::run("groups", &arguments),
        Command::Reasons(arguments) => return lists::run("reasons", &arguments),
        Command::CodeLists(arguments) => return lists::code_lists(&arguments),
        Command::Audit(audit::Command::Receipt(command)) => {
            return audit::receipt::run(command, file);
        }
        Command::Audit(audit::Command::Export(audit::export::Arguments {
            verify: Some(command),
            ..
        })) => return audit::export::verify::run(command, file),
        command => command,
    };
    let config = Config::read(file)?;
    outlive_full_files()?;
    match command {
        Command::Serve => serve::run(config, Accountability::default()).await?,
        Command::Demo(arguments) => demo::run(config, arguments).await?,
        Command::Migrate => migrate::run(&config).await?,
        Command::Schema(arguments) => return print(&schema::render(&arguments, &config).await?),
        Command::Rules(arguments) => {
            if let Some(asked) = arguments.refresh() {
                return rules::refresh(&config, asked).await;
            }
        }
        Command::Organizations(arguments) => {
            return lists::registered("organizations", &arguments, &config).await;
        }
        Command::Units(arguments) => return lists::registered("units", &arguments, &config).await,
        Command::Laws(arguments) => return lists::registered("laws", &arguments, &config).await,
        // Answered above.
        Command::Catalogue { .. }
        | Command::Roles(_)
        | Command::Purposes(_)
        | Command::Groups(_)
        | Command::Reasons(_)
        | Command::CodeLists(_) => {}
        Command::Client(command) => return client::run(&config, command).await,
        Command::Token(command) => return print(&token::run(&config, command)?),
        Command::Keys(command) => return keys::run(&config, command).await,
        Command::Identity(command) => return print(&identity::run(&config, command).await?),
        Command::Limit(command) => return print(&limit::run(&config, *command).await?),
        Command::Grant(command) => return print(&grant::run(&config, *command).await?),
        Command::Audit(command) => return audit::run(&config, command).await,
        Command::Witness(command) => return witness::run(&config, command).await,
        Command::Doctor => return doctor::run(&config).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Has a write beyond the limit on the size of files fail, as one to a full disk does, and not end
/// the program: what fails to be written is not answered.
fn outlive_full_files() -> std::io::Result<()> {
    // SIGXFSZ, which has the same number on all platforms that the program is built for.
    const BEYOND_LIMIT: SignalKind = SignalKind::from_raw(25);
    // Its handler stays when the listener goes.
    signal(BEYOND_LIMIT).map(drop)
}

/// An instant in seconds since 1970, as lists tell it.
fn instant_of(seconds: u64) -> String {
    let at = i64::try_from(seconds).ok().and_then(|at| DateTime::from_timestamp(at, 0));
    at.map_or_else(|| format!("second {seconds}"), instant)
}

/// An instant to the second, as lists tell it.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Writes to standard output; a reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> anyhow::Result<ExitCode> {
    use std::io::{ErrorKind, Write as _};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}
