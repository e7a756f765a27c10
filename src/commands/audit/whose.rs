//! Whose accesses are asked for.

use std::io::BufRead as _;

use anyhow::Context as _;
use clap::Args;
use entity::person;
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

/// A person, by key or by identity number.
#[derive(Args, Clone, Debug)]
pub struct Whose {
    /// The key of the person.
    #[arg(long, conflicts_with = "id_number")]
    pub person: Option<i64>,
    /// Read the person's identity number (身份证号) from standard input: as an argument, every user of
    /// the machine could read it.
    #[arg(long, value_name = "-", num_args = 0..=1, default_missing_value = "-")]
    pub id_number: Option<String>,
}

/// Who was asked for.
pub enum Asked {
    /// Nobody in particular.
    Nobody,
    /// A person with this key; whether there is one is not known.
    Key(i64),
    /// An identity number that nobody has.
    Unknown,
}

impl Whose {
    /// Looks the person up.
    ///
    /// # Errors
    /// When there is no number on standard input, or the database cannot be read.
    pub async fn find(&self, db: &DatabaseConnection) -> anyhow::Result<Asked> {
        match (self.person, self.id_number.as_deref()) {
            (Some(key), _) => Ok(Asked::Key(key)),
            (None, None) => Ok(Asked::Nobody),
            (None, Some("-")) => by_number(db, &read_number()?).await,
            (None, Some(_)) => anyhow::bail!(
                "an identity number is not taken as an argument, where every user of the machine \
                 could read it; write --id-number - and give the number on standard input"
            ),
        }
    }
}

/// The identity number on standard input.
///
/// # Errors
/// When there is none.
pub fn read_number() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read standard input")?;
    let number = line.trim().to_ascii_uppercase();
    anyhow::ensure!(!number.is_empty(), "there is no identity number on standard input");
    Ok(number)
}

#[expect(clippy::disallowed_methods, reason = "finds the key of whom an operator names")]
async fn by_number(db: &DatabaseConnection, number: &str) -> anyhow::Result<Asked> {
    let keys: Vec<i64> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::IdNumber.eq(number))
        .limit(2)
        .into_tuple()
        .all(db)
        .await
        .context("cannot look for the person")?;
    match keys[..] {
        [] => Ok(Asked::Unknown),
        [key] => Ok(Asked::Key(key)),
        _ => anyhow::bail!("several persons have this number; ask for each with --person"),
    }
}

/// Whether there is a person with this key.
///
/// # Errors
/// When the database cannot be read.
#[expect(clippy::disallowed_methods, reason = "asks whether there is a person, and reads none")]
pub async fn exists(db: &DatabaseConnection, key: i64) -> anyhow::Result<bool> {
    let found: Option<i64> = person::Entity::find_by_id(key)
        .select_only()
        .column(person::Column::Id)
        .into_tuple()
        .one(db)
        .await
        .context("cannot look for the person")?;
    Ok(found.is_some())
}
