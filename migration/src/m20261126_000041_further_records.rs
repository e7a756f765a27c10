//! Records of care for children, families, the chronically ill, the left-behind and patients in emergencies; what
//! services a person is owed; and notices of arrival.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const TABLES: [&str; 7] = [
    "child_care_record",
    "family_planning_service",
    "chronic_care_record",
    "emergency_medical_aid",
    "left_behind_care",
    "service_entitlement",
    "residence_notice",
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(child_care_record(manager)).await?;
        manager.create_table(family_planning_service(manager)).await?;
        manager.create_table(chronic_care_record(manager)).await?;
        manager.create_table(emergency_medical_aid(manager)).await?;
        manager.create_table(left_behind_care(manager)).await?;
        manager.create_table(service_entitlement(manager)).await?;
        manager.create_table(residence_notice(manager)).await?;
        for table in TABLES {
            index(manager, table, &["person_id", "id"]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "residence_notice",
                "service_entitlement",
                "left_behind_care",
                "emergency_medical_aid",
                "chronic_care_record",
                "family_planning_service",
                "child_care_record",
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn child_care_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "child_care_record",
        vec![
            date_null("birth_discharged_on"),
            text_null(manager, "newborn_visits"),
            text_null(manager, "health_checks"),
            text_null(manager, "growth"),
            text_null(manager, "feeding_guidance"),
            text_null(manager, "birth_defect"),
            text_null(manager, "birth_certificate_no"),
            text_null(manager, "newborn_screening"),
            date_null("next_check_due_on"),
        ],
    )
}

fn family_planning_service(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "family_planning_service",
        vec![
            text_null(manager, "contraceptive_method"),
            text_null(manager, "supply_issued"),
            text_null(manager, "procedure"),
            text_null(manager, "pre_pregnancy_exam"),
            date_null("pre_pregnancy_exam_on"),
            date_null("pre_pregnancy_exam_until"),
            text_null(manager, "birth_defect_intervention"),
            text_null(manager, "guidance_given"),
            text_null(manager, "reward_benefit"),
            text_null(manager, "marital_childbearing_cert"),
            text_null(manager, "service_requests"),
            date_null("pregnancy_intention_on"),
        ],
    )
}

fn chronic_care_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "chronic_care_record",
        vec![
            text_null(manager, "programme"),
            date_null("visit_on"),
            text_null(manager, "control_class"),
            text_null(manager, "blood_pressure"),
            text_null(manager, "fasting_glucose"),
            text_null(manager, "medication_general"),
            text_null(manager, "medication_reproductive"),
            text_null(manager, "medication_infectious"),
            text_null(manager, "medication_stigmatized"),
            text_null(manager, "medication_mental"),
            integer_null("self_care_score"),
            text_null(manager, "tcm_constitution"),
            date_null("next_visit_on"),
        ],
    )
}

fn emergency_medical_aid(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "emergency_medical_aid",
        vec![
            text_null(manager, "case_no"),
            text_null(manager, "identity_status"),
            timestamp_with_time_zone_null("admitted_at"),
            text_null(manager, "diagnosis_group"),
            big_integer_null("cost_amount"),
        ],
    )
}

fn left_behind_care(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "left_behind_care",
        vec![
            text_null(manager, "person_kind"),
            big_integer_null("caregiver_person_id"),
            text_null(manager, "caregiver"),
            text_null(manager, "visit"),
        ],
    )
}

fn service_entitlement(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "service_entitlement",
        vec![
            date_null("computed_on"),
            text_null(manager, "eligible_general"),
            text_null(manager, "eligible_chronic"),
            text_null(manager, "eligible_infectious"),
            text_null(manager, "eligible_maternal"),
            text_null(manager, "eligible_contraceptive"),
            text_null(manager, "eligible_mental"),
            text_null(manager, "eligible_social"),
            text_null(manager, "delivered_general"),
            text_null(manager, "delivered_chronic"),
            text_null(manager, "delivered_infectious"),
            text_null(manager, "delivered_maternal"),
            text_null(manager, "delivered_contraceptive"),
            text_null(manager, "delivered_mental"),
            text_null(manager, "delivered_social"),
            text_null(manager, "gap_general"),
            text_null(manager, "gap_chronic"),
            text_null(manager, "gap_infectious"),
            text_null(manager, "gap_maternal"),
            text_null(manager, "gap_contraceptive"),
            text_null(manager, "gap_mental"),
            text_null(manager, "gap_social"),
            boolean_null("service_due"),
        ],
    )
}

fn residence_notice(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "residence_notice",
        vec![
            text_null(manager, "community_code"),
            text_null(manager, "address"),
            date_null("arrival_date"),
            text_null(manager, "expected_stay"),
            text_null(manager, "source"),
            timestamp_with_time_zone_null("sent_at"),
            text_null(manager, "forwarded_to_name"),
            text_null(manager, "forwarded_to_kind"),
            text_null(manager, "status"),
            date_null("answered_on"),
            text_null(manager, "refusal_reason"),
        ],
    )
}
