use entity::{consent, person};
use indicatif::ProgressBar;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, EntityTrait};
use sea_orm::{PaginatorTrait, Schema};

use super::{everything, options, units};
use crate::demo::load;

async fn database() -> DatabaseConnection {
    let mut connect = ConnectOptions::new("sqlite::memory:");
    connect.max_connections(1).sqlx_logging(false);
    let db = Database::connect(connect).await.unwrap();
    let schema = Schema::new(db.get_database_backend());
    macro_rules! create {
        ($($kind:ident),*) => {$(
            let table = schema.create_table_from_entity(entity::$kind::Entity);
            db.execute(&table).await.unwrap();
        )*};
    }
    create!(
        administrative_unit,
        organization,
        person,
        household_registration,
        residence_registration,
        residence_permit,
        household_member,
        employment,
        health_record,
        immunization_card,
        immunization_dose,
        infectious_disease_report,
        stigmatized_disease_report,
        maternal_care_record,
        severe_mental_disorder_record,
        assistance_case,
        caseload,
        consent
    );
    crate::demo::load::insert::<entity::administrative_unit::Entity, _>(&db, units())
        .await
        .unwrap();
    db
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "counts what was loaded")]
async fn a_population_is_loaded_once() {
    let db = database().await;
    let bar = ProgressBar::hidden();
    let summary = load(&db, &options(1_500, 9), &bar).await.unwrap();
    assert_eq!((summary.rows["persons"], bar.position()), (1_500, 1_500));
    assert_eq!(consent::Entity::find().count(&db).await.unwrap(), summary.rows["consents"]);
    let first = person::Entity::find_by_id(1).one(&db).await.unwrap().unwrap();
    assert_eq!(first, everything(options(1_500, 9)).persons[0]);
    let refused = load(&db, &options(10, 9), &bar).await.unwrap_err();
    assert!(refused.to_string().contains("already holds persons"));
}
