//! 通报流转: between which organizations a notice of arrival goes.

use sea_orm::entity::prelude::*;

/// One row: the way of one notice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "residence_notice_route")]
pub struct Model {
    /// The notice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: i64,
    /// The organization that gave it; null where it is not known.
    pub sender_organization_id: Option<i64>,
    /// The organization that it is forwarded to, which accepts or refuses it.
    pub receiver_organization_id: i64,
}

/// The table has no relations of its own.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
