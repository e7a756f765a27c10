//! What a field of type `Code` can hold. A filter by a code that its list does not have would find
//! nobody, which reads like an answer; so it is an error that names the list.

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
    Listed(&'static [&'static str]),
    /// All of a form.
    Formed {
        /// The form in words.
        form: &'static str,
        /// Whether a text has it.
        has_form: fn(&str) -> bool,
    },
    /// The departments.
    Departments,
    /// The field groups.
    Groups,
    /// The purposes of the policy.
    Purposes,
}

pub(super) const fn list(name: &'static str, codes: Codes) -> CodeList {
    CodeList { name, codes }
}

pub(super) const fn listed(name: &'static str, codes: &'static [&'static str]) -> CodeList {
    list(name, Codes::Listed(codes))
}

pub(super) const fn formed(
    name: &'static str,
    form: &'static str,
    has_form: fn(&str) -> bool,
) -> CodeList {
    list(name, Codes::Formed { form, has_form })
}
