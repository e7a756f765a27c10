//! Clients: the partner systems of a department, administered by its steward.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{oauth_client, oauth_credential};

use super::session::{Session, session};
use crate::{
    error::{Code, GatewayError},
    oauth::{
        self, AddCredential, Authority, Client, EndCredential, NewCredential, NewSecret, Register,
        Resume, Suspend,
    },
    policy::{Purpose, Role},
};

/// 客户端: what a partner system is to be
#[derive(InputObject)]
struct ClientInput {
    /// 标识: letters, digits, hyphens, dots or underscores
    client_id: String,
    /// 名称: what people call it
    name: String,
    /// 角色: codes of roles, all of one department
    roles: Vec<String>,
    /// 用途: codes of purposes, each open to one of the roles
    purposes: Vec<String>,
    /// 行政单元: the code of its administrative unit
    unit: String,
    /// 机构: the code of the organization it acts for
    organization: Option<String>,
}

/// 客户端: a partner system
#[derive(SimpleObject)]
struct RegisteredClient {
    client_id: String,
    name: String,
    /// 部门: whose roles it has
    department: String,
    organization: Option<String>,
    unit: String,
    roles: Vec<String>,
    purposes: Vec<String>,
    /// 停用: it gets no tokens, and those it has are refused
    suspended: bool,
    registered_at: DateTime<Utc>,
    /// 凭证: what it proves itself with, ended ones too
    credentials: Vec<Credential>,
}

/// 凭证: a secret or a public key; what proves anything is not told
#[derive(SimpleObject)]
struct Credential {
    id: i64,
    /// secret or jwk
    kind: String,
    kid: Option<String>,
    valid_from: DateTime<Utc>,
    valid_until: Option<DateTime<Utc>>,
}

/// 新密钥: a secret, told this once; only its hash is kept
#[derive(SimpleObject)]
struct FreshSecret {
    secret: String,
    client: RegisteredClient,
}

/// Queries about clients.
#[derive(Default)]
pub struct ClientQuery;

#[Object]
impl ClientQuery {
    /// 客户端: the partner systems of all departments
    async fn clients(&self, context: &Context<'_>) -> Result<Vec<RegisteredClient>> {
        let session = session(context);
        let mut clients = Vec::new();
        for row in oauth::clients(&session.db).await.map_err(|_| unreadable())? {
            clients.push(registered(session, row).await?);
        }
        Ok(clients)
    }

    /// 客户端: one partner system
    async fn client(&self, context: &Context<'_>, id: String) -> Result<RegisteredClient> {
        let session = session(context);
        Ok(client_now(session, &id).await?)
    }
}

/// Changes of clients.
#[derive(Default)]
pub struct ClientMutation;

#[Object]
impl ClientMutation {
    /// 登记客户端: lets a partner system of one's own department in
    async fn register_client(
        &self,
        context: &Context<'_>,
        client: ClientInput,
    ) -> Result<RegisteredClient> {
        let session = session(context);
        let id = client.client_id.clone();
        session.commit(Register { client: client.client()?, by: authority(session) }).await?;
        Ok(client_now(session, &id).await?)
    }

    /// 发放密钥: makes a secret; others of the client go on holding
    async fn add_client_secret(
        &self,
        context: &Context<'_>,
        client: String,
        valid_until: Option<DateTime<Utc>>,
    ) -> Result<FreshSecret> {
        let session = session(context);
        // Hashing takes long enough to hold up everything else on this thread.
        let made = tokio::task::spawn_blocking(NewSecret::generate).await;
        let made = made.ok().and_then(|made| made.ok());
        let made =
            made.ok_or_else(|| GatewayError::new(Code::Internal, "no secret could be generated"))?;
        let secret = made.text.to_string();
        let add = AddCredential {
            client: client.clone(),
            what: NewCredential::Secret { selector: made.selector, hash: made.hash },
            valid_from: None,
            valid_until,
            by: authority(session),
        };
        session.commit(add).await?;
        Ok(FreshSecret { secret, client: client_now(session, &client).await? })
    }

