//! Whether stays are over: what the meter asks for itself, where an answer does not tell it.

use crate::{error::Result, graphql::sql::Params, read::Reader};

/// Those of some stays that somebody has left.
///
/// # Errors
/// When the database cannot be read.
pub async fn ended(reader: &dyn Reader, stays: Vec<i64>) -> Result<Vec<i64>> {
    let mut params = Params::new(reader.dialect());
    let is_one = params.one_of("s.id", stays);
    let sql = format!(
        "SELECT s.id FROM residence_registration s WHERE {is_one} AND s.departure_date IS NOT NULL"
    );
    let rows = reader.read(&params.finish(sql)).await?;
    Ok((0..rows.len()).filter_map(|row| rows.int(row, 0)).collect())
}
