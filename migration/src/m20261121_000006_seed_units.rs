//! The administrative units of the province.

use sea_orm_migration::prelude::*;

use crate::{
    seed::{clear, insert},
    units::units,
};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let units = units()?;
        let rows: Vec<[Value; 9]> = units
            .iter()
            .map(|unit| {
                [
                    unit.id.into(),
                    unit.code.clone().into(),
                    unit.name.clone().into(),
                    unit.level.name().into(),
                    unit.kind.clone().into(),
                    unit.parent_id.into(),
                    unit.subtree_end().into(),
                    unit.valid_from.into(),
                    unit.valid_until.into(),
                ]
            })
            .collect();
        let areas = units.iter().flat_map(|unit| unit.areas.iter().map(move |area| (unit, area)));
        let areas: Vec<[Value; 3]> = (1_i64..)
            .zip(areas)
            .map(|(id, (unit, area))| [id.into(), unit.id.into(), area.clone().into()])
            .collect();
        insert(
            manager,
            "administrative_unit",
            [
                "id",
                "code",
                "name",
                "level",
                "kind",
                "parent_id",
                "subtree_end",
                "valid_from",
                "valid_until",
            ],
            &rows,
        )
        .await?;
        insert(manager, "administrative_unit_area", ["id", "unit_id", "region_code"], &areas).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        clear(manager, "administrative_unit_area").await?;
        clear(manager, "administrative_unit").await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
