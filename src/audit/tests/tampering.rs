//! Every kind of tampering is found, and the first record concerned is named.

use entity::{access_head, access_record};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::chain::{ChainKey, link, subjects_digest};
use super::super::{Finding, Verdict, record::to_microseconds};
use super::store::{Store, draft, secrets};

const FORGE: &str = "INSERT INTO access_record SELECT";
const FORGED: &str = ", at, 'forged', token_id, role, department, unit, organization, purpose, \
    operation, document_hash, grants_version, decision, fields, protected, row_count, \
    subject_count, \
    subjects_digest, previous_hash, hash, change, shown FROM access_record WHERE seq = 5";

/// Applies each of the statements to the same ten records.
async fn assert_found(store: &Store, cases: &[(&[&str], i64, Finding)]) {
    for &(statements, seq, finding) in cases {
        for sql in statements {
            store.execute(sql).await;
        }
        assert_eq!(store.verdict().await, Verdict::Broken { seq, finding }, "{statements:?}");
        store.restore().await;
        store.assert_intact(10).await;
    }
}

async fn ten_records() -> Store {
    let store = Store::sqlite().await;
    store.write(10).await;
    store.back_up().await;
    store
}

/// Gives other numbers to records from `from` on, without ever giving one twice.
fn renumber(from: i64, by: i64) -> [String; 2] {
    [
        format!("UPDATE access_record SET seq = -(seq + {by}) WHERE seq >= {from}"),
        "UPDATE access_record SET seq = -seq WHERE seq < 0".into(),
    ]
}

/// Only a gateway that does not see to it can write such a record.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test writes the record itself")]
async fn an_instant_before_the_one_in_front_of_it_is_found() {
    use access_record::Column::{At, Hash, Seq};
    let store = ten_records().await;
    let record = access_record::Entity::find_by_id(10).one(&store.db).await.unwrap();
    let mut record = record.unwrap();
    record.at = to_microseconds(draft(8).at);
    let hash = link(&ChainKey::derive(&secrets()), &record.previous_hash, 10, &record);
    access_record::Entity::update_many()
        .col_expr(At, Expr::value(record.at))
        .col_expr(Hash, Expr::value(hash.clone()))
        .filter(Seq.eq(10))
        .exec(&store.db)
        .await
        .unwrap();
    access_head::Entity::update_many()
        .col_expr(access_head::Column::Hash, Expr::value(hash))
        .exec(&store.db)
        .await
        .unwrap();
    let finding = Finding::RunsBackwards;
    assert_eq!(store.verdict().await, Verdict::Broken { seq: 10, finding });
    // Records of a version that did not see to it either are as they were written.
    store.execute("UPDATE access_head SET ordered_from = 11, tree_size = 0, tree = ''").await;
    store.assert_intact(10).await;
}

