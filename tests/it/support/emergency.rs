//! An emergency access that is open, as a row.

use chrono::TimeDelta;
use entity::{administrative_unit, break_glass, organization, person};
use migrant_gateway::policy::Role;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{
    demo_request,
    world::{World, noon},
};

/// Opens one for a role's caller to somebody who lives in another county, to another for each role;
/// gives the patient's key.
#[expect(clippy::disallowed_methods, reason = "the tests know what is in the database")]
pub async fn open_emergency(world: &World, role: Role) -> i64 {
    let request = demo_request(role);
    let code = request.organization.expect("a clinician acts for an organization");
    let organization = organization::Entity::find()
        .filter(organization::Column::Code.eq(code))
        .one(&world.db)
        .await
        .expect("organizations are read")
        .expect("the organization of the demo");
    let unit = administrative_unit::Entity::find()
        .filter(administrative_unit::Column::Code.eq(request.unit))
        .one(&world.db)
        .await
        .expect("units are read")
        .expect("the unit of the demo");
    let patient = person::Entity::find()
        .filter(person::Column::ResidenceUnitId.not_between(unit.id, unit.subtree_end))
        .order_by_asc(person::Column::Id)
        .offset(role as u64)
        .one(&world.db)
        .await
        .expect("persons are read")
        .expect("somebody lives elsewhere");
    let event = break_glass::Model {
        id: 1 + role as i64,
        person_id: patient.id,
        subject: format!("test.{}", role.name()),
        issuer: Some("test".to_owned()),
        role: role.code().to_owned(),
        organization_id: organization.id,
        unit_id: organization.unit_id,
        reason_code: "UNCONSCIOUS".to_owned(),
        reason_text: "found at the road".to_owned(),
        opened_at: noon() - TimeDelta::minutes(5),
        expires_at: noon() + TimeDelta::minutes(55),
        closed_at: None,
        reviewed_at: None,
        reviewer: None,
        verdict: None,
        note: None,
        review_flag: None,
    };
    event.into_active_model().insert(&world.db).await.expect("the event is written");
    patient.id
}
