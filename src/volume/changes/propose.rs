//! `limit.propose`.

use async_trait::async_trait;
use chrono::{DateTime, Months, TimeDelta, Utc};
use entity::limit_agreement;
use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, IntoActiveModel as _};
use serde_json::Value as Json;

use super::{department, require_steward, told_with_row, unavailable, wrong};
use crate::{
    audit::{Applied, Change, Made},
    db::next_key,
    error::{GatewayError, Result},
    grants::{
        approval::Signer,
        proposal::{LONGEST, NECESSITY},
    },
    policy::{self, Instrument},
    rules::text::visible,
    volume::{
        agreement::{Amounts, Kind, MOST_A_DAY, MOST_OPEN},
        category::HALF,
    },
};

/// How long a proposal waits for the second person.
const LIFETIME: TimeDelta = TimeDelta::days(14);

/// The longest an agreement lasts, in months: then it is to be looked at again.
const LONGEST_MONTHS: u32 = 12;

/// Proposes an agreement.
#[derive(Clone, Debug)]
pub struct Propose {
    /// Who.
    pub signer: Signer,
    /// What it is about.
    pub kind: Kind,
    /// Whose limit: the id of a client, the code of a role, the code of an organization.
    pub target: String,
    /// How much.
    pub amounts: Amounts,
    /// The code of the law that it rests on.
    pub law: String,
    /// Why it is needed, in at least 20 characters that can be read.
    pub reason: String,
    /// From when on; at once where it is not said.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when.
    pub valid_until: DateTime<Utc>,
    /// Its number.
    pub made: Made,
}

#[async_trait]
impl Change for Propose {
    async fn apply(
        &self,
        transaction: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<Applied, GatewayError> {
        let department = department(transaction, self.kind, &self.target).await?;
        require_steward(self.signer.role, department)?;
        check(self.kind, &self.amounts)?;
        if visible(&self.reason) < NECESSITY {
            let message = format!("say in at least {NECESSITY} characters why it is needed");
            return Err(wrong(message));
        }
        if self.reason.chars().count() > LONGEST || self.reason.contains('\0') {
            return Err(wrong(format!("write at most {LONGEST} characters of plain text")));
        }
        let valid_from = self.valid_from.unwrap_or(now).max(now);
        let latest = valid_from.checked_add_months(Months::new(LONGEST_MONTHS));
        if self.valid_until <= valid_from || latest.is_none_or(|latest| self.valid_until > latest) {
            return Err(wrong("an agreement ends after it begins, and within a year"));
        }
        self.check_law(transaction, valid_from).await?;
        let id = next_key::<limit_agreement::Entity>(transaction, limit_agreement::Column::Id);
        let id = id.await.map_err(unavailable)?;
        let row = limit_agreement::Model {
            id,
            kind: self.kind.code().to_owned(),
            target: self.target.clone(),
            amounts: serde_json::to_string(&self.amounts).unwrap_or_default(),
            law: self.law.clone(),
            reason: self.reason.clone(),
            valid_from,
            valid_until: self.valid_until,
            proposer: self.signer.subject.clone(),
            proposer_role: self.signer.role.code().to_owned(),
            proposed_at: now,
            lapses_at: now + LIFETIME,
            decision: None,
            decider: None,
            decider_role: None,
            decided_at: None,
            ended_at: None,
            ended_by: None,
        };
        let after = told_with_row(&row);
        row.into_active_model().insert(transaction).await.map_err(unavailable)?;
        self.made.set(id);
        Ok(Applied {
            action: "limit.propose",
            target: id.to_string(),
            before: Json::Null,
            after,
            subjects: Vec::new(),
        })
    }
}

impl Propose {
    /// The law must be there, in force, and one that grounds personal data (PIPL 34).
    async fn check_law(&self, transaction: &DatabaseTransaction, at: DateTime<Utc>) -> Result<()> {
        let laws =
            policy::legal_bases(transaction).await.map_err(|error| unavailable(error.into()))?;
        let law = laws.values().find(|law| law.code == self.law);
        let law = law.ok_or_else(|| wrong("there is no legal basis of this code"))?;
        let ends = law.in_force_until;
        if law.in_force_from > at || ends.is_some_and(|end| end < self.valid_until) {
            return Err(wrong("the law is not in force for as long as the agreement is to last"));
        }
        if law.instrument == Instrument::Policy {
            return Err(wrong("a policy paper grounds no personal data (PIPL 34)"));
        }
        Ok(())
    }
}

/// Whether the numbers are those of the kind, and within bounds.
fn check(kind: Kind, amounts: &Amounts) -> Result<()> {
    let days = amounts.day().into_iter().flatten();
    let months = amounts.month().into_iter().flatten();
    let rows: Vec<u64> = days.chain(months).collect();
    let emergencies = [amounts.open_at_once, amounts.opened_a_day].into_iter().flatten().count();
    if rows.iter().any(|rows| *rows == 0 || *rows > i64::MAX.unsigned_abs()) {
        return Err(wrong("a volume is a number of rows, at least 1"));
    }
    match kind {
        Kind::Contract if amounts.month() != [None; 3] || emergencies > 0 || rows.is_empty() => {
            Err(wrong("a contract names rows of 24 hours: movement, health, identity"))
        }
        Kind::Role if emergencies > 0 || rows.is_empty() => {
            Err(wrong("a role's limit names rows of 24 hours or of 30 days"))
        }
        Kind::Role => {
            let of_day = amounts.day().into_iter().zip(HALF);
            let of_month = amounts.month().into_iter().zip(HALF);
            if of_day.chain(of_month).any(|(rows, half)| rows.is_some_and(|rows| rows > half)) {
                Err(wrong(format!(
                    "no limit of a role is above half of the numbers of 法释〔2017〕10号 5: {}, {} and \
                     {} rows of movement, health and identity",
                    HALF[0], HALF[1], HALF[2]
                )))
            } else {
                Ok(())
            }
        }
        Kind::Emergency if emergencies == 0 || !rows.is_empty() => {
            Err(wrong("an agreement on emergencies names openAtOnce or openedADay"))
        }
        Kind::Emergency => {
            let is_over = amounts.open_at_once.is_some_and(|open| open > MOST_OPEN)
                || amounts.opened_a_day.is_some_and(|opened| opened > MOST_A_DAY);
            if is_over {
                Err(wrong(format!(
                    "at most {MOST_OPEN} patients open at once, and {MOST_A_DAY} emergencies a day"
                )))
            } else {
                Ok(())
            }
        }
        Kind::Contract => Ok(()),
    }
}
