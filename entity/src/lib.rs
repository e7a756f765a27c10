//! The model: one file per table. Beside the entity of a record kind stands what the kind is and how
//! each of its columns is shared; [`for_each_kind`] is the list of kinds.

mod kinds;
pub mod service;
pub mod sharing;
pub mod structure;

pub mod assistance_case;
pub mod child_care_record;
pub mod chronic_care_record;
pub mod consent;
pub mod emergency_medical_aid;
pub mod employment;
pub mod family_planning_service;
pub mod health_record;
pub mod household_member;
pub mod household_registration;
pub mod immunization_card;
pub mod immunization_dose;
pub mod infectious_disease_report;
pub mod left_behind_care;
pub mod maternal_care_record;
pub mod person;
pub mod residence_notice;
pub mod residence_permit;
pub mod residence_registration;
pub mod service_entitlement;
pub mod severe_mental_disorder_record;
pub mod stigmatized_disease_report;
pub mod training_record;

pub mod access_event;
pub mod access_head;
pub mod access_node;
pub mod access_record;
pub mod access_subject;
pub mod administrative_unit;
pub mod administrative_unit_area;
pub mod break_glass;
pub mod break_glass_miss;
pub mod caseload;
pub mod gateway_state;
pub mod grant_decision;
pub mod grant_proposal;
pub mod grant_version;
pub mod key_fingerprint;
pub mod legal_basis;
pub mod limit_agreement;
pub mod oauth_client;
pub mod oauth_credential;
pub mod organization;
pub mod record_probe;
pub mod revoked_token;
pub mod sharing_grant;
pub mod used_assertion;
pub mod volume_alarm;
pub mod volume_turn;
pub mod volume_usage;
