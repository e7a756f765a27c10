//! A record kind (记录类别): its names, whom its rows tell of, and where it leads.

use sea_orm::{ColumnTrait, EntityName, IdenStatic};

use super::{Class, Group};

/// What a kind is. Everything here is stated once, beside the entity.
#[derive(Clone, Debug)]
pub struct KindSpec {
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
    /// The group of the kind's own history: what knowing of a row amounts to.
    pub group: Group,
    /// The class of the kind's own history.
    pub class: Class,
    /// Whom or what a row tells of.
    pub subject: Subject,
    /// The column with the day on which a row became a thing of the past, where rows do.
    pub ended_by: Option<&'static str>,
    /// Rows that tell of specially protected data by being there.
    pub protected: Option<ProtectedRows>,
    /// A column that holds all persons of a row as an array, on PostgreSQL, whose index finds the
    /// rows of a person.
    pub persons: Option<&'static str>,
    /// Where it leads; [`RelationSpec::back`] says how the other side leads here.
    pub relations: Vec<RelationSpec>,
}

/// Whom or what a row tells of: scopes, volumes, crowds and the access record go by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person, whose key is in this column.
    Person(&'static str),
    /// An administrative unit, whose key is in this column, and nobody.
    Unit(&'static str),
    /// The same, in rows that are sums and counts already.
    Figures(&'static str),
    /// Nobody, and no unit in particular.
    Nobody,
}

impl Subject {
    /// The person whose key is in a column.
    pub fn person(column: impl IdenStatic) -> Subject {
        Subject::Person(column.as_str())
    }

    /// The unit whose key is in a column.
    pub fn unit(column: impl IdenStatic) -> Subject {
        Subject::Unit(column.as_str())
    }

    /// The unit whose key is in a column, of which rows are sums and counts.
    pub fn figures(column: impl IdenStatic) -> Subject {
        Subject::Figures(column.as_str())
    }

    /// The column with the key of the person, where a row tells of one.
    pub const fn person_key(self) -> Option<&'static str> {
        match self {
            Subject::Person(column) => Some(column),
            Subject::Unit(_) | Subject::Figures(_) | Subject::Nobody => None,
        }
    }

    /// The column that is named, if any is.
    pub const fn column(self) -> Option<&'static str> {
        match self {
            Subject::Person(column) | Subject::Unit(column) | Subject::Figures(column) => {
                Some(column)
            }
            Subject::Nobody => None,
        }
    }
}

/// Rows of otherwise harmless kinds that tell of specially protected data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectedRows {
    /// Rows in which this yes/no column is true: the person's alone.
    Flagged(&'static str),
    /// Rows in which this column names a specially protected group: the person's and health roles'.
    OfGroup(&'static str),
    /// Rows in which a column has a value: of these roles alone, by their codes.
    Reserved { column: &'static str, value: &'static str, roles: &'static [&'static str] },
}

/// A way from one kind to another.
#[derive(Clone, Copy, Debug)]
pub struct RelationSpec {
    /// The GraphQL field.
    pub name: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
    /// The key column on this side.
    pub from: &'static str,
    /// The table of the other side.
    pub table: &'static str,
    /// The key column on the other side.
    pub to: &'static str,
    /// Whether it leads to many.
    pub many: bool,
    /// The way back, where there is one.
    pub back: Option<Inverse>,
}

/// How the other side of a relation to one leads back to many.
#[derive(Clone, Copy, Debug)]
pub struct Inverse {
    /// The GraphQL field.
    pub name: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
}

impl RelationSpec {
    /// A way to one row: `from` of this kind is `to` of the other.
    pub fn to_one<C>(
        name: &'static str,
        label_zh: &'static str,
        from: impl IdenStatic,
        to: C,
    ) -> RelationSpec
    where
        C: ColumnTrait + IdenStatic,
    {
        let table = C::EntityName::default().table_name();
        let (from, to) = (from.as_str(), to.as_str());
        RelationSpec { name, label_zh, from, table, to, many: false, back: None }
    }

    /// A way to many rows.
    pub fn to_many<C>(
        name: &'static str,
        label_zh: &'static str,
        from: impl IdenStatic,
        to: C,
    ) -> RelationSpec
    where
        C: ColumnTrait + IdenStatic,
    {
        RelationSpec { many: true, ..RelationSpec::to_one(name, label_zh, from, to) }
    }

    /// To the person a row tells of.
    pub fn to_person(from: impl IdenStatic) -> RelationSpec {
        RelationSpec::to_one("person", "人员", from, crate::person::Column::Id)
    }

    /// How the other side leads back to many of these.
    #[must_use]
    pub fn back(mut self, name: &'static str, label_zh: &'static str) -> RelationSpec {
        self.back = Some(Inverse { name, label_zh });
        self
    }
}
