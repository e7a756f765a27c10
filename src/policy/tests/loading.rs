//! Grants from the database: a row that is not understood is an error that names it.

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

use super::support::*;
use crate::{
    db,
    policy::{GrantSet, Level, Permit, Purpose, Role, load, version},
};

struct Store {
    db: DatabaseConnection,
    _directory: TempDir,
}

impl Store {
    async fn new() -> Store {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("grants.db").display());
        let db = db::connect(&url).await.unwrap();
        db::migrate(&db).await.unwrap();
        Store { db, _directory: directory }
    }

    /// Adds a further version of HC's grant of names under P-HR, some columns written otherwise.
    #[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
    async fn add(&self, changed: &[(&str, &str)]) {
        let columns = "version role field_group field level scope purpose legal_basis_id \
            covers_minors valid_from valid_until";
        let values: Vec<String> = columns
            .split_whitespace()
            .map(|column| {
                let value = changed.iter().find(|(name, _)| *name == column);
                value.map_or_else(
                    || if column == "version" { "3" } else { column },
                    |(_, value)| value,
                )
            })
            .map(str::to_owned)
            .collect();
        let sql = format!(
            "INSERT INTO sharing_grant (id, {}) SELECT (SELECT max(id) + 1 FROM sharing_grant), {} \
             FROM sharing_grant WHERE role = 'HC' AND field_group = 'G02' AND purpose = 'P-HR' \
             AND version = 1",
            columns.split_whitespace().collect::<Vec<_>>().join(", "),
            values.join(", "),
        );
        self.db.execute_unprepared(&sql).await.unwrap();
    }

    async fn permit(&self) -> Permit {
        let grants = load(&self.db).await.unwrap();
        Permit::decide(basis(Role::HC, Purpose::Hr), &grants, noon()).unwrap()
    }
}

#[tokio::test]
async fn the_migrations_bring_the_matrix_and_then_what_purposes_need_of_it() {
    let store = Store::new().await;
    assert_eq!(version(&store.db).await.unwrap(), 2);
    assert_eq!(load(&store.db).await.unwrap().version(), 2);
    assert_eq!(level(&store.permit().await, "Person", "name"), Level::Full);
}

#[tokio::test]
async fn a_row_with_an_unknown_level_or_scope_is_an_error_that_names_it() {
    for (column, code) in [("level", "everything"), ("level", ""), ("scope", "z"), ("scope", "")] {
        let store = Store::new().await;
        store.add(&[(column, &format!("'{code}'"))]).await;
        let refused = load(&store.db).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("{code:?} is no {column}; it takes ")), "{refused}");
        assert!(
            refused.starts_with("row ") && refused.contains(" of sharing_grant: "),
            "{refused}"
        );
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn a_law_of_an_unknown_instrument_is_an_error_that_names_it() {
    let store = Store::new().await;
    let of_law = "UPDATE legal_basis SET instrument = 'decree' WHERE code = 'HEALTH-35'";
    store.db.execute_unprepared(of_law).await.unwrap();
    let refused = load(&store.db).await.unwrap_err().to_string();
    assert!(refused.contains("\"decree\" is no instrument; it takes statute, "), "{refused}");
}

#[tokio::test]
async fn a_row_that_names_no_cell_opens_and_closes_nothing() {
    for changed in [("role", "'ZZ'"), ("purpose", "'P-ALL'"), ("field_group", "'G99'")] {
        let store = Store::new().await;
        let before = summary(&store.permit().await);
        store.add(&[changed, ("level", "'full'")]).await;
        assert_eq!(summary(&store.permit().await), before, "{changed:?}");
    }
}

#[tokio::test]
async fn a_field_that_does_not_exist_opens_nothing() {
    let store = Store::new().await;
    let before = summary(&store.permit().await);
    store.add(&[("field", "'Person.everything'")]).await;
    assert_eq!(summary(&store.permit().await), before);
}

#[tokio::test]
async fn a_later_row_replaces_an_earlier_and_none_revokes() {
    let store = Store::new().await;
    store.add(&[("level", "'masked'")]).await;
    assert_eq!(level(&store.permit().await, "Person", "name"), Level::Masked);
    store.add(&[("level", "'none'"), ("version", "4")]).await;
    assert_eq!(level(&store.permit().await, "Person", "name"), Level::None);
    assert_eq!(load(&store.db).await.unwrap().version(), 4);
}

#[test]
fn no_grants_open_nothing() {
    for role in Role::ALL {
        for purpose in Purpose::of(role) {
            let permit =
                Permit::decide(basis(role, purpose), &GrantSet::default(), noon()).unwrap();
            let opened = summary(&permit);
            assert!(opened.iter().all(|(level, rows, may)| {
                *level == Level::None && rows.is_none() && *may == [false; 4]
            }));
        }
    }
}
