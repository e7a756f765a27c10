//! Lists of emergency accesses: to the person those about itself, to a reviewer those of its unit.

use async_graphql::Value as GraphqlValue;
use async_graphql_value::Value as Argument;
use serde_json::{Map, Value as Json};

use super::{DisclosedItem, Execution};
use crate::{
    error::{Code, GatewayError, Result},
    graphql::{
        events::{CELLS, Cell, KIND, Shows, of_instant},
        input::{self, bad_input},
        plan::Member,
        shape::project,
        sql::{Closed, Params, own_persons},
        write,
    },
    policy::EventView,
    read::{Rows, Value},
    rules::age::AGE_OF_CONSENT,
};

impl Execution<'_> {
    pub(super) async fn events(
        &self,
        out: &mut Vec<u8>,
        members: &[Member],
        unreviewed: Option<&Argument>,
        first: Option<&Argument>,
    ) -> Result<()> {
        let unreviewed = match self.argument(unreviewed) {
            None => None,
            Some(GraphqlValue::Boolean(unreviewed)) => Some(unreviewed),
            Some(_) => return Err(bad_input("unreviewed takes true or false")),
        };
        let first = match self.argument(first) {
            Some(first) => input::page_size(&first, "first", self.limits.page_size)?,
            None => self.limits.default_page_size,
        };
        let cells = asked(members);
        let columns: String = cells.iter().map(|cell| format!(", {}", cell.column)).collect();
        let mut params = Params::new(self.reader.dialect());
        let mut conditions = vec![self.reach(&mut params)?];
        conditions.extend(unreviewed.map(|unreviewed| match unreviewed {
            true => "e.reviewed_at IS NULL".to_owned(),
            false => "e.reviewed_at IS NOT NULL".to_owned(),
        }));
        let first = params.bind(Value::Int(i64::try_from(first).unwrap_or(i64::MAX)));
        let sql = format!(
            "SELECT e.id, e.person_id{columns} FROM break_glass e \
             JOIN organization o ON o.id = e.organization_id WHERE {} \
             ORDER BY e.opened_at DESC, e.id DESC LIMIT {first}",
            conditions.join(" AND ")
        );
        let rows = self.select(params.finish(sql)).await?;
        {
            let mut disclosed = self.disclosed.lock();
            disclosed.rows += rows.len() as u64;
            let patients = || (0..rows.len()).filter_map(|row| rows.int(row, 1));
            let set = disclosed
                .set(cells.iter().map(|cell| DisclosedItem::Listed(KIND, cell.name)).collect());
            disclosed.show(patients(), set);
            // Whoever reviews has to see what waits for review.
            disclosed.tally.exempt(patients());
            disclosed.listed.extend(cells.iter().map(|cell| (KIND, cell.name)));
        }
        write::list(out, 0..rows.len(), |out, row| {
            let event: Map<String, Json> = cells
                .iter()
                .zip(2..)
                .map(|(cell, column)| (cell.name.to_owned(), self.cell(cell, &rows, row, column)))
                .collect();
            project(&Json::Object(event), members, out);
        });
        Ok(())
    }

    /// Whose events the caller sees.
    fn reach(&self, params: &mut Params) -> Result<String> {
        match (self.permit.events, self.context.person) {
            (Some(EventView::Subject), Some(person)) => {
                let persons =
                    own_persons(person, AGE_OF_CONSENT, &[Closed::Anything], self.context, params);
                Ok(params.among("e.person_id", &persons))
            }
            (Some(EventView::Reviewer), _) => {
                let (low, high) = self.context.units;
                let low = params.bind(Value::Int(low));
                let high = params.bind(Value::Int(high));
                Ok(format!("e.unit_id BETWEEN {low} AND {high}"))
            }
            _ => Err(GatewayError::new(Code::Internal, "a view of events has no reach")),
        }
    }

    fn cell(&self, cell: &Cell, rows: &Rows, row: usize, column: usize) -> Json {
        let shows = cell.shows;
        let value = match shows {
            Shows::Event | Shows::Patient | Shows::Pseudonym => {
                let key = rows.int(row, column);
                key.map(|key| shows.of_key(key, self.context.identifiers))
            }
            Shows::Instant => rows.instant(row, column).map(of_instant),
            Shows::Text | Shows::Reason => rows.text(row, column).map(|text| shows.of_text(text)),
        };
        value.unwrap_or(Json::Null)
    }
}

/// The members that rows are read for, each once.
fn asked(members: &[Member]) -> Vec<&'static Cell> {
    let is_asked = |cell: &&Cell| members.iter().any(|member| member.name == cell.name);
    CELLS.iter().filter(is_asked).collect()
}
