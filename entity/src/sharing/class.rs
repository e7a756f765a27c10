//! Classes (分级): how sensitive a value is.

use serde::{Deserialize, Serialize};

/// How sensitive a value is, from public to specially protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Public (公开).
    C0,
    /// Internal (内部).
    C1,
    /// Personal information (个人信息, PIPL 4).
    C2,
    /// Sensitive personal information (敏感个人信息, PIPL 28).
    C3,
    /// Specially protected (特别保护): HIV/STI, mental disorder, pregnancy, contraception.
    C4,
}

impl Class {
    /// The code as the catalogue writes it: `C0` … `C4`.
    pub const fn code(self) -> &'static str {
        match self {
            Class::C0 => "C0",
            Class::C1 => "C1",
            Class::C2 => "C2",
            Class::C3 => "C3",
            Class::C4 => "C4",
        }
    }
}
