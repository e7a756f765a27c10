//! An item of a worklist explains a read of its person for a day: nobody else's, and no other caller's.
#![expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]

use entity::{access_record, access_subject};
use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;

use super::reading::{clinician, left, one};
use crate::{
    graphql::site::Site,
    support::{backends, caller},
};

const PERSON: &str = "query($id: ID!) { person(id: $id) { name } }";

fn ids(nodes: &[Value]) -> Vec<String> {
    nodes.iter().map(|item| item["person"]["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_item_that_was_read_explains_its_person_for_a_day_and_nobody_else() {
    for backend in backends("an_item_that_was_read_explains_its_person") {
        let site = Site::new(backend).await;
        let (gateway, clinician) = (&site.gateway, clinician());
        let others = "{ worklist(kind: RECORD_DUE, first: 12) { nodes { person { id } } } }";
        let all = ids(&site.nodes(&caller(Role::HC, Purpose::Hr), others).await);
        let page =
            "{ worklist(kind: RECORD_DUE, first: 5) { nodes { person { id name } dueOn } } }";
        let before = left(gateway, &clinician, "IDENTITY").await;
        let health = left(gateway, &clinician, "HEALTH").await;
        let own = ids(&site.nodes(&clinician, page).await);
        assert_eq!(own, all[..5]);
        // The list itself is what the caller works by.
        assert_eq!(left(gateway, &clinician, "IDENTITY").await, before);
        assert_eq!(left(gateway, &clinician, "HEALTH").await, health);
        for id in &own {
            one(gateway, &clinician, PERSON, id).await.unwrap();
        }
        assert_eq!(left(gateway, &clinician, "IDENTITY").await, before);
        // Of a colleague who read none of it, and of somebody behind the page, it explains nothing.
        let colleague = Caller { subject: "colleague".into(), ..clinician.clone() };
        let of_colleague = left(gateway, &colleague, "IDENTITY").await;
        one(gateway, &colleague, PERSON, &own[0]).await.unwrap();
        assert_eq!(left(gateway, &colleague, "IDENTITY").await, of_colleague - 1);
        one(gateway, &clinician, PERSON, &all[11]).await.unwrap();
        assert_eq!(left(gateway, &clinician, "IDENTITY").await, before - 1);
        // Who is named beside a list is not on it.
        let beside = format!(
            "{{ worklist(kind: RECORD_DUE, first: 1) {{ nodes {{ dueOn }} pageInfo {{ hasNextPage }} }} \
             persons(where: {{ id: {{ in: [\"{}\"] }} }}, first: 0) {{ nodes {{ id }} }} }}",
            all[10]
        );
        site.data(&clinician, &beside).await;
        let now = left(gateway, &clinician, "IDENTITY").await;
        one(gateway, &clinician, PERSON, &all[10]).await.unwrap();
        assert_eq!(left(gateway, &clinician, "IDENTITY").await, now - 1);
        site.world.clock.advance(chrono::TimeDelta::hours(25));
        let later = left(gateway, &clinician, "IDENTITY").await;
        one(gateway, &clinician, PERSON, &own[1]).await.unwrap();
        assert_eq!(left(gateway, &clinician, "IDENTITY").await, later - 1);
    }
}

#[tokio::test]
async fn a_page_leaves_a_subject_for_each_person_in_it() {
    for backend in backends("a_page_leaves_a_subject_for_each_person") {
        let site = Site::new(backend).await;
        let page = "{ worklist(kind: RECORD_DUE, first: 6) { nodes { dueOn } } }";
        site.nodes(&caller(Role::HC, Purpose::Hr), page).await;
        let record = access_record::Entity::find()
            .order_by_desc(access_record::Column::Seq)
            .one(&site.world.db)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((record.subject_count, record.row_count), (6, 6));
        assert!(record.fields.contains("Worklist.RECORD_DUE:full"), "{}", record.fields);
        assert!(!record.protected);
        let subjects = access_subject::Entity::find()
            .filter(access_subject::Column::Seq.eq(record.seq))
            .all(&site.world.db)
            .await
            .unwrap();
        assert_eq!(subjects.len(), 6);
        // Being on this list tells of what is specially protected.
        let smd = "{ worklist(kind: SMD_FOLLOW_UP, first: 2) { nodes { reasonCode dueOn } } }";
        let items = site.nodes(&caller(Role::HP, Purpose::Smd), smd).await;
        assert!(
            items.iter().all(|item| item["reasonCode"] == "FOLLOW_UP_DUE") && !items.is_empty()
        );
        let record = access_record::Entity::find()
            .order_by_desc(access_record::Column::Seq)
            .one(&site.world.db)
            .await
            .unwrap()
            .unwrap();
        assert!(record.protected);
    }
}
