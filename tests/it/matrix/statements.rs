//! The SQL of plans: what is not granted is not even read, and every SELECT stays in its unit.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use entity::sharing::Subject;
use futures_util::{StreamExt, stream};
use migrant_gateway::{
    app::Gateway,
    catalogue::{Kind, catalogue},
    policy::Role,
    read::{Dialect, ReadError, Reader, Rows, Statement, Value},
};

use super::{
    cases::Case,
    oracle::Oracle,
    reading::{BESIDE, Columns, Reading},
    sql::{Select, aliases, alternatives, columns, conjuncts, selects, values_and_scopes},
};
use crate::support::{
    Backend, CALLERS, World, ask, backends, caller, open_emergency, world::patient,
};

/// A statement that was asked, and of whom its rows told.
#[derive(Debug)]
struct Asked {
    sql: String,
    /// The keys of rows read before by which it reaches its own.
    keys: Vec<i64>,
    persons: BTreeSet<i64>,
}

/// Keys by which rows tell of persons.
const KEYS: [&str; 3] =
    ["person.id", "household_member.person_id", "household_member.household_id"];

tokio::task_local! {
    /// The statements of the request under way.
    static READ: RefCell<Vec<Asked>>;
}

/// A reader that keeps everything it is asked.
struct Recorder(Box<dyn Reader>);

#[async_trait]
impl Reader for Recorder {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        let rows = self.0.read(statement).await?;
        let keys = statement.params.iter().filter_map(|value| match value {
            Value::Keys(keys) => Some(keys),
            _ => None,
        });
        // The key of a person stands behind that of the row, but where the row is the person.
        let subject = usize::from(!statement.sql.contains(" FROM person t0"));
        let is_of_unit = catalogue().kinds().iter().any(|kind| {
            let from = format!(" FROM {} t0", kind.table);
            kind.person().is_none() && statement.sql.contains(&from)
        });
        let of_rows = ["SELECT t0.id,", "SELECT t0.id ", "SELECT c0"]
            .iter()
            .any(|list| statement.sql.starts_with(list));
        let asked = Asked {
            sql: statement.sql.clone(),
            keys: keys.flatten().copied().collect(),
            persons: (0..rows.len())
                .filter(|_| of_rows && !is_of_unit)
                .filter_map(|row| rows.int(row, subject))
                .collect(),
        };
        READ.with(|read| read.borrow_mut().push(asked));
        Ok(rows)
    }
}

impl Reading {
    async fn check(&self, gateway: &Gateway, case: Case) {
        let Case { query, lists, compared, is_counted } = case;
        let what = format!("{} {}: {query}", self.caller.role, self.caller.purposes[0]);
        let asked = async { (ask(gateway, &self.caller, &query).await, READ.with(RefCell::take)) };
        let (answer, statements) = READ.scope(RefCell::default(), asked).await;
        assert!(answer["data"].is_object(), "{what}\n{answer}");
        // What the meter asks for itself of stays that were shown, of whoever may ask by their end.
        let statements: Vec<_> = statements
            .into_iter()
            .filter(|asked| {
                !(asked.sql.starts_with("SELECT s.id FROM residence_registration s WHERE s.id ")
                    && asked.sql.ends_with(" AND s.departure_date IS NOT NULL"))
            })
            .collect();
        // Beside the plan, whose rows are t0: whom a filter singles out and whom it reaches. These
        // looks read keys alone.
        let (about, statements): (Vec<_>, Vec<_>) =
            statements.into_iter().partition(|asked| !asked.sql.contains("t0."));
        for Asked { sql, .. } in &about {
            let known = |column: &String| {
                compared.contains(column)
                    || lists.iter().any(|list| list.contains(column))
                    || KEYS.contains(&column.as_str())
                    // What a derived table calls such a key; no table has a column of this name.
                    || column.ends_with(".person")
            };
            let others: Columns = columns(sql, sql).into_iter().filter(|c| !known(c)).collect();
            assert_eq!(others, Columns::new(), "{what}\n{sql}");
        }
        assert_eq!(statements.len(), lists.len(), "{what}\n{statements:?}");
        let mut persons = None;
        for (asked, list) in statements.iter().zip(&lists) {
            let sql = &asked.sql;
            assert!(!sql.contains("SELECT *") && !sql.contains(".*"), "{what}\n{sql}");
            let selects = selects(sql);
            let about = selects.iter().find(|select| select.alias == "t0").expect("a table");
            let (values, scopes) = values_and_scopes(about.list);
            let mut read = columns(sql, &values);
            // What is compared is on record of whoever shows it, and so is what is ordered by.
            let tells = ["where:", "orderBy:"].iter().any(|argument| query.contains(argument));
            let cells = cells(&selects);
            assert!(
                scopes.len() == cells || tells && scopes.len() > cells,
                "each scope makes cells: {what}\n{sql}"
            );
            read.extend(about.parent().map(|key| format!("{}.{key}", about.table)));
            if is_counted {
                // A dimension is a cell: the scopes of cells stand in the list.
                assert!(read.is_superset(list), "{what}\n{sql}");
                read.retain(|column| list.contains(column) || !compared.contains(column));
            }
            assert_eq!(read, *list, "{what}\n{sql}");
            let others: Columns = columns(sql, sql)
                .into_iter()
                .filter(|column| !list.contains(column) && !compared.contains(column))
                .collect();
            assert_eq!(others, Columns::new(), "{what}\n{sql}");
            let bounds = Bounds { asked, persons: persons.as_ref() };
            for select in &selects {
                assert!(bounds.hold(select), "{what}\n{select:?}\n{sql}");
            }
            persons.get_or_insert_with(BTreeSet::new).extend(&asked.persons);
        }
    }
}

