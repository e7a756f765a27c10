//! Giving notice of an arrival.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    administrative_unit, consent, organization, residence_notice, residence_notice_route,
    sharing::{Department, Group},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction,
    DerivePartialModel, IntoActiveModel as _, QueryFilter as _,
};

use super::{ACCEPTED, Notice, Told, WAITS, answer::take_in, notice, person::Presented};
use crate::{
    acts::{
        ActContext, Actor, break_glass::organization_of, conflict, not_found, once::Once,
        unavailable,
    },
    audit::Applied,
    catalogue::catalogue,
    db::{columns, next_key},
    due::recompute,
    error::Result,
    graphql::input::{self, bad_input},
    policy::{Purpose, Role},
    rules::consent::is_over,
};

/// The kind of organization that serves a community.
const CENTRE: &str = "community_health_centre";

/// The longest address.
const LONGEST: usize = 200;

/// A notice to be given.
pub struct Create {
    once: Once,
    who: Presented,
    community: String,
    address: Option<String>,
    arrival: Option<NaiveDate>,
    stay: Option<String>,
}

/// What is read of the place.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "administrative_unit::Entity")]
struct Unit {
    id: i64,
    subtree_end: i64,
    level: String,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
}

/// What is read of a centre.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "organization::Entity")]
struct Centre {
    id: i64,
    name: String,
    unit_id: i64,
}

/// What is read of a consent.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "consent::Entity")]
struct Given {
    expires_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

impl Create {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When one is wrong, or not one that the role writes.
    pub fn read(actor: &Actor, context: &ActContext<'_>) -> Result<Self> {
        let given = &context.given;
        let who = Presented::read(actor.role, context)?;
        let community = given.text("communityCode")?;
        let community = community.ok_or_else(|| bad_input("communityCode is required"))?;
        let address = given.text("address")?;
        if address.as_ref().is_some_and(|text| {
            text.chars().count() > LONGEST || text.chars().any(char::is_control)
        }) {
            return Err(bad_input(format!("address: write at most {LONGEST} characters")));
        }
        let arrival =
            match given.value("arrivalDate") {
                None => None,
                Some(day) => {
                    let day = input::date(&input::text(&day)?);
                    let day = day.filter(|day| *day <= actor.today);
                    Some(day.ok_or_else(|| {
                        bad_input("arrivalDate is a day until today like 2026-03-06")
                    })?)
                }
            };
        let stay = given.text("expectedStay")?;
        if let Some(stay) = &stay {
            listed(residence_notice::Column::ExpectedStay, stay)?;
        }
        // Of a referral with consent the place is told and no more (writes.csv).
        if actor.role == Role::GG && (arrival.is_some() || stay.is_some()) {
            return Err(bad_input("this role tells communityCode and address"));
        }
        if actor.role != Role::GG && arrival.is_none() {
            return Err(bad_input("arrivalDate is required"));
        }
        let texts = [
            Some(who.name.clone()),
            who.id_number.clone(),
            who.phone.clone(),
            Some(community.clone()),
            address.clone(),
            arrival.map(|day| day.to_string()),
            stay.clone(),
        ];
        let asked: Vec<&str> = texts.iter().map(|text| text.as_deref().unwrap_or("\0")).collect();
        let once = Once::read(context, "createResidenceNotice", &asked)?;
        Ok(Self { once, who, community, address, arrival, stay })
    }

