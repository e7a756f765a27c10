//! What an answer waits for: somebody who takes its record and gives a receipt for it.

use async_trait::async_trait;

use super::{AuditError, AuditWriter, Draft, Receipt};

/// Takes the records of answers. A gateway has one, from its start: the writer of the chain in every
/// program of the product. The type says what holds of each: without a receipt there is no answer.
#[async_trait]
pub trait Recorder: Send + Sync {
    /// Returns the receipt of a record that will stay.
    ///
    /// # Errors
    /// As [`AuditWriter::append`]; then there must be no answer.
    async fn record_answer(&self, draft: Draft) -> Result<Receipt, AuditError>;
}

/// Commits the record durably before it gives the receipt.
#[async_trait]
impl Recorder for AuditWriter {
    async fn record_answer(&self, draft: Draft) -> Result<Receipt, AuditError> {
        let recorded = self.append(draft).await?;
        Ok(self.receipt(&recorded))
    }
}