/// How many scopes the outermost list makes cells of, and tells.
fn cells(selects: &[Select<'_>]) -> usize {
    let list = selects[0].list;
    let scopes = (0..).take_while(|place| list.contains(&format!("CASE WHEN s{place} THEN c")));
    let count = scopes.count();
    assert!((0..count).all(|place| list.split(", ").any(|item| item == format!("s{place}"))));
    count
}

/// What bounds the SELECTs of a statement to the caller's unit.
struct Bounds<'a> {
    asked: &'a Asked,
    /// The persons of the levels above, which are bounded; none at the root.
    persons: Option<&'a BTreeSet<i64>>,
}

impl Bounds<'_> {
    /// Whether a SELECT of a shared table demands that the person lives in the caller's unit, or
    /// tells of the person of a row that is bounded, or asks whose guardian the caller is.
    fn hold(&self, select: &Select<'_>) -> bool {
        if BESIDE.values().any(|(table, _)| *table == select.table) {
            return is_of_one_department(select);
        }
        let Some(kind) = kind_of(select.table) else { return true };
        let is_guardian = format!("{}.guardian_person_id = ", select.alias);
        demands(select, kind, demands_unit)
            || demands(select, kind, demands_unit_or_emergency)
            || self.follows(select, kind)
            || self.is_within(select, kind)
            || leads_along_consents(select)
            || kind.table == "household_member"
                && select.alias != "t0"
                && select.conditions.iter().any(|condition| condition.starts_with(&is_guardian))
    }

    /// Whether its rows are reached by the keys of the very persons that the rows above tell of.
    fn follows(&self, select: &Select<'_>, kind: &Kind) -> bool {
        select.alias == "t0"
            && select.key() == kind.person()
            && kind.person().is_some()
            && self
                .persons
                .is_some_and(|above| self.asked.keys.iter().all(|key| above.contains(key)))
    }

    /// Whether it asks of the person that a row outside of it tells of, which is bounded itself.
    fn is_within(&self, select: &Select<'_>, kind: &Kind) -> bool {
        let tables = aliases(&self.asked.sql);
        select.links().any(|(column, outer, other)| {
            let outer = tables.get(outer).and_then(|table| kind_of(table));
            kind.person() == Some(column)
                && outer.is_some_and(|outer| outer.person() == Some(other))
        })
    }
}

/// Whether what stands beside rows is read of one department alone, and as it is now.
fn is_of_one_department(select: &Select<'_>) -> bool {
    let [by, replaced] = ["collecting_department = ", "replaced_at IS NULL"]
        .map(|c| format!("{}.{c}", select.alias));
    let is_there = |start: &String| select.conditions.iter().any(|one| one.starts_with(start));
    is_there(&by) && is_there(&replaced)
}

/// Whether it gives the keys of persons who consented, for a list of persons to walk along.
fn leads_along_consents(select: &Select<'_>) -> bool {
    let to_caller = format!("{}.recipient_department = ", select.alias);
    // Of several groups each by itself, put together.
    let person = format!("{}.person_id", select.alias);
    select.table == "consent"
        && select.list.strip_prefix("DISTINCT ").unwrap_or(select.list) == person
        && select.conditions.iter().any(|condition| condition.starts_with(&to_caller))
}

