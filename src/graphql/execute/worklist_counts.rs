//! How many persons a worklist holds by unit, for those who supervise: under the floors of all counts.

use serde_json::{Value as Json, json};

use super::{
    Execution,
    counts::{SMALL, SMALL_PROTECTED, suppress},
    level::TABLE,
    worklist::{is_listed, within},
};
use crate::{
    catalogue::catalogue,
    error::{Code, GatewayError, Result},
    graphql::{
        input::bad_input,
        plan::{Member, WorklistArguments},
        shape::project,
        sql::{Params, RowRules, Scoping},
        write,
    },
    policy::{DayShown, UnitShown, Worklist, Works},
    read::Value,
};

impl Execution<'_> {
    pub(super) async fn worklist_counts(
        &self,
        out: &mut Vec<u8>,
        arguments: &WorklistArguments,
        members: &[Member],
    ) -> Result<()> {
        let list = self.list_of(arguments)?;
        let items = match list.works {
            Works::Items(items) if list.is_counted() => items,
            _ => return Err(bad_input("this list is not counted by unit")),
        };
        let is_protected = items.is_protected();
        if is_protected && !self.context.spans_counties {
            return Err(GatewayError::new(
                Code::Forbidden,
                "what is specially protected is counted from the prefecture up",
            ));
        }
        let unit = self.unit_of(list, arguments).await?.unwrap_or(self.context.units);
        let below = self.is_counted_below(list, unit.0).await?;

        let kind = catalogue().kind_of::<entity::person::Entity>();
        let mut params = Params::new(self.reader.dialect());
        let scoping: Scoping<'_> = self.scoping(None);
        let mut rules = RowRules::of(self.permit, kind);
        rules.demand(list.rule);
        let scope = rules.condition(&scoping, kind, TABLE, &mut params);
        let parent = params.bind(Value::Int(unit.0));
        let which = if below { "u.parent_id" } else { "u.id" };
        let within = within("i", "unit_id", unit, &mut params);
        let code = params.bind(Value::Text(items.code().to_owned()));
        let today = params.bind(Value::Date(self.context.today));
        // Of a list whose days are masked what is due this month is not told to be overdue.
        let overdue = match list.due {
            DayShown::Day | DayShown::Nothing => format!("i.overdue_from <= {today}"),
            _ => {
                use chrono::Datelike as _;
                let month = self.context.today.with_day(1).unwrap_or(self.context.today);
                format!("i.due_on < {}", params.bind(Value::Date(month)))
            }
        };
        let sql = format!(
            "SELECT u.code, u.name, count(DISTINCT i.person_id), \
             count(DISTINCT CASE WHEN {overdue} THEN i.person_id END) \
             FROM due_item i JOIN person {TABLE} ON {TABLE}.id = i.person_id \
             JOIN administrative_unit u ON i.unit_id BETWEEN u.id AND u.subtree_end \
             WHERE {which} = {parent} AND i.list = {code} AND {within} AND {} AND {scope} \
             GROUP BY u.code, u.name ORDER BY u.code",
            is_listed(&today)
        );
        let rows = self.select(params.finish(sql)).await?;
        self.disclosed.lock().worklists.insert(list.id());
        let count = |row: usize, column| rows.int(row, column).unwrap_or(0);
        let persons: Vec<i64> = (0..rows.len()).map(|row| count(row, 2)).collect();
        let overdue: Vec<i64> = (0..rows.len()).map(|row| count(row, 3)).collect();
        let small = if is_protected { SMALL_PROTECTED } else { SMALL };
        let (shown, shown_overdue) = (suppress(&persons, small), suppress(&overdue, small));
        write::list(out, 0..rows.len(), |out, row| {
            // The rest of a sum tells as much as a part.
            let rest = persons[row] - overdue[row];
            let is_told = shown[row].is_some() && (rest == 0 || rest >= small);
            let told: Json = json!({
                "unit": rows.text(row, 0),
                "unitName": rows.text(row, 1),
                "persons": shown[row],
                "overdue": shown_overdue[row].filter(|_| is_told),
                "suppressed": shown[row].is_none(),
            });
            project(&told, members, out);
        });
        Ok(())
    }

    /// Whether a list is counted by the units below one, and not for that one alone: no nearer than the
    /// caller sees where persons live.
    async fn is_counted_below(&self, list: &Worklist, unit: i64) -> Result<bool> {
        let mut params = Params::new(self.reader.dialect());
        let unit = params.bind(Value::Int(unit));
        let sql = format!("SELECT level FROM administrative_unit WHERE id = {unit}");
        let rows = self.reader.read(&params.finish(sql)).await?;
        let level = if rows.is_empty() { None } else { rows.text(0, 0) };
        Ok(match level {
            Some("province" | "prefecture") => list.units >= UnitShown::County,
            Some("county") => list.units >= UnitShown::Street,
            Some("street") => list.units >= UnitShown::Community,
            _ => false,
        })
    }
}
