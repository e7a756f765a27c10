//! Who saw this person's data.

use super::super::{Page, accesses_of};
use super::store::{Store, draft};

#[tokio::test]
async fn a_person_sees_who_saw_it_newest_first_in_pages() {
    for store in Store::all("a_person_sees_who_saw_it_newest_first_in_pages").await {
        let writer = store.writer();
        for n in 1..=9 {
            let mut draft = draft(n);
            if n % 2 == 1 {
                draft.subjects.push(777);
            }
            writer.record(draft).await.unwrap();
        }

        let first = accesses_of(&store.db, 777, Page { before: None, limit: 3 }).await.unwrap();
        assert_eq!(first.iter().map(|access| access.seq).collect::<Vec<_>>(), [9, 7, 5]);
        assert_eq!(first[0].caller, "client-9");
        assert_eq!(first[0].purpose.as_deref(), Some("P-IMM"));
        assert_eq!(first[0].at.timestamp(), draft(9).at.timestamp());

        let page = Page { before: Some(first[2].seq), limit: 3 };
        let rest = accesses_of(&store.db, 777, page).await.unwrap();
        assert_eq!(rest.iter().map(|access| access.seq).collect::<Vec<_>>(), [3, 1]);
        let nobody = accesses_of(&store.db, 778, Page { before: None, limit: 3 }).await.unwrap();
        assert!(nobody.is_empty());
    }
}
