//! The rows that the handlers read, and the JSON they write.

use chrono::NaiveDate;
use serde::Serialize;

/// A record with the columns of its SELECT in their order, and lists filled from other SELECTs.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($(#[$attribute:meta])* $column:ident: $type:ty,)* }
        with { $($list:ident: $item:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Serialize, sqlx::FromRow)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$attribute])* pub $column: $type,)*
            $(#[sqlx(skip)] pub $list: $item,)*
        }

        impl From<&tokio_postgres::Row> for $name {
            fn from(row: &tokio_postgres::Row) -> Self {
                let mut columns = 0..;
                let mut next = || columns.next().unwrap_or_default();
                Self { $($column: row.get(next()),)* $($list: Default::default(),)* }
            }
        }
    };
}

type Text = Option<String>;
type Date = Option<NaiveDate>;

record!(
    /// One person, eight fields.
    Person {
        id: i64, name: Text, id_number: Text, sex: Text, birth_date: Date, ethnicity: Text,
        marital_status: Text, education: Text,
    } with {}
);
record!(
    /// A person of a list, ten fields.
    Listed {
        id: i64, name: Text, id_type: Text, id_number: Text, sex: Text, birth_date: Date,
        ethnicity: Text, nationality: Text, marital_status: Text, education: Text,
    } with {}
);
record!(
    /// A person with two lists.
    Nested { id: i64, name: Text, birth_date: Date, } with {
        residences: Vec<Stay>, employments: Vec<Job>,
    }
);
record!(
    /// A residence registration.
    Stay {
        #[serde(skip)] parent: i64,
        id: i64, residence_address: Text, arrival_date: Date, departure_date: Date,
        dwelling_type: Text,
    } with {}
);
record!(
    /// An employment.
    Job {
        #[serde(skip)] parent: i64,
        id: i64, occupation: Text, industry: Text, employer_name: Text,
        has_labor_contract: Option<bool>,
    } with {}
);
record!(
    /// A person found through a residence.
    Found {
        id: i64, name: Text, id_number: Text, sex: Text, birth_date: Date, education: Text,
    } with {}
);
record!(
    /// What a police officer's portal lists.
    PolicePerson { id: i64, name: Text, id_number: Text, } with { residences: Vec<PoliceStay>, }
);
record!(
    /// A residence of that list.
    PoliceStay {
        #[serde(skip)] parent: i64,
        residence_address: Text, arrival_date: Date, departure_date: Date,
    } with {}
);
record!(
    /// What a population officer's portal lists.
    PopulationPerson { id: i64, ethnicity: Text, } with { household_registrations: Vec<Hukou>, }
);
record!(
    /// A household registration of that list.
    Hukou { #[serde(skip)] parent: i64, hukou_region_code: Text, hukou_address: Text, } with {}
);
record!(
    /// What a street worker's portal lists: dates of birth cut to years.
    StreetPerson { id: i64, name: Text, birth_date: Text, } with { residences: Vec<StreetStay>, }
);
record!(
    /// A residence of that list: days of arrival cut to months.
    StreetStay { #[serde(skip)] parent: i64, residence_address: Text, arrival_date: Text, } with {}
);
record!(
    /// What a migrant workers' service lists.
    Worker { id: i64, name: Text, } with { employments: Vec<WorkerJob>, }
);
record!(
    /// An employment of that list.
    WorkerJob {
        #[serde(skip)] parent: i64,
        occupation: Text, industry: Text, has_labor_contract: Option<bool>,
    } with {}
);
record!(
    /// What a community clinic lists.
    Patient { id: i64, name: Text, sex: Text, birth_date: Date, } with {
        health_records: Vec<HealthRecord>,
    }
);
record!(
    /// A health record of that list.
    HealthRecord { #[serde(skip)] parent: i64, record_number: Text, blood_type: Text, } with {}
);
record!(
    /// A report of an infectious disease.
    Report {
        #[serde(skip)] person_id: i64,
        id: i64, disease_code: Text, onset_date: Date, free_treatment_enrolled: Option<bool>,
    } with { person: Option<Reported>, }
);
record!(
    /// The person of a report.
    Reported { #[serde(skip)] parent: i64, name: Text, birth_date: Date, } with {}
);
