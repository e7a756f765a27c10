//! Code lists with what of them the rest of the program knows: departments, groups, purposes.

use entity::sharing::{self, Department, Group};

use crate::policy::Purpose;

/// A code list.
#[derive(Debug)]
pub struct CodeList {
    /// Its name: the standard, or the field's own list.
    pub name: &'static str,
    /// What it has.
    pub codes: Codes,
}

/// The codes of a list.
#[derive(Debug)]
pub enum Codes {
    /// These.
    Listed(Vec<&'static str>),
    /// All of a form.
    Formed {
        /// The form in words.
        form: &'static str,
        /// Whether a text has it.
        has_form: fn(&str) -> bool,
    },
}

impl CodeList {
    /// The list that a field names.
    pub(super) fn of(list: &'static sharing::CodeList) -> CodeList {
        let codes = match list.codes {
            sharing::Codes::Listed(codes) => Codes::Listed(codes.to_vec()),
            sharing::Codes::Formed { form, has_form } => Codes::Formed { form, has_form },
            sharing::Codes::Departments => {
                Codes::Listed(Department::ALL.map(Department::code).into())
            }
            sharing::Codes::Groups => Codes::Listed(Group::ALL.map(Group::code).into()),
            sharing::Codes::Purposes => Codes::Listed(Purpose::ALL.map(Purpose::code).into()),
        };
        CodeList { name: list.name, codes }
    }

    /// Whether the list can have a code.
    pub fn has(&self, code: &str) -> bool {
        match &self.codes {
            Codes::Listed(codes) => codes.contains(&code),
            Codes::Formed { has_form, .. } => has_form(code),
        }
    }
}
