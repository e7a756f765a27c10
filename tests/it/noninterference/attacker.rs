//! The attacker of the record, who wants to learn of one person without a line in that person's
//! log. Whatever changes in an answer when this person's values change, the person is a subject of
//! the record; and whoever is named is one, whether or not anything changes.

use std::collections::BTreeSet;

use async_trait::async_trait;
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    catalogue::catalogue,
    graphql::{
        Request,
        ids::Identifiers,
        limits::Limits,
        perturbation::{FILTERED, UNFILTERED},
    },
    policy::{Permit, Position, Purpose, Role},
    read::{Dialect, ReadError, Reader, Rows, Statement},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use sea_orm::{ConnectionTrait, Statement as Text};
use serde_json::Value;

use super::{
    columns::tables,
    copies::copy,
    menu::{Values, values},
    random::{DEPTH, filter, question},
    roles::{Wrap, entitled},
};
use crate::support::{Backend, World, backends, caller};

/// Who asks: those who see much, by scopes of every sort.
const CURIOUS: [(Role, Purpose); 6] = [
    (Role::PO, Purpose::Res),
    (Role::HC, Purpose::Hr),
    (Role::HI, Purpose::Idc),
    (Role::HV, Purpose::Imm),
    (Role::CA, Purpose::Sa),
    (Role::CW, Purpose::Res),
];

/// Random questions of each of them about each person.
const QUESTIONS: usize = 24;

/// Random conditions that each way to ask about a person is asked with.
const CONDITIONS: usize = 4;

/// How a question asks about a person.
#[derive(Clone, Copy, PartialEq)]
enum About {
    /// By what random conditions say.
    Nobody,
    /// By identifier.
    Named,
    /// By a name that nobody else has.
    SingledOut,
}

/// A question about a person.
struct Question {
    text: String,
    about: About,
}

/// An answer and the subjects of its record.
struct Told {
    answer: Value,
    subjects: BTreeSet<i64>,
}

/// Somebody asked about, with what they can be told by.
struct Target {
    key: i64,
    id: String,
    /// The name, where the caller sees it and nobody else has it.
    name: Option<String>,
}

