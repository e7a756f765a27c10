//! A database that differs from another in all that a permit does not tell.

use migrant_gateway::policy::{Permit, Scope};
use sea_orm::ConnectionTrait;

use super::{
    columns::{Beside, Column, Table, besides, tables},
    rewrite::{alike, discloses, other},
    scope::Reach,
    uses::{Keep, Rows, Use, existence, has_scope, told_beside, uses},
};
use crate::support::{Backend, World};

/// Changes every value the permit does not tell, and removes and adds rows whose existence it does
/// not tell; gives how many rows were touched.
pub async fn change_all_hidden(world: &World, permit: &Permit) -> u64 {
    let reach = Reach::new(permit.basis.role, permit.basis.purpose);
    let mut touched = 0;
    let tables = tables();
    // Rows go first: what decides over their scope has not changed yet.
    for table in &tables {
        for sql in rows(permit, &reach, table) {
            touched += run(world, &sql).await;
        }
    }
    for beside in besides() {
        for sql in beside_rows(world.backend, permit, &beside) {
            touched += run(world, &sql).await;
        }
    }
    for table in &tables {
        touched += run(world, &values(world.backend, permit, &reach, table)).await;
    }
    touched
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn run(world: &World, sql: &str) -> u64 {
    world
        .db
        .execute_unprepared(sql)
        .await
        .unwrap_or_else(|error| panic!("{error}\n{sql}"))
        .rows_affected()
}

fn values(backend: Backend, permit: &Permit, reach: &Reach, table: &Table) -> String {
    let uses = uses(permit, table);
    let changes: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let of_column: Vec<&Use> =
                uses.iter().filter(|read| read.column == column.name).collect();
            format!("{} = {}", column.name, changed(backend, reach, table, column, &of_column))
        })
        .collect();
    format!("UPDATE {} AS t0 SET {}", table.kind.table, changes.join(", "))
}

/// The old value where all of it is told, one of which the same is told where some of it is, and
/// any other value where nothing is.
fn changed(
    backend: Backend,
    reach: &Reach,
    table: &Table,
    column: &Column,
    uses: &[&Use],
) -> String {
    let within = |rows: Vec<Rows>| -> String {
        let rows: Vec<String> =
            rows.into_iter().map(|rows| format!("({})", reach.of(table.kind, rows))).collect();
        if rows.is_empty() { "FALSE".to_owned() } else { rows.join(" OR ") }
    };
    let with = |wanted: &dyn Fn(Keep) -> bool| -> Vec<Rows> {
        uses.iter().filter(|read| wanted(read.keep)).map(|read| read.rows).collect()
    };
    let exact = within(with(&|keep| keep == Keep::Exact));
    let named = match uses.iter().find_map(|read| match read.keep {
        Keep::UnlessDisclosing(kind) => Some(kind),
        _ => None,
    }) {
        None => "FALSE".to_owned(),
        Some(kind) => {
            let rows = within(with(&|keep| matches!(keep, Keep::UnlessDisclosing(_))));
            format!("({rows}) AND ({}) IS NOT TRUE", discloses(kind))
        }
    };
    let partly = |keep| !matches!(keep, Keep::Exact | Keep::UnlessDisclosing(_) | Keep::Fourteen);
    let everywhere = uses.iter().any(|read| read.keep == Keep::Fourteen);
    let any =
        if everywhere { alike(backend, column, Keep::Fourteen) } else { other(backend, column) };
    // A row keeps the one part of its value that is told of it; presence goes with every other part.
    let parts: String = kept(column, uses, partly)
        .into_iter()
        .map(|part| {
            let rows = within(with(&|keep| keep == part));
            format!(" WHEN {rows} THEN {}", alike(backend, column, part))
        })
        .collect();
    format!("CASE WHEN {exact} OR ({named}) THEN t0.{}{parts} ELSE {any} END", column.name)
}

/// The parts of a value that are told, presence last.
fn kept(column: &Column, uses: &[&Use], partly: impl Fn(Keep) -> bool) -> Vec<Keep> {
    let mut keeps: Vec<Keep> = Vec::new();
    for keep in uses.iter().map(|read| read.keep).filter(|keep| partly(*keep)) {
        if !keeps.contains(&keep) {
            keeps.push(keep);
        }
    }
    keeps.sort_by_key(|keep| *keep == Keep::Presence);
    let others = keeps.iter().filter(|keep| **keep != Keep::Presence).count();
    assert!(others <= 1, "{}: no value keeps all of {keeps:?}", column.name);
    keeps
}

