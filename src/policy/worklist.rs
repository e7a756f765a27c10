//! Which worklists a caller works by: those of the file (`worklists.csv`) for the role and purpose, as
//! far as the grants in force open the group that each stands under. How much of its days a list shows
//! is never more than the caller sees of what they are worked out of.

use entity::{
    child_care_record, chronic_care_record, health_record, immunization_dose,
    infectious_disease_report, maternal_care_record, person, residence_registration,
    severe_mental_disorder_record,
    sharing::{Group, Mask},
};

use super::{Level, Permit, RowRule};
use crate::{
    catalogue::{Field, catalogue},
    due::List,
    rules::worklist::{self, Worklist as Listed},
};

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Works {
    /// Stored items.
    Items(List),
    /// Persons of whom any item of a service that may be told yes or no is stored.
    ServiceDue,
}

/// How much of a day is shown, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DayShown {
    /// The day.
    Day,
    /// Its month.
    Month,
    /// Its quarter.
    Quarter,
    /// Its year.
    Year,
    /// Nothing of it.
    Nothing,
}

/// How near to the community a list may be asked for by unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitShown {
    /// Not below the caller's own unit.
    Own,
    /// By county.
    County,
    /// By street.
    Street,
    /// By community.
    Community,
}

/// One list of one caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worklist {
    /// What it is of.
    pub works: Works,
    /// How the file gives it: names, and what closes an item.
    pub listed: &'static Listed,
    /// How much it shows, by the file.
    pub level: Level,
    /// Of which persons.
    pub rule: RowRule,
    /// How much of the days on which things are due.
    pub due: DayShown,
    /// How much of the day of the last contact.
    pub contact: DayShown,
    /// How near to the community units may be named.
    pub units: UnitShown,
    /// Whether items that a contraindication withholds are left out.
    pub withholds: bool,
}

impl Works {
    /// The list of a name; none of one that there is not.
    pub fn parse(id: &str) -> Option<Self> {
        match id {
            "SERVICE_DUE" => Some(Works::ServiceDue),
            _ => List::parse(id).map(Works::Items),
        }
    }

    /// Whether being on it tells of specially protected data.
    pub fn is_protected(self) -> bool {
        matches!(self, Works::Items(list) if list.is_protected())
    }

    /// The fields that its days are worked out of, and those of the last contact.
    fn sources(self) -> (Vec<&'static Field>, Vec<&'static Field>) {
        use residence_registration::Column::{ArrivalDate, CollectedAt};
        let arrival = || catalogue().field_of(ArrivalDate);
        let birth = || catalogue().field_of(person::Column::BirthDate);
        let confirmed = || catalogue().field_of(CollectedAt);
        let dose = || catalogue().field_of(immunization_dose::Column::OccurrenceDate);
        let list = match self {
            Works::Items(list) => list,
            Works::ServiceDue => return (Vec::new(), Vec::new()),
        };
        match list {
            List::RecordDue => (vec![arrival()], vec![confirmed()]),
            List::VaccinationFileDue => (vec![arrival()], vec![confirmed()]),
            List::DoseDue | List::CatchUp | List::HpvDue => (vec![birth()], vec![dose()]),
            List::SmdFollowUp => {
                let visit = catalogue().field_of(severe_mental_disorder_record::Column::FollowUpOn);
                (vec![visit], vec![visit])
            }
            List::ChronicFollowUp => {
                let visit = catalogue().field_of(chronic_care_record::Column::VisitOn);
                let next = catalogue().field_of(chronic_care_record::Column::NextVisitOn);
                (vec![visit, next], vec![visit])
            }
            List::ElderlyCheck => {
                let visit = catalogue().field_of(chronic_care_record::Column::VisitOn);
                (vec![visit, birth(), arrival()], vec![visit])
            }
            List::AntenatalDue => {
                let visits = catalogue().field_of(maternal_care_record::Column::AntenatalVisits);
                let period = catalogue().field_of(maternal_care_record::Column::LmpDate);
                (vec![period], vec![visits])
            }
            List::PostpartumDue => {
                let visits = catalogue().field_of(maternal_care_record::Column::PostpartumVisits);
                let delivery = catalogue().field_of(maternal_care_record::Column::Delivery);
                (vec![delivery], vec![visits])
            }
            List::ChildCheckDue => {
                let checks = catalogue().field_of(child_care_record::Column::HealthChecks);
                (vec![birth()], vec![checks])
            }
            List::NewbornVisitDue => {
                let discharged = catalogue().field_of(child_care_record::Column::BirthDischargedOn);
                (vec![birth(), discharged], vec![discharged])
            }
            List::RecordStale => {
                let updated = catalogue().field_of(health_record::Column::LastUpdatedOn);
                (vec![confirmed(), updated], vec![confirmed(), updated])
            }
            List::CardLate => {
                let reported = catalogue().field_of(infectious_disease_report::Column::ReportedAt);
                (vec![reported], vec![reported])
            }
            List::NoticeToAccept => {
                let sent = catalogue().field_of(entity::residence_notice::Column::SentAt);
                (vec![sent], vec![sent])
            }
        }
    }
}

