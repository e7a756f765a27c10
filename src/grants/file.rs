//! The grants as a text file for review and version control: CSV (RFC 4180), one line a cell, sorted
//! as the matrix is, so that a change of one cell is a change of one line.

use std::collections::HashSet;

use super::{
    cell::{Cell, CellText},
    diff,
};
use crate::policy::GrantSet;

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not a line as it should be.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// A line that names what does not exist.
    #[error("line {line}: {error}")]
    Cell {
        /// From 1, with the header.
        line: u64,
        /// What is wrong.
        error: super::cell::CellError,
    },
    /// Not a single cell: rather a file that was not written than grants that nobody is to have.
    #[error("there are no cells in it; every grant would be taken away")]
    Empty,
    /// A cell that stands there already.
    #[error("line {line}: {cell} stands there twice")]
    Twice {
        /// From 1, with the header.
        line: u64,
        /// Which.
        cell: String,
    },
}

/// Writes the latest version of every cell.
#[expect(clippy::expect_used, reason = "writing to memory does not fail; every cell is text")]
pub fn export(grants: &GrantSet) -> String {
    let complete = "writing to memory does not fail";
    let mut writer = csv::Writer::from_writer(Vec::new());
    for cell in diff::cells(grants).values() {
        writer.serialize(CellText::from(cell)).expect(complete);
    }
    let bytes = writer.into_inner().expect(complete);
    String::from_utf8(bytes).expect("every cell is text")
}

/// Reads cells. Lines that begin with `#` are passed over.
///
/// # Errors
/// When a line does not say what a cell is to be, or says it of a cell a second time.
pub fn import(text: &str) -> Result<Vec<Cell>, FileError> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let mut cells = Vec::new();
    let mut named = HashSet::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let text: CellText = record.deserialize(Some(&headers))?;
        let cell = Cell::try_from(&text).map_err(|error| FileError::Cell { line, error })?;
        if !named.insert(cell.key.clone()) {
            return Err(FileError::Twice { line, cell: cell.key.to_string() });
        }
        cells.push(cell);
    }
    if cells.is_empty() {
        return Err(FileError::Empty);
    }
    Ok(cells)
}
