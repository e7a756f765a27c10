//! What anybody may know: roles, purposes, groups, reasons, organizations, units, laws, code lists, and the
//! entries of the catalogue of government data. On the command line, and over HTTP without a token.
//!
//! Nothing here tells of a person, and nothing is secret: of organizations name and unit, of nobody a token
//! or a number.

mod entries;
mod lists;
mod table;

use serde_json::{Value as Json, json};

pub use entries::{entries, entry};
pub use table::Table;

use crate::{
    catalogue::catalogue,
    directory::Directory,
    graphql::code_lists::{describe, describe_all},
};

/// The lists that there are, each by the name of its command and its path.
pub const LISTS: [&str; 8] =
    ["roles", "purposes", "groups", "reasons", "organizations", "units", "laws", "code-lists"];

/// A list by its name.
pub fn list(name: &str, registers: &Directory) -> Option<Table> {
    Some(match name {
        "roles" => lists::roles(),
        "purposes" => lists::purposes(),
        "groups" => lists::groups(),
        "reasons" => lists::reasons(),
        "organizations" => lists::organizations(registers),
        "units" => lists::units(registers),
        "laws" => lists::laws(registers),
        "code-lists" => lists::code_lists(registers),
        _ => return None,
    })
}

/// The document at a path below the root, where there is one.
pub fn document(path: &str, registers: &Directory) -> Option<Json> {
    let mut parts = path.splitn(3, '/');
    match (parts.next()?, parts.next(), parts.next()) {
        ("code-lists", None, _) => Some(describe_all(registers)),
        ("code-lists", Some(name), None) => {
            catalogue().code_list(name).map(|list| describe(list, registers))
        }
        // Names of standards have a slash of their own.
        ("code-lists", Some(name), Some(rest)) => {
            catalogue().code_list(&format!("{name}/{rest}")).map(|list| describe(list, registers))
        }
        ("catalogue", None, _) => Some(index(registers)),
        ("catalogue", Some("entries"), None) => Some(entries()),
        ("catalogue", Some("entries"), Some(kind)) => entry(kind),
        ("catalogue", Some(name), None) => list(name, registers).map(|table| table.json()),
        _ => None,
    }
}

/// What there is, and where.
fn index(registers: &Directory) -> Json {
    let of_list = |name: &&str| {
        let table = list(name, registers)?;
        Some(json!({
            "name": name,
            "titleZh": table.title_zh,
            "titleEn": table.title_en,
            "href": format!("/catalogue/{name}"),
            "count": table.rows.len(),
        }))
    };
    let entries = json!({
        "name": "entries",
        "titleZh": "政务数据目录",
        "titleEn": "entries of the catalogue of government data",
        "href": "/catalogue/entries",
        "count": catalogue().kinds().len(),
    });
    LISTS.iter().filter_map(of_list).chain([entries]).collect()
}
