//! The catalogue: every shared kind, its fields and relations. Public; people's data is not.
//!
//! Compiled in from the list of kinds ([`entity::for_each_kind`]) and what stands beside each entity:
//! a column without a classification does not compile, because each entity classifies its columns in
//! an exhaustive `match`.

pub mod code_lists;
mod database_field;
pub mod export;
mod kinds;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::LazyLock};

use entity::sharing::{
    Collected, Computed, Derivation, FieldSpec, Finished, Group, ProtectedRows, Subject,
};
use sea_orm::{ColumnTrait, EntityName, IdenStatic};

use self::code_lists::CodeList;
pub use database_field::{DatabaseField, DatabaseValue};
pub use export::Format;

/// A record kind: one table, one SeaORM entity, one GraphQL object type.
#[derive(Debug)]
pub struct Kind {
    /// Its place in the catalogue.
    pub id: KindId,
    /// The GraphQL type name.
    pub name: &'static str,
    /// The root field for one record.
    pub single: &'static str,
    /// The root field for a connection.
    pub plural: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
    /// English label.
    pub label_en: &'static str,
    /// The law or standard the kind follows.
    pub standard: &'static str,
    /// The table.
    pub table: &'static str,
    /// Whom or what a row tells of.
    pub subject: Subject,
    /// The column with the day on which a row became a thing of the past, where rows do.
    pub ended_by: Option<&'static str>,
    /// Rows that tell of specially protected data by being there.
    pub protected: Option<ProtectedRows>,
    /// A column that holds all persons of a row as an array, on PostgreSQL, whose index finds the
    /// rows of a person.
    pub persons: Option<&'static str>,
    /// Where the values of several collectors stand, where there may be several.
    pub collected: Option<Collected>,
    /// The group of the kind's own provenance: what knowing of a row amounts to.
    pub group: Group,
    /// Identifiers of its fields, in order.
    pub fields: Vec<FieldId>,
    /// What it leads to.
    pub relations: Vec<Relation>,
}

/// What a kind shows: a column or a derived value.
#[derive(Debug)]
pub struct Field {
    /// Its place in the catalogue.
    pub id: FieldId,
    /// The kind it belongs to.
    pub kind: KindId,
    /// Name, type, group, class, mask, owner, labels, standard.
    pub spec: FieldSpec,
    /// Where the value comes from.
    pub source: Source,
    /// What a code can be, where that is known.
    pub codes: Option<&'static CodeList>,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// A column of the kind's table.
    Column(&'static str),
    /// The database works it out.
    Computed(Computed),
    /// The gateway does, with what was read.
    Finished(Finished),
}

impl Source {
    /// The columns that the value is made of.
    pub fn columns(self) -> Vec<&'static str> {
        match self {
            Self::Column(column) => vec![column],
            Self::Computed(computed) => computed.columns(),
            Self::Finished(finished) => finished.columns(),
        }
    }
}

impl From<Derivation> for Source {
    fn from(derivation: Derivation) -> Self {
        match derivation {
            Derivation::Computed(computed) => Self::Computed(computed),
            Derivation::Finished(finished) => Self::Finished(finished),
        }
    }
}

/// A way from one kind to another.
#[derive(Debug)]
pub struct Relation {
    /// The GraphQL field.
    pub name: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
    /// The kind it leads to.
    pub target: KindId,
    /// The key column on this side.
    pub from: &'static str,
    /// The key column on the other side.
    pub to: &'static str,
    /// Whether it leads to many.
    pub many: bool,
}

/// What names of connections end with.
const CONNECTION: &str = "Connection";

/// A kind's place in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(pub u8);

/// A field's place in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u16);

/// All kinds and fields.
#[derive(Debug)]
pub struct Catalogue {
    kinds: Vec<Kind>,
    fields: Vec<Field>,
    by_name: HashMap<&'static str, KindId>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(kinds::build);

/// The catalogue.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

impl Catalogue {
    /// All kinds.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// All fields of all kinds.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// A kind by its identifier.
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[usize::from(id.0)]
    }

    /// A field by its identifier.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[usize::from(id.0)]
    }

    /// A kind by its GraphQL type name.
    pub fn kind_named(&self, name: &str) -> Option<&Kind> {
        self.by_name.get(name).map(|id| self.kind(*id))
    }

    /// The kind of an entity.
    pub fn kind_of<E: EntityName>(&self) -> &Kind {
        let table = E::default().table_name();
        let found = self.kinds.iter().find(|kind| kind.table == table);
        found.unwrap_or_else(|| panic!("{table} is no kind"))
    }

    /// The field that shows a column of a kind.
    pub fn field_of<C: ColumnTrait + IdenStatic>(&self, column: C) -> &Field {
        let kind = self.kind_of::<C::EntityName>();
        let is_it = |field: &&Field| match field.source {
            Source::Column(name) => name == column.as_str(),
            Source::Computed(_) | Source::Finished(_) => false,
        };
        let found = self.fields_of(kind.id).find(is_it);
        found.unwrap_or_else(|| panic!("no field shows {}.{}", kind.table, column.as_str()))
    }

    /// The fields of a kind.
    pub fn fields_of(&self, kind: KindId) -> impl Iterator<Item = &Field> {
        self.kind(kind).fields.iter().map(|id| self.field(*id))
    }

    /// A field of a kind by its GraphQL name.
    pub fn field_named(&self, kind: KindId, name: &str) -> Option<&Field> {
        self.fields_of(kind).find(|field| field.spec.name == name)
    }
}

impl Kind {
    /// The column with the key of the person a row tells of, where it tells of one.
    pub fn person(&self) -> Option<&'static str> {
        self.subject.person_key()
    }

    /// Whether a row is a person itself, and not one of its records.
    pub fn is_person(&self) -> bool {
        self.person() == Some("id")
    }

    /// Whether rows that a relation leads to tell of the same person as the row it leads from.
    pub fn is_of_same_person(&self, relation: &Relation) -> bool {
        let target = catalogue().kind(relation.target);
        self.person() == Some(relation.from) && target.person() == Some(relation.to)
    }

    /// A relation by its GraphQL name.
    pub fn relation_named(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// A relation to many by the GraphQL name of its connection.
    pub fn connection_named(&self, name: &str) -> Option<&Relation> {
        let relation = self.relation_named(name.strip_suffix(CONNECTION)?)?;
        relation.many.then_some(relation)
    }
}

impl Relation {
    /// The GraphQL field of its connection, which is read page by page; the relation must lead to many.
    pub fn connection(&self) -> String {
        format!("{}{CONNECTION}", self.name)
    }
}

impl Field {
    /// `Kind.field`, as grants and access records name it.
    pub fn path(&self) -> String {
        format!("{}.{}", catalogue().kind(self.kind).name, self.spec.name)
    }
}
