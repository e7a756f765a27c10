//! What two people agreed on: volumes of clients, higher limits of roles, more emergencies. None is
//! without a law, a reason and an end.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use entity::limit_agreement::{self, Model};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};

use super::category::{DAY, Each, HALF, MONTH};
use crate::{
    policy::{self, Role},
    rules::break_glass::EmergencyLimits,
};

/// What an agreement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// How many rows a client reads in 24 hours.
    Contract,
    /// How many unexplained rows whoever acts in a role reads.
    Role,
    /// How many emergencies the clinicians of an organization open.
    Emergency,
}

/// The numbers of an agreement; those that it does not name stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Amounts {
    /// Rows of address histories in 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movement_day: Option<u64>,
    /// Rows of health in 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_day: Option<u64>,
    /// Rows of identity and residence in 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_day: Option<u64>,
    /// Rows of address histories in 30 days; of roles alone, as the next two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movement_month: Option<u64>,
    /// Rows of health in 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_month: Option<u64>,
    /// Rows of identity and residence in 30 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_month: Option<u64>,
    /// Patients that a clinician has open at once; of emergencies alone, as the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_at_once: Option<u32>,
    /// Emergencies that an organization opens in 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_a_day: Option<u32>,
}

/// Where an agreement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A second person has to decide.
    Proposed,
    /// Nobody decided in time.
    Lapsed,
    /// A second person ended it.
    Rejected,
    /// It holds.
    InForce,
    /// It will hold.
    Ahead,
    /// It is over.
    Ended,
}

/// How many unexplained rows may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In any 24 hours.
    pub day: Each<u64>,
    /// In any 30 days.
    pub month: Each<u64>,
}

/// The agreements that hold, or will.
#[derive(Clone, Debug, Default)]
pub struct Agreements(HashMap<(Kind, String), Vec<Arc<Agreement>>>);

/// One that two people signed.
#[derive(Clone, Debug)]
struct Agreement {
    amounts: Amounts,
    valid_from: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Kind {
    /// The code that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Contract => "contract",
            Kind::Role => "role",
            Kind::Emergency => "emergency",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Kind> {
        [Kind::Contract, Kind::Role, Kind::Emergency].into_iter().find(|kind| kind.code() == code)
    }
}

impl Amounts {
    /// Rows of 24 hours by category.
    pub fn day(&self) -> Each<Option<u64>> {
        [self.movement_day, self.health_day, self.identity_day]
    }

    /// Rows of 30 days by category.
    pub fn month(&self) -> Each<Option<u64>> {
        [self.movement_month, self.health_month, self.identity_month]
    }
}

impl Status {
    /// The code in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Proposed => "PROPOSED",
            Status::Lapsed => "LAPSED",
            Status::Rejected => "REJECTED",
            Status::InForce => "IN_FORCE",
            Status::Ahead => "AHEAD",
            Status::Ended => "ENDED",
        }
    }

    /// Where a row stands at an instant.
    pub fn of(row: &Model, now: DateTime<Utc>) -> Status {
        match row.decision.as_deref() {
            None if row.lapses_at <= now || row.valid_until <= now => Status::Lapsed,
            None => Status::Proposed,
            Some(APPROVED) if end(row) <= now => Status::Ended,
            Some(APPROVED) if now < row.valid_from => Status::Ahead,
            Some(APPROVED) => Status::InForce,
            Some(_) => Status::Rejected,
        }
    }
}

/// The decision that puts an agreement into force.
pub const APPROVED: &str = "approved";

/// The decision against it.
pub const REJECTED: &str = "rejected";

/// When an agreement is over.
pub fn end(row: &Model) -> DateTime<Utc> {
    row.ended_at.map_or(row.valid_until, |ended| ended.min(row.valid_until))
}

