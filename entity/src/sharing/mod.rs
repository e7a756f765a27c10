//! How a kind is shared: its names, whom its rows tell of, where it leads, and of each column the
//! group, class, mask, owner and labels.
//!
//! Every shared table classifies each of its columns in an exhaustive `match` ([`Shared::sharing`])
//! next to its entity, one line a column, so a column that nobody classified does not compile.
//! Columns are named by the entity's own `Column`, so one that does not exist does not compile.

mod class;
mod code_list;
pub mod code_lists;
mod collected;
mod department;
mod derivation;
mod field;
mod group;
mod kind;
mod mask;
mod member_lists;
mod provenance;
pub mod rows;
mod value_type;

use sea_orm::EntityTrait;

pub use class::Class;
pub use code_list::{About, CodeEntry, CodeList, Codes, Language, category};
pub use collected::{BESIDE, COLLECTOR, Collected, REPLACED_AT};
pub use department::Department;
pub use derivation::{Computed, Derivation, Finished, Referent};
pub use field::{Derived, FieldSpec, field};
pub use group::Group;
pub use kind::{Inverse, KindSpec, ProtectedRows, RelationSpec, Subject};
pub use mask::Mask;
pub use member_lists::{MEMBER_LISTS, member_list};
pub use provenance::Provenance;
pub use value_type::{Structure, Type};

/// A table whose columns are shared under grants: a record kind.
pub trait Shared: EntityTrait {
    /// Its names, whom its rows tell of, and where it leads.
    fn kind() -> KindSpec;

    /// How a column is shared.
    fn sharing(column: Self::Column) -> Sharing;

    /// What is shown beyond columns, in order.
    fn derived() -> Vec<Derived> {
        Vec::new()
    }

    /// Where the values of several collectors stand, where there may be several.
    fn collected() -> Option<Collected> {
        None
    }
}

/// What a column is for.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant, reason = "made once for each column, when the catalogue is")]
pub enum Sharing {
    /// A key the gateway joins and records by; never shown as it is.
    Key,
    /// Read only through derived fields or row scopes; the text says why.
    Internal(&'static str),
    /// Of the row's own history, under the group and class of its kind.
    History(Provenance),
    /// Shared under grants.
    Field(FieldSpec),
}
