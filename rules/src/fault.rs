//! Why a case cannot be read. A fault names fields, never values.

/// The closed list of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The line is not JSON.
    InvalidJson,
    /// The line, or a part of it, has another shape than it must have.
    InvalidShape,
    /// No kind or field has this name.
    UnknownField,
    /// The field stands in several kinds that the rule reads, or its row is not clear.
    AmbiguousField,
    /// The field is given twice.
    DuplicateField,
    /// The value is no day, or no instant.
    InvalidDate,
    /// The value is no code of the field's list.
    InvalidCode,
    /// The value is of another type, or contradicts another.
    InvalidValue,
    /// The rule cannot answer without this field.
    MissingField,
    /// The rule has no such edition.
    UnknownEdition,
    /// The rule read a field that is not among its inputs: a defect of the rule.
    UndeclaredInput,
}

impl Code {
    /// The code as it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Code::InvalidJson => "INVALID_JSON",
            Code::InvalidShape => "INVALID_SHAPE",
            Code::UnknownField => "UNKNOWN_FIELD",
            Code::AmbiguousField => "AMBIGUOUS_FIELD",
            Code::DuplicateField => "DUPLICATE_FIELD",
            Code::InvalidDate => "INVALID_DATE",
            Code::InvalidCode => "INVALID_CODE",
            Code::InvalidValue => "INVALID_VALUE",
            Code::MissingField => "MISSING_FIELD",
            Code::UnknownEdition => "UNKNOWN_EDITION",
            Code::UndeclaredInput => "UNDECLARED_INPUT",
        }
    }
}

/// Why a case cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.name())]
pub struct Fault {
    /// The code.
    pub code: Code,
    /// What is wrong, and how to mend it.
    pub message: String,
}

impl Fault {
    /// A fault with its message.
    pub fn new(code: Code, message: impl Into<String>) -> Fault {
        Fault { code, message: message.into() }
    }
}
