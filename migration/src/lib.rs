//! The database schema and its seeds, step by step.

use sea_orm_migration::prelude::{MigrationTrait, async_trait};

pub use grants::{
    Grant as SeededGrant, LegalBasis as SeededLaw, all_legal_bases as seeded_laws,
    grants as seeded_grants,
};
pub use limitation::{GrantRow, LIMITATION_SUMMARY, decided_at as limitation_decided_at, limited};
pub use limits::{PurposeGroup, purpose_groups};
pub use m20261122_000012_grant_proposals::FIRST_SUMMARY;
pub use sea_orm_migration::MigratorTrait;

mod columns;
mod grants;
mod limitation;
mod limits;
mod seed;
mod tables;
pub mod triggers;
mod units;
pub mod views;

mod m20261121_000001_units_and_organizations;
mod m20261121_000002_identity_and_residence;
mod m20261121_000003_health_and_assistance;
mod m20261121_000004_policy;
mod m20261121_000005_access_records;
mod m20261121_000006_seed_units;
mod m20261121_000007_seed_policy;
mod m20261121_000008_subjects_in_records;
mod m20261121_000009_county_lists;
mod m20261122_000010_administration;
mod m20261122_000011_clients;
mod m20261122_000012_grant_proposals;
mod m20261122_000013_break_glass;
mod m20261122_000014_youngest_first;
mod m20261125_000015_order_of_records;
mod m20261125_000016_record_probe;
mod m20261125_000017_log_tree;
mod m20261125_000019_key_fingerprint;
mod m20261125_000020_acts_on_grants;
mod m20261125_000024_guardian_role;
mod m20261125_000025_phone_updated_at;
mod m20261125_000026_emergency_limits;
mod m20261125_000027_volume;
mod m20261125_000028_acts_on_limits;
mod m20261125_000029_whatever_came_of_it;
mod m20261125_000031_purpose_limitation;
mod m20261125_000032_contracts;
mod m20261126_000033_shown_of_each;
mod m20261126_000034_collected_values;
mod m20261126_000035_emergency_contacts;
mod m20261126_000036_audit_cases;
mod m20261126_000037_guardian_closings;
mod m20261126_000040_training_record;
mod m20261126_000041_further_records;
mod m20261126_000042_visits;
mod m20261126_000043_records_of_units;
mod m20261126_000044_further_fields;
mod m20261126_000045_conditions;
mod m20261126_000046_derived_values;
mod m20261126_000050_codes;
mod m20261126_000055_told_in_sentences;
mod m20261126_000056_person_identities;
mod m20261126_000057_subject_requests;
mod m20261126_000058_access_requests;
mod m20261126_000060_due_items;
mod m20261126_000061_notices;

/// All migrations, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_units_and_organizations::Migration),
            Box::new(m20261121_000002_identity_and_residence::Migration),
            Box::new(m20261121_000003_health_and_assistance::Migration),
            Box::new(m20261121_000004_policy::Migration),
            Box::new(m20261121_000005_access_records::Migration),
            Box::new(m20261121_000006_seed_units::Migration),
            Box::new(m20261121_000007_seed_policy::Migration),
            Box::new(m20261121_000008_subjects_in_records::Migration),
            Box::new(m20261121_000009_county_lists::Migration),
            Box::new(m20261122_000010_administration::Migration),
            Box::new(m20261122_000011_clients::Migration),
            Box::new(m20261122_000012_grant_proposals::Migration),
            Box::new(m20261122_000013_break_glass::Migration),
            Box::new(m20261122_000014_youngest_first::Migration),
            Box::new(m20261125_000015_order_of_records::Migration),
            Box::new(m20261125_000016_record_probe::Migration),
            Box::new(m20261125_000017_log_tree::Migration),
            Box::new(m20261125_000019_key_fingerprint::Migration),
            Box::new(m20261125_000020_acts_on_grants::Migration),
            Box::new(m20261125_000024_guardian_role::Migration),
            Box::new(m20261125_000025_phone_updated_at::Migration),
            Box::new(m20261125_000026_emergency_limits::Migration),
            Box::new(m20261125_000027_volume::Migration),
            Box::new(m20261125_000028_acts_on_limits::Migration),
            Box::new(m20261125_000029_whatever_came_of_it::Migration),
            Box::new(m20261125_000031_purpose_limitation::Migration),
            Box::new(m20261125_000032_contracts::Migration),
            Box::new(m20261126_000033_shown_of_each::Migration),
            Box::new(m20261126_000034_collected_values::Migration),
            Box::new(m20261126_000035_emergency_contacts::Migration),
            Box::new(m20261126_000036_audit_cases::Migration),
            Box::new(m20261126_000037_guardian_closings::Migration),
            Box::new(m20261126_000040_training_record::Migration),
            Box::new(m20261126_000041_further_records::Migration),
            Box::new(m20261126_000042_visits::Migration),
            Box::new(m20261126_000043_records_of_units::Migration),
            Box::new(m20261126_000044_further_fields::Migration),
            Box::new(m20261126_000045_conditions::Migration),
            Box::new(m20261126_000046_derived_values::Migration),
            Box::new(m20261126_000050_codes::Migration),
            Box::new(m20261126_000055_told_in_sentences::Migration),
            Box::new(m20261126_000056_person_identities::Migration),
            Box::new(m20261126_000057_subject_requests::Migration),
            Box::new(m20261126_000058_access_requests::Migration),
            Box::new(m20261126_000060_due_items::Migration),
            Box::new(m20261126_000061_notices::Migration),
        ]
    }
}
