//! The list of record kinds (记录类别). Everything that goes through all kinds — the catalogue, the
//! synthetic population, the comparison of schemas, the tests of leaks and of integrity — draws on
//! it; what a kind is stands beside its entity.

/// Hands the list to a macro: the module of each kind, and the name of a list of its rows.
///
/// A row of `tables` comes after the rows it refers to; `views` are read and never filled.
///
/// ```
/// macro_rules! modules {
///     (tables { $($table:ident => $rows:ident,)* } views { $($view:ident,)* }) => {
///         [$(stringify!($table),)* $(stringify!($view),)*]
///     };
/// }
/// let modules = entity::for_each_kind!(modules);
/// assert!(modules.contains(&"person"));
/// ```
#[macro_export]
macro_rules! for_each_kind {
    ($with:ident) => {
        $with! {
            tables {
                person => persons,
                household_registration => household_registrations,
                residence_registration => residence_registrations,
                residence_permit => residence_permits,
                household_member => household_members,
                employment => employments,
                health_record => health_records,
                immunization_card => immunization_cards,
                immunization_dose => immunization_doses,
                infectious_disease_report => infectious_disease_reports,
                stigmatized_disease_report => stigmatized_disease_reports,
                maternal_care_record => maternal_care_records,
                severe_mental_disorder_record => severe_mental_disorder_records,
                assistance_case => assistance_cases,
                consent => consents,
                training_record => training_records,
                child_care_record => child_care_records,
                family_planning_service => family_planning_services,
                chronic_care_record => chronic_care_records,
                emergency_medical_aid => emergency_medical_aids,
                left_behind_care => left_behind_cares,
                service_entitlement => service_entitlements,
                residence_notice => residence_notices,
                health_education_event => health_education_events,
                facility => facilities,
                immunization_campaign => immunization_campaigns,
                outbreak_event => outbreak_events,
                survey => surveys,
                indicator => indicators,
                data_exchange_batch => data_exchange_batches,
            }
            views {
                access_event,
            }
        }
    };
}
