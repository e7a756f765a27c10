//! `me`: a person's own view (PIPL 44–50), in plain words.
//!
//! Each part is read by a plan as everything else is: the rows of a kind under the permit's rules, with the
//! fields that its words are made of and no others. Here is what the parts are called, what they hold, and
//! how rows become sentences; [`plan`](super::plan) compiles them and `execute/me.rs` reads them.

mod consents;
mod emergencies;
mod looked;
mod published;
mod record;
mod requests;
mod services;
pub mod words;

use std::sync::Arc;

pub use consents::{NEEDS as GIVEN_NEEDS, given, to_give};
pub use emergencies::{Emergency, told as told_emergency};
pub use looked::{Internal, Looked, NEEDS as LOOKED_NEEDS, told as told_access};
pub use published::{Published, Share};
pub use record::{fields_of as recorded_fields, section as record_section};
pub use requests::{COLUMNS as REQUEST_COLUMNS, SHAPE as REQUEST, told as told_request};
pub use services::told as told_services;

use super::shape::Shape;
use crate::{
    directory::Directory,
    policy::{Act, GrantSet, Permit},
};

/// The name of the object.
pub const ME: &str = "Me";

/// The field of the person's own row.
pub const PERSON: &str = "person";

/// The field of the children in the person's guardianship.
pub const CHILDREN: &str = "children";

/// What it is.
pub const DESCRIPTION: &str = "我的信息: a person's own view: what is held, who looked, what is shared and why \
    (个人信息保护法 第四十四至五十条)";

/// Which fields each member of a part is made of.
pub type Needs = &'static [(&'static str, &'static [&'static str])];

/// What the words of an answer are made with, beside rows.
#[derive(Clone)]
pub struct Register {
    /// The grants of every version: the law of an access is that of the grant of its day.
    pub grants: Arc<GrantSet>,
    /// Units and organizations by code.
    pub directory: Arc<Directory>,
    /// What departments may see, by the grants in force.
    pub published: Arc<Published>,
}

/// A part of `me` that is told in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is held, field by field.
    Record,
    /// Who looked.
    WhoLooked,
    /// The person's own look-ups.
    OwnLookUps,
    /// Emergency accesses.
    Emergencies,
    /// What the person consented to.
    Consents,
    /// What consent is asked for and not given.
    ConsentsToGive,
    /// What departments share.
    Sharing,
    /// Services owed and had.
    Services,
    /// Requests about the person's data.
    Requests,
}

/// A part as the schema has it.
pub struct Description {
    /// The part.
    pub part: Part,
    /// The name of its field.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// What its items hold.
    pub shape: &'static Shape,
    /// Arguments: name, type, description.
    pub arguments: &'static [(&'static str, &'static str, &'static str)],
}

/// Of whom a part is asked.
const WHOM: (&str, &str, &str) = (
    "personId",
    "ID",
    "未成年子女: a child in the caller's guardianship; the caller itself without",
);

const FIRST: (&str, &str, &str) = ("first", "Int", "at most so many");

const AFTER: (&str, &str, &str) = ("after", "String", "those older than the one with this cursor");

/// All parts, in the order of the schema.
pub static PARTS: [Description; 9] = [
    Description {
        part: Part::Record,
        name: "record",
        description: "我的档案: everything that is held, field by field, in plain words",
        shape: record::SHAPE,
        arguments: &[WHOM, ("kind", "String", "only this kind of record")],
    },
    Description {
        part: Part::WhoLooked,
        name: "whoLooked",
        description: "谁看过我的信息: one sentence for each access of others, the latest first",
        shape: looked::SHAPE,
        arguments: &[FIRST, AFTER, WHOM],
    },
    Description {
        part: Part::OwnLookUps,
        name: "ownLookUps",
        description: "本人查询: the caller's own look-ups, the latest first",
        shape: looked::SHAPE,
        arguments: &[FIRST, AFTER, WHOM],
    },
    Description {
        part: Part::Emergencies,
        name: "emergencies",
        description: "紧急访问: emergency accesses, the latest first",
        shape: emergencies::SHAPE,
        arguments: &[FIRST, WHOM],
    },
    Description {
        part: Part::Consents,
        name: "consents",
        description: "已作出的同意: what was consented to, in force or over, the latest first",
        shape: consents::GIVEN,
        arguments: &[FIRST, WHOM],
    },
    Description {
        part: Part::ConsentsToGive,
        name: "consentsToGive",
        description: "可以作出的同意: what departments may see only with consent, and have none for",
        shape: consents::TO_GIVE,
        arguments: &[WHOM],
    },
    Description {
        part: Part::Sharing,
        name: "sharing",
        description: "共享情况: by department and purpose what may be seen, of whom, and by which law",
        shape: published::SHAPE,
        arguments: &[],
    },
    Description {
        part: Part::Services,
        name: "services",
        description: "我的服务: services owed, had and missing",
        shape: services::SHAPE,
        arguments: &[WHOM],
    },
    Description {
        part: Part::Requests,
        name: "requests",
        description: "我的请求: requests about one's data, with their states and days, the latest first",
        shape: requests::SHAPE,
        arguments: &[FIRST, WHOM],
    },
];

/// The part of a name.
pub fn named(name: &str) -> Option<&'static Description> {
    PARTS.iter().find(|part| part.name == name)
}

/// The type of an argument of a part.
pub fn argument_type(part: &str, argument: &str) -> Option<&'static str> {
    let part = named(part)?;
    part.arguments.iter().find(|(name, ..)| *name == argument).map(|(_, ty, _)| *ty)
}

/// Whether a permit has a person's own view: a person's alone, and the published schema.
pub fn is_shown(permit: &Permit) -> bool {
    use crate::policy::{Purpose, Role};
    let basis = permit.basis;
    permit.is_drawn || ((basis.role, basis.purpose) == (Role::SU, Purpose::Sar) && basis.has_person)
}

/// Whether a permit lists requests of persons: that of the officer who answers them.
pub fn lists_requests(permit: &Permit) -> bool {
    permit.acts.contains(&Act::AnswerRequest)
}