/// How many persons of each caller are asked about: `ATTACKED_PERSONS`, or a few.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many")]
fn persons() -> usize {
    std::env::var("ATTACKED_PERSONS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

async fn column<T: sea_orm::TryGetable>(world: &World, sql: &str) -> Vec<T> {
    let statement = Text::from_string(world.db.get_database_backend(), sql);
    let rows = world.db.query_all_raw(statement).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.iter().map(|row| row.try_get_by_index(0).expect("the column's type")).collect()
}

#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn execute(world: &World, sql: &str) {
    world.db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
}

async fn ask(world: &World, gateway: &Gateway, caller: &Caller, text: &str) -> Told {
    let request = Request { query: text.to_owned(), ..Request::default() };
    let answer = match gateway.answer(caller, None, request).await.result {
        Ok(data) => serde_json::from_slice(&data).expect("answers are JSON"),
        Err(error) => error.to_json(),
    };
    let of_last = "SELECT person_id FROM access_subject \
                   WHERE seq = (SELECT max(seq) FROM access_record)";
    Told { answer, subjects: column(world, of_last).await.into_iter().collect() }
}

/// So many persons whom a caller sees.
async fn targets(
    world: &World,
    gateway: &Gateway,
    caller: &Caller,
    permit: &Permit,
    persons: usize,
) -> Vec<Target> {
    let person = catalogue().kind_named("Person").expect("a kind").id;
    let name = catalogue().field_named(person, "name").expect("a field");
    let name = if permit.may(name, Position::Filter) { "name" } else { "" };
    let query = format!("{{ persons(first: 60) {{ nodes {{ id {name} }} }} }}");
    let told = ask(world, gateway, caller, &query).await;
    let identifiers = Identifiers::new(&world.secrets, caller.role.department());
    let nodes = told.answer["persons"]["nodes"].as_array().expect("persons").clone();
    let step = (nodes.len() / persons).max(1);
    let mut targets = Vec::new();
    for node in nodes.iter().step_by(step).take(persons) {
        let id = node["id"].as_str().expect("an id").to_owned();
        let key = identifiers.key("Person", &id).expect("an identifier");
        let alike = format!(
            "SELECT count(*) FROM person WHERE name = (SELECT name FROM person WHERE id = {key})"
        );
        let is_unique = column::<i64>(world, &alike).await[0] == 1;
        let name = node["name"].as_str().filter(|_| is_unique).map(str::to_owned);
        targets.push(Target { key, id, name });
    }
    targets
}

/// Every way to ask about somebody, with random conditions on what else is so of them.
fn questions(
    permit: &Permit,
    values: &Values,
    target: &Target,
    others: &[String],
) -> Vec<Question> {
    let mut runner = TestRunner::deterministic();
    let person = catalogue().kind_named("Person").expect("a kind");
    let conditions = filter(permit, values, person, DEPTH);
    let random = question(permit, values);
    let mut all: Vec<Question> = (0..QUESTIONS)
        .map(|place| {
            let text = random.new_tree(&mut runner).expect("a question").current();
            // Each with its count, each without, each without its page.
            let text = match place % 3 {
                0 => text,
                1 => text.replace("totalCount ", ""),
                _ => text
                    .replace("totalCount ", "")
                    .replace("pageInfo { hasNextPage hasPreviousPage startCursor endCursor } ", ""),
            };
            Question { text, about: About::Nobody }
        })
        .collect();
    let id = format!("id: {{ eq: \"{}\" }}", target.id);
    let others = others.iter().map(|id| format!("{id:?}")).collect::<Vec<_>>().join(", ");
    let name = target.name.as_ref().map(|name| format!("name: {{ eq: {name:?} }}"));
    let has_households =
        permit.shows_kind(catalogue().kind_named("HouseholdMember").expect("a kind").id);
    let mut ask = |filter: &str, about: About| {
        for shown in ["totalCount", "nodes { id }", "pageInfo { hasNextPage } nodes { __typename }"]
        {
            let text = format!("{{ persons(first: 3, where: {filter}) {{ {shown} }} }}");
            all.push(Question { text, about });
        }
    };
    for _ in 0..CONDITIONS {
        let so = conditions.new_tree(&mut runner).expect("a condition").current();
        ask(&so, About::Nobody);
        if has_households {
            // Of those who are not so themselves, but live with somebody who is.
            ask(
                &format!(
                    "{{ not: {so}, householdMemberships: {{ some: {{ household: {{ some: {{ \
                     person: {so} }} }} }} }} }}"
                ),
                About::Nobody,
            );
        }
        ask(&format!("{{ not: {so} }}"), About::Nobody);
        let told = [(Some(id.clone()), About::Named), (name.clone(), About::SingledOut)];
        for (told, about) in told.into_iter().filter_map(|(told, about)| Some((told?, about))) {
            ask(&format!("{{ {told}, and: [{so}] }}"), about);
            ask(&format!("{{ {told}, not: {so} }}"), about);
            let padded =
                format!("{{ or: [{{ {told}, and: [{so}] }}, {{ id: {{ in: [{others}] }} }}] }}");
            ask(&padded, about);
            ask(&format!("{{ or: [{{ {told}, and: [{so}] }}, {{ not: {{ {told} }} }}] }}"), about);
            if has_households {
                let of_others = format!(
                    "{{ householdMemberships: {{ some: {{ household: {{ some: {{ person: {{ \
                     {told}, and: [{so}] }} }} }} }} }} }}"
                );
                ask(&of_others, about);
                ask(&format!("{{ not: {of_others} }}"), about);
            }
        }
    }
    all
}

/// Statements that give a person the values of another and take some of its rows away, and those
/// that put everything back.
fn changes(target: &Target, donor: i64) -> (Vec<String>, Vec<String>) {
    let (mut there, mut back) = (Vec::new(), Vec::new());
    // What each department collected of it beside its row.
    let beside =
        |sets: &str| format!("UPDATE person_collected SET {sets} WHERE person_id = {}", target.key);
    there.push(beside("phone = '9' || phone, name = '别' || name"));
    back.push(beside("phone = substr(phone, 2), name = substr(name, 2)"));
    for table in tables() {
        // Rows of nobody are not the target's.
        let Some(subject) = table.kind.person() else { continue };
        let name = table.kind.table;
        let own = format!("{subject} = {}", target.key);
        let kept = format!("kept_{name}");
        there.push(format!("CREATE TABLE {kept} AS SELECT * FROM {name} WHERE {own}"));
        let sets: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let column = column.name;
                format!(
                    "{column} = COALESCE((SELECT d.{column} FROM {name} d WHERE d.{subject} = \
                     {donor} ORDER BY d.id LIMIT 1), {column})"
                )
            })
            .collect();
        there.push(format!("UPDATE {name} SET {} WHERE {own}", sets.join(", ")));
        let restored: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let column = column.name;
                format!("{column} = (SELECT k.{column} FROM {kept} k WHERE k.id = {name}.id)")
            })
            .collect();
        back.push(format!("UPDATE {name} SET {} WHERE {own}", restored.join(", ")));
        let is_free = !matches!(table.kind.name, "Person" | "ImmunizationCard");
        if is_free && target.key % 2 == 0 {
            there.push(format!("DELETE FROM {name} WHERE {own}"));
            back.pop();
            back.push(format!("INSERT INTO {name} SELECT * FROM {kept}"));
        }
        back.push(format!("DROP TABLE {kept}"));
    }
    (there, back)
}

