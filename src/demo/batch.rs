//! The rows of about a thousand persons, one list for each table.

use super::load::Encoded;

macro_rules! batch {
    (tables { $($kind:ident => $field:ident,)* } views { $($view:ident,)* }) => {
        batch! {
            $($kind => $field,)*
            caseload => caseloads,
            person_collected => persons_collected,
            residence_registration_collected => residences_collected,
            due_item => due_items,
            residence_notice_route => notice_routes,
        }
    };
    ($($kind:ident => $field:ident,)*) => {
        /// The rows of some whole households.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Batch {
            $(#[doc = concat!("Rows of the table of [`entity::", stringify!($kind), "`].")]
            pub $field: Vec<entity::$kind::Model>,)*
        }

        impl Batch {
            /// How many rows there are for each table, in the order in which they are inserted.
            pub fn row_counts(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($field), self.$field.len() as u64)),*]
            }

            /// Looks at every row: its table, and its columns by their names.
            pub fn visit(&self, mut see: impl FnMut(&str, &dyn Fn(&str) -> sea_orm::Value)) {
                use sea_orm::{EntityName as _, ModelTrait as _};
                $(for row in &self.$field {
                    see(entity::$kind::Entity.table_name(), &|column| {
                        let column = column.parse::<entity::$kind::Column>();
                        row.get(column.expect("the catalogue names columns that there are"))
                    });
                })*
            }

            /// Adds the rows of another batch.
            #[cfg(test)]
            pub(super) fn append(&mut self, other: Batch) {
                $(self.$field.extend(other.$field);)*
            }

            /// Inserts every row through SeaORM.
            #[cfg(test)]
            pub(super) async fn insert(
                self,
                db: &sea_orm::DatabaseConnection,
            ) -> Result<(), sea_orm::DbErr> {
                use super::tests::seaorm::insert;
                $(insert::<entity::$kind::Entity, _>(db, self.$field).await?;)*
                Ok(())
            }

            /// The rows of every table, written as a database takes them.
            pub(super) fn encode<T: Encoded>(&self) -> anyhow::Result<Vec<T>> {
                Ok(vec![$(T::of::<entity::$kind::Entity>(&self.$field)?),*])
            }
        }
    };
}

// A batch has rows of every kind that is a table, the cases that scopes rest on, what departments
// collected beside the rows, and what is due by them.
entity::for_each_kind!(batch);