#[tokio::test]
async fn altered_values_are_found() {
    let store = ten_records().await;
    assert_found(
        &store,
        &[
            (&["UPDATE access_record SET purpose = 'P-RES' WHERE seq = 4"], 4, Finding::Altered),
            (&["UPDATE access_record SET organization = '' WHERE seq = 5"], 5, Finding::Altered),
            (&["UPDATE access_record SET row_count = 'many' WHERE seq = 2"], 2, Finding::Altered),
            (
                &["UPDATE access_record SET protected = NOT protected WHERE seq = 7"],
                7,
                Finding::Altered,
            ),
            (&["UPDATE access_record SET at = replace(at, 'T', ' ')"], 1, Finding::Altered),
            (&["UPDATE access_record SET hash = upper(hash) WHERE seq = 10"], 10, Finding::Altered),
            (
                &[
                    "UPDATE access_record SET decision = 'denied' WHERE seq IN (6, 8)",
                    "DELETE FROM access_record WHERE seq = 9",
                ],
                6,
                Finding::Altered,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn removed_records_are_found() {
    let store = ten_records().await;
    let [up, down] = renumber(6, -1);
    let head = "UPDATE access_head SET seq = 9";
    assert_found(
        &store,
        &[
            (&["DELETE FROM access_record WHERE seq = 5"], 5, Finding::Missing),
            (&["DELETE FROM access_record WHERE seq <= 2"], 1, Finding::Missing),
            (&["DELETE FROM access_record WHERE seq = 10"], 10, Finding::HeadMismatch),
            (&["DELETE FROM access_record"], 1, Finding::HeadMismatch),
            (&["DELETE FROM access_record WHERE seq = 5", &up, &down, head], 5, Finding::Missing),
        ],
    )
    .await;
}

#[tokio::test]
async fn inserted_records_are_found() {
    let store = ten_records().await;
    let [up, down] = renumber(5, 1);
    let between = format!("{FORGE} 5{}", FORGED.replace("seq = 5", "seq = 6"));
    let at_end = format!("{FORGE} 11{FORGED}");
    let before_first = format!("{FORGE} -3{FORGED}");
    let head = "UPDATE access_head SET seq = 11";
    assert_found(
        &store,
        &[
            (&[&at_end], 11, Finding::Inserted),
            (&[&before_first], -3, Finding::Inserted),
            (&[&up, &down, &between], 5, Finding::Inserted),
            (&[&up, &down, &between, head], 5, Finding::Inserted),
            // With the head moved onto it, a forged last record is one that does not recompute.
            (&[&at_end, head], 11, Finding::Altered),
        ],
    )
    .await;
}

#[tokio::test]
async fn displaced_records_are_found() {
    let store = ten_records().await;
    let swap = |a: i64, b: i64| {
        [
            format!("UPDATE access_record SET seq = 1000 WHERE seq = {a}"),
            format!("UPDATE access_record SET seq = {a} WHERE seq = {b}"),
            format!("UPDATE access_record SET seq = {b} WHERE seq = 1000"),
        ]
    };
    let apart = swap(4, 7);
    let neighbours = swap(4, 5);
    let last = swap(9, 10);
    assert_found(
        &store,
        &[
            (&[&apart[0], &apart[1], &apart[2]], 4, Finding::OutOfOrder),
            (&[&neighbours[0], &neighbours[1], &neighbours[2]], 4, Finding::OutOfOrder),
            (&[&last[0], &last[1], &last[2]], 9, Finding::OutOfOrder),
            (&["UPDATE access_record SET seq = 99 WHERE seq = 3"], 3, Finding::OutOfOrder),
            (&["UPDATE access_record SET seq = 99 WHERE seq = 10"], 10, Finding::OutOfOrder),
        ],
    )
    .await;
}

#[tokio::test]
async fn altered_subjects_are_found() {
    let store = ten_records().await;
    let found = Finding::SubjectsAltered;
    assert_found(
        &store,
        &[
            (&["UPDATE access_subject SET person_id = 55 WHERE person_id = 106"], 6, found),
            (&["UPDATE access_subject SET person_id = 'x' WHERE person_id = 106"], 6, found),
            (&["DELETE FROM access_subject WHERE person_id = 107"], 7, found),
            (&["DELETE FROM access_subject WHERE seq = 8"], 8, found),
            (&["DELETE FROM access_subject"], 1, found),
            (&["INSERT INTO access_subject (seq, person_id) VALUES (3, 55)"], 3, found),
            (&["UPDATE access_subject SET seq = 4 WHERE seq = 5"], 4, found),
            (&["INSERT INTO access_subject (seq, person_id) VALUES (99, 1)"], 99, found),
            (&["INSERT INTO access_subject (seq, person_id) VALUES (-1, 1)"], -1, found),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_edited_head_is_found() {
    let store = ten_records().await;
    let found = Finding::HeadMismatch;
    let set_back = "UPDATE access_head SET seq = 8, \
                    hash = (SELECT hash FROM access_record WHERE seq = 8)";
    assert_found(
        &store,
        &[
            (&["UPDATE access_head SET hash = 'f'"], 10, found),
            (&["UPDATE access_head SET seq = 12"], 11, found),
            (&["UPDATE access_head SET seq = 8"], 8, found),
            (&[set_back], 9, found),
            (&["UPDATE access_head SET seq = 'x'"], 10, found),
            (&["DELETE FROM access_head"], 10, found),
        ],
    )
    .await;
}

#[tokio::test]
async fn foreign_subjects_of_an_empty_chain_are_found() {
    let store = Store::sqlite().await;
    store.assert_intact(0).await;
    for seq in [-1, 1] {
        store
            .execute(&format!("INSERT INTO access_subject (seq, person_id) VALUES ({seq}, 1)"))
            .await;
        let finding = Finding::SubjectsAltered;
        assert_eq!(store.verdict().await, Verdict::Broken { seq, finding });
        store.execute("DELETE FROM access_subject").await;
    }
}

#[tokio::test]
async fn a_chain_longer_than_a_page_is_walked_to_the_end() {
    let store = Store::sqlite().await;
    let writer = store.writer();
    futures_util::future::join_all((1..=2500).map(|n| writer.record(super::store::draft(n))))
        .await
        .into_iter()
        .for_each(|outcome| assert!(outcome.is_ok()));
    store.assert_intact(2500).await;
    store.execute("DELETE FROM access_subject WHERE seq = 2001").await;
    let finding = Finding::SubjectsAltered;
    assert_eq!(store.verdict().await, Verdict::Broken { seq: 2001, finding });
    store.execute("UPDATE access_record SET unit = '0' WHERE seq = 1001").await;
    assert_eq!(store.verdict().await, Verdict::Broken { seq: 1001, finding: Finding::Altered });
}

/// Record 8 tells of two persons, and of each another set of fields.
#[tokio::test]
async fn altered_sets_of_fields_are_found() {
    let undivided = subjects_digest(&[8, 108]);
    let to_first_format = format!(
        "UPDATE access_record SET shown = NULL, subjects_digest = '{undivided}' WHERE seq = 8"
    );
    let digest_alone =
        format!("UPDATE access_record SET subjects_digest = '{undivided}' WHERE seq = 8");
    let set = |what: &str| format!("UPDATE access_subject SET shown = {what} WHERE seq = 8");
    let (to_none, to_one, to_other) = (set("NULL"), set("1"), set("3 - shown"));
    let (to_text, of_one) = (set("'some'"), set("NULL") + " AND person_id = 8");
    let store = ten_records().await;
    let (altered, subjects) = (Finding::Altered, Finding::SubjectsAltered);
    assert_found(
        &store,
        &[
            (&["UPDATE access_record SET shown = NULL WHERE seq = 8"], 8, altered),
            (&["UPDATE access_record SET shown = '11 11' WHERE seq = 8"], 8, altered),
            (&["UPDATE access_record SET shown = '11 01' WHERE seq = 8"], 8, altered),
            (&["UPDATE access_record SET shown = '11' WHERE seq = 8"], 8, altered),
            (&[&to_first_format, &to_none], 8, altered),
            (&[&digest_alone, &to_none], 8, altered),
            (&[&to_none], 8, subjects),
            (&[&of_one], 8, subjects),
            (&[&to_one], 8, subjects),
            (&[&to_other], 8, subjects),
            (&[&to_text], 8, subjects),
            // Of a record that has none.
            (&["UPDATE access_record SET shown = '01' WHERE seq = 9"], 9, altered),
            (&["UPDATE access_record SET shown = '' WHERE seq = 9"], 9, altered),
            (&["UPDATE access_subject SET shown = 1 WHERE seq = 9"], 9, subjects),
        ],
    )
    .await;
}
