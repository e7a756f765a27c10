//! 身份映射: which person an identity provider knows by which subject.

use sea_orm::entity::prelude::*;

/// One row: a subject of an issuer, while it is linked and afterwards.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_identity")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The issuer that knows the person by the subject.
    #[sea_orm(column_type = "Text")]
    pub issuer: String,
    /// HMAC-SHA-256 of the subject, in hex: the subject may be an identity number and is not kept.
    #[sea_orm(column_type = "Text")]
    pub subject_digest: String,
    /// The person.
    pub person_id: i64,
    /// From when on.
    pub linked_at: DateTimeUtc,
    /// The operator who linked it.
    #[sea_orm(column_type = "Text")]
    pub linked_by: String,
    /// Until when.
    pub unlinked_at: Option<DateTimeUtc>,
    /// The operator who ended it.
    #[sea_orm(column_type = "Text", nullable)]
    pub unlinked_by: Option<String>,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
