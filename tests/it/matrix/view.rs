//! A permit is a view. Which rows a list holds, and how many there are, does not depend on what is
//! selected; every cell is what plain SQL over the tables says, by the files of the policy.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use entity::sharing::{Class, Finished, Group, Type};
use migrant_gateway::{
    app::Gateway,
    catalogue::{Field, Kind, Source, catalogue},
    graphql::ids::Identifiers,
    policy::{Purpose, Role, RowRule, Scope},
};
use proptest::{
    prelude::*,
    sample::subsequence,
    strategy::{Strategy, ValueTree as _},
    test_runner::TestRunner,
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::Value as Json;

use super::{
    oracle::{Openness, Oracle, Place, tells_of_unit},
    pieces::{listed, selection},
    reading::{BESIDE, Reading},
};
use crate::{
    noninterference::{scope::Reach, uses::Rows},
    support::{Backend, CALLERS, World, ask, backends, caller},
};

/// What a guardian does not see of wards of 14 to 17 years.
const CLOSED_TO_GUARDIANS: [&str; 4] = ["G16", "G18", "G20", "G21"];

/// Random selections of each list.
const SELECTIONS: usize = 4;

/// Kinds with rows that stay as they are while others are asked for.
pub fn kinds(oracle: &Oracle) -> impl Iterator<Item = &'static Kind> {
    let kinds = catalogue().kinds().iter().filter(|kind| kind.name != "AccessEvent");
    kinds.filter(|kind| oracle.shows(kind))
}

impl Reading {
    pub fn of(role: Role, purpose: Purpose) -> Reading {
        Reading { caller: caller(role, purpose), oracle: Oracle::of(role, purpose) }
    }

    fn purpose(&self) -> Purpose {
        self.caller.purposes[0]
    }

    async fn page(&self, gateway: &Gateway, query: &str, kind: &Kind) -> Json {
        let mut answer = ask(gateway, &self.caller, query).await;
        let (role, purpose) = (self.caller.role, self.purpose());
        assert!(answer["data"].is_object(), "{role} {purpose}: {query}\n{answer}");
        answer["data"][kind.plural].take()
    }

    /// The rule by which a group is granted, as the files say it.
    fn rule(&self, group: Group, class: Class, collector: Option<&'static str>) -> RowRule {
        let letter = self.oracle.group(group.code()).1;
        let scope = Scope::parse(letter).expect("the group shows rows");
        RowRule {
            scope,
            covers_minors: self.oracle.covers_minors,
            older_wards: scope == Scope::Subject
                && class != Class::C4
                && !CLOSED_TO_GUARDIANS.contains(&group.code()),
            consented: (scope == Scope::Consent).then_some(group),
            // No organization of the demonstration was entrusted with cases by contract.
            entrusted: false,
            collector: collector.unwrap_or("collecting_department"),
            beside: false,
            break_glass: self.oracle.in_emergency(group.code()),
            closed: [None; 2],
        }
    }

    fn rule_of(&self, field: &Field) -> RowRule {
        if tells_of_unit(field) {
            let scope = Scope::parse(self.oracle.rows(field).0).expect("the field shows rows");
            return RowRule { scope, ..RowRule::of_unit("collecting_department") };
        }
        let rule = self.rule(field.spec.group, field.spec.class, field.spec.collector);
        RowRule { beside: self.may_stand_beside(field), ..rule }
    }

    /// The condition that a field is shown of the row `t0`, in plain SQL.
    fn shows(&self, kind: &Kind, field: &Field) -> String {
        let reach = Reach::new(self.caller.role, self.purpose());
        let of = |rule| format!("({})", reach.of(kind, Rows::Rule(rule)));
        let own = of(self.rule_of(field));
        let parts = match field.source {
            Source::Finished(Finished::Parts(parts)) => parts,
            _ => return own,
        };
        let open = |group: &Group| self.oracle.group(group.code()).0 == Openness::Full;
        let others = parts
            .iter()
            .map(|(_, group)| *group)
            .filter(|group| *group != field.spec.group && open(group))
            .map(|group| of(self.rule(group, Class::C0, None)));
        let all: Vec<String> = [own].into_iter().chain(others).collect();
        format!("({})", all.join(" OR "))
    }

    /// What is stored of a column of the row `t0`: where the caller sees what its own department collected
    /// and another collected the row, what it collected itself.
    fn stored(&self, field: &Field, column: &str) -> String {
        // A key is the row's, whoever collected it.
        let is_key = matches!(field.source, Source::Finished(Finished::Pseudonym { .. }));
        if is_key || !self.may_stand_beside(field) {
            return format!("t0.{column}");
        }
        let (table, record) = BESIDE[catalogue().kind(field.kind).name];
        let collector = field.spec.collector.unwrap_or("collecting_department");
        let own = self.caller.role.department().code();
        format!(
            "(CASE WHEN t0.{collector} = '{own}' THEN t0.{column} ELSE (SELECT mine.{column} \
             FROM {table} mine WHERE mine.{record} = t0.id AND mine.collecting_department = '{own}' \
             AND mine.replaced_at IS NULL) END)"
        )
    }

