//! For every role and purpose, two databases that differ only in what may not be seen give the
//! same answers.

use std::sync::Arc;

use migrant_gateway::{
    app::Gateway,
    graphql::Entitled,
    policy::{Basis, Purpose, Role},
    read::Reader,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::Semaphore;

use super::{
    answers::{Difference, Pair, Same},
    columns::tables,
    copies::copy,
    hide::change_all_hidden,
    menu::values,
    probes::probes,
    uses::uses,
};
use crate::support::{
    Backend, CALLERS, World, backends, caller, demo_request, open_emergency,
    world::{noon, patient},
};

/// How many pairs of worlds are asked at the same time.
const AT_ONCE: usize = 6;

/// What reads of a gateway pass through.
pub type Wrap = fn(Box<dyn Reader>) -> Box<dyn Reader>;

/// Asks everything in two worlds that differ only in what may not be seen.
pub async fn compare(
    backend: Backend,
    role: Role,
    purpose: Purpose,
    wrap: Wrap,
) -> Result<Same, Difference> {
    let (world, other) = (copy(backend).await, copy(backend).await);
    if purpose == Purpose::Etr {
        for clinician in [Role::HE, Role::HC, Role::HP] {
            open_emergency(&world, clinician).await;
            open_emergency(&other, clinician).await;
        }
    }
    if role == Role::SU {
        close_to_guardian(&world).await;
        close_to_guardian(&other).await;
    }
    let left = world.gateway_with(patient(), wrap).await;
    let entitled = entitled(&left, role, purpose);
    let touched = change_all_hidden(&other, &entitled.permit).await;
    assert!(touched > 0, "{role} {purpose}: nothing is hidden");
    let right = other.gateway_with(patient(), wrap).await;
    let pair = Pair { left: &left, right: &right, caller: caller(role, purpose) };
    pair.ask_all(&probes(&entitled.permit, values().await)).await
}

/// Gives the guardian of the demonstration three wards under 14, of whom all, two groups and nothing is
/// closed.
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn close_to_guardian(world: &World) {
    let guardian = demo_request(Role::SU).person.expect("a person's own token");
    let child = "SELECT min(h.id) FROM household_member h JOIN person p ON p.id = h.person_id \
                 WHERE p.birth_date > '2016-01-01' AND h.guardian_person_id IS NOT NULL \
                 AND h.guardian_person_id <> ";
    for groups in [&["NULL"][..], &["'G15'", "'G09'", "'G17'"], &[]] {
        let of_child =
            format!("(SELECT person_id FROM household_member WHERE id = ({child}{guardian}))");
        for group in groups {
            let close = format!(
                "INSERT INTO guardian_closing (id, person_id, field_group, organization_id, subject, \
                 issuer, role, reason, closed_at, valid_until) SELECT COALESCE((SELECT max(id) FROM \
                 guardian_closing), 0) + 1, {of_child}, {group}, min(id), 'x', 'x', 'HC', 'x', \
                 '2026-11-19T00:00:00+00:00', '2027-01-01T00:00:00+00:00' FROM organization"
            );
            world.db.execute_unprepared(&close).await.expect("it is closed");
        }
        let take = format!(
            "UPDATE household_member SET guardian_person_id = {guardian} WHERE id = ({child}{guardian})"
        );
        world.db.execute_unprepared(&take).await.expect("a ward");
    }
    let live_here = format!(
        "UPDATE person SET residence_unit_id = (SELECT residence_unit_id FROM person WHERE id = \
         {guardian}) WHERE id IN (SELECT person_id FROM household_member WHERE guardian_person_id = \
         {guardian})"
    );
    world.db.execute_unprepared(&live_here).await.expect("wards live with their guardian");
}

/// The permit that a caller of a role has.
pub fn entitled(gateway: &Gateway, role: Role, purpose: Purpose) -> Arc<Entitled> {
    let request = demo_request(role);
    let basis = Basis {
        role,
        purpose,
        has_organization: request.organization.is_some(),
        has_person: request.person.is_some(),
        has_contract: role == Role::VN,
    };
    gateway.engine.entitle(basis, noon()).expect("the purpose is open to the role")
}

async fn all_are_the_same(backend: Backend, callers: Vec<(Role, Purpose)>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let tasks: Vec<_> = callers
        .into_iter()
        .map(|(role, purpose)| {
            let places = places.clone();
            tokio::spawn(async move {
                let _place = places.acquire_owned().await.expect("a place");
                (role, purpose, compare(backend, role, purpose, |reader| reader).await)
            })
        })
        .collect();
    let mut all = Same::default();
    let mut differences = Vec::new();
    for task in tasks {
        let (role, purpose, found) = task.await.expect("the comparison runs to its end");
        match found {
            Ok(same) => {
                all.answers += same.answers;
                all.bytes += same.bytes;
            }
            Err(difference) => differences.push((role, purpose, difference)),
        }
    }
    println!("{backend:?}: {all:?}");
    assert!(differences.is_empty(), "{backend:?}: {differences:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_may_not_see_changes_no_answer_for_any_role_and_purpose() {
    all_are_the_same(Backend::Sqlite, CALLERS.clone()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_may_not_see_changes_no_answer_on_postgresql() {
    if !backends("non-interference").contains(&Backend::Postgres) {
        return;
    }
    let mut callers = CALLERS.clone();
    callers.dedup_by_key(|(role, _)| *role);
    // Emergencies are found in another way there.
    callers.extend([(Role::HE, Purpose::Etr), (Role::HC, Purpose::Etr)]);
    all_are_the_same(Backend::Postgres, callers).await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the tests look behind the gateway")]
async fn every_column_that_is_not_told_holds_other_values_in_the_other_world() {
    let world = copy(Backend::Sqlite).await;
    let gateway = world.gateway().await;
    for role in [Role::HC, Role::HX, Role::HO, Role::PO, Role::CA, Role::GG, Role::VN, Role::FA] {
        let purpose = Purpose::of(role).next().expect("every role has a purpose");
        let permit = &entitled(&gateway, role, purpose).permit;
        let other = copy(Backend::Sqlite).await;
        change_all_hidden(&other, permit).await;
        let file = world.directory.path().join("world.db");
        let attach = format!("ATTACH '{}' AS untouched", file.display());
        other.db.execute_unprepared(&attach).await.expect("the database attaches");
        for table in tables() {
            let told = uses(permit, &table);
            for column in &table.columns {
                if !told.iter().any(|read| read.column == column.name) {
                    let changed = changed_rows(&other, table.kind.table, column.name).await;
                    let held = held_values(&other, table.kind.table, column.name).await;
                    // Of what few rows have, all that there is.
                    let is_enough = changed > 5 || changed > 0 && changed >= held;
                    assert!(is_enough, "{role}: {}.{}", table.kind.table, column.name);
                }
            }
        }
    }
}

async fn held_values(world: &World, table: &str, column: &str) -> i64 {
    let sql = format!("SELECT count({column}) AS held FROM {table}");
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let row = world.db.query_one_raw(statement).await.expect("the table can be read");
    row.expect("a count").try_get("", "held").expect("a number")
}

async fn changed_rows(world: &World, table: &str, column: &str) -> i64 {
    let sql = format!(
        "SELECT count(*) AS changed FROM {table} a JOIN untouched.{table} b ON a.id = b.id \
         WHERE a.{column} IS DISTINCT FROM b.{column}"
    );
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let row = world.db.query_one_raw(statement).await.expect("rows are counted");
    row.expect("one row").try_get("", "changed").expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_worlds_do_differ_for_one_who_sees_everything_of_a_person() {
    let (left, right) = (copy(Backend::Sqlite).await, copy(Backend::Sqlite).await);
    let gateway = left.gateway().await;
    let blind = entitled(&gateway, Role::GG, Purpose::Ref);
    change_all_hidden(&right, &blind.permit).await;
    let seeing = entitled(&gateway, Role::SU, Purpose::Sar);
    let right = right.gateway().await;
    let pair = Pair { left: &gateway, right: &right, caller: caller(Role::SU, Purpose::Sar) };
    let found = pair.ask_all(&probes(&seeing.permit, values().await)).await;
    found.expect_err("the person sees what the grid worker does not");
}
