//! Codes that lists have: a filter by another code is an error.

use migrant_gateway::catalogue::{
    Field,
    code_lists::{CodeList, Codes},
};

/// Texts of which every form of codes has one.
const FORMED: [&str; 8] = ["01", "1", "0", "CHN", "220102", "1-01", "A09", "0101"];

/// A unit and an organization of every world.
const REGISTERED: &str = "220102";

/// All codes of a list, or some of its form.
pub fn of_list(list: &'static CodeList) -> Vec<&'static str> {
    let codes: Vec<&str> = match &list.codes {
        Codes::Formed { .. } => FORMED.into_iter().filter(|text| list.has(text)).collect(),
        Codes::Units(_) => vec![REGISTERED],
        Codes::Closed | Codes::Listed(_) | Codes::Joined(_) | Codes::Organizations => {
            list.entries().iter().map(|entry| &*entry.code).collect()
        }
    };
    assert!(!codes.is_empty(), "a code of {}", list.name);
    codes
}

/// A text that a field can be compared with.
pub fn text(field: &'static Field) -> &'static str {
    field.codes.map_or("1", |list| of_list(list)[0])
}