/// Statements that remove and add rows. Those that others' scopes or rows rest on stay.
fn rows(permit: &Permit, reach: &Reach, table: &Table) -> Vec<String> {
    let stays = match table.kind.name {
        "Person" | "ImmunizationCard" => true,
        "HouseholdMember" => has_scope(permit, Scope::Subject),
        "Consent" => has_scope(permit, Scope::Consent),
        _ => false,
    };
    if stays {
        return Vec::new();
    }
    let known: Vec<String> = existence(permit, table)
        .into_iter()
        .map(|rows| format!("({})", reach.of(table.kind, rows)))
        .collect();
    let name = table.kind.table;
    if known.is_empty() && table.kind.person().is_some() {
        return vec![
            format!("DELETE FROM {name} AS t0 WHERE t0.id % 3 = 0"),
            copied_to_others(table),
        ];
    }
    vec![format!(
        "DELETE FROM {name} AS t0 WHERE t0.id % 3 = 0 AND ({}) IS NOT TRUE",
        if known.is_empty() { "FALSE".to_owned() } else { known.join(" OR ") }
    )]
}

/// Statements that change what departments collected beside the rows of a kind: all of others', all that
/// was replaced, and of the caller's own department what it is not told.
fn beside_rows(backend: Backend, permit: &Permit, beside: &Beside) -> Vec<String> {
    let Beside { kind, table, record, columns } = beside;
    let own = permit.basis.role.department().code();
    let is_asked = has_scope(permit, Scope::Own) || has_scope(permit, Scope::Exchange);
    let is_own = match is_asked {
        true => format!("t0.collecting_department = '{own}' AND t0.replaced_at IS NULL"),
        false => "FALSE".to_owned(),
    };
    let told = told_beside(permit, kind);
    let changes: Vec<String> = columns
        .iter()
        .filter(|column| column.name != "collecting_department")
        .map(|column| {
            let (name, any) = (column.name, other(backend, column));
            let kept = if told.contains(&name) { is_own.as_str() } else { "FALSE" };
            format!("{name} = CASE WHEN {kept} THEN t0.{name} ELSE {any} END")
        })
        .collect();
    // What nobody collected, of persons and stays that others did or did not collect.
    let names: Vec<&str> =
        columns.iter().map(|c| c.name).filter(|n| *n != "collecting_department").collect();
    let names = names.join(", ");
    let copied = format!(
        "INSERT INTO {table} (id, {record}, collecting_department, applied_at, {names}) \
         SELECT 2000000000 + k.id, k.id, 'social', one.collected_at, {} FROM {} k CROSS JOIN \
         (SELECT * FROM {table} ORDER BY id LIMIT 1) one WHERE k.id % 4 = 1",
        names.split(", ").map(|name| format!("one.{name}")).collect::<Vec<_>>().join(", "),
        kind.table,
    );
    let mut all = vec![
        format!("DELETE FROM {table} AS t0 WHERE t0.id % 3 = 0 AND ({is_own}) IS NOT TRUE"),
        format!("UPDATE {table} AS t0 SET {}", changes.join(", ")),
    ];
    all.extend((own != "social").then_some(copied));
    all
}

/// A row for every fourth person, copied from the first there is.
fn copied_to_others(table: &Table) -> String {
    let mut names = vec!["id", "person_id"];
    let mut values = vec!["2000000000 + p.id".to_owned(), "p.id".to_owned()];
    let keys = table.keys.iter().filter(|key| !names.contains(key)).copied().collect::<Vec<_>>();
    for column in keys.into_iter().chain(table.columns.iter().map(|column| column.name)) {
        names.push(column);
        values.push(format!("t.{column}"));
    }
    let table = table.kind.table;
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM person p CROSS JOIN \
         (SELECT * FROM {table} ORDER BY id LIMIT 1) t WHERE p.id % 4 = 1",
        names.join(", "),
        values.join(", "),
    )
}