    /// The condition that the row `t0` of a kind is there.
    fn is_there(&self, kind: &Kind) -> String {
        let reach = Reach::new(self.caller.role, self.purpose());
        let fields = self.fields_at(kind, Place::Selected).into_iter();
        let mut any: Vec<String> = fields
            .map(|field| format!("({})", reach.of(kind, Rows::Rule(self.rule_of(field)))))
            .collect();
        any.sort();
        any.dedup();
        let mut all = vec![format!("({})", any.join(" OR "))];
        if kind.name == "ResidenceRegistration" && !self.oracle.names_persons() {
            all.push("t0.departure_date IS NULL".to_owned());
        }
        let is_health = self.caller.role.code().starts_with('H');
        if kind.name == "Consent" && !is_health {
            let unprotected = "t0.field_group NOT IN ('G16', 'G18', 'G20', 'G21')";
            all.push(match self.oracle.role {
                "SU" => {
                    let young = RowRule {
                        older_wards: false,
                        ..self.rule_of(self.fields_at(kind, Place::Selected)[0])
                    };
                    format!("({unprotected} OR {})", reach.of(kind, Rows::Rule(young)))
                }
                _ => unprotected.to_owned(),
            });
        }
        // Surveys of contraceptives.
        if kind.name == "Survey" && !["HF", "HO", "HA"].contains(&self.caller.role.code()) {
            all.push("t0.instrument <> '4'".to_owned());
        }
        all.join(" AND ")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rows_and_the_count_of_a_list_are_the_same_whatever_is_selected() {
    for backend in backends("the_rows_and_the_count_of_a_list_are_the_same") {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let mut runner = TestRunner::deterministic();
        let mut compared = 0;
        for (role, purpose) in CALLERS.iter().copied() {
            let reading = Reading::of(role, purpose);
            for kind in kinds(&reading.oracle) {
                let fields = reading.fields_at(kind, Place::Selected);
                let texts: Vec<String> = fields.iter().map(|field| selection(field)).collect();
                let count = 1..=texts.len();
                let strategy = (subsequence(texts.clone(), count), any::<bool>(), 1..40_usize);
                let mut questions: Vec<(Vec<String>, bool, usize)> = (0..SELECTIONS)
                    .map(|_| strategy.new_tree(&mut runner).expect("a selection").current())
                    .collect();
                questions.push((texts, false, 500));
                for (chosen, is_backward, size) in questions {
                    let end = if is_backward { "last" } else { "first" };
                    let query = |fields: &str| {
                        format!(
                            "{{ {}({end}: {size}) {{ totalCount nodes {{ id {fields} }} \
                             pageInfo {{ hasNextPage hasPreviousPage }} }} }}",
                            kind.plural
                        )
                    };
                    let alone = reading.page(&gateway, &query(""), kind).await;
                    let mut with = reading.page(&gateway, &query(&chosen.join(" ")), kind).await;
                    for node in with["nodes"].as_array_mut().expect("a list") {
                        *node = serde_json::json!({ "id": node["id"] });
                    }
                    assert_eq!(with, alone, "{backend:?} {role} {purpose} {kind:?}: {chosen:?}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 1_000, "{compared} lists");
    }
}

/// A row as plain SQL tells it: whether it is there, and of each field whether it is shown and what
/// is stored.
pub struct Told {
    pub shown: Vec<bool>,
    stored: Vec<Option<String>>,
    /// The person that it tells of.
    pub person: Option<i64>,
}

/// What is read of a field: a column that decides over its presence, where one does alone.
fn column(field: &Field) -> Option<&'static str> {
    match field.source.columns().as_slice() {
        [column] => Some(column),
        _ => None,
    }
}

pub async fn tell(world: &World, reading: &Reading, kind: &Kind) -> BTreeMap<i64, Told> {
    let fields = reading.fields_at(kind, Place::Selected);
    let person = kind.person().unwrap_or("id");
    let mut list = vec!["t0.id AS id".to_owned(), format!("t0.{person} AS person")];
    for (place, field) in fields.iter().enumerate() {
        let shown = reading.shows(kind, field);
        list.push(format!("CASE WHEN {shown} THEN 1 ELSE 0 END AS s{place}"));
        let stored =
            column(field).map_or("NULL".to_owned(), |column| reading.stored(field, column));
        list.push(format!("CAST({stored} AS TEXT) AS v{place}"));
    }
    let sql = format!(
        "SELECT {} FROM {} t0 WHERE {} ORDER BY t0.id LIMIT 400",
        list.join(", "),
        kind.table,
        reading.is_there(kind)
    );
    let backend = match world.backend {
        Backend::Sqlite => DbBackend::Sqlite,
        Backend::Postgres => DbBackend::Postgres,
    };
    let rows = world.db.query_all_raw(Statement::from_string(backend, sql.clone())).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    rows.iter()
        .map(|row| {
            let shown = (0..fields.len())
                .map(|place| row.try_get::<i32>("", &format!("s{place}")).expect("a number") == 1);
            let stored = (0..fields.len()).map(|place| {
                row.try_get::<Option<String>>("", &format!("v{place}")).expect("a text")
            });
            let person = kind.person().and_then(|_| row.try_get("", "person").expect("a key"));
            let told = Told { shown: shown.collect(), stored: stored.collect(), person };
            (row.try_get("", "id").expect("a key"), told)
        })
        .collect()
}

impl Reading {
    /// What is wrong with a cell of an answer.
    fn fault(
        &self,
        field: &Field,
        shown: bool,
        stored: Option<&str>,
        cell: &Json,
    ) -> Option<String> {
        if !shown {
            return (!cell.is_null()).then(|| "shown out of its scope".to_owned());
        }
        let is_plain = matches!(field.source, Source::Column(_))
            && self.oracle.field(field) == Openness::Full
            && field.spec.names_person.is_none();
        if !is_plain {
            return None;
        }
        let Some(stored) = stored else {
            return (!cell.is_null()).then(|| "there where nothing is stored".to_owned());
        };
        let is_same = match field.spec.ty {
            Type::Boolean => cell.as_bool() == Some(matches!(stored, "1" | "true" | "t")),
            Type::Int => cell.as_i64() == stored.parse().ok(),
            Type::String | Type::Code | Type::Date => cell.as_str() == Some(stored),
            Type::DateTime => {
                let instant = |text: &str| {
                    let text = text.replace(' ', "T");
                    let text = if text.ends_with("+00") { text + ":00" } else { text };
                    text.parse::<DateTime<Utc>>().ok()
                };
                instant(stored).is_some() && cell.as_str().and_then(instant) == instant(stored)
            }
            _ => !cell.is_null(),
        };
        (!is_same).then(|| format!("{stored} is stored"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_of_every_row_is_what_plain_sql_says() {
    for backend in backends("every_cell_of_every_row_is_what_plain_sql_says") {
        let world = World::new(backend).await;
        for role in [Role::HE, Role::HC, Role::HP] {
            crate::support::open_emergency(&world, role).await;
        }
        let gateway = world.gateway().await;
        let (mut cells, mut hidden) = (0, 0);
        let mut faults = Vec::new();
        for (role, purpose) in CALLERS.iter().copied() {
            let reading = Reading::of(role, purpose);
            let made = Identifiers::new(&world.secrets, role.department());
            for kind in kinds(&reading.oracle) {
                let fields = reading.fields_at(kind, Place::Selected);
                let chosen: Vec<String> = fields.iter().map(|field| selection(field)).collect();
                let query = listed(kind, &format!("id {}", chosen.join(" ")))
                    .replace("first: 1", "first: 400");
                let page = reading.page(&gateway, &query, kind).await;
                let told = tell(&world, &reading, kind).await;
                let keys: HashMap<String, i64> =
                    told.keys().map(|key| (made.id(kind.name, *key), *key)).collect();
                let nodes = page["nodes"].as_array().expect("a list");
                let what = format!("{backend:?} {role} {purpose} {}", kind.name);
                assert_eq!(nodes.len(), told.len(), "{what}: the rows");
                for node in nodes {
                    let id = node["id"].as_str().expect("an id");
                    let key = keys.get(id).unwrap_or_else(|| panic!("{what}: {id} is not there"));
                    let told = &told[key];
                    for (place, field) in fields.iter().enumerate() {
                        let (shown, stored) = (told.shown[place], told.stored[place].as_deref());
                        let cell = &node[field.spec.name];
                        cells += 1;
                        hidden += usize::from(!shown && stored.is_some());
                        if let Some(fault) = reading.fault(field, shown, stored, cell) {
                            faults
                                .push(format!("{what} {} of {key}: {cell}: {fault}", field.path()));
                        }
                    }
                }
            }
        }
        let shown = faults.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(faults.is_empty(), "{} of {cells}:\n{shown}", faults.len());
        assert!(cells > 50_000 && hidden > 1_000, "{cells} cells, {hidden} hidden");
    }
}
