//! PostGraphile's documents. Where policies bound rows, the document does not; otherwise it carries
//! the conditions of the handlers by hand.

use super::{
    callers::Audience,
    documents::{FOUND, JOB, LISTED, ONE, STAY, STRIDE},
    workload::Shape,
};

const OF_UNIT: &str = "residenceUnitId: { greaterThanOrEqualTo: $low, lessThanOrEqualTo: $high }";
const OF_POLICE: &str = "collectingDepartment: { equalTo: $department }";
const ON_BOOKS: &str = "caseloadsByPersonId: { some: { organizationId: { equalTo: $organization }, \
    startedOn: { lessThanOrEqualTo: $today }, \
    or: [{ endedOn: { isNull: true } }, { endedOn: { greaterThan: $today } }] } }";

/// The rows of an audience's list: where they stand, and what a document must say to get them.
struct Rows {
    list: &'static str,
    variables: String,
    filter: String,
}

impl Rows {
    fn of(audience: Audience, enforced: bool) -> Self {
        if enforced {
            // Masked columns are a view where the role may not read what is behind the mask.
            let street = audience == Audience::Street;
            let list = if street { "allStreetPeople" } else { "allPeople" };
            return Self { list, variables: String::new(), filter: String::new() };
        }
        let (variables, condition) = match audience {
            Audience::Police | Audience::Population => {
                ("$department: String!", OF_POLICE.to_owned())
            }
            Audience::Street | Audience::Clinic | Audience::Reports => {
                ("$organization: BigInt!, $today: Date!", ON_BOOKS.to_owned())
            }
            Audience::Workers => (
                "$bornBy: Date!, $now: Datetime!",
                format!("birthDate: {{ lessThanOrEqualTo: $bornBy }}, {}", consented("G02")),
            ),
        };
        Self {
            list: "allPeople",
            variables: format!(", $low: BigInt!, $high: BigInt!, {variables}"),
            filter: format!(", filter: {{ {OF_UNIT}, {condition} }}"),
        }
    }

    fn page(&self, first: usize, nodes: &str) -> String {
        let Self { list, variables, filter } = self;
        format!(
            "query($after: Cursor{variables}) {{ persons: {list}(first: {first}, \
             after: $after{filter}) {{ nodes {{ id: rowId {nodes} }} }} }}"
        )
    }
}

/// A document.
pub fn document(shape: Shape, enforced: bool) -> String {
    let rows = Rows::of(shape.audience(), enforced);
    let Rows { variables, filter, .. } = &rows;
    let below = |condition: &str| match enforced {
        true => String::new(),
        false => format!("(filter: {{ {condition} }})"),
    };
    let of_police = below(OF_POLICE);
    match shape {
        Shape::Point => format!(
            "query($id: BigInt!) {{ person: personByRowId(rowId: $id) {{ id: rowId {ONE} }} }}"
        ),
        Shape::List => format!(
            "query($first: Int!, $after: Cursor{variables}) {{ persons: allPeople(first: $first, \
             after: $after{filter}) {{ nodes {{ id: rowId {LISTED} }} \
             pageInfo {{ hasNextPage endCursor }} }} }}"
        ),
        Shape::Nested => rows.page(
            20,
            &format!(
                "name birthDate \
                 residences: residenceRegistrationsByPersonId{of_police} {{ \
                 nodes {{ id: rowId {STAY} }} }} \
                 employments: employmentsByPersonId{of_police} {{ nodes {{ id: rowId {JOB} }} }}"
            ),
        ),
        Shape::Filtered => {
            let (person, stay) = match enforced {
                true => (String::new(), String::new()),
                false => (format!("{OF_UNIT}, {OF_POLICE}, "), format!("{OF_POLICE}, ")),
            };
            format!(
                "query($since: Date!{variables}) {{ persons: allPeople(first: 50, \
                 orderBy: [BIRTH_DATE_DESC, ROW_ID_ASC], filter: {{ {person}\
                 residenceRegistrationsByPersonId: {{ some: {{ {stay}\
                 arrivalDate: {{ greaterThanOrEqualTo: $since }} }} }} }}) {{ \
                 nodes {{ id: rowId {FOUND} }} }} }}"
            )
        }
        Shape::Portal(Audience::Police) => rows.page(
            10,
            &format!(
                "name idNumber residences: residenceRegistrationsByPersonId{of_police} {{ \
                 nodes {{ residenceAddress arrivalDate departureDate }} }}"
            ),
        ),
        Shape::Portal(Audience::Population) => rows.page(
            10,
            &format!(
                "ethnicity householdRegistrations: householdRegistrationsByPersonId{of_police} {{ \
                 nodes {{ hukouRegionCode hukouAddress }} }}"
            ),
        ),
        Shape::Portal(Audience::Street) if enforced => rows.page(
            10,
            "name birthDate residences: streetResidencesByPersonId { \
             nodes { residenceAddress arrivalDate } }",
        ),
        Shape::Portal(Audience::Street) => rows.page(
            10,
            "name birthDate: birthYear residences: residenceRegistrationsByPersonId { \
             nodes { residenceAddress arrivalDate: arrivalMonth } }",
        ),
        Shape::Portal(Audience::Workers) => {
            let consented = below(&format!("personByPersonId: {{ {} }}", consented("G11")));
            rows.page(
                10,
                &format!(
                    "name employments: employmentsByPersonId{consented} {{ \
                     nodes {{ occupation industry hasLaborContract }} }}"
                ),
            )
        }
        Shape::Portal(Audience::Clinic) => rows.page(
            10,
            "name sex birthDate healthRecords: healthRecordsByPersonId { \
             nodes { recordNumber bloodType } }",
        ),
        Shape::Portal(Audience::Reports) => {
            let (of_unit, person) = match enforced {
                true => (String::new(), "personByPersonId"),
                false => (
                    format!(", personByPersonId: {{ {OF_UNIT} }}"),
                    "patientOnBooks(organization: $organization, today: $today)",
                ),
            };
            format!(
                "query($before: Datetime!{variables}) {{ \
                 infectiousDiseaseReports: allInfectiousDiseaseReports(first: 10, \
                 orderBy: [REPORTED_AT_DESC, ROW_ID_ASC], \
                 filter: {{ reportedAt: {{ lessThan: $before }}{of_unit} }}) {{ \
                 nodes {{ id: rowId diseaseCode onsetDate freeTreatmentEnrolled \
                 person: {person} {{ name birthDate }} }} }} }}"
            )
        }
    }
}

/// The document that walks an audience's list.
pub fn walk(audience: Audience, enforced: bool) -> String {
    let Rows { list, variables, filter } = Rows::of(audience, enforced);
    format!(
        "query($after: Cursor{variables}) {{ persons: {list}(first: {STRIDE}, \
         after: $after{filter}) {{ edges {{ cursor node {{ id: rowId }} }} }} }}"
    )
}

fn consented(group: &str) -> String {
    format!(
        "consentsByPersonId: {{ some: {{ recipientDepartment: {{ equalTo: \"migrant_workers\" }}, \
         purpose: {{ equalTo: \"P-EMP\" }}, fieldGroup: {{ equalTo: \"{group}\" }}, \
         givenAt: {{ lessThanOrEqualTo: $now }}, and: [\
         {{ or: [{{ expiresAt: {{ isNull: true }} }}, {{ expiresAt: {{ greaterThan: $now }} }}] }}, \
         {{ or: [{{ withdrawnAt: {{ isNull: true }} }}, \
         {{ withdrawnAt: {{ greaterThan: $now }} }}] }}] }} }}"
    )
}
