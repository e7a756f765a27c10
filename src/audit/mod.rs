//! No answer without a record: who asked, for what, which fields, and whose data, on a hash chain.
//!
//! A request hands a [`Draft`] to the [`AuditWriter`] and answers only after the record is durably
//! committed. An administrative [`Change`] commits in one transaction with its record.
//! [`verify()`] recomputes the chain; [`accesses_of`] tells a person who saw its data, [`acts()`] what
//! administrators changed.
//!
//! The chain shows every change, removal, or insertion made without the chain key. Cutting records
//! off the end *and* setting the head back to the link before is the one thing a chain cannot show
//! by itself: keep the head of each verification ([`Verdict::Intact`]) where the database's
//! administrators cannot write.

mod acts;
pub mod chain;
mod change;
mod columns;
mod commit;
mod continuation;
mod definitions;
mod diagnosis;
mod export;
mod fields;
mod gate;
mod look;
mod made;
mod outcome;
mod own;
mod period;
mod persons;
mod protected;
mod pulse;
mod receipt;
mod record;
mod recorder;
mod rows;
mod search;
mod show;
mod subjects;
#[cfg(test)]
pub(crate) mod tests;
mod verify;
mod writer;

pub use acts::{Act, acts};
pub use chain::{ChainKey, is_as_written, subjects_digest};
pub use change::{Applied, Change, ChangeError, MISS};
pub use commit::{CHANNEL, can_commit};
pub use continuation::{is_begun, is_continued_by};
pub use definitions::altered_definitions;
pub use export::{Proof, export};
pub use fields::{Fields, RecordedField, shown_of};
pub use look::Look;
pub use made::{Made, words_digest};
pub use outcome::Outcome;
pub use period::Period;
pub use persons::Subjects;
pub use protected::{
    Concerned, ProtectedAccess, Sought, callers, concerned, concerned_at, protected,
};
pub use receipt::{NoReceipt, Receipt, Receipts, Recorded};
pub use record::Draft;
pub use recorder::Recorder;
pub use search::{Search, search};
pub use show::{Access, Page, accesses_of};
pub use verify::{Finding, Verdict, VerifyError, verify, verify_against};
pub use writer::{AuditError, AuditWriter, Serving, WriterOptions};
