//! Records that tell of a unit and of nobody: education, facilities, campaigns, outbreaks, surveys, figures,
//! and the heads of exchange batches.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const TABLES: [&str; 7] = [
    "health_education_event",
    "facility",
    "immunization_campaign",
    "outbreak_event",
    "survey",
    "indicator",
    "data_exchange_batch",
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(health_education_event(manager)).await?;
        manager.create_table(facility(manager)).await?;
        manager.create_table(immunization_campaign(manager)).await?;
        manager.create_table(outbreak_event(manager)).await?;
        manager.create_table(survey(manager)).await?;
        manager.create_table(indicator(manager)).await?;
        manager.create_table(data_exchange_batch(manager)).await?;
        for table in TABLES {
            index(manager, table, &["unit_id", "id"]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn health_education_event(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "health_education_event",
        vec![
            text_null(manager, "unit_code"),
            date("held_on"),
            text_null(manager, "venue_type"),
            text_null(manager, "channel"),
            text_null(manager, "topic"),
            integer_null("attendee_count"),
        ],
    )
}

fn facility(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "facility",
        vec![
            text_null(manager, "unit_code"),
            text_null(manager, "kind"),
            text_null(manager, "venue_type"),
            text_null(manager, "address"),
            date_null("opened_on"),
            date_null("closed_on"),
            text_null(manager, "dispensed"),
        ],
    )
}

fn immunization_campaign(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "immunization_campaign",
        vec![
            text_null(manager, "unit_code"),
            text_null(manager, "vaccine_code"),
            text_null(manager, "kind"),
            text_null(manager, "target_group"),
            date_null("starts_on"),
            date_null("ends_on"),
            integer_null("target_count"),
            integer_null("done_count"),
            text_null(manager, "decision_ref"),
        ],
    )
}

fn outbreak_event(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "outbreak_event",
        vec![
            text_null(manager, "setting"),
            text_null(manager, "unit_code"),
            text_null(manager, "disease_code"),
            text_null(manager, "disease_class"),
            date_null("first_onset_on"),
            date_null("last_onset_on"),
            integer_null("cases"),
            date_null("closed_on"),
        ],
    )
}

fn survey(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "survey",
        vec![
            text_null(manager, "unit_code"),
            text(manager, "instrument"),
            text_null(manager, "wave"),
            date_null("period_from"),
            date_null("period_until"),
            text_null(manager, "stratum"),
            integer_null("stratum_size"),
            integer_null("sample_size"),
            integer_null("valid_answers"),
            integer_null("pass_mark"),
            integer_null("passed_count"),
            integer_null("wanted_count"),
            integer_null("got_count"),
            text_null(manager, "answer_counts"),
        ],
    )
}

fn indicator(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "indicator",
        vec![
            text(manager, "indicator_id"),
            text_null(manager, "unit_code"),
            date("as_of"),
            text_null(manager, "population_edition"),
            integer_null("value"),
            integer_null("numerator"),
            integer_null("denominator"),
            boolean("suppressed"),
            text_null(manager, "not_computable"),
            text_null(manager, "definition_version"),
            text_null(manager, "document"),
            text_null(manager, "funding_payer"),
            text_null(manager, "funding_basis_kind"),
            integer_null("funding_basis"),
            text_null(manager, "supervision_round"),
            integer_null("version"),
        ],
    )
}

fn data_exchange_batch(manager: &SchemaManager<'_>) -> TableCreateStatement {
    unit_table(
        manager,
        "data_exchange_batch",
        vec![
            text_null(manager, "direction"),
            text_null(manager, "flow"),
            text_null(manager, "sender"),
            text_null(manager, "receiver"),
            integer_null("sequence"),
            date_null("as_of"),
            timestamp_with_time_zone_null("received_at"),
            text_null(manager, "status"),
            date_null("open_until"),
            text_null(manager, "matched"),
            text_null(manager, "rows_by_disposition"),
            integer_null("entry_rate"),
            integer_null("duplicate_rate"),
            text_null(manager, "quality_issue"),
        ],
    )
}