    pub(in crate::acts) async fn apply(
        &self,
        actor: &Actor,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(Applied, Told)> {
        let organization = organization_of(actor, transaction).await?;
        if let Some(done) = self.once.done(actor, transaction).await? {
            let (found, _) = notice(done, transaction).await?.ok_or_else(super::missing)?;
            let told = Told { notice: found, serves: false };
            return Ok((told.applied("residence_notice.repeat", None), told));
        }
        let place = self.place(actor, transaction).await?;
        let centre = centre_of(&place, transaction).await?;
        let known = self.who.find(transaction).await?;
        if actor.role == Role::GG {
            require_consent(known, transaction, now).await?;
        }
        let person = match known {
            Some(person) => person,
            None => self.who.introduce(actor, place.id, transaction, now).await?,
        };
        // What a centre meets itself it need not wait for.
        let is_own = actor.role == Role::HC && centre.id == organization.id;
        let id = next_key::<residence_notice::Entity>(transaction, residence_notice::Column::Id);
        let id = id.await.map_err(unavailable)?;
        let source = match actor.role {
            Role::CW => "2",
            Role::GG => "3",
            _ => "1",
        };
        let row = residence_notice::ActiveModel {
            id: Set(id),
            person_id: Set(person),
            community_code: Set(Some(self.community.clone())),
            address: Set(self.address.clone()),
            arrival_date: Set(Some(self.arrival.unwrap_or(actor.today))),
            expected_stay: Set(self.stay.clone()),
            source: Set(Some(source.to_owned())),
            sent_at: Set(Some(now)),
            forwarded_to_name: Set(Some(centre.name.clone())),
            forwarded_to_kind: Set(Some(CENTRE.to_owned())),
            status: Set(Some(if is_own { ACCEPTED } else { WAITS }.to_owned())),
            answered_on: Set(is_own.then_some(actor.today)),
            source_system: Set("migrant-gateway".to_owned()),
            collecting_department: Set(actor.role.department().code().to_owned()),
            collected_at: Set(now),
            recorded_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        row.insert(transaction).await.map_err(unavailable)?;
        let route = residence_notice_route::Model {
            notice_id: id,
            sender_organization_id: Some(organization.id),
            receiver_organization_id: centre.id,
        };
        route.into_active_model().insert(transaction).await.map_err(unavailable)?;
        self.once.note(actor, id, transaction, now).await?;
        let (made, _) = notice(id, transaction).await?.ok_or_else(super::missing)?;
        if is_own {
            take_in(&made, centre.id, actor.today, transaction).await?;
        }
        recompute(transaction, person, actor.today).await.map_err(unavailable)?;
        let told = Told { notice: made, serves: is_own };
        Ok((told.applied("residence_notice.create", None), told))
    }

    /// The community, which lies in the caller's unit.
    async fn place(&self, actor: &Actor, transaction: &DatabaseTransaction) -> Result<Unit> {
        let units = columns::all::<administrative_unit::Entity, Unit>(transaction, |units| {
            units.filter(administrative_unit::Column::Code.eq(&self.community))
        });
        let (low, high) = actor.units;
        let is_it = |unit: &Unit| {
            unit.level == "community"
                && (low..=high).contains(&unit.id)
                && unit.valid_from.is_none_or(|from| from <= actor.today)
                && unit.valid_until.is_none_or(|until| actor.today < until)
        };
        let found = units.await.map_err(unavailable)?.into_iter().find(is_it);
        found.ok_or_else(|| {
            bad_input("communityCode is the code of a community within the caller's unit")
        })
    }
}

/// That a code stands in the list of its field.
pub(super) fn listed(column: residence_notice::Column, code: &str) -> Result<()> {
    let field = catalogue().field_of(column);
    match field.codes.as_ref().filter(|list| !list.has(code)) {
        Some(list) => Err(bad_input(format!("{} is a code of {}", field.spec.name, list.name))
            .with("codeList", list.name)),
        None => Ok(()),
    }
}

/// The centre that serves a place: that of the nearest unit around it, of several the first by code.
async fn centre_of(place: &Unit, transaction: &DatabaseTransaction) -> Result<Centre> {
    let centres = columns::all::<organization::Entity, Centre>(transaction, |all| {
        all.filter(organization::Column::Kind.eq(CENTRE))
    });
    let centres = centres.await.map_err(unavailable)?;
    let around: Vec<i64> = centres.iter().map(|centre| centre.unit_id).collect();
    let units = columns::all::<administrative_unit::Entity, Unit>(transaction, |units| {
        units.filter(administrative_unit::Column::Id.is_in(around))
    });
    let units = units.await.map_err(unavailable)?;
    let holds = |unit: &&Unit| (unit.id..=unit.subtree_end).contains(&place.id);
    let nearest = units.iter().filter(holds).min_by_key(|unit| unit.subtree_end - unit.id);
    let nearest = nearest.map(|unit| unit.id);
    let centre = centres
        .into_iter()
        .filter(|centre| Some(centre.unit_id) == nearest)
        .min_by_key(|centre| centre.id);
    centre.ok_or_else(|| conflict("no health centre serves this community"))
}

/// That the person agreed to be referred. Of nobody and of somebody who did not it is told alike.
async fn require_consent(
    person: Option<i64>,
    transaction: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<()> {
    let nobody = || not_found("nobody who consented to a referral is known by this");
    let person = person.ok_or_else(nobody)?;
    let given = columns::all::<consent::Entity, Given>(transaction, |consents| {
        consents
            .filter(consent::Column::PersonId.eq(person))
            .filter(consent::Column::RecipientDepartment.eq(Department::Governance.code()))
            .filter(consent::Column::Purpose.eq(Purpose::Ref.code()))
            .filter(consent::Column::FieldGroup.eq(Group::G08.code()))
            .filter(consent::Column::GivenAt.lte(now))
    });
    let given = given.await.map_err(unavailable)?;
    let holds = given.iter().any(|given| !is_over(given.expires_at, given.withdrawn_at, now));
    if holds { Ok(()) } else { Err(nobody()) }
}

impl Told {
    /// The notice.
    pub(in crate::acts) fn of(notice: Notice, serves: bool) -> Self {
        Self { notice, serves }
    }
}
