//! 接入凭证: what a client proves itself with; a pair that overlaps is a rotation.

use sea_orm::entity::prelude::*;

/// One row: one secret or one public key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oauth_credential")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Whose it is.
    #[sea_orm(column_type = "Text")]
    pub client_id: String,
    /// `secret` or `jwk`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Which of the client's it is: the public part of a secret, or the `kid` of a key.
    #[sea_orm(column_type = "Text", nullable)]
    pub kid: Option<String>,
    /// The hash of a secret (Argon2id, PHC string), or a public JWK as JSON.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// Holds from this instant.
    pub valid_from: DateTimeUtc,
    /// Dead from this instant.
    pub valid_until: Option<DateTimeUtc>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