/// Counts of more than are exact look alike: who is one of so many and not named moves them by no
/// more than they are off anyway, and `graphql::perturbation` measures by how much that is.
fn coarse(answer: &Value, exact: i64) -> Value {
    match answer {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match value.as_i64() {
                Some(count) if name == "totalCount" && count > exact => {
                    (name.clone(), "many".into())
                }
                _ => (name.clone(), coarse(value, exact)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(|item| coarse(item, exact)).collect(),
        other => other.clone(),
    }
}

/// How much was tried: questions, and those of which the answer changed.
#[derive(Debug, Default)]
struct Tried {
    asked: usize,
    changed: usize,
}

/// Attacks some persons as one caller.
///
/// # Errors
/// The first question that told of somebody without a line in their log.
async fn attack(
    world: &World,
    (role, purpose): (Role, Purpose),
    persons: usize,
    wrap: Wrap,
) -> Result<Tried, String> {
    let gateway = world.gateway_with(Limits::default(), wrap).await;
    let caller = caller(role, purpose);
    let permit = &entitled(&gateway, role, purpose).permit;
    let targets = targets(world, &gateway, &caller, permit, persons).await;
    let mut tried = Tried::default();
    for (place, target) in targets.iter().enumerate() {
        let others: Vec<String> = targets
            .iter()
            .filter(|other| other.key != target.key)
            .map(|other| other.id.clone())
            .collect();
        let questions = questions(permit, values().await, target, &others);
        let donor = targets[(place + 1) % targets.len()].key;
        let (there, back) = changes(target, donor);
        let mut before = Vec::new();
        for question in &questions {
            before.push(ask(world, &gateway, &caller, &question.text).await);
        }
        for sql in &there {
            execute(world, sql).await;
        }
        let mut after = Vec::new();
        for question in &questions {
            after.push(ask(world, &gateway, &caller, &question.text).await);
        }
        for sql in &back {
            execute(world, sql).await;
        }
        for ((question, before), after) in questions.iter().zip(&before).zip(&after) {
            let known = |told: &Told| told.subjects.contains(&target.key);
            let (text, key) = (&question.text, target.key);
            tried.asked += 1;
            let is_seen = match question.about {
                About::Nobody => true,
                About::Named => known(before) && known(after),
                // Afterwards somebody else has the name.
                About::SingledOut => known(before),
            };
            if !is_seen {
                return Err(format!("{role} asked about {key} unseen: {text}"));
            }
            let exact = if text.contains("where:") { FILTERED } else { UNFILTERED }.exact;
            if coarse(&before.answer, exact) != coarse(&after.answer, exact) {
                tried.changed += 1;
                if !known(before) && !known(after) {
                    let (before, after) = (&before.answer, &after.answer);
                    return Err(format!("{role} learned of {key}: {text}\n{before}\n{after}"));
                }
            }
        }
    }
    Ok(tried)
}

async fn attacked_by_all(backend: Backend) {
    let world = copy(backend).await;
    for (role, purpose) in CURIOUS {
        let tried = attack(&world, (role, purpose), persons(), |reader| reader).await;
        let tried = tried.unwrap_or_else(|leak| panic!("{backend:?}: {leak}"));
        println!("{backend:?} {role}: {tried:?}");
        assert!(tried.changed > 5, "{role}: the values must matter, to prove anything");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_learned_of_without_a_line_in_their_log() {
    attacked_by_all(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_learned_of_without_a_line_in_their_log_on_postgresql() {
    if backends("the attacker of the record").contains(&Backend::Postgres) {
        attacked_by_all(Backend::Postgres).await;
    }
}

/// A reader that forgets what is asked for the record alone.
struct Forgetful {
    inner: Box<dyn Reader>,
    forgets: fn(&str) -> bool,
}

#[async_trait]
impl Reader for Forgetful {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    async fn read(&self, statement: &Statement) -> Result<Rows, ReadError> {
        let sql = if (self.forgets)(&statement.sql) {
            format!("SELECT * FROM ({}) forgotten LIMIT 0", statement.sql)
        } else {
            statement.sql.clone()
        };
        self.inner.read(&Statement { sql, params: statement.params.clone() }).await
    }
}

/// Persons among whom there is one of whom a leak tells.
const ENOUGH: usize = 8;

async fn assert_noticed(caller: (Role, Purpose), wrap: Wrap) {
    for backend in backends("planted leaks of the record") {
        let found = attack(&copy(backend).await, caller, ENOUGH, wrap).await;
        found.expect_err("the planted leak goes unnoticed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_count_that_forgets_its_members_is_noticed() {
    let wrap: Wrap = |inner| {
        // One column, of one table, and nothing to tell a page by.
        let forgets = |sql: &str| {
            sql.starts_with("SELECT t0.id FROM person t0 WHERE") && !sql.contains("LIMIT")
                || sql.starts_with("SELECT t0.person_id FROM")
        };
        Box::new(Forgetful { inner, forgets })
    };
    assert_noticed((Role::PO, Purpose::Res), wrap).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_filter_that_singles_nobody_out_is_noticed() {
    let wrap: Wrap =
        |inner| Box::new(Forgetful { inner, forgets: |sql| sql.starts_with("SELECT CAST(") });
    assert_noticed((Role::PO, Purpose::Res), wrap).await;
}

/// Two of one household, of different sex, of whom the police see the sex.
async fn couple(world: &World) -> (i64, i64) {
    let of = |who: &str| {
        format!(
            "{who}.collecting_department = 'police' AND {who}.residence_unit_id / 1000000 = \
             (SELECT id / 1000000 FROM administrative_unit WHERE code = '220102')"
        )
    };
    let both = format!(
        "FROM household_member one JOIN household_member other ON one.household_id = \
         other.household_id JOIN person p ON p.id = one.person_id JOIN person q ON q.id = \
         other.person_id WHERE p.sex = '1' AND q.sex = '2' AND {} AND {} AND \
         one.collecting_department = 'police' AND other.collecting_department = 'police' \
         AND (SELECT count(*) FROM household_member m JOIN person w ON w.id = m.person_id \
         WHERE m.household_id = one.household_id AND w.sex = '2') = 1 ORDER BY 1, 2 LIMIT 1",
        of("p"),
        of("q"),
    );
    let (his, hers) = (
        column(world, &format!("SELECT one.person_id, other.person_id {both}")).await,
        column(world, &format!("SELECT other.person_id, one.person_id {both}")).await,
    );
    (his[0], hers[0])
}

/// What the police are told of him when they ask whether he lives with a woman, before and after
/// she is none; and whether she knows of it.
async fn asked_about_his_household(world: &World, wrap: Wrap) -> (bool, [bool; 2]) {
    let (his, hers) = couple(world).await;
    let gateway = world.gateway_with(Limits::default(), wrap).await;
    let identifiers =
        Identifiers::new(&world.secrets, caller(Role::PO, Purpose::Res).role.department());
    let query = format!(
        "{{ persons(where: {{ id: {{ eq: {:?} }}, householdMemberships: {{ some: {{ household: {{ \
         some: {{ person: {{ sex: {{ eq: \"2\" }} }} }} }} }} }} }}) {{ nodes {{ id }} }} }}",
        identifiers.id("Person", his)
    );
    let officer = caller(Role::PO, Purpose::Res);
    let before = ask(world, &gateway, &officer, &query).await;
    execute(world, &format!("UPDATE person SET sex = '1' WHERE id = {hers}")).await;
    let after = ask(world, &gateway, &officer, &query).await;
    execute(world, &format!("UPDATE person SET sex = '2' WHERE id = {hers}")).await;
    let known = [&before, &after].map(|told| told.subjects.contains(&hers));
    (before.answer != after.answer, known)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_condition_on_somebody_else_reaches_is_a_subject_and_a_planted_gap_is_noticed() {
    for backend in backends("whoever a condition on somebody else reaches") {
        let world = copy(backend).await;
        let as_it_is: Wrap = |reader| reader;
        let forgetful: Wrap = |inner| {
            Box::new(Forgetful { inner, forgets: |sql| sql.contains(" JOIN household_member ") })
        };
        for (wrap, known) in [(as_it_is, [true, true]), (forgetful, [false, false])] {
            assert_eq!(asked_about_his_household(&world, wrap).await, (true, known), "{backend:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_filter_that_names_nobody_is_noticed() {
    for backend in backends("planted leaks of the record") {
        let world = copy(backend).await;
        // Who is not in the answer is forgotten.
        let forget = match backend {
            Backend::Sqlite => {
                "CREATE TRIGGER forget AFTER INSERT ON access_subject WHEN (SELECT row_count FROM \
                 access_record r WHERE r.seq = NEW.seq) = 0 BEGIN DELETE FROM access_subject \
                 WHERE seq = NEW.seq AND person_id = NEW.person_id; END"
            }
            Backend::Postgres => {
                "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF NEW.row_count = 0 THEN NEW.subjects := '{}'; END IF; RETURN NEW; END $$; \
                 CREATE TRIGGER forget BEFORE INSERT ON access_record \
                 FOR EACH ROW EXECUTE FUNCTION forget()"
            }
        };
        execute(&world, forget).await;
        let found = attack(&world, (Role::PO, Purpose::Res), persons(), |reader| reader).await;
        found.expect_err("the planted leak goes unnoticed");
    }
}
