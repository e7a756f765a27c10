//! What the entities describe.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ColumnTrait, ColumnType, DbBackend, EntityTrait, IdenStatic, Iterable};

use crate::Columns;

macro_rules! entities {
    (tables { $($kind:ident => $rows:ident,)* } views { $($view:ident,)* }) => {
        entities! {
            $($kind)* $($view)*
            access_head access_node access_record access_request access_subject act_key
            administrative_unit administrative_unit_area audit_case break_glass break_glass_miss caseload
            due_item due_recheck due_refresh gateway_state
            grant_decision grant_proposal grant_version guardian_closing key_fingerprint legal_basis
            limit_agreement oauth_client oauth_credential organization person_collected person_identity
            record_probe residence_notice_route residence_registration_collected revoked_token
            sharing_grant subject_request
            used_assertion volume_alarm volume_turn volume_usage
        }
    };
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

// The record kinds, and the tables beside them.
entity::for_each_kind!(entities);

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
    if backend == DbBackend::Postgres && name == "access_record" {
        columns.insert("subjects_shown".to_owned(), ("ARRAY".to_owned(), true));
    }
    (name, columns)
}

fn family(backend: DbBackend, column_type: &ColumnType) -> &'static str {
    match column_type {
        // SQLite's integers are all of 64 bits.
        ColumnType::BigInteger if backend == DbBackend::Postgres => "bigint",
        ColumnType::Integer | ColumnType::BigInteger => "integer",
        ColumnType::SmallInteger => "smallint",
        ColumnType::Text => "text",
        ColumnType::Boolean => "boolean",
        ColumnType::Date => "date",
        ColumnType::TimestampWithTimeZone => "instant",
        other => panic!("no type family for {other:?}"),
    }
}
