//! What items are worked out of: of each person the columns that rules read, and no others.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    child_care_record, chronic_care_record, health_record, household_registration,
    immunization_card, immunization_dose, infectious_disease_report, maternal_care_record, person,
    residence_notice, residence_registration, severe_mental_disorder_record,
};
use sea_orm::DerivePartialModel;

/// A partial model with the key of its person, made of a whole row as well.
macro_rules! source {
    (
        $(#[$doc:meta])*
        $name:ident of $module:ident as $entity:literal, of $person:ident {
            $($field:ident: $ty:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, DerivePartialModel)]
        #[sea_orm(entity = $entity)]
        pub struct $name {
            $(pub $field: $ty,)*
        }

        impl From<&$module::Model> for $name {
            fn from(row: &$module::Model) -> Self {
                Self { $($field: row.$field.clone(),)* }
            }
        }

        impl OfPerson for $name {
            fn person(&self) -> i64 {
                self.$person
            }
        }
    };
}

/// A row that tells of a person.
pub trait OfPerson {
    /// The key of the person.
    fn person(&self) -> i64;
}

source! {
    /// A person.
    Person of person as "person::Entity", of id {
        id: i64,
        residence_unit_id: i64,
        birth_date: Option<NaiveDate>,
        sex: Option<String>,
        vital_status: Option<String>,
    }
}

source! {
    /// Where somebody's hukou is.
    Hukou of household_registration as "household_registration::Entity", of person_id {
        person_id: i64,
        hukou_region_code: Option<String>,
    }
}

source! {
    /// A registration of residence.
    Stay of residence_registration as "residence_registration::Entity", of person_id {
        id: i64,
        person_id: i64,
        residence_region_code: Option<String>,
        admin_unit_code: Option<String>,
        arrival_date: Option<NaiveDate>,
        departure_date: Option<NaiveDate>,
        move_reason: Option<String>,
        collected_at: DateTime<Utc>,
    }
}

source! {
    /// A notice of arrival.
    Notice of residence_notice as "residence_notice::Entity", of person_id {
        id: i64,
        person_id: i64,
        community_code: Option<String>,
        arrival_date: Option<NaiveDate>,
        sent_at: Option<DateTime<Utc>>,
        status: Option<String>,
        answered_on: Option<NaiveDate>,
    }
}

source! {
    /// A health record, without its content.
    Record of health_record as "health_record::Entity", of person_id {
        id: i64,
        person_id: i64,
        record_number: Option<String>,
        established_on: Option<NaiveDate>,
        managing_org: Option<String>,
        last_updated_on: Option<NaiveDate>,
    }
}

source! {
    /// A vaccination card.
    Card of immunization_card as "immunization_card::Entity", of person_id {
        id: i64,
        person_id: i64,
        card_created_on: Option<NaiveDate>,
        contraindication: Option<String>,
    }
}

source! {
    /// A dose.
    Dose of immunization_dose as "immunization_dose::Entity", of person_id {
        person_id: i64,
        card_id: i64,
        vaccine_code: Option<String>,
        occurrence_date: Option<NaiveDate>,
    }
}

source! {
    /// A visit of chronic care.
    Chronic of chronic_care_record as "chronic_care_record::Entity", of person_id {
        id: i64,
        person_id: i64,
        programme: Option<String>,
        visit_on: Option<NaiveDate>,
        control_class: Option<String>,
        next_visit_on: Option<NaiveDate>,
    }
}

source! {
    /// A follow-up of a severe mental disorder.
    Mental of severe_mental_disorder_record as "severe_mental_disorder_record::Entity", of person_id {
        id: i64,
        person_id: i64,
        danger_level: Option<i32>,
        follow_up_on: Option<NaiveDate>,
    }
}

source! {
    /// Care of a child.
    Child of child_care_record as "child_care_record::Entity", of person_id {
        id: i64,
        person_id: i64,
        birth_discharged_on: Option<NaiveDate>,
        newborn_visits: Option<String>,
        health_checks: Option<String>,
    }
}

source! {
    /// Care of a pregnancy.
    Mother of maternal_care_record as "maternal_care_record::Entity", of person_id {
        id: i64,
        person_id: i64,
        lmp_date: Option<NaiveDate>,
        antenatal_visits: Option<String>,
        delivery: Option<String>,
        pregnancy_outcome: Option<String>,
        postpartum_visits: Option<String>,
    }
}

source! {
    /// A report of an infectious disease, without the disease.
    Report of infectious_disease_report as "infectious_disease_report::Entity", of person_id {
        id: i64,
        person_id: i64,
        disease_code: Option<String>,
        diagnosis_time: Option<DateTime<Utc>>,
        reported_at: Option<DateTime<Utc>>,
        reporting_org: Option<String>,
        report_category: Option<String>,
    }
}

/// What is known of one person.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    pub person: &'a Person,
    pub hukou: &'a [Hukou],
    pub stays: &'a [Stay],
    pub notices: &'a [Notice],
    pub records: &'a [Record],
    pub cards: &'a [Card],
    pub doses: &'a [Dose],
    pub chronic: &'a [Chronic],
    pub mental: &'a [Mental],
    pub children: &'a [Child],
    pub mothers: &'a [Mother],
    pub reports: &'a [Report],
}