impl Worklist {
    /// Those of a permit.
    pub(super) fn of(permit: &Permit) -> Vec<Worklist> {
        let basis = permit.basis;
        let is_of_caller = |listed: &&Listed| {
            listed.role == basis.role.code() && listed.purpose == basis.purpose.code()
        };
        worklist::all()
            .iter()
            .filter(is_of_caller)
            .filter_map(|listed| Self::open(listed, permit))
            .collect()
    }

    /// Every list, all of it: only the published SDL is drawn from these.
    pub(super) fn every() -> Vec<Worklist> {
        let mut all: Vec<Worklist> = Vec::new();
        for listed in worklist::all() {
            let Some(works) = Works::parse(&listed.id) else { continue };
            if all.iter().all(|known| known.works != works) {
                all.push(Worklist {
                    works,
                    listed,
                    level: Level::Full,
                    rule: RowRule::of_unit(""),
                    due: DayShown::Day,
                    contact: DayShown::Day,
                    units: UnitShown::Community,
                    withholds: false,
                });
            }
        }
        all
    }

    /// A list of the file, where the grants open it.
    fn open(listed: &'static Listed, permit: &Permit) -> Option<Self> {
        let group = Group::parse(&listed.group)?;
        // The items of late reports are those of the kind that G19 opens; those of G20 are another's.
        let works = Works::parse(&listed.id)
            .filter(|works| *works != Works::Items(List::CardLate) || group == Group::G19)?;
        let level = Level::parse(&listed.level)?;
        let decision = permit.group(group);
        let person = catalogue().kind_of::<person::Entity>().id;
        if decision.level < level || !permit.shows_kind(person) {
            return None;
        }
        // An emergency opens the record of one patient, and no list.
        let rule = RowRule { break_glass: false, ..decision.rows? };
        let (due, contact) = works.sources();
        let shown = |fields: &[&'static Field]| match level {
            Level::Predicate => DayShown::Nothing,
            _ => fields
                .iter()
                .map(|field| shown(permit, &rule, field))
                .max()
                .unwrap_or(DayShown::Nothing),
        };
        Some(Self {
            works,
            listed,
            level,
            rule,
            due: shown(&due),
            contact: shown(&contact),
            units: units(permit, &rule),
            // Whoever gives the doses; in another list a gap would tell of the contraindication.
            withholds: permit.basis.role.code() == "HV",
        })
    }

    /// The name of the list.
    pub fn id(&self) -> &'static str {
        &self.listed.id
    }

    /// Whether its items are notices that wait, of persons whom the caller does not serve yet.
    pub fn waits(&self) -> bool {
        self.works == Works::Items(List::NoticeToAccept)
    }

    /// Whether its persons are counted by unit: for those who supervise and work by no item.
    pub fn is_counted(&self) -> bool {
        self.level >= Level::Masked && matches!(self.works, Works::Items(_)) && !self.waits()
    }
}

/// How much of a day a caller sees in every row that a rule reaches.
fn shown(permit: &Permit, rule: &RowRule, field: &Field) -> DayShown {
    let decision = permit.field(field.id);
    let reached =
        decision.rows.is_some_and(|rows| rule.is_within(&RowRule { break_glass: false, ..rows }));
    match (decision.level, decision.mask) {
        _ if !reached => DayShown::Nothing,
        (Level::Full, None) | (Level::Masked | Level::Full, Some(Mask::Plain)) => DayShown::Day,
        (Level::Masked | Level::Full, Some(Mask::YearMonth)) => DayShown::Month,
        (Level::Masked | Level::Full, Some(Mask::Quarter)) => DayShown::Quarter,
        (Level::Masked | Level::Full, Some(Mask::Year)) => DayShown::Year,
        _ => DayShown::Nothing,
    }
}

/// How near to the community a caller sees where the persons live that a rule reaches.
fn units(permit: &Permit, rule: &RowRule) -> UnitShown {
    let region = catalogue().field_of(residence_registration::Column::ResidenceRegionCode);
    let unit = catalogue().field_of(residence_registration::Column::AdminUnitCode);
    let reached = |field: &Field| {
        let rows = permit.field(field.id).rows;
        rows.is_some_and(|rows| rule.is_within(&RowRule { break_glass: false, ..rows }))
    };
    let decision = permit.field(region.id);
    let of_region = match (decision.level, decision.mask) {
        _ if !reached(region) => UnitShown::Own,
        (Level::Full, None) | (Level::Masked, Some(Mask::Plain | Mask::Community)) => {
            UnitShown::Community
        }
        (Level::Masked, Some(Mask::Street | Mask::StreetOf(_))) => UnitShown::Street,
        (Level::Masked, Some(Mask::County)) => UnitShown::County,
        _ => UnitShown::Own,
    };
    let level = permit.field(unit.id).level;
    let of_unit =
        if level >= Level::Masked && reached(unit) { UnitShown::County } else { UnitShown::Own };
    of_region.max(of_unit)
}
