//! The joint mask of all values: who is singled out by what is shown of a person, under the grants
//! that migrations bring, in a county of the province's size.

use chrono::{DateTime, Utc};
use entity::sharing::Mask;

use super::{FLOOR, of_permit, standings};
use crate::{
    db,
    policy::{GrantSet, Level, Permit, Purpose, Role, explain, load},
};

fn noon() -> DateTime<Utc> {
    "2026-11-20T04:00:00Z".parse().unwrap()
}

/// The grants of the migrations.
async fn defaults() -> GrantSet {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("grants.db").display());
    let db = db::connect(&url).await.unwrap();
    db::migrate(&db).await.unwrap();
    load(&db).await.unwrap()
}

async fn permit(role: Role, purpose: Purpose) -> Permit {
    Permit::decide(explain::typical(role, purpose), &defaults().await, noon()).unwrap()
}

#[tokio::test]
async fn nine_of_ten_persons_whom_a_role_sees_only_masked_have_four_others_like_them() {
    let grants = defaults().await;
    let mut judged = Vec::new();
    let mut all: Vec<_> = standings(&grants, explain::pairs(), noon()).into_iter().collect();
    all.sort_by_key(|(pair, _)| *pair);
    for ((role, purpose), standing) in all {
        let share = standing.crowd.share();
        println!(
            "{role} {purpose}: {share:?} of {} {}",
            standing.crowd.shown, standing.names_persons
        );
        let Some(share) = share.filter(|_| !standing.names_persons) else {
            assert_eq!(standing.duty, None, "{role} {purpose} needs no reason");
            continue;
        };
        judged.push(role);
        match standing.duty {
            None => assert!(share >= FLOOR, "{role} {purpose}: {share} in a thousand"),
            Some(_) => assert!(share < FLOOR, "{role} {purpose} needs no reason: {share}"),
        }
    }
    for role in [Role::HO, Role::GG, Role::VN, Role::AU] {
        assert!(judged.contains(&role), "{role} is judged");
    }
}

#[tokio::test]
async fn a_planted_instant_beside_a_masked_date_is_noticed() {
    let mut permit = permit(Role::HO, Purpose::Hr).await;
    assert!(of_permit(&permit).share() >= Some(FLOOR));
    permit.plant("ResidenceRegistration", "collectedAt", Level::Full, None);
    assert!(of_permit(&permit).share() < Some(FLOOR));
}

#[tokio::test]
async fn a_mask_made_finer_is_noticed() {
    for (kind, field, mask) in [
        ("ResidenceRegistration", "arrivalDate", Mask::YearMonth),
        ("ResidenceRegistration", "residenceRegionCode", Mask::Community),
        ("Person", "birthDate", Mask::Year),
        ("Person", "name", Mask::Name),
        ("HouseholdRegistration", "hukouRegionCode", Mask::County),
        ("HealthRecord", "responsibleDoctor", Mask::Plain),
    ] {
        let mut permit = permit(Role::HO, Purpose::Hr).await;
        permit.plant(kind, field, Level::Masked, Some(mask));
        let share = of_permit(&permit).share();
        assert!(share < Some(FLOOR), "{kind}.{field} {mask:?}: {share:?}");
    }
}

#[tokio::test]
async fn the_same_permit_is_judged_the_same_every_time() {
    let permit = permit(Role::GG, Purpose::Ref).await;
    assert_eq!(of_permit(&permit), of_permit(&permit));
}
