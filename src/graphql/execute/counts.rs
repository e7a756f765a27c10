//! Counts for those who see no persons: rounded, with small cells suppressed.
//!
//! There is no `where`: cohorts that differ by one person would tell of that person (§4.8 of the
//! domain rules: complementary suppression, no differencing).

use async_graphql_value::Value as Argument;
use entity::sharing::Class;

use super::{Execution, level::TABLE};
use crate::{
    catalogue::{DatabaseField, Kind, catalogue},
    error::Result,
    graphql::{
        input::bad_input,
        not_shared,
        plan::{CountItem, Render},
        sql::{Params, RowRules, cell, unprotected, within_unit},
        write,
    },
    policy::{Level, Position},
};

/// Most dimensions of one count.
const MAX_DIMENSIONS: usize = 4;

/// Cells of fewer persons are suppressed.
pub(super) const SMALL: i64 = 10;

/// The same for specially protected data.
pub(super) const SMALL_PROTECTED: i64 = 20;

impl Execution<'_> {
    pub(super) async fn counts(
        &self,
        out: &mut Vec<u8>,
        kind: &'static Kind,
        by: Option<&Argument>,
        items: &[CountItem],
    ) -> Result<()> {
        let dimensions = self.dimensions(kind, by)?;
        let protected = kind.group.is_specially_protected()
            || dimensions.iter().any(|field| field.spec.class == Class::C4);
        if protected && !self.context.spans_counties {
            return Err(not_shared::counted_too_closely(kind));
        }
        self.note_fields(dimensions.iter().map(|field| field.id));

        let mut params = Params::new(self.reader.dialect());
        let scoping = self.scoping(None);
        let (rows, scope) = self.counted_rows(kind, &mut params);
        let columns =
            dimensions.iter().map(|field| cell(*field, TABLE, &rows, &scoping, &mut params));
        let columns: Vec<String> = columns.collect();
        // Persons, or rows of nobody.
        let count = format!("count(DISTINCT {TABLE}.{})", kind.person().unwrap_or("id"));
        let places: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
        let list: Vec<String> = columns.into_iter().chain([count]).collect();
        let mut sql =
            format!("SELECT {} FROM {} {TABLE} WHERE {scope}", list.join(", "), kind.table);
        if !places.is_empty() {
            let order: Vec<String> =
                places.iter().map(|place| format!("{place} ASC NULLS LAST")).collect();
            sql += &format!(" GROUP BY {} ORDER BY {}", places.join(", "), order.join(", "));
        }
        let rows = self.select(params.finish(sql)).await?;

        let counts: Vec<i64> =
            (0..rows.len()).map(|row| rows.int(row, dimensions.len()).unwrap_or(0)).collect();
        let shown = suppress(&counts, if protected { SMALL_PROTECTED } else { SMALL });
        write::list(out, 0..rows.len(), |out, row| {
            write::object(out, items, |out, item| match item {
                CountItem::Typename { key } => {
                    write::key(out, key);
                    write::text(out, &format!("{}Count", kind.name));
                }
                CountItem::Unshared { key } => {
                    write::key(out, key);
                    write::null(out);
                }
                CountItem::Count { key } => {
                    write::key(out, key);
                    match shown[row] {
                        Some(count) => write::int(out, count),
                        None => out.extend_from_slice(b"null"),
                    }
                }
                CountItem::Suppressed { key } => {
                    write::key(out, key);
                    write::boolean(out, shown[row].is_none());
                }
                CountItem::Dimension { key, field, label } => {
                    write::key(out, key);
                    match dimensions.iter().position(|dimension| dimension.id == field.id) {
                        Some(column) => {
                            let code = Render::Plain { column, ty: field.spec.ty };
                            let render = match label {
                                Some(label) => Render::Label { of: Box::new(code), label: *label },
                                None => code,
                            };
                            write::value(out, &render, &rows, row, self.context);
                        }
                        None => out.extend_from_slice(b"null"),
                    }
                }
            });
        });
        Ok(())
    }

    fn dimensions(&self, kind: &'static Kind, by: Option<&Argument>) -> Result<Vec<DatabaseField>> {
        let names = match self.argument(by) {
            None => return Ok(Vec::new()),
            Some(async_graphql::Value::List(names)) => names,
            Some(single) => vec![single],
        };
        if names.len() > MAX_DIMENSIONS {
            return Err(crate::graphql::limits::exceeded("dimensions", MAX_DIMENSIONS));
        }
        let mut dimensions: Vec<DatabaseField> = Vec::new();
        for name in names {
            let name = match &name {
                async_graphql::Value::Enum(name) => name.as_str(),
                async_graphql::Value::String(name) => name.as_str(),
                _ => return Err(bad_input("groupBy takes names of dimensions")),
            };
            let field = catalogue()
                .field_named(kind.id, name)
                .and_then(|field| self.permit.computed_at(field, Position::Group))
                .ok_or_else(|| not_shared::input(self.permit, kind, name, "groupBy"))?;
            if !dimensions.contains(&field) {
                dimensions.push(field);
            }
        }
        Ok(dimensions)
    }

    /// Rows that are counted, and the condition on them: those that the caller sees, or all of its unit
    /// where it counts without seeing. Dimensions change nothing of it: where one is not shown of a
    /// row, the row is counted with those that have no value.
    fn counted_rows(&self, kind: &'static Kind, params: &mut Params) -> (RowRules, String) {
        let rows = self.permit.rows(kind.id);
        let counts_all = catalogue()
            .fields_of(kind.id)
            .any(|field| self.permit.field(field.id).level == Level::Aggregate);
        if counts_all || rows.is_empty() {
            let unit = within_unit(kind, TABLE, self.context, params);
            let condition = match unprotected(self.permit, self.context, kind, TABLE, params) {
                Some(condition) => format!("{unit} AND {condition}"),
                None => unit,
            };
            return (RowRules::of_unit(), condition);
        }
        let rows = RowRules::of(self.permit, kind);
        let condition = rows.condition(&self.scoping(None), kind, TABLE, params);
        (rows, condition)
    }
}

/// A count of persons by itself, as counts are shown: rounded to 5, absent when too small.
pub fn rounded(count: i64, is_protected: bool) -> Option<i64> {
    suppress(&[count], if is_protected { SMALL_PROTECTED } else { SMALL })[0]
}

/// Rounds to 5 and suppresses small cells. A single suppressed cell could be told from a total, so
/// the next smallest goes with it.
pub(super) fn suppress(counts: &[i64], small: i64) -> Vec<Option<i64>> {
    let mut shown: Vec<Option<i64>> = counts
        .iter()
        .map(|count| (*count == 0 || *count >= small).then_some((count + 2) / 5 * 5))
        .collect();
    if shown.iter().filter(|cell| cell.is_none()).count() == 1 {
        let next = (0..counts.len())
            .filter(|cell| shown[*cell].is_some() && counts[*cell] > 0)
            .min_by_key(|cell| counts[*cell]);
        if let Some(next) = next {
            shown[next] = None;
        }
    }
    shown
}
