//! What a role may do, beside what it may see: denied unless it stands here.

use entity::sharing::{Department, Group};

use super::{Basis, GrantSet, Permit, Purpose, Role, Scope};
use crate::catalogue::catalogue;

/// Something a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// A person consents that a department may have a group of fields (PIPL 14, 29).
    GiveConsent,
    /// A person withdraws what it consented to (PIPL 15).
    WithdrawConsent,
    /// A clinician opens the record of one patient in an emergency (PIPL 13(4)).
    OpenBreakGlass,
    /// A clinician ends what it opened.
    CloseBreakGlass,
    /// A second person says whether it was an emergency.
    ReviewBreakGlass,
    /// A clinician closes what guardians see of a minor, for the minor's safety (未成年人保护法 11).
    CloseToGuardians,
    /// The organization that closed it opens it again.
    ReopenToGuardians,
    /// A person asks about its data (PIPL 44–50).
    FileRequest,
    /// It takes a request back.
    WithdrawRequest,
    /// The data protection officer forwards a request to the department that the data came from.
    ForwardRequest,
    /// The officer answers it.
    AnswerRequest,
    /// The officer refuses it, with the reason.
    RefuseRequest,
    /// A department asks another to share a field that a refusal says can be requested.
    RequestAccess,
    /// Somebody who meets a person who moved in tells the health centre (writes.csv, seed A 三(三)).
    GiveNotice,
    /// The organization that gave it takes it back.
    WithdrawNotice,
    /// The health centre serves the person from now on.
    AcceptNotice,
    /// The health centre says why it does not.
    RefuseNotice,
}

/// How much of emergency accesses a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventView {
    /// Those about itself: when, where, why by code, and the verdict (PIPL 18, 44).
    Subject,
    /// Those it opens, as opening and closing answer.
    Clinician,
    /// Those of its unit, with all that a review needs.
    Reviewer,
    /// All there is, for the published schema alone.
    Everything,
}

impl Act {
    /// Everything anybody may do.
    pub const ALL: [Act; 17] = [
        Act::GiveConsent,
        Act::WithdrawConsent,
        Act::OpenBreakGlass,
        Act::CloseBreakGlass,
        Act::ReviewBreakGlass,
        Act::CloseToGuardians,
        Act::ReopenToGuardians,
        Act::FileRequest,
        Act::WithdrawRequest,
        Act::ForwardRequest,
        Act::AnswerRequest,
        Act::RefuseRequest,
        Act::RequestAccess,
        Act::GiveNotice,
        Act::WithdrawNotice,
        Act::AcceptNotice,
        Act::RefuseNotice,
    ];

    /// What a caller may do. Pure, and alone decides.
    pub fn of(basis: Basis) -> &'static [Act] {
        match (basis.role, basis.purpose) {
            (Role::SU, Purpose::Sar) if basis.has_person => {
                &[Act::GiveConsent, Act::WithdrawConsent, Act::FileRequest, Act::WithdrawRequest]
            }
            (Role::DP, Purpose::Sar) => {
                &[Act::ForwardRequest, Act::AnswerRequest, Act::RefuseRequest]
            }
            (Role::HE | Role::HC | Role::HP, Purpose::Etr) if basis.has_organization => {
                &[Act::OpenBreakGlass, Act::CloseBreakGlass]
            }
            // Those who treat, for what they treat for; the act asks that the minor is in their care. The
            // centre answers notices, too.
            (Role::HC, Purpose::Hr) if basis.has_organization => &[
                Act::CloseToGuardians,
                Act::ReopenToGuardians,
                Act::GiveNotice,
                Act::WithdrawNotice,
                Act::AcceptNotice,
                Act::RefuseNotice,
                Act::RequestAccess,
            ],
            (Role::HF | Role::CW | Role::GG, Purpose::Ref) if basis.has_organization => {
                &[Act::GiveNotice, Act::WithdrawNotice, Act::RequestAccess]
            }
            (Role::HM, Purpose::Mch) | (Role::HP, Purpose::Smd) | (Role::HE, Purpose::Ema)
                if basis.has_organization =>
            {
                &[Act::CloseToGuardians, Act::ReopenToGuardians, Act::RequestAccess]
            }
            (Role::HO, Purpose::Ema) => &[Act::ReviewBreakGlass, Act::RequestAccess],
            (Role::DP, Purpose::Aud) => &[Act::ReviewBreakGlass],
            // Whoever asks for data by duty; in an emergency there is no time for it.
            (role, purpose) if role.asks_by_duty() && purpose != Purpose::Etr => {
                &[Act::RequestAccess]
            }
            _ => &[],
        }
    }
}

impl EventView {
    /// How much of emergency accesses a caller sees, if anything.
    pub fn of(basis: Basis) -> Option<EventView> {
        let acts = Act::of(basis);
        if acts.contains(&Act::ReviewBreakGlass) {
            return Some(EventView::Reviewer);
        }
        if acts.contains(&Act::OpenBreakGlass) {
            return Some(EventView::Clinician);
        }
        acts.contains(&Act::WithdrawConsent).then_some(EventView::Subject)
    }

    /// Whether whoever lists events is to review them.
    pub fn is_reviewed(self) -> bool {
        matches!(self, EventView::Reviewer | EventView::Everything)
    }

    /// Whether events can be listed: a clinician is told of what it opens when it does.
    pub fn is_listed(self) -> bool {
        self != EventView::Clinician
    }
}

/// Whether some role of a department would see rows of a group under a purpose by a consent to it:
/// a consent to anything else would open nothing.
pub fn consent_opens(
    grants: &GrantSet,
    department: Department,
    purpose: Purpose,
    group: Group,
    instant: chrono::DateTime<chrono::Utc>,
) -> bool {
    Role::ALL.into_iter().filter(|role| role.department() == department).any(|role| {
        let basis =
            Basis { role, purpose, has_organization: true, has_person: false, has_contract: true };
        let Ok(permit) = Permit::decide(basis, grants, instant) else { return false };
        catalogue().fields().iter().filter(|field| field.spec.group == group).any(|field| {
            permit.field(field.id).rows.is_some_and(|rule| rule.scope == Scope::Consent)
        })
    })
}
