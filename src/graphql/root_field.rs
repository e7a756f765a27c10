//! What stands at the root of a query: each name is read in one place, and every walker of documents
//! has an arm for what it stands for.

use std::borrow::Cow;

use crate::catalogue::{Kind, catalogue};

/// A field at the root of a query.
#[derive(Clone, Copy, Debug)]
pub enum RootField {
    /// `__typename`.
    Typename,
    /// What the caller may see.
    Entitlement,
    /// The rules of the domain.
    Rules,
    /// A person's own view.
    Me,
    /// Requests of persons, to the officer who answers them.
    SubjectRequests,
    /// The code lists.
    CodeLists,
    /// The codes of one list.
    CodeList,
    /// What changed in the caller's schema.
    SchemaChanges,
    /// Emergency accesses.
    BreakGlassEvents,
    /// What is due to persons, by list.
    Worklist,
    /// How many persons a list holds, by unit.
    WorklistCounts,
    /// A row of any kind by its identifier alone.
    Node,
    /// Several of them.
    Nodes,
    /// One record of a kind by its identifier.
    One(&'static Kind),
    /// A connection of a kind.
    Many(&'static Kind),
    /// Counts of a kind.
    Stats(&'static Kind),
}

impl RootField {
    /// Those that are of no kind.
    const OF_NO_KIND: [Self; 13] = [
        Self::Typename,
        Self::Entitlement,
        Self::Rules,
        Self::Me,
        Self::SubjectRequests,
        Self::CodeLists,
        Self::CodeList,
        Self::SchemaChanges,
        Self::BreakGlassEvents,
        Self::Worklist,
        Self::WorklistCounts,
        Self::Node,
        Self::Nodes,
    ];

    /// What a name stands for, whether or not it is shared with anybody.
    pub fn named(name: &str) -> Option<Self> {
        let of_kinds = catalogue()
            .kinds()
            .iter()
            .flat_map(|kind| [Self::One(kind), Self::Many(kind), Self::Stats(kind)]);
        Self::OF_NO_KIND.into_iter().chain(of_kinds).find(|field| field.is_named(name))
    }

    /// Its name.
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Typename => "__typename",
            Self::Entitlement => "entitlement",
            Self::Rules => "rules",
            Self::Me => "me",
            Self::SubjectRequests => "subjectRequests",
            Self::CodeLists => "codeLists",
            Self::CodeList => "codeList",
            Self::SchemaChanges => "schemaChanges",
            Self::BreakGlassEvents => "breakGlassEvents",
            Self::Worklist => "worklist",
            Self::WorklistCounts => "worklistCounts",
            Self::Node => "node",
            Self::Nodes => "nodes",
            Self::One(kind) => kind.single,
            Self::Many(kind) => kind.plural,
            Self::Stats(kind) => return Cow::Owned(format!("{}Stats", kind.single)),
        })
    }

    fn is_named(self, name: &str) -> bool {
        match self {
            Self::Stats(kind) => name.strip_suffix("Stats") == Some(kind.single),
            _ => self.name() == name,
        }
    }
}
