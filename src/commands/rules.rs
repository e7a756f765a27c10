//! `rules`: the list of rules, and what one of them answers about cases of one's own, which needs no
//! configuration and no database; and `refresh`, which works out what is due to everybody.

use std::{
    fs::File,
    io::{BufReader, ErrorKind, IsTerminal as _, stderr, stdin, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::print;
use crate::{
    clock::{Clock as _, SystemClock, day_in_shanghai},
    config::Config,
    db,
    due::{self, Refreshed, Step},
    rules::{self, eval, list, rule::Rule, stream},
};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// The form of the list. JSON and Markdown have definitions, boundary days, fields read, examples.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
    Markdown,
}

#[derive(Subcommand)]
enum Command {
    /// Answer cases by a rule: one JSON object a line in, one a line out.
    ///
    /// A case holds records by kind, in the data dictionary's field names: an object or a list for each
    /// kind (`person`, `residenceRegistrations`), or the fields of a kind side by side where it has one
    /// row. `case` or `id` names a case for its answer; `on` asks about a day of its own. A field that
    /// the dictionary does not know is an error of its line; the other lines are answered.
    #[command(after_long_help = examples())]
    Eval(Eval),
    /// Work out what is due to whom, as worklists show it, and store it.
    ///
    /// The first time, and by a new version of the rules, of everybody; stopped, it goes on where it was.
    /// After that only of persons for whom a day has come that was registered ahead: run it every night.
    /// Gateways may go on answering. It needs the database of the configuration.
    Refresh(Refresh),
}

#[derive(Args)]
pub struct Refresh {
    /// Work out everybody anew, whatever was stored.
    #[arg(long)]
    all: bool,
    /// The day from which items are to hold, in Asia/Shanghai [default: today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
}

#[derive(Args)]
struct Eval {
    /// The rule, or the field or worklist that it answers for (R-02, recordDue, RECORD_DUE).
    #[arg(long, value_parser = parse_rule)]
    rule: &'static Rule,
    /// The edition; without it the one in force on the day, or the rule's default.
    #[arg(long)]
    edition: Option<String>,
    /// The day asked about, in Asia/Shanghai [default: today].
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<NaiveDate>,
    /// The file of cases; `-` reads them from standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    input: Option<PathBuf>,
    /// Print an example case of the rule instead.
    #[arg(long, conflicts_with = "input")]
    example: bool,
}

fn parse_rule(text: &str) -> Result<&'static Rule, String> {
    rules::find(text).ok_or_else(|| {
        let ids: Vec<&str> = rules::RULES.iter().map(|rule| rule.id).collect();
        format!("not a rule; the rules are {}", ids.join(", "))
    })
}

/// An example of each rule, for `--help`.
fn examples() -> String {
    let example = |rule: &&Rule| {
        let Rule { id, title_zh, title_en, example_on, example, .. } = rule;
        format!("\n{id}  {title_zh} · {title_en}, on {example_on}:\n  {example}")
    };
    let all: String = rules::RULES.iter().map(example).collect();
    format!(
        "A case of each rule:{all}\n\nTry one:\n  migrant-gateway rules eval --rule R-02 --example | \
         migrant-gateway rules eval --rule R-02 --on 2015-07-31 --input -"
    )
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.command {
        None => match arguments.format {
            Format::Text if !arguments.json => print(&list::text()),
            Format::Text | Format::Json => print(&format!("{:#}\n", list::json())),
            Format::Markdown => print(&list::markdown()),
        },
        Some(Command::Eval(eval)) if eval.example => print(&format!("{}\n", eval.rule.example)),
        Some(Command::Eval(eval)) => evaluate(&eval),
        // Asks the database, and is run before this.
        Some(Command::Refresh(_)) => Ok(ExitCode::FAILURE),
    }
}

impl Arguments {
    /// The command that asks a database, where it is one.
    pub fn refresh(&self) -> Option<&Refresh> {
        match &self.command {
            Some(Command::Refresh(refresh)) => Some(refresh),
            _ => None,
        }
    }
}

/// Works out what is due.
pub async fn refresh(config: &Config, asked: &Refresh) -> anyhow::Result<ExitCode> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await.context("cannot read the migrations")?;
    anyhow::ensure!(pending.is_empty(), "the database is not up to date; run the migrations first");
    let today = asked.on.unwrap_or_else(|| day_in_shanghai(SystemClock.now()));
    let bar = progress();
    let refreshed = due::refresh(&db, today, asked.all, |step| match step {
        Step::Begin(persons) => bar.set_length(persons),
        Step::Done(persons) => bar.inc(persons),
    })
    .await
    .context("the database does not answer; run it again, and it goes on where it was")?;
    bar.finish_and_clear();
    let Refreshed { persons, everybody, changed } = refreshed;
    let of = if everybody { "everybody" } else { "those whose day has come" };
    db.close().await?;
    print(&format!(
        "{persons} persons worked out ({of}): {} items written, {} removed\n",
        changed.written, changed.removed
    ))
}

#[expect(clippy::expect_used, reason = "the template is a constant")]
fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if !stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = "{bar:40} {pos}/{len} persons, {per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is a constant"));
    bar
}

fn evaluate(asked: &Eval) -> anyhow::Result<ExitCode> {
    let rule = asked.rule;
    let edition = asked.edition.as_deref();
    edition.map(|id| eval::named(rule, id)).transpose()?;
    let on = asked.on.unwrap_or_else(|| day_in_shanghai(SystemClock.now()));
    let output = stdout().lock();
    let answered = match asked.input.as_deref() {
        None => return Ok(ExitCode::FAILURE),
        Some(path) if path == Path::new("-") => {
            stream::run(rule, edition, on, stdin().lock(), output)
        }
        Some(path) => {
            let file =
                File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            stream::run(rule, edition, on, BufReader::new(file), output)
        }
    };
    let summary = match answered {
        Ok(summary) => summary,
        // A reader that has seen enough (`| head`) is no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
        Err(error) => return Err(error).context("the cases were not all answered"),
    };
    let Some((line, code)) = summary.first_fault else { return Ok(ExitCode::SUCCESS) };
    anyhow::bail!(
        "{} of {} cases could not be read; the first is line {line}: {}; its answer says more",
        summary.faults,
        summary.faults + summary.answered,
        code.name()
    )
}
