//! Which accesses of those that fit, and in which form.

use clap::Args;

use super::Form;
use crate::audit::Page;

/// One page of accesses, the newest first.
#[derive(Args, Clone, Copy)]
pub struct Paging {
    /// How many accesses at most.
    #[arg(long, default_value_t = 50)]
    limit: u64,
    /// Only accesses before this record: the last one of the page before.
    #[arg(long, value_name = "RECORD")]
    before: Option<i64>,
    /// The form.
    #[arg(long, value_enum, default_value_t)]
    pub format: Form,
}

impl Paging {
    /// The page.
    pub fn page(self) -> Page {
        Page { before: self.before, limit: self.limit }
    }
}
