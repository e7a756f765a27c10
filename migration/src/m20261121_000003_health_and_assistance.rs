//! Records of health care, and of social assistance.

use sea_orm_migration::prelude::*;

use crate::{columns::*, tables::*};

const PERSONAL: [&str; 8] = [
    "health_record",
    "immunization_card",
    "immunization_dose",
    "infectious_disease_report",
    "stigmatized_disease_report",
    "maternal_care_record",
    "severe_mental_disorder_record",
    "assistance_case",
];

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(health_record(manager)).await?;
        manager.create_table(immunization_card(manager)).await?;
        manager.create_table(immunization_dose(manager)).await?;
        manager.create_table(infectious_disease_report(manager)).await?;
        manager.create_table(stigmatized_disease_report(manager)).await?;
        manager.create_table(maternal_care_record(manager)).await?;
        manager.create_table(severe_mental_disorder_record(manager)).await?;
        manager.create_table(assistance_case(manager)).await?;
        for table in PERSONAL {
            index(manager, table, &["person_id", "id"]).await?;
        }
        index(manager, "immunization_dose", &["card_id"]).await?;
        index(manager, "immunization_card", &["next_due_on"]).await?;
        index(manager, "infectious_disease_report", &["reported_at"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "assistance_case",
                "severe_mental_disorder_record",
                "maternal_care_record",
                "stigmatized_disease_report",
                "infectious_disease_report",
                "immunization_dose",
                "immunization_card",
                "health_record",
            ],
        )
        .await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn health_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "health_record",
        vec![
            text_null(manager, "record_number"),
            date_null("established_on"),
            text_null(manager, "managing_org"),
            text_null(manager, "managing_org_kind"),
            text_null(manager, "responsible_doctor"),
            boolean_null("standardized"),
            date_null("last_updated_on"),
            text_null(manager, "blood_type"),
            text_null(manager, "allergies"),
            text_null(manager, "exposures"),
            text_null(manager, "past_diseases_general"),
            text_null(manager, "past_diseases_infectious"),
            text_null(manager, "past_diseases_stigmatized"),
            text_null(manager, "past_diseases_mental"),
            text_null(manager, "surgeries_general"),
            text_null(manager, "surgeries_reproductive"),
            text_null(manager, "family_history"),
            text_null(manager, "disabilities"),
            text_null(manager, "living_environment"),
            text_null(manager, "payment_method"),
            text_null(manager, "main_problems_general"),
            text_null(manager, "main_problems_reproductive"),
            text_null(manager, "main_problems_infectious"),
            text_null(manager, "main_problems_stigmatized"),
            text_null(manager, "main_problems_mental"),
            text_null(manager, "service_records_general"),
            text_null(manager, "service_records_reproductive"),
            text_null(manager, "service_records_infectious"),
            text_null(manager, "service_records_stigmatized"),
            text_null(manager, "service_records_mental"),
        ],
    )
}

fn immunization_card(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "immunization_card",
        vec![
            text_null(manager, "card_number"),
            date_null("card_created_on"),
            text_null(manager, "schedule_edition"),
            text_null(manager, "contraindication"),
            text_null(manager, "adverse_event"),
            text_null(manager, "reminder"),
            text_null(manager, "pending_doses"),
            date_null("next_due_on"),
        ],
    )
}

fn immunization_dose(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "immunization_dose",
        vec![
            big_integer("card_id"),
            text_null(manager, "vaccine_code"),
            integer_null("dose_number"),
            date_null("occurrence_date"),
            text_null(manager, "lot_number"),
            text_null(manager, "manufacturer"),
            text_null(manager, "site"),
            text_null(manager, "performer_org"),
            text_null(manager, "performer_org_kind"),
            text_null(manager, "campaign_type"),
        ],
    )
    .foreign_key(&mut reference("immunization_dose", "card_id", "immunization_card"))
    .to_owned()
}

fn infectious_disease_report(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "infectious_disease_report",
        vec![
            text_null(manager, "card_id"),
            text_null(manager, "report_category"),
            text_null(manager, "disease_code"),
            text_null(manager, "disease_class"),
            text_null(manager, "case_classification"),
            text_null(manager, "patient_belongs_to"),
            text_null(manager, "population_group"),
            date_null("onset_date"),
            timestamp_with_time_zone_null("diagnosis_time"),
            date_null("death_date"),
            timestamp_with_time_zone_null("reported_at"),
            text_null(manager, "reporting_org"),
            text_null(manager, "reporting_org_kind"),
            boolean_null("timely"),
            text_null(manager, "setting_type"),
            text_null(manager, "outbreak_event_ref"),
            boolean_null("missed_in_audit"),
        ],
    )
}

fn stigmatized_disease_report(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "stigmatized_disease_report",
        vec![
            text_null(manager, "stigmatized_disease_code"),
            text_null(manager, "case_alias"),
            boolean_null("free_treatment_enrolled"),
        ],
    )
}

fn maternal_care_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "maternal_care_record",
        vec![
            text_null(manager, "pregnancy_ref"),
            date_null("lmp_date"),
            date_null("estimated_due_date"),
            integer_null("gestational_weeks_at_registration"),
            integer_null("gravidity"),
            integer_null("parity"),
            boolean_null("folic_acid"),
            text_null(manager, "antenatal_visits"),
            text_null(manager, "high_risk_screening"),
            text_null(manager, "delivery"),
            text_null(manager, "pregnancy_outcome"),
            text_null(manager, "postpartum_visits"),
            text_null(manager, "pmtct_hiv"),
            text_null(manager, "pmtct_syphilis"),
            text_null(manager, "pmtct_hep_b"),
        ],
    )
}

fn severe_mental_disorder_record(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "severe_mental_disorder_record",
        vec![
            text_null(manager, "diagnosis"),
            text_null(manager, "consent_to_management"),
            integer_null("danger_level"),
            text_null(manager, "symptoms"),
            text_null(manager, "insight"),
            text_null(manager, "medication_adherence"),
            text_null(manager, "dangerous_behaviours"),
            text_null(manager, "restraint"),
            text_null(manager, "rehab_guidance"),
            date_null("follow_up_on"),
            text_null(manager, "lost_to_follow_up"),
            text_null(manager, "safety_escort"),
        ],
    )
}

fn assistance_case(manager: &SchemaManager<'_>) -> TableCreateStatement {
    personal_table(
        manager,
        "assistance_case",
        vec![
            text_null(manager, "assistance_type"),
            text_null(manager, "applicant_authorization"),
            text_null(manager, "income_check_result"),
            big_integer_null("benefit_amount"),
            date_null("decision_on"),
        ],
    )
}
