//! `identity`: which person an identity provider knows by which subject.

use std::io::Read as _;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{administer::Administrator, instant};
use crate::{
    auth::By,
    config::Config,
    identity::{Digests, Link, Unlink, linked, of_number},
};

#[derive(Subcommand)]
pub enum Command {
    /// Link the subject of an issuer's tokens to the person of an identity number.
    Link {
        #[command(flatten)]
        named: Named,
        /// A file with the citizen identity number, `-` for standard input: arguments are seen by others.
        #[arg(long, value_name = "FILE")]
        id_number_file: String,
    },
    /// End a link: the next request with that subject is refused.
    Unlink(Named),
    /// List what is linked now: issuer, digest of the subject, since when and by whom; no persons.
    List {
        /// Only of this issuer.
        #[arg(long)]
        issuer: Option<String>,
    },
}

/// A subject of an issuer.
#[derive(Args)]
pub struct Named {
    /// The `iss` of its tokens; one of tokens.issuers with person.by = "subject".
    #[arg(long)]
    issuer: String,
    /// What stands in the tokens: `sub`, or the configured claim.
    #[arg(long)]
    subject: String,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<String> {
    let administrator = Administrator::open(config).await?;
    let done = act(config, &administrator, command).await;
    administrator.close().await;
    done
}

async fn act(
    config: &Config,
    administrator: &Administrator,
    command: Command,
) -> anyhow::Result<String> {
    let digests = Digests::new(administrator.secrets());
    match command {
        Command::Link { named, id_number_file } => {
            require_issuer(config, &named.issuer)?;
            let link = Link {
                digest: digests.of(&named.issuer, named.subject.trim()),
                issuer: named.issuer,
                id_number: number(&id_number_file)?,
                operator: administrator.user().to_owned(),
            };
            administrator.commit("identity.link", link).await
        }
        Command::Unlink(named) => {
            let unlink = Unlink {
                digest: digests.of(&named.issuer, named.subject.trim()),
                issuer: named.issuer,
                operator: administrator.user().to_owned(),
            };
            administrator.commit("identity.unlink", unlink).await
        }
        Command::List { issuer } => {
            let rows = linked(administrator.db(), issuer.as_deref()).await?;
            let line = |row: entity::person_identity::Model| {
                let digest = row.subject_digest.get(..16).unwrap_or_default();
                let since = instant(row.linked_at);
                format!("{}  {digest}  since {since} by {}\n", row.issuer, row.linked_by)
            };
            Ok(match rows.is_empty() {
                true => "nothing is linked\n".to_owned(),
                false => rows.into_iter().map(line).collect(),
            })
        }
    }
}

/// A link that no token could use is a mistake.
fn require_issuer(config: &Config, issuer: &str) -> anyhow::Result<()> {
    let known = config.tokens.issuers.iter().find(|known| known.issuer == issuer);
    let person = known.and_then(|known| known.person.as_ref());
    anyhow::ensure!(
        person.is_some_and(|person| person.by == By::Subject),
        "{issuer} is none of tokens.issuers with person = {{ by = \"subject\" }}"
    );
    Ok(())
}

/// The identity number in a file. No error repeats it.
fn number(file: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    match file {
        "-" => drop(std::io::stdin().read_to_string(&mut text).context("standard input")?),
        path => {
            text = std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?
        }
    }
    of_number(&text)
        .context("the file holds no citizen identity number (18 characters, with its check)")
}
