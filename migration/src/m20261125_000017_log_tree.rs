//! The Merkle tree over the records' hashes: its frontier beside the head of the chain, and roots of
//! complete subtrees that proofs are made of.
//!
//! The frontier of records that were written before is made when the gateway first needs it, in
//! pages and off the way of any commit (`src/log/store/head.rs`): it is signed with the key of the
//! chain, which a migration does not have.

use sea_orm_migration::prelude::*;

use crate::columns::*;
use crate::tables::{drop_all, table};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            big_integer("tree_size").default(0).to_owned(),
            text(manager, "tree").default("").to_owned(),
        ] {
            let add = Table::alter().table("access_head").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        let columns = [big_integer("height"), big_integer("position"), text(manager, "hash")];
        let nodes = table("access_node", columns)
            .primary_key(Index::create().col("height").col("position"))
            .to_owned();
        manager.create_table(nodes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["access_node"]).await?;
        for column in ["tree", "tree_size"] {
            let drop = Table::alter().table("access_head").drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