    /// 登记公钥: adds a public key, as one JWK (RFC 7517) without its private part
    async fn add_client_key(
        &self,
        context: &Context<'_>,
        client: String,
        jwk: String,
        valid_until: Option<DateTime<Utc>>,
    ) -> Result<RegisteredClient> {
        let session = session(context);
        let add = AddCredential {
            client: client.clone(),
            what: NewCredential::Key(jwk),
            valid_from: None,
            valid_until,
            by: authority(session),
        };
        session.commit(add).await?;
        Ok(client_now(session, &client).await?)
    }

    /// 终止凭证: ends a secret or key, at once where no instant is given
    async fn end_client_credential(
        &self,
        context: &Context<'_>,
        client: String,
        credential: i64,
        at: Option<DateTime<Utc>>,
    ) -> Result<RegisteredClient> {
        let session = session(context);
        let by = authority(session);
        session.commit(EndCredential { client: client.clone(), credential, at, by }).await?;
        Ok(client_now(session, &client).await?)
    }

    /// 停用客户端: it gets no tokens, and those it has are refused
    async fn suspend_client(
        &self,
        context: &Context<'_>,
        client: String,
    ) -> Result<RegisteredClient> {
        let session = session(context);
        session.commit(Suspend { client: client.clone(), by: authority(session) }).await?;
        Ok(client_now(session, &client).await?)
    }

    /// 恢复客户端: lets a suspended client go on
    async fn resume_client(
        &self,
        context: &Context<'_>,
        client: String,
    ) -> Result<RegisteredClient> {
        let session = session(context);
        session.commit(Resume { client: client.clone(), by: authority(session) }).await?;
        Ok(client_now(session, &client).await?)
    }
}

impl ClientInput {
    fn client(self) -> Result<Client, GatewayError> {
        let unknown = |what: &str| GatewayError::new(Code::BadUserInput, what.to_owned());
        let roles: Option<Vec<Role>> = self.roles.iter().map(|code| Role::parse(code)).collect();
        let roles = roles.ok_or_else(|| unknown("roles names no role"))?;
        let purposes: Option<Vec<Purpose>> =
            self.purposes.iter().map(|code| Purpose::parse(code)).collect();
        let purposes = purposes.ok_or_else(|| unknown("purposes names no purpose"))?;
        let first = roles.first().ok_or_else(|| unknown("a client has at least one role"))?;
        Ok(Client {
            id: self.client_id,
            name: self.name,
            department: first.department(),
            organization: self.organization,
            unit: self.unit,
            roles,
            purposes,
            suspended: false,
        })
    }
}

/// What the caller may change: the change itself looks whether the client is its own.
fn authority(session: &Session) -> Authority {
    Authority::Steward { role: session.caller.role, units: session.reach.of_clients() }
}

async fn row(session: &Session, id: &str) -> Result<oauth_client::Model, GatewayError> {
    let found = oauth::client(&session.db, id).await.map_err(|_| unreadable())?;
    found.ok_or_else(|| GatewayError::new(Code::NotFound, "there is no client of this id"))
}

/// A client as it stands now.
async fn client_now(session: &Session, id: &str) -> Result<RegisteredClient, GatewayError> {
    registered(session, row(session, id).await?).await
}

async fn registered(
    session: &Session,
    row: oauth_client::Model,
) -> Result<RegisteredClient, GatewayError> {
    let credentials = oauth::credentials(&session.db, &row.client_id).await;
    let credentials = credentials.map_err(|_| unreadable())?;
    let codes = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect();
    Ok(RegisteredClient {
        roles: codes(&row.roles),
        purposes: codes(&row.purposes),
        client_id: row.client_id,
        name: row.name,
        department: row.department,
        organization: row.organization,
        unit: row.unit,
        suspended: row.suspended,
        registered_at: row.registered_at,
        credentials: credentials.into_iter().map(Credential::from).collect(),
    })
}

impl From<oauth_credential::Model> for Credential {
    fn from(row: oauth_credential::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            kid: row.kid,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
        }
    }
}

fn unreadable() -> GatewayError {
    GatewayError::new(Code::DatabaseUnavailable, "the clients cannot be read")
}