fn kind_of(table: &str) -> Option<&'static Kind> {
    catalogue().kinds().iter().find(|kind| kind.table == table)
}

/// Whether one of the conditions that must hold is of a sort.
fn demands(select: &Select<'_>, kind: &Kind, of_sort: fn(&str, &str, &Kind) -> bool) -> bool {
    select.conditions.iter().any(|condition| of_sort(condition, select.alias, kind))
}

/// Whether the person is in the caller's unit: between two numbers, or of the number of a county.
fn demands_unit(condition: &str, alias: &str, kind: &Kind) -> bool {
    let is_unit = |condition: &str, alias: &str| {
        let rest = condition.strip_prefix(&format!("{alias}.residence_unit_id "));
        rest.is_some_and(|rest| rest.starts_with("BETWEEN ") || rest.starts_with("/ 1000000 = "))
    };
    if kind.table == "person" {
        return is_unit(condition, alias);
    }
    let key = match kind.subject {
        Subject::Person(key) => key,
        Subject::Unit(unit) | Subject::Figures(unit) => {
            return condition.starts_with(&format!("{alias}.{unit} BETWEEN "));
        }
        // What tells of no unit is everybody's.
        Subject::Nobody => return true,
    };
    condition.starts_with("EXISTS (SELECT ") && {
        let inner = &selects(condition)[0];
        let subject = ("id", alias, key);
        inner.table == "person"
            && inner.links().any(|link| link == subject)
            && inner.conditions.iter().any(|condition| is_unit(condition, inner.alias))
    }
}

/// Whether, of all that suffices, each keeps to the unit or to the patient of an emergency access
/// that this caller has open.
fn demands_unit_or_emergency(condition: &str, alias: &str, kind: &Kind) -> bool {
    let parts = alternatives(condition);
    if parts == [condition] {
        return demands_unit(condition, alias, kind) || is_patient(condition, alias, kind);
    }
    parts.into_iter().all(|part| {
        conjuncts(part).into_iter().any(|part| demands_unit_or_emergency(part, alias, kind))
    })
}

fn is_patient(condition: &str, alias: &str, kind: &Kind) -> bool {
    let Some(key) = kind.person() else { return false };
    let person = format!("{alias}.{key} ");
    let among = ["IN (SELECT ", "= ANY(ARRAY(SELECT "];
    let rest = condition.strip_prefix(&person);
    rest.is_some_and(|rest| among.iter().any(|among| rest.starts_with(among))) && {
        let events = &selects(condition)[0];
        let bound = [
            "subject = ",
            "issuer = ",
            "role = ",
            "organization_id = ",
            "opened_at <= ",
            "expires_at > ",
        ];
        events.table == "break_glass"
            && events.list == format!("{}.person_id", events.alias)
            && bound.iter().all(|bound| {
                let bound = format!("{}.{bound}", events.alias);
                events.conditions.iter().any(|condition| condition.starts_with(&bound))
            })
    }
}

async fn read_by_everybody(backend: Backend) {
    let world = World::new(backend).await;
    for role in [Role::HE, Role::HC, Role::HP] {
        open_emergency(&world, role).await;
    }
    let gateway = world.gateway_with(patient(), |reader| Box::new(Recorder(reader))).await;
    let mut tasks = Vec::new();
    for (role, purpose) in CALLERS.iter().copied() {
        let reading = Reading { caller: caller(role, purpose), oracle: Oracle::of(role, purpose) };
        let gateway: Arc<Gateway> = gateway.clone();
        tasks.push(tokio::spawn(async move {
            let cases = reading.cases();
            let count = cases.len();
            stream::iter(cases).for_each_concurrent(4, |case| reading.check(&gateway, case)).await;
            count
        }));
    }
    let mut count = 0;
    for task in tasks {
        count += task.await.expect("the statements are as they should be");
    }
    assert!(count > 5_000, "{count} documents");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_reads_a_column_that_was_not_both_granted_and_asked_for() {
    read_by_everybody(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_to_postgresql_reads_such_a_column_either() {
    if backends("no_statement_to_postgresql_reads").contains(&Backend::Postgres) {
        read_by_everybody(Backend::Postgres).await;
    }
}