impl Agreements {
    /// Reads what was agreed. A row that cannot be read, or that one person alone signed, is none.
    ///
    /// # Errors
    /// When the table cannot be read.
    #[expect(clippy::disallowed_methods, reason = "agreements are no personal data")]
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let laws = policy::legal_bases(db).await?;
        let in_force_until =
            |code: &str| laws.values().find(|law| law.code == code).map(|law| law.in_force_until);
        let rows = limit_agreement::Entity::find().order_by_asc(limit_agreement::Column::Id);
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows.all(db).await? {
            let is_signed = row.decision.as_deref() == Some(APPROVED)
                && row.decider.as_ref().is_some_and(|decider| *decider != row.proposer);
            let amounts = serde_json::from_str(&row.amounts).ok();
            // Without its law it rests on nothing.
            let Some(law_ends) = in_force_until(&row.law) else { continue };
            if let (true, Some(kind), Some(amounts)) = (is_signed, Kind::parse(&row.kind), amounts)
            {
                let end = law_ends.map_or(end(&row), |law_ends| law_ends.min(end(&row)));
                let agreement = Agreement { amounts, valid_from: row.valid_from, end };
                all.entry((kind, row.target)).or_default().push(Arc::new(agreement));
            }
        }
        Ok(Self(all))
    }

    fn holding(
        &self,
        kind: Kind,
        target: &str,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &Amounts> {
        // Nobody has agreements but few: most lookups end here.
        let found = if self.0.is_empty() { None } else { self.0.get(&(kind, target.to_owned())) };
        found.into_iter().flatten().filter_map(move |agreement| {
            let holds = agreement.valid_from <= now && now < agreement.end;
            holds.then_some(&agreement.amounts)
        })
    }

    /// The volume that a client has by contract; of several, the largest counts.
    pub fn contract(&self, client: &str, now: DateTime<Utc>) -> Option<Each<u64>> {
        let of = |amounts: &Amounts| amounts.day().map(Option::unwrap_or_default);
        self.holding(Kind::Contract, client, now).map(of).reduce(|most, more| {
            let mut larger = most;
            larger.iter_mut().zip(more).for_each(|(most, more)| *most = more.max(*most));
            larger
        })
    }

    /// How much whoever acts in a role reads without an explanation: never more than half of what
    /// would be a crime, whatever the table says.
    pub fn limits(&self, role: Role, now: DateTime<Utc>) -> Limits {
        let mut limits = Limits { day: DAY, month: MONTH };
        for amounts in self.holding(Kind::Role, role.code(), now) {
            for (limits, raised) in
                [(&mut limits.day, amounts.day()), (&mut limits.month, amounts.month())]
            {
                for ((limit, raised), half) in limits.iter_mut().zip(raised).zip(HALF) {
                    *limit = raised.unwrap_or_default().min(half).max(*limit);
                }
            }
        }
        // A day is part of its month.
        limits.month.iter_mut().zip(limits.day).for_each(|(month, day)| *month = day.max(*month));
        limits
    }

    /// How many emergencies an organization's clinicians open: as many as configured, or as agreed.
    pub fn emergency(
        &self,
        configured: EmergencyLimits,
        organization: Option<&str>,
        now: DateTime<Utc>,
    ) -> EmergencyLimits {
        let mut limits = configured;
        let Some(organization) = organization else { return limits };
        for amounts in self.holding(Kind::Emergency, organization, now) {
            let EmergencyLimits { open_at_once, opened_a_day } = &mut limits;
            *open_at_once = amounts.open_at_once.unwrap_or(0).min(MOST_OPEN).max(*open_at_once);
            *opened_a_day = amounts.opened_a_day.unwrap_or(0).min(MOST_A_DAY).max(*opened_a_day);
        }
        limits
    }
}

/// The most patients that a clinician is ever let open at once.
pub const MOST_OPEN: u32 = 10;

/// The most emergencies that an organization is ever let open in 24 hours.
pub const MOST_A_DAY: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn agreed(kind: Kind, target: &str, amounts: Amounts) -> Agreements {
        let agreement = Agreement {
            amounts,
            valid_from: at("2026-11-01T00:00:00Z"),
            end: at("2026-12-01T00:00:00Z"),
        };
        Agreements(HashMap::from([((kind, target.to_owned()), vec![Arc::new(agreement)])]))
    }

    #[test]
    fn no_row_of_a_table_raises_a_limit_beyond_half_of_what_is_a_crime() {
        let most = Some(u64::MAX);
        let amounts = Amounts {
            movement_day: most,
            health_day: most,
            identity_day: most,
            movement_month: most,
            health_month: most,
            identity_month: most,
            ..Amounts::default()
        };
        let agreements = agreed(Kind::Role, "HC", amounts);
        let limits = agreements.limits(Role::HC, at("2026-11-15T00:00:00Z"));
        assert_eq!(limits, Limits { day: HALF, month: HALF });
        let others = agreements.limits(Role::HO, at("2026-11-15T00:00:00Z"));
        assert_eq!(others, Limits { day: DAY, month: MONTH });
    }

    #[test]
    fn an_agreement_holds_from_its_beginning_to_its_end_and_lowers_nothing() {
        let amounts = Amounts { health_day: Some(40), identity_day: Some(1), ..Amounts::default() };
        let agreements = agreed(Kind::Role, "HC", amounts);
        for (now, health) in [
            ("2026-10-31T23:59:59Z", 20),
            ("2026-11-01T00:00:00Z", 40),
            ("2026-11-30T23:59:59Z", 40),
            ("2026-12-01T00:00:00Z", 20),
        ] {
            let limits = agreements.limits(Role::HC, at(now));
            assert_eq!(limits.day, [5, health, 100], "{now}");
        }
    }

    #[test]
    fn emergencies_are_raised_for_the_organization_alone_and_within_bounds() {
        let amounts =
            Amounts { open_at_once: Some(6), opened_a_day: Some(9_999), ..Amounts::default() };
        let agreements = agreed(Kind::Emergency, "220102-EMS", amounts);
        let (configured, now) = (EmergencyLimits::default(), at("2026-11-15T00:00:00Z"));
        let raised = agreements.emergency(configured, Some("220102-EMS"), now);
        assert_eq!(raised, EmergencyLimits { open_at_once: 6, opened_a_day: MOST_A_DAY });
        for other in [None, Some("220103-EMS")] {
            assert_eq!(agreements.emergency(configured, other, now), configured);
        }
    }
}
