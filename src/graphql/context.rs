//! What of the caller is bound into statements: the facts a row scope compares with.

use chrono::{DateTime, Months, NaiveDate, Utc};
use entity::{administrative_unit::COUNTY_SPAN, sharing::Department};

use super::{ids::Identifiers, me::Register, perturbation::Perturbation};
use crate::{
    directory::Directory,
    policy::{GrantSet, Purpose},
    rules::age,
};

/// The caller's side of every row scope, for one request.
pub struct Context<'a> {
    /// Smallest and largest identifier of the caller's unit and all below it.
    pub units: (i64, i64),
    /// Whether the unit is a prefecture or the province.
    pub spans_counties: bool,
    /// Who answers for the request: the acting officer, or the subject of the token.
    pub subject: &'a str,
    /// The issuer that knows them by this name.
    pub issuer: &'a str,
    /// Whether the client alone says who acts.
    pub is_asserted: bool,
    /// The key of the organization the token acts for.
    pub organization: Option<i64>,
    /// The number of the contract by which the organization handles data for others, while it holds.
    pub contract: Option<&'a str>,
    /// The caller's department.
    pub department: Department,
    /// The key of the person whose own token it is.
    pub person: Option<i64>,
    /// What is left to the caller of its limits, for `entitlement`; null where that is not asked.
    pub limits: serde_json::Value,
    /// What a person is told in words with, where that is asked.
    pub register: Option<Register>,
    /// Why the caller asks.
    pub purpose: Purpose,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// The day of the request in Asia/Shanghai.
    pub today: NaiveDate,
    /// Identifiers of the caller's department.
    pub identifiers: &'a Identifiers,
    /// Units and organizations, whose names are labels of their codes.
    pub registers: &'a Directory,
    /// The grants, with their versions: what changed in schemas.
    pub grants: &'a GrantSet,
    /// What large counts are off by.
    pub perturbation: &'a Perturbation,
}

impl Context<'_> {
    /// The number of the county that the caller's unit is, if it is one.
    pub fn county(&self) -> Option<i64> {
        let (low, high) = self.units;
        (low % COUNTY_SPAN == 0 && high == low + COUNTY_SPAN - 1).then_some(low / COUNTY_SPAN)
    }

    /// The latest birth date of those who have had their `years`th birthday.
    pub fn born_by(&self, years: u32) -> NaiveDate {
        age::born_by(self.today, years)
    }

    /// The latest day from which `months` calendar months have passed by today. The last day of a
    /// month stands for all days the other month does not have: from 31 August, six months end on
    /// 28 February.
    pub fn since_months(&self, months: u32) -> NaiveDate {
        let back = |day: NaiveDate| day.checked_sub_months(Months::new(months));
        let is_last_of_month =
            self.today.succ_opt().is_none_or(|next| next.format("%d").to_string() == "01");
        if !is_last_of_month {
            return back(self.today).unwrap_or(NaiveDate::MIN);
        }
        back(self.today)
            .and_then(|day| chrono::Datelike::with_day(&day, 1))
            .and_then(|first| first.checked_add_months(Months::new(1)))
            .and_then(|next| next.pred_opt())
            .unwrap_or(NaiveDate::MIN)
    }
}
