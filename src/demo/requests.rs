//! A typical request of every role, over the demo population.

use crate::policy::{Purpose, Role};

/// One request with what its token needs.
#[derive(Clone, Copy, Debug)]
pub struct DemoRequest {
    /// The role that asks.
    pub role: Role,
    /// Why.
    pub purpose: Purpose,
    /// The code of its unit.
    pub unit: &'static str,
    /// The code of its organization.
    pub organization: Option<&'static str>,
    /// The key of the person, for the person's own token.
    pub person: Option<i64>,
    /// What it asks.
    pub query: &'static str,
}

const fn at(
    role: Role,
    purpose: Purpose,
    organization: &'static str,
    query: &'static str,
) -> DemoRequest {
    let organization = Some(organization);
    DemoRequest { role, purpose, unit: "220102", organization, person: None, query }
}

const fn of_province(role: Role, purpose: Purpose, query: &'static str) -> DemoRequest {
    DemoRequest { role, purpose, unit: "220000", organization: None, person: None, query }
}

/// The requests, oversight and the person last: they see what the others left in the log.
#[rustfmt::skip]
pub fn requests() -> Vec<DemoRequest> {
    use {Purpose as P, Role::*};
    vec![
        at(HC, P::Hr, "220102-CHC", "{ persons(first: 3) { nodes { name sex birthDate phone healthRecords { recordNumber bloodType pastDiseases { code } serviceRecords { on service } } } totalCount } }"),
        at(HF, P::Ref, "220102-FPO", "{ persons(first: 3) { nodes { name birthDate phone immunizationCards { vaccinationDue } } totalCount } }"),
        at(HV, P::Imm, "220102-VAC", "{ immunizationCards(first: 3, where: { hasDueDoses: { eq: true } }) { nodes { cardNumber dueDoses { vaccineCode doseNumber dueOn } person { name birthDate phone } } totalCount } }"),
        at(HM, P::Mch, "220102-MCH", "{ maternalCareRecords(first: 3) { nodes { lmpDate estimatedDueDate antenatalVisits { visitedOn finding } person { name phone } } totalCount } }"),
        at(HI, P::Idc, "220102-CDC", "{ infectiousDiseaseReports(first: 3, orderBy: [{ reportedAt: DESC }]) { nodes { diseaseCode onsetDate reportedAt timely person { name phone } } totalCount } }"),
        at(HX, P::Stg, "220102-STG", "{ stigmatizedDiseaseReports(first: 3) { nodes { stigmatizedDiseaseCode caseAlias freeTreatmentEnrolled person { name phone } } totalCount } }"),
        at(HP, P::Smd, "220102-SMD", "{ severeMentalDisorderRecords(first: 3) { nodes { diagnosis dangerLevel followUpOn medicationAdherence person { name phone } } totalCount } }"),
        at(HE, P::Ema, "220102-EMS", "{ assistanceCases(first: 3) { nodes { receivesAssistance incomeCheckPassed } totalCount } }"),
        at(HO, P::Hr, "220102-HLT", "{ persons(first: 3) { nodes { sex birthDate residences { residenceRegionCode arrivalDate } healthRecords { standardized } } totalCount } }"),
        of_province(HA, P::Stat, "{ personStats(groupBy: [sex, ageBand]) { sex ageBand count suppressed } }"),
        at(PO, P::Res, "220102-PSB", "{ persons(first: 3, where: { residences: { some: { arrivalDate: { gte: \"2016-01-01\" } } } }) { nodes { name idNumber residences { residenceAddress arrivalDate departureDate } } totalCount } }"),
        at(PC, P::Res, "220102-PPO", "{ persons(first: 3) { nodes { phone ethnicity householdRegistrations { hukouRegionCode hukouAddress } } totalCount } }"),
        of_province(PA, P::Stat, "{ residenceRegistrationStats(groupBy: [adminUnitCode]) { adminUnitCode count suppressed } }"),
        at(CW, P::Res, "220102-STR", "{ persons(first: 3) { nodes { name birthDate residences { residenceAddress arrivalDate } } totalCount } }"),
        at(CA, P::Sa, "220102-CAO", "{ assistanceCases(first: 3, orderBy: [{ decisionOn: DESC }]) { nodes { assistanceType incomeCheckResult benefitAmount decisionOn person { name idNumber } } totalCount } }"),
        at(GG, P::Ref, "220102-GRD", "{ persons(first: 3) { nodes { name residences { residenceRegionCode residentThreeMonths } } totalCount } }"),
        of_province(GC, P::Stat, "{ personStats(groupBy: [ageBand]) { ageBand count suppressed } }"),
        at(MW, P::Emp, "220102-MWC", "{ persons(first: 3) { nodes { name phone employments { occupation industry hasLaborContract } residences { residentSixMonths } } totalCount } }"),
        of_province(MC, P::Stat, "{ employmentStats(groupBy: [industry]) { industry count suppressed } }"),
        of_province(FA, P::Fund, "{ residenceRegistrationStats(groupBy: [adminUnitCode]) { adminUnitCode count suppressed } }"),
        at(VN, P::Lb, "220102-SOC", "{ persons(first: 3) { nodes { name ageBand householdMemberships { relation } } totalCount } }"),
        DemoRequest { organization: Some("220000-DPO"), ..of_province(Role::DP, P::Sar, "{ persons(first: 3) { nodes { name phone consents { purpose recipientDepartment fieldGroup active } } totalCount } }") },
        DemoRequest { organization: Some("220000-AUD"), ..of_province(Role::AU, P::Aud, "{ accessEvents(first: 3) { nodes { at department purpose fields } totalCount } }") },
        DemoRequest { person: Some(1), ..of_province(Role::SU, P::Sar, "{ persons { nodes { name idNumber birthDate healthRecords { recordNumber pastDiseases { code } } accessEvents { at actor department purpose fields } } } }") },
    ]
}
