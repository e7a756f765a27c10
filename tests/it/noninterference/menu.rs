//! What a permit may ask of a kind, as pieces of GraphQL.

use std::collections::{BTreeMap, HashMap};

use entity::sharing::{Computed, Type};
use migrant_gateway::{
    catalogue::{Field, FieldId, Kind, Relation, Source, catalogue, code_lists},
    graphql::filter::filterable,
    policy::{Permit, Position, RowRule},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::OnceCell;

use super::copies::copy;
use crate::support::{Backend, codes};

static VALUES: OnceCell<Values> = OnceCell::const_new();

/// Values of the population by field, as GraphQL literals.
pub struct Values(HashMap<FieldId, Vec<String>>);

/// Values of the shared population.
pub async fn values() -> &'static Values {
    VALUES.get_or_init(take_values).await
}

async fn take_values() -> Values {
    let world = copy(Backend::Sqlite).await;
    let mut all = HashMap::new();
    for field in catalogue().fields() {
        let kind = catalogue().kind(field.kind);
        let column = match field.source {
            Source::Column(column) => column,
            Source::Computed(Computed::Generalized { name, .. }) => name,
            Source::Computed(_) | Source::Finished(_) => continue,
        };
        let sql = format!(
            "SELECT DISTINCT CAST({column} AS TEXT) AS value FROM {} WHERE {column} IS NOT NULL \
             ORDER BY 1",
            kind.table
        );
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        let rows = world.db.query_all_raw(statement).await.expect("the values are read");
        let texts: Vec<String> =
            rows.iter().map(|row| row.try_get("", "value").expect("a text")).collect();
        let chosen = [texts.len() / 4, texts.len() / 2, texts.len().saturating_sub(1)];
        let literals = chosen.into_iter().filter_map(|place| texts.get(place));
        all.insert(field.id, literals.map(|text| literal(field.spec.ty, text)).collect());
    }
    Values(all)
}

/// A value as GraphQL writes it.
pub fn literal(ty: Type, text: &str) -> String {
    match ty {
        Type::Int => text.to_owned(),
        _ => serde_json::to_string(text).expect("a text is JSON"),
    }
}

impl Values {
    /// Up to three values to compare a field with.
    pub fn of(&self, field: &'static Field) -> Vec<String> {
        let found = self.0.get(&field.id).cloned().unwrap_or_default();
        match (field.spec.ty, field.source) {
            (Type::Boolean, _) => vec!["true".to_owned(), "false".to_owned()],
            (_, Source::Computed(Computed::AgeBand(_))) => {
                ["0-6", "14-17", "18-49"].map(|band| format!("{band:?}")).to_vec()
            }
            _ if found.is_empty() => match field.spec.ty {
                Type::Date => vec!["\"2020-02-29\"".to_owned()],
                Type::DateTime => vec!["\"2026-11-20T03:00:00Z\"".to_owned()],
                Type::Int => vec!["3".to_owned()],
                _ => vec![format!("{:?}", codes::text(field))],
            },
            _ => found,
        }
    }

    /// A filter on a field for each of its operators.
    pub fn filters(&self, field: &'static Field) -> Vec<String> {
        let values = self.of(field);
        let mut all = Vec::new();
        let operators = filterable(field.spec.ty).map_or(&[][..], |filter| filter.operators);
        for operator in operators.iter().map(|operator| operator.name()) {
            for operand in operands(operator, &values) {
                all.push(format!("{{ {}: {{ {operator}: {operand} }} }}", field.spec.name));
            }
        }
        all
    }
}

fn operands(operator: &str, values: &[String]) -> Vec<String> {
    let text = |place: usize| -> String {
        let value: String = serde_json::from_str(&values[place]).expect("a text");
        let part: String = value.chars().skip(place).take(1 + place).collect();
        serde_json::to_string(&part).expect("a text is JSON")
    };
    match operator {
        "in" => vec![format!("[{}]", values.join(", "))],
        "isNull" => vec!["true".to_owned(), "false".to_owned()],
        "startsWith" => vec![text(0)],
        "contains" => vec![text(values.len() - 1)],
        "eq" => values.iter().take(2).cloned().collect(),
        _ => vec![values[values.len() / 2].clone()],
    }
}

/// Kinds that show rows.
pub fn shown(permit: &Permit) -> Vec<&'static Kind> {
    catalogue().kinds().iter().filter(|kind| permit.shows_kind(kind.id)).collect()
}

/// Relations to kinds that show rows.
pub fn relations(permit: &Permit, kind: &'static Kind) -> Vec<&'static Relation> {
    kind.relations.iter().filter(|relation| permit.shows_kind(relation.target)).collect()
}

/// Fields to select, in sets: those of each row rule, and all together.
pub fn selections(permit: &Permit, kind: &Kind) -> Vec<String> {
    let mut by_rule: BTreeMap<RowRule, Vec<String>> = BTreeMap::new();
    for field in permit.fields_at(kind.id, Position::Select) {
        let rule = permit.field(field.id).rows.expect("rows are shown");
        by_rule.entry(rule).or_default().push(selected(permit, field));
    }
    let mut sets: Vec<String> = by_rule.values().map(|fields| fields.join(" ")).collect();
    if sets.len() > 1 {
        sets.push(sets.join(" "));
    }
    sets
}

/// A field with the members of its value, and with the label where it shows codes.
fn selected(permit: &Permit, field: &Field) -> String {
    let name = field.spec.name;
    match field.spec.ty {
        Type::Object(structure) | Type::Objects(structure) => {
            let member = |(name, ty): &(&str, Type)| match ty {
                Type::Code => format!("{name} {name}Label"),
                _ => (*name).to_owned(),
            };
            let members: Vec<String> = structure.members.iter().map(member).collect();
            format!("{name} {{ {} }}", members.join(" "))
        }
        _ => match code_lists::shown(field, permit.field(field.id).mask) {
            Some(_) => format!("{name} {name}Label"),
            None => name.to_owned(),
        },
    }
}

/// Names of the fields that may stand at a position.
pub fn names(permit: &Permit, kind: &Kind, position: Position) -> Vec<&'static str> {
    permit.fields_at(kind.id, position).map(|field| field.spec.name).collect()
}
