//! What services a person is owed, has had and misses (应享、已享、缺口; G27), after all records of the person.
//!
//! A service stands in the list of the group that it tells of, so that no list names a pregnancy or a
//! disease to a role that may not know of it.

use entity::sharing::Department;

use super::Batch;
use super::draft::{Draft, list, row};
use super::household::{Home, Member};
use super::traits::Trait;
use crate::rules::residence::months_complete;

/// Services, by the part of the lists that they stand in.
#[derive(Default)]
struct Services {
    general: Vec<&'static str>,
    chronic: Vec<&'static str>,
    infectious: Vec<&'static str>,
    maternal: Vec<&'static str>,
    contraceptive: Vec<&'static str>,
    mental: Vec<&'static str>,
    social: Vec<&'static str>,
}

impl Services {
    fn add(&mut self, code: &'static str) {
        match code {
            "CHRONIC_DISEASE" => self.chronic.push(code),
            "INFECTIOUS_DISEASE" => self.infectious.push(code),
            "MATERNAL_CARE" => self.maternal.push(code),
            "FAMILY_PLANNING" => self.contraceptive.push(code),
            "SEVERE_MENTAL_DISORDER" => self.mental.push(code),
            "EMERGENCY_AID" | "LEFT_BEHIND_CARE" | "MEDICAL_ASSISTANCE" => self.social.push(code),
            _ => self.general.push(code),
        }
    }

    /// Whether there is one that is not specially protected.
    fn has_unprotected(&self) -> bool {
        [&self.general, &self.chronic, &self.infectious, &self.social]
            .iter()
            .any(|part| !part.is_empty())
    }
}

/// Writes the services of a person.
pub(super) fn write(draft: &mut Draft, _home: &Home, member: &Member) {
    let (mut eligible, mut delivered, mut gap) =
        (Services::default(), Services::default(), Services::default());
    for (code, is_owed, was_had) in owed(draft.batch, member, draft.today) {
        if !is_owed {
            continue;
        }
        eligible.add(code);
        if was_had { delivered.add(code) } else { gap.add(code) }
    }
    let service_due = Some(gap.has_unprotected());
    let stamp = draft.stamp("migrant-gateway", Department::Gateway, draft.today);
    let entitlement = row!(
        service_entitlement {
            id: draft.key(),
            person_id: member.id,
            computed_on: Some(draft.today),
            eligible_general: list(eligible.general),
            eligible_chronic: list(eligible.chronic),
            eligible_infectious: list(eligible.infectious),
            eligible_maternal: list(eligible.maternal),
            eligible_contraceptive: list(eligible.contraceptive),
            eligible_mental: list(eligible.mental),
            eligible_social: list(eligible.social),
            delivered_general: list(delivered.general),
            delivered_chronic: list(delivered.chronic),
            delivered_infectious: list(delivered.infectious),
            delivered_maternal: list(delivered.maternal),
            delivered_contraceptive: list(delivered.contraceptive),
            delivered_mental: list(delivered.mental),
            delivered_social: list(delivered.social),
            gap_general: list(gap.general),
            gap_chronic: list(gap.chronic),
            gap_infectious: list(gap.infectious),
            gap_maternal: list(gap.maternal),
            gap_contraceptive: list(gap.contraceptive),
            gap_mental: list(gap.mental),
            gap_social: list(gap.social),
            service_due: service_due,
        },
        stamp
    );
    draft.batch.service_entitlements.push(entitlement);
}

/// Services with whether they are owed, and whether the person has had them. No permit is asked for
/// (居住证暂行条例 12): the months of residence, age and need decide.
fn owed(
    batch: &Batch,
    member: &Member,
    today: chrono::NaiveDate,
) -> [(&'static str, bool, bool); 13] {
    let has = |candidate| member.traits.has(candidate);
    let stayed = |months| months_complete(member.arrival, today, months);
    // Records of a member stand at the end of the batch.
    macro_rules! is_on_file {
        ($rows:ident) => {
            batch.$rows.last().is_some_and(|row| row.person_id == member.id)
        };
    }
    let is_chronic = is_on_file!(chronic_care_records);
    let is_fertile = !member.male && (15..50).contains(&member.age);
    [
        ("HEALTH_RECORD", stayed(6), has(Trait::HealthRecord)),
        ("HEALTH_EDUCATION", true, stayed(12)),
        ("IMMUNIZATION", member.age < 7 && stayed(3), has(Trait::Card)),
        ("CHILD_CARE", member.age < 7, is_on_file!(child_care_records)),
        ("ELDERLY_CARE", member.age >= 65, is_chronic),
        ("CHRONIC_DISEASE", is_chronic && member.age < 65, is_chronic),
        ("MATERNAL_CARE", has(Trait::Maternal), is_on_file!(maternal_care_records)),
        ("FAMILY_PLANNING", is_fertile, is_on_file!(family_planning_services)),
        ("SEVERE_MENTAL_DISORDER", member.mental.is_some(), has(Trait::HealthRecord)),
        ("INFECTIOUS_DISEASE", member.infection.is_some(), has(Trait::HealthRecord)),
        ("EMERGENCY_AID", has(Trait::Emergency), is_on_file!(emergency_medical_aids)),
        ("LEFT_BEHIND_CARE", is_on_file!(left_behind_cares), true),
        ("MEDICAL_ASSISTANCE", has(Trait::Assistance), is_on_file!(assistance_cases)),
    ]
}
