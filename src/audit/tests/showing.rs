//! Who saw this person's data.

use super::super::{Draft, Fields, Page, Subjects, accesses_of};
use super::store::{FIELDS, Store, draft};

#[tokio::test]
async fn a_person_sees_who_saw_it_newest_first_in_pages() {
    for store in Store::all("a_person_sees_who_saw_it_newest_first_in_pages").await {
        let writer = store.writer();
        for n in 1..=9 {
            let mut draft = draft(n);
            if n % 2 == 1 {
                draft.subjects = vec![777, n].into();
            }
            writer.record(draft).await.unwrap();
        }

        let first = accesses_of(&store.db, 777, Page { before: None, limit: 3 }).await.unwrap();
        assert_eq!(first.iter().map(|access| access.record.seq).collect::<Vec<_>>(), [9, 7, 5]);
        assert_eq!(first[0].record.caller, "client-9");
        assert_eq!(first[0].record.purpose.as_deref(), Some("P-IMM"));
        assert_eq!(first[0].record.at.timestamp(), draft(9).at.timestamp());

        let page = Page { before: Some(first[2].record.seq), limit: 3 };
        let rest = accesses_of(&store.db, 777, page).await.unwrap();
        assert_eq!(rest.iter().map(|access| access.record.seq).collect::<Vec<_>>(), [3, 1]);
        let nobody = accesses_of(&store.db, 778, Page { before: None, limit: 3 }).await.unwrap();
        assert!(nobody.is_empty());
    }
}

/// The fields of each record that tells of a person, newest first, as everybody reads them.
async fn fields_of(store: &Store, person: i64) -> [Vec<String>; 2] {
    let accesses = accesses_of(&store.db, person, Page { before: None, limit: 9 }).await.unwrap();
    let shown = accesses.into_iter().map(|access| access.of_person.unwrap());
    let sql =
        format!("SELECT fields FROM access_event WHERE person_id = {person} ORDER BY id DESC");
    [shown.collect(), store.texts(&sql).await]
}

#[tokio::test]
async fn each_person_is_told_what_was_shown_of_it() {
    for store in Store::all("each_person_is_told_what_was_shown_of_it").await {
        let writer = store.writer();
        let [birth, name] = FIELDS;
        let both: Fields = FIELDS.into_iter().collect();
        let one: Vec<Fields> = vec![name.into()];
        let several = vec![both.clone(), birth.into(), Fields::default(), birth.into()];
        for (n, subjects) in [
            (1, vec![7, 8].into()),
            (2, Subjects::with(vec![(7, 0), (8, 0)], one)),
            (3, Subjects::with(vec![(7, 0), (8, 1), (9, 2), (10, 3)], several)),
            (5, Subjects::with(vec![(7, 0), (8, 0)], vec![both.clone()])),
        ] {
            writer.record(Draft { subjects, ..draft(n) }).await.unwrap();
        }
        store.assert_intact(4).await;
        let (all, birth, name) = (both.to_string(), birth.to_string(), name.to_string());
        for (person, expected) in [
            (7, vec![all.as_str(), &all, &name, &all]),
            (8, vec![&all, &birth, &name, &all]),
            (9, vec![""]),
            (10, vec![&birth]),
        ] {
            let [shown, events] = fields_of(&store, person).await;
            assert_eq!((&shown, &events), (&events, &shown), "{person}");
            assert_eq!(shown, expected, "{person}");
        }
        // What all were shown alike costs nothing more, and one set nothing for each person.
        let sets =
            store.texts("SELECT coalesce(shown, '') AS fields FROM access_record ORDER BY seq");
        assert_eq!(sets.await, ["", "01", "11 10 00", ""]);
        let numbers = "SELECT coalesce(max(CAST(shown AS TEXT)), '-') AS fields FROM access_subject \
                       GROUP BY seq ORDER BY seq";
        assert_eq!(store.texts(numbers).await, ["-", "-", "3", "-"]);
    }
}
