//! What the entities describe.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ColumnType, DbBackend, EntityTrait, IdenStatic, Iterable};

use crate::Columns;

macro_rules! entities {
    ($($module:ident)*) => {
        /// Every entity's columns by the name of its table.
        pub fn tables(backend: DbBackend) -> BTreeMap<String, Columns> {
            BTreeMap::from([$(table::<entity::$module::Entity>(backend)),*])
        }

        /// The modules compared.
        pub fn modules() -> BTreeSet<String> {
            BTreeSet::from([$(stringify!($module).to_owned()),*])
        }
    };
}

entities! {
    access_event access_head access_node access_record access_subject administrative_unit
    administrative_unit_area assistance_case break_glass break_glass_miss caseload consent employment gateway_state
    grant_decision grant_proposal grant_version health_record household_member
    household_registration immunization_card immunization_dose infectious_disease_report
    key_fingerprint legal_basis limit_agreement maternal_care_record oauth_client oauth_credential organization
    person record_probe residence_permit residence_registration revoked_token
    severe_mental_disorder_record sharing_grant
    stigmatized_disease_report used_assertion volume_alarm volume_turn volume_usage
}

fn table<E: EntityTrait>(backend: DbBackend) -> (String, Columns) {
    let name = E::default().table_name().to_owned();
    let columns = E::Column::iter().map(|column| {
        let definition = column.def();
        let family = family(backend, definition.get_column_type());
        (column.as_str().to_owned(), (family.to_owned(), definition.is_null()))
    });
    let mut columns: Columns = columns.collect();
    // The persons of a record, whom the entities see one by one.
    if backend == DbBackend::Postgres && ["access_event", "access_record"].contains(&&*name) {
        columns.insert("subjects".to_owned(), ("ARRAY".to_owned(), false));
    }
    (name, columns)
}

fn family(backend: DbBackend, column_type: &ColumnType) -> &'static str {
    match column_type {
        // SQLite's integers are all of 64 bits.
        ColumnType::BigInteger if backend == DbBackend::Postgres => "bigint",
        ColumnType::Integer | ColumnType::BigInteger => "integer",
        ColumnType::Text => "text",
        ColumnType::Boolean => "boolean",
        ColumnType::Date => "date",
        ColumnType::TimestampWithTimeZone => "instant",
        other => panic!("no type family for {other:?}"),
    }
}
