//! SQLite and PostgreSQL give the same answers to the same questions over the same data.

use std::{collections::BTreeMap, sync::Arc};

use entity::sharing::Type;
use migrant_gateway::{
    app::Gateway,
    auth::Caller,
    catalogue::{Field, Kind},
    policy::{Position, Purpose, Role},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::{
    answers::{Difference, Pair, Same, say},
    copies::copy,
    menu::{literal, shown, values},
    probes::probes,
    random::{TRICKY, question},
    roles::entitled,
};
use crate::support::{Backend, CALLERS, World, backends, caller};

/// Callers of whom random questions are asked: those who see much, by scopes of every sort.
const CURIOUS: [(Role, Purpose); 7] = [
    (Role::HC, Purpose::Smd),
    (Role::HI, Purpose::Idc),
    (Role::HO, Purpose::Hr),
    (Role::PO, Purpose::Res),
    (Role::CA, Purpose::Sa),
    (Role::MW, Purpose::Emp),
    (Role::DP, Purpose::Sar),
];

/// Random questions of each of them.
const QUESTIONS: usize = 150;

/// The same data on both databases, texts among it that mean something to SQL.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
pub async fn both() -> Option<[World; 2]> {
    if !backends("differential").contains(&Backend::Postgres) {
        return None;
    }
    let worlds = [copy(Backend::Sqlite).await, copy(Backend::Postgres).await];
    for world in &worlds {
        for (place, text) in TRICKY.iter().enumerate() {
            let text = text.replace('\'', "''");
            let sql = format!(
                "UPDATE person SET name = '{text}' || substr(name, 2) WHERE id % 40 = {place}"
            );
            world.db.execute_unprepared(&sql).await.expect("the names change");
        }
    }
    Some(worlds)
}

async fn generated(role: Role, purpose: Purpose) -> Result<Same, Difference> {
    let Some([sqlite, postgres]) = both().await else { return Ok(Same::default()) };
    let (left, right) = (sqlite.gateway().await, postgres.gateway().await);
    let pair = Pair { left: &left, right: &right, caller: caller(role, purpose) };
    pair.ask_all(&probes(&entitled(&left, role, purpose).permit, values().await)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_give_every_role_the_same_answers() {
    let mut callers = CALLERS.clone();
    callers.dedup_by_key(|(role, _)| *role);
    let places = Arc::new(Semaphore::new(4));
    let tasks: Vec<_> = callers
        .into_iter()
        .map(|(role, purpose)| {
            let places = places.clone();
            tokio::spawn(async move {
                let _place = places.acquire_owned().await.expect("a place");
                (role, generated(role, purpose).await)
            })
        })
        .collect();
    let mut all = Same::default();
    let mut differences = Vec::new();
    for task in tasks {
        match task.await.expect("the comparison runs to its end") {
            (_, Ok(same)) => {
                all.answers += same.answers;
                all.bytes += same.bytes;
            }
            (role, Err(difference)) => differences.push((role, difference)),
        }
    }
    println!("both databases: {all:?}");
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_answer_random_questions_alike() {
    let Some([sqlite, postgres]) = both().await else { return };
    let (left, right) = (sqlite.gateway().await, postgres.gateway().await);
    let mut same = Same::default();
    for (role, purpose) in CURIOUS {
        let pair = Pair { left: &left, right: &right, caller: caller(role, purpose) };
        for question in questions(&left, role, purpose).await {
            let answer = pair.ask(&question, Map::new(), &mut same).await;
            let answer = answer.unwrap_or_else(|found| panic!("{role} {found:?}"));
            if let Err(error) = answer {
                panic!("{role} asked {question} and got {}", String::from_utf8_lossy(&error));
            }
        }
    }
    println!("random questions: {same:?}");
}

/// The same questions in every run.
async fn questions(gateway: &Gateway, role: Role, purpose: Purpose) -> Vec<String> {
    let strategy = question(&entitled(gateway, role, purpose).permit, values().await);
    let mut runner = TestRunner::deterministic();
    (0..QUESTIONS).map(|_| strategy.new_tree(&mut runner).expect("a question").current()).collect()
}

/// Days, instants and numbers at the ends of what can be written, and between what databases can
/// tell apart.
fn edges(ty: Type, known: &str) -> Vec<String> {
    let fraction = |digits: &str| known.replace('Z', &format!("{digits}Z"));
    let texts = match ty {
        Type::Date => ["0000-01-01", "-0001-01-01", "-9999-01-01", "9999-12-31", "+12345-01-01"]
            .map(str::to_owned)
            .to_vec(),
        Type::DateTime => ["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
            .map(str::to_owned)
            .into_iter()
            .chain(["", ".5", ".000001", ".0000001"].map(fraction))
            .collect(),
        Type::Int => return ["-2147483648", "2147483647"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    };
    texts.iter().map(|text| literal(ty, text)).collect()
}

/// A value that the caller sees.
async fn seen(gateway: &Gateway, caller: &Caller, kind: &Kind, field: &Field) -> String {
    let (plural, name) = (kind.plural, field.spec.name);
    let query = format!(
        "{{ {plural}(first: 1, where: {{ {name}: {{ isNull: false }} }}) {{ nodes {{ \
         {name} }} }} }}"
    );
    let answer = say(gateway, caller, &query, Map::new()).await.expect("the field is granted");
    let answer: Value = serde_json::from_slice(&answer).expect("answers are JSON");
    answer[plural]["nodes"][0][name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_compare_with_the_ends_of_dates_and_instants_alike() {
    let Some([sqlite, postgres]) = both().await else { return };
    let (left, right) = (sqlite.gateway().await, postgres.gateway().await);
    let mut differences = BTreeMap::new();
    for (role, purpose) in [(Role::CA, Purpose::Sa), (Role::HM, Purpose::Mch)] {
        let permit = &entitled(&left, role, purpose).permit;
        let pair = Pair { left: &left, right: &right, caller: caller(role, purpose) };
        let fields = shown(permit).into_iter().flat_map(|kind| {
            permit.fields_at(kind.id, Position::Filter).map(move |field| (kind, field))
        });
        for (kind, field) in fields {
            let known = seen(&left, &pair.caller, kind, field).await;
            for (place, edge) in edges(field.spec.ty, &known).into_iter().enumerate() {
                for operator in ["eq", "lt", "gte"] {
                    let (plural, name) = (kind.plural, field.spec.name);
                    let question = format!(
                        "{{ {plural}(where: {{ {name}: {{ {operator}: {edge} }} }}) {{ \
                         totalCount nodes {{ id }} }} }}"
                    );
                    let found = pair.ask(&question, Map::new(), &mut Same::default()).await;
                    if let Err(difference) = found {
                        // One example of each will do.
                        let type_name = format!("{:?}", field.spec.ty);
                        differences.entry((type_name, place, operator)).or_insert(difference);
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "{} differ: {differences:#?}", differences.len());
}
