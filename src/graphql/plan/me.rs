//! `me` compiled: the person's own row and its children as rows are, and each part that is told in words as a
//! read of the fields that its words are made of.

use async_graphql::parser;
use async_graphql_value::Value as Argument;
use entity::{access_event, consent, person, service_entitlement};
use sea_orm::IdenStatic as _;

use super::{
    Document, Item, Member, Node, Root,
    compile::{Compiler, Fields, argument, unknown},
};
use crate::{
    catalogue::{Kind, catalogue},
    error::{Code, GatewayError, Result},
    graphql::{
        Method, Unshared,
        input::Variables,
        me::{self, Part},
    },
    policy::Position,
};

/// A member of `me`.
#[derive(Debug)]
pub enum MeItem {
    Typename {
        key: String,
    },
    /// The person's own row.
    Person {
        key: String,
        node: Node,
        items: Vec<Item>,
    },
    /// The rows of children.
    Children {
        key: String,
        node: Node,
        items: Vec<Item>,
    },
    /// What is told in words.
    Told(Box<Told>),
}

/// A part that is told in words.
#[derive(Debug)]
pub struct Told {
    pub key: String,
    pub part: Part,
    pub members: Vec<Member>,
    /// What is read for it: of each kind that its words are made of.
    pub reads: Vec<MeRead>,
    pub whom: Option<Argument>,
    pub first: Option<Argument>,
    pub after: Option<Argument>,
    pub kind: Option<Argument>,
}

/// A read of one kind.
#[derive(Debug)]
pub struct MeRead {
    pub node: Node,
    pub items: Vec<Item>,
    /// Columns that are no fields: those that say of an access who asked and what came of it.
    pub internal: Vec<usize>,
}

impl MeItem {
    /// What it reads.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let (node, told) = match self {
            Self::Typename { .. } => (None, None),
            Self::Person { node, .. } | Self::Children { node, .. } => (Some(node), None),
            Self::Told(told) => (None, Some(told)),
        };
        let reads = told.into_iter().flat_map(|told| &told.reads);
        node.into_iter().chain(reads.map(|read| &read.node))
    }
}

impl Compiler<'_> {
    pub(super) fn me(&self, key: String, fields: &Fields<'_>) -> Result<Root> {
        if !me::is_shown(self.permit) {
            return Err(unknown(fields[0]));
        }
        let below =
            self.collect(fields.iter().map(|field| &field.node.selection_set.node), None)?;
        let items = below.into_iter().map(|(key, fields)| {
            let key = key.to_owned();
            self.path.borrow_mut().push(key.clone());
            let made = self.me_item(key, &fields);
            self.path.borrow_mut().pop();
            made
        });
        Ok(Root::Me { key, items: self.all(items)? })
    }

    fn me_item(&self, key: String, fields: &Fields<'_>) -> Result<MeItem> {
        let field = fields[0];
        let name = field.node.name.node.as_str();
        if name == "__typename" {
            return Ok(MeItem::Typename { key });
        }
        if matches!(name, me::PERSON | me::CHILDREN) {
            let kind = catalogue().kind_of::<person::Entity>();
            let mut node = Node::new(kind, self.permit);
            let items = self.items(&mut node, fields)?;
            node.settle(self.permit, None);
            return Ok(match name {
                me::PERSON => MeItem::Person { key, node, items },
                _ => MeItem::Children { key, node, items },
            });
        }
        let part = me::named(name).ok_or_else(|| unknown(field))?;
        let members = self.members(fields, part.shape)?;
        let reads = self.reads(part.part, &members)?;
        Ok(MeItem::Told(Box::new(Told {
            key,
            part: part.part,
            members,
            reads,
            whom: argument(field, "personId"),
            first: argument(field, "first"),
            after: argument(field, "after"),
            kind: argument(field, "kind"),
        })))
    }

    fn reads(&self, part: Part, members: &[Member]) -> Result<Vec<MeRead>> {
        let of = |kind: &'static Kind, needs: me::Needs| {
            let asked = |name: &str| members.iter().any(|member| member.name == name);
            let needed = needs.iter().filter(|(member, _)| asked(member));
            let needed: Vec<&str> = needed.flat_map(|(_, fields)| *fields).copied().collect();
            let shown = self.permit.fields_at(kind.id, Position::Select);
            let shown = shown.map(|field| field.spec.name).filter(|name| needed.contains(name));
            self.read_of(kind, &shown.collect::<Vec<_>>().join(" "))
        };
        let read = match part {
            Part::WhoLooked | Part::OwnLookUps => {
                let kind = catalogue().kind_of::<access_event::Entity>();
                let mut read = of(kind, me::LOOKED_NEEDS)?;
                if let Some(read) = &mut read {
                    use access_event::Column::{Decision, GrantsVersion, Role};
                    read.internal = [Role, Decision, GrantsVersion]
                        .map(|column| read.node.column(column.as_str()))
                        .into();
                }
                read
            }
            Part::Consents => of(catalogue().kind_of::<consent::Entity>(), me::GIVEN_NEEDS)?,
            Part::ConsentsToGive => {
                let fields = "purpose recipientDepartment fieldGroup active";
                self.read_of(catalogue().kind_of::<consent::Entity>(), fields)?
            }
            Part::Services => {
                let fields = "eligibleServices delivered gap";
                self.read_of(catalogue().kind_of::<service_entitlement::Entity>(), fields)?
            }
            Part::Record => return self.whole(),
            Part::Emergencies | Part::Sharing | Part::Requests => None,
        };
        Ok(read.into_iter().collect())
    }

    /// Everything that is held of a person but for accesses, which are told by themselves.
    fn whole(&self) -> Result<Vec<MeRead>> {
        let log = catalogue().kind_of::<access_event::Entity>().id;
        let of_persons = catalogue().kinds().iter();
        let of_persons = of_persons.filter(|kind| kind.person().is_some() && kind.id != log);
        let reads =
            of_persons.map(|kind| self.read_of(kind, &me::recorded_fields(self.permit, kind)));
        Ok(reads.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// A read of fields of a kind, compiled of a document that names them: what the permit does not show
    /// cannot be in it. None where no field is asked for.
    fn read_of(&self, kind: &'static Kind, fields: &str) -> Result<Option<MeRead>> {
        if !self.permit.shows_kind(kind.id) {
            return Ok(None);
        }
        let broken = || GatewayError::new(Code::Internal, "a part of me cannot be compiled");
        let text = format!("{{ {}(id: \"\") {{ id {fields} }} }}", kind.single);
        let parsed = parser::parse_query(text).map_err(|_| broken())?;
        let document = Document::new(parsed, None, Method::Get)?;
        let variables = Variables::default();
        let compiler = Compiler::new(&document, self.permit, &variables, Unshared::Refused);
        let roots = compiler.collect([&document.operation.selection_set.node], None)?;
        let (_, fields) = roots.first().ok_or_else(broken)?;
        let mut node = Node::new(kind, self.permit);
        let items = compiler.items(&mut node, fields)?;
        node.settle(self.permit, None);
        Ok(Some(MeRead { node, items, internal: Vec::new() }))
    }
}
