//! What a guardian is to the person, beside who it is: of a guardian outside the caller's scope only
//! this is shown.

use sea_orm_migration::prelude::*;

use crate::columns::text_null;

/// From both places in the household (GB/T 4761), where the guardian lives in it.
const FILL: &str = "\
UPDATE household_member SET guardian_role = COALESCE((SELECT CASE \
WHEN substr(household_member.relation, 1, 1) IN ('2', '3') AND substr(g.relation, 1, 1) IN ('0', '1') THEN '父母' \
WHEN substr(household_member.relation, 1, 1) IN ('2', '3') AND substr(g.relation, 1, 1) IN ('5', '6') THEN '祖父母' \
WHEN substr(household_member.relation, 1, 1) IN ('2', '3') AND substr(g.relation, 1, 1) IN ('2', '3') THEN '兄弟姐妹' \
WHEN substr(household_member.relation, 1, 1) IN ('0', '1') AND substr(g.relation, 1, 1) IN ('0', '1') THEN '配偶' \
WHEN substr(household_member.relation, 1, 1) IN ('0', '1') AND substr(g.relation, 1, 1) = '5' THEN '父母' \
WHEN substr(household_member.relation, 1, 1) IN ('0', '1') AND substr(g.relation, 1, 1) IN ('2', '3') THEN '子女' \
WHEN substr(household_member.relation, 1, 1) = '5' AND substr(g.relation, 1, 1) IN ('0', '1') THEN '子女' \
END FROM household_member g WHERE g.person_id = household_member.guardian_person_id \
AND g.household_id = household_member.household_id ORDER BY g.id LIMIT 1), '其他') \
WHERE guardian_of IS NOT NULL OR guardian_person_id IS NOT NULL";

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = text_null(manager, "guardian_role");
        let table = Table::alter().table("household_member").add_column(column).to_owned();
        manager.alter_table(table).await?;
        manager.get_connection().execute_unprepared(FILL).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table =
            Table::alter().table("household_member").drop_column("guardian_role").to_owned();
        manager.alter_table(table).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
