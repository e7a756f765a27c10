//! A registered client, read from its row.

use entity::{oauth_client, sharing::Department};
use serde_json::{Value, json};

use crate::policy::{Purpose, Role};

/// A partner system, and what it may act as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The id it names itself by.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The department whose roles it has.
    pub department: Department,
    /// The code of the organization it acts for.
    pub organization: Option<String>,
    /// The code of its administrative unit.
    pub unit: String,
    /// Its roles: a token is for one of them.
    pub roles: Vec<Role>,
    /// Its purposes, as far as a role has them.
    pub purposes: Vec<Purpose>,
    /// Whether it may not act at present.
    pub suspended: bool,
}

/// What a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A secret that both sides know; here only its hash.
    Secret,
    /// A public key of the client's.
    Jwk,
}

impl Kind {
    /// The code that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Jwk => "jwk",
        }
    }
}

impl Client {
    /// The client of a row. Codes that are not known open nothing; a row of no known department is
    /// no client.
    pub fn of(row: oauth_client::Model) -> Option<Self> {
        let department = Department::parse(&row.department)?;
        let roles = row.roles.split_ascii_whitespace().filter_map(Role::parse);
        Some(Self {
            department,
            roles: roles.filter(|role| role.department() == department).collect(),
            purposes: row.purposes.split_ascii_whitespace().filter_map(Purpose::parse).collect(),
            id: row.client_id,
            name: row.name,
            organization: row.organization,
            unit: row.unit,
            suspended: row.suspended,
        })
    }

    /// The purposes that it has in a role.
    pub fn purposes_of(&self, role: Role) -> impl Iterator<Item = Purpose> {
        self.purposes.iter().copied().filter(move |purpose| purpose.is_open_to(role))
    }

    /// The client as records and lists tell it.
    pub fn to_json(&self) -> Value {
        let roles: Vec<&str> = self.roles.iter().map(|role| role.code()).collect();
        let purposes: Vec<&str> = self.purposes.iter().map(|purpose| purpose.code()).collect();
        json!({
            "clientId": self.id, "name": self.name, "department": self.department.code(),
            "organization": self.organization, "unit": self.unit, "roles": roles,
            "purposes": purposes, "suspended": self.suspended,
        })
    }
}
