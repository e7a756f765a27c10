//! `schema`: the SDL of everything, or of one role and purpose.

use anyhow::Context as _;
use clap::Args;

use crate::{
    admin::Administration,
    clock::{Clock, SystemClock},
    config::Config,
    db,
    graphql::schema,
    policy::{self, GrantSet, Permit, Purpose, Role, changes::change_log, explain},
};

#[derive(Args)]
pub struct Arguments {
    /// The role, by code (HC) or name (health.community_clinician).
    #[arg(long, value_parser = parse_role)]
    role: Option<Role>,
    /// The purpose (P-IMM); a role's only purpose need not be named.
    #[arg(long, value_parser = parse_purpose, requires = "role")]
    purpose: Option<Purpose>,
    /// Print instead what each version of the grants changed in every role's schema, in Markdown.
    #[arg(long, conflicts_with_all = ["role", "purpose"])]
    change_log: bool,
}

pub fn parse_role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let codes: Vec<&str> =
            Role::ALL.iter().chain(&Role::STEWARDS).map(|role| role.code()).collect();
        format!("not a role; the roles are {}", codes.join(", "))
    })
}

pub fn parse_purpose(text: &str) -> Result<Purpose, String> {
    Purpose::parse(text).ok_or_else(|| {
        let all = Purpose::ALL.iter().chain(&[Purpose::Adm]);
        let codes: Vec<&str> = all.map(|purpose| purpose.code()).collect();
        format!("not a purpose; the purposes are {}", codes.join(", "))
    })
}

pub async fn render(arguments: &Arguments, config: &Config) -> anyhow::Result<String> {
    if arguments.change_log {
        return Ok(change_log(&grants(config).await?));
    }
    let permit = match arguments.role {
        None => Permit::everything(),
        Some(role) => {
            let purpose = purpose(role, arguments.purpose)?;
            if purpose == Purpose::Adm {
                return Ok(Administration::new(config.limits.clone()).sdl(role)?);
            }
            permit(role, purpose, config).await?
        }
    };
    let schema = schema::build(&permit, config.limits.depth)
        .map_err(|error| anyhow::anyhow!("the schema cannot be built: {error}"))?;
    Ok(schema::sdl(&schema)?)
}

/// The purpose named, or the role's only one.
fn purpose(role: Role, named: Option<Purpose>) -> anyhow::Result<Purpose> {
    let purposes: Vec<Purpose> = Purpose::of(role).collect();
    match (named, purposes.as_slice()) {
        (Some(purpose), _) => {
            anyhow::ensure!(purpose.is_open_to(role), "{purpose} is not a purpose of {role}");
            Ok(purpose)
        }
        (None, [only]) => Ok(*only),
        (None, _) => {
            let codes: Vec<&str> = purposes.iter().map(|purpose| purpose.code()).collect();
            anyhow::bail!("{role} has several purposes; name one of {}", codes.join(", "))
        }
    }
}

async fn permit(role: Role, purpose: Purpose, config: &Config) -> anyhow::Result<Permit> {
    let grants = grants(config).await?;
    let now = SystemClock.now();
    Permit::decide(explain::typical(role, purpose), &grants, now)
        .map(|permit| permit.looking_ahead(&grants, now))
        .map_err(|_| anyhow::anyhow!("{purpose} is not a purpose of {role}"))
}

async fn grants(config: &Config) -> anyhow::Result<GrantSet> {
    let db = db::connect(&config.database.url).await.context("cannot connect to the database")?;
    let pending = db::pending_migrations(&db).await?;
    anyhow::ensure!(
        pending.is_empty(),
        "the grants are in the database, which is not up to date; run: migrant-gateway migrate"
    );
    Ok(policy::load(&db).await?)
}
