//! What changes reaches every instance at once, and none answers that cannot know.

use std::time::Duration;

use super::site::{AT_ONCE, Site};
use crate::records::{crash::clinician, sql};

const QUERY: &str = "{ persons(first: 1) { nodes { name } } }";

/// Takes names from the clinicians, by hand and without a word to anybody.
const CLOSE: &str = "INSERT INTO sharing_grant SELECT (SELECT MAX(id) FROM sharing_grant) + 1, \
    (SELECT MAX(version) FROM sharing_grant) + 1, role, field_group, field, 'none', scope, purpose, legal_basis_id, covers_minors, \
    valid_from, valid_until FROM sharing_grant \
    WHERE role = 'HC' AND purpose = 'P-HR' AND field_group = 'G02' ORDER BY version DESC LIMIT 1";

const TELL: &str = "UPDATE gateway_state SET version = version + 1; NOTIFY migrant_gateway";

/// Ends the connections on which the instances listen.
const DROP_LISTENERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE query LIKE 'LISTEN%' AND datname = current_database()";

#[tokio::test]
async fn a_change_of_grants_reaches_every_instance_within_a_second() {
    let name = "a_change_of_grants_reaches_every_instance_within_a_second";
    let Some(site) = Site::start(name, |it| it).await else { return };
    let token = clinician(&site.installation, "clinic");
    site.everywhere(&token, QUERY, None, AT_ONCE).await;
    sql::execute(&site.world.db, CLOSE).await;
    site.everywhere(&token, QUERY, Some("FIELD_NOT_SHARED"), AT_ONCE).await;
}

#[tokio::test]
async fn a_dropped_listening_connection_holds_no_change_back() {
    let name = "a_dropped_listening_connection_holds_no_change_back";
    let Some(site) = Site::start(name, |it| it).await else { return };
    let token = clinician(&site.installation, "clinic");
    site.everywhere(&token, QUERY, None, AT_ONCE).await;
    sql::execute(&site.world.db, DROP_LISTENERS).await;
    sql::execute(&site.world.db, CLOSE).await;
    site.everywhere(&token, QUERY, Some("FIELD_NOT_SHARED"), AT_ONCE).await;
    // And they listen again: the next word is heard.
    tokio::time::sleep(AT_ONCE).await;
    let listening = "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' \
        AND datname = current_database()";
    let listening: Vec<i64> = sql::column(&site.world.db, listening).await;
    assert_eq!(listening, [2]);
}

#[tokio::test]
async fn a_law_that_ends_closes_its_fields_on_every_instance_at_that_instant() {
    let name = "a_law_that_ends_closes_its_fields_on_every_instance_at_that_instant";
    let Some(site) = Site::start(name, |it| it).await else { return };
    let token = clinician(&site.installation, "clinic");
    site.everywhere(&token, QUERY, None, AT_ONCE).await;
    let end = "UPDATE legal_basis SET in_force_until = now() + interval '2 seconds' \
        WHERE code = 'HEALTH-35'";
    sql::execute(&site.world.db, end).await;
    sql::execute(&site.world.db, TELL).await;
    tokio::time::sleep(AT_ONCE).await;
    site.everywhere(&token, QUERY, None, AT_ONCE).await;
    tokio::time::sleep(AT_ONCE).await;
    site.everywhere(&token, QUERY, Some("FIELD_NOT_SHARED"), AT_ONCE).await;
}

#[tokio::test]
async fn an_instance_that_cannot_learn_the_version_stops_answering_until_it_can() {
    let name = "an_instance_that_cannot_learn_the_version_stops_answering_until_it_can";
    let strict = Site::start(name, |it| it.with("SERVER__STALENESS_SECONDS", "1")).await;
    let Some(site) = strict else { return };
    let token = clinician(&site.installation, "clinic");
    site.everywhere(&token, QUERY, None, AT_ONCE).await;
    sql::execute(&site.world.db, "ALTER TABLE gateway_state RENAME TO elsewhere").await;
    let bound = Duration::from_secs(3);
    site.everywhere(&token, QUERY, Some("POLICY_STALE"), bound).await;
    sql::execute(&site.world.db, "ALTER TABLE elsewhere RENAME TO gateway_state").await;
    site.everywhere(&token, QUERY, None, bound).await;
}
