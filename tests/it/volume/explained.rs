//! What something on file explains counts apart, and is compared with what is usual.

use entity::{health_record, volume_alarm, volume_usage};
use migrant_gateway::{
    clock::{Clock as _, day_in_shanghai},
    policy::{Purpose, Role},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::Expr,
};

use super::reading::{clinician, left, one, records};
use crate::{
    graphql::site::Site,
    support::{backends, caller},
};

const RECORD: &str = "query($id: ID!) { healthRecord(id: $id) { bloodType } }";

/// The identifiers of so many health records that the clinician sees, by what the county keeps.
async fn identifiers(site: &Site, first: usize) -> Vec<String> {
    let query = format!("{{ healthRecords(first: {first}) {{ nodes {{ id }} }} }}");
    let nodes = site.nodes(&caller(Role::HC, Purpose::Hr), &query).await;
    assert_eq!(nodes.len(), first);
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

/// Lets everybody have been seen today.
async fn everybody_was_seen(site: &Site) {
    let today = day_in_shanghai(site.world.clock.now());
    health_record::Entity::update_many()
        .col_expr(health_record::Column::LastUpdatedOn, Expr::value(today))
        .col_expr(health_record::Column::CollectingDepartment, Expr::value("health"))
        .exec(&site.world.db)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_patient_who_was_seen_today_is_explained_and_a_list_of_them_is_not() {
    for backend in backends("a_patient_who_was_seen_today_is_explained") {
        let site = Site::new(backend).await;
        let (gateway, clinician) = (&site.gateway, clinician());
        let ids = identifiers(&site, 30).await;
        everybody_was_seen(&site).await;
        for id in &ids {
            one(gateway, &clinician, RECORD, id).await.unwrap();
        }
        assert_eq!(left(gateway, &clinician, "HEALTH").await, 20);
        assert_eq!(records(gateway, &clinician, 20).await, Ok(20));
        assert!(records(gateway, &clinician, 1).await.is_err());
        // Whom something explains is read still.
        one(gateway, &clinician, RECORD, &ids[0]).await.unwrap();
        site.world.clock.advance(chrono::TimeDelta::hours(48));
        for id in &ids[..20] {
            one(gateway, &clinician, RECORD, id).await.unwrap();
        }
        assert!(one(gateway, &clinician, RECORD, &ids[20]).await.is_err(), "it is long ago");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
async fn three_times_what_is_usual_for_the_role_raises_one_alarm() {
    for backend in backends("three_times_what_is_usual_for_the_role") {
        let site = Site::new(backend).await;
        let (gateway, clinician) = (&site.gateway, clinician());
        let hour = site.world.clock.now().timestamp() / 3600;
        for (subject, days, health) in [("li", 3, 4), ("wang", 5, 8)] {
            let usage = volume_usage::Model {
                issuer: "test".to_owned(),
                subject: subject.to_owned(),
                role: "HC".to_owned(),
                hour: hour - 24 * days,
                revision: days,
                unexplained_movement: 0,
                unexplained_health: 0,
                unexplained_identity: 0,
                explained_movement: 0,
                explained_health: health,
                explained_identity: 0,
                contracted_movement: 0,
                contracted_health: 0,
                contracted_identity: 0,
            };
            usage.into_active_model().insert(&site.world.db).await.unwrap();
        }
        gateway.settle_volume().await.unwrap();
        let ids = identifiers(&site, 25).await;
        everybody_was_seen(&site).await;
        for (turn, id) in ids.iter().enumerate() {
            one(gateway, &clinician, RECORD, id).await.unwrap();
            gateway.settle_volume().await.unwrap();
            // Usual is six a day: the mean of four and eight.
            let alarms = volume_alarm::Entity::find()
                .filter(volume_alarm::Column::Subject.eq("somebody"))
                .order_by_asc(volume_alarm::Column::At)
                .all(&site.world.db)
                .await
                .unwrap();
            assert_eq!(alarms.len(), usize::from(turn >= 18), "{turn}");
            if let Some(alarm) = alarms.first() {
                assert_eq!((alarm.rows, alarm.usual), (19, 6));
                assert_eq!((alarm.role.as_str(), alarm.category.as_str()), ("HC", "HEALTH"));
            }
        }
    }
}
