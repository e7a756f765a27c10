//! Every column of the shared tables, as the entities describe it.

use entity::sharing::Sharing;
use migrant_gateway::catalogue::{Kind, catalogue};
use sea_orm::{ColumnTrait, ColumnType, IdenStatic, Iterable};

/// What a column stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Text,
    Int,
    Bool,
    Date,
    Instant,
}

/// A column that is no key.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub stored: Stored,
    pub nullable: bool,
}

/// A shared table with its columns.
pub struct Table {
    pub kind: &'static Kind,
    pub keys: Vec<&'static str>,
    pub columns: Vec<Column>,
}

macro_rules! tables {
    ($($kind:literal: $module:ident,)*) => {
        /// All shared tables. The access log is not one: it is a view of what was asked.
        pub fn tables() -> Vec<Table> {
            vec![$(table::<entity::$module::Column>($kind, entity::$module::sharing)),*]
        }
    };
}

tables! {
    "Person": person,
    "HouseholdRegistration": household_registration,
    "ResidenceRegistration": residence_registration,
    "ResidencePermit": residence_permit,
    "HouseholdMember": household_member,
    "Employment": employment,
    "HealthRecord": health_record,
    "ImmunizationCard": immunization_card,
    "ImmunizationDose": immunization_dose,
    "InfectiousDiseaseReport": infectious_disease_report,
    "StigmatizedDiseaseReport": stigmatized_disease_report,
    "MaternalCareRecord": maternal_care_record,
    "SevereMentalDisorderRecord": severe_mental_disorder_record,
    "AssistanceCase": assistance_case,
    "Consent": consent,
}

fn table<C>(kind: &str, sharing: fn(&C) -> Sharing) -> Table
where
    C: ColumnTrait + Iterable + IdenStatic,
{
    let mut table = Table {
        kind: catalogue().kind_named(kind).expect("the kind exists"),
        keys: Vec::new(),
        columns: Vec::new(),
    };
    for column in C::iter() {
        if matches!(sharing(&column), Sharing::Key) {
            table.keys.push(column.as_str());
            continue;
        }
        let definition = column.def();
        table.columns.push(Column {
            name: column.as_str(),
            stored: stored(definition.get_column_type()),
            nullable: definition.is_null(),
        });
    }
    table
}

fn stored(column_type: &ColumnType) -> Stored {
    match column_type {
        ColumnType::Text => Stored::Text,
        ColumnType::Integer | ColumnType::BigInteger => Stored::Int,
        ColumnType::Boolean => Stored::Bool,
        ColumnType::Date => Stored::Date,
        ColumnType::TimestampWithTimeZone => Stored::Instant,
        other => panic!("no column of the model stores {other:?}"),
    }
}
