//! The GraphQL documents, for each of the three dialects that serve it.

use super::{callers::Audience, workload::Shape};

/// Fields of one person.
const ONE: &str = "name idNumber sex birthDate ethnicity maritalStatus education";

/// Fields of a person of a list.
const LISTED: &str =
    "name idType idNumber sex birthDate ethnicity nationality maritalStatus education";

/// Fields of a person found through a residence.
const FOUND: &str = "name idNumber sex birthDate education";

const STAY: &str = "residenceAddress arrivalDate departureDate dwellingType";
const JOB: &str = "occupation industry employerName hasLaborContract";

/// Persons read at once when a list is walked.
pub const STRIDE: usize = 500;

/// A document of the gateway.
pub fn gateway(shape: Shape) -> String {
    let page = |first: usize, nodes: &str| {
        format!(
            "query($after: String) {{ persons(first: {first}, after: $after) {{ \
             nodes {{ id {nodes} }} }} }}"
        )
    };
    match shape {
        Shape::Point => format!("query($id: ID!) {{ person(id: $id) {{ id {ONE} }} }}"),
        Shape::List => format!(
            "query($first: Int!, $after: String) {{ persons(first: $first, after: $after) {{ \
             nodes {{ id {LISTED} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        ),
        Shape::Nested => page(
            20,
            &format!("name birthDate residences {{ id {STAY} }} employments {{ id {JOB} }}"),
        ),
        Shape::Filtered => format!(
            "query($since: Date!) {{ persons(first: 50, where: {{ residences: {{ \
             some: {{ arrivalDate: {{ gte: $since }} }} }} }}, \
             orderBy: [{{ birthDate: DESC }}]) {{ nodes {{ id {FOUND} }} }} }}"
        ),
        Shape::Portal(Audience::Police) => {
            page(10, "name idNumber residences { residenceAddress arrivalDate departureDate }")
        }
        Shape::Portal(Audience::Population) => {
            page(10, "ethnicity householdRegistrations { hukouRegionCode hukouAddress }")
        }
        Shape::Portal(Audience::Street) => {
            page(10, "name birthDate residences { residenceAddress arrivalDate }")
        }
        Shape::Portal(Audience::Workers) => {
            page(10, "name employments { occupation industry hasLaborContract }")
        }
        Shape::Portal(Audience::Clinic) => {
            page(10, "name sex birthDate healthRecords { recordNumber bloodType }")
        }
        Shape::Portal(Audience::Reports) => "query($before: DateTime!) { \
             infectiousDiseaseReports(first: 10, where: { reportedAt: { lt: $before } }, \
             orderBy: [{ reportedAt: DESC }]) { nodes { id diseaseCode onsetDate timely \
             person { name birthDate } } } }"
            .to_owned(),
    }
}

/// The gateway's document that walks a list; the field decides which rows there are.
pub fn gateway_walk(audience: Audience) -> String {
    let field = if audience == Audience::Population { "ethnicity" } else { "name" };
    format!(
        "query($after: String) {{ persons(first: {STRIDE}, after: $after) {{ \
         edges {{ cursor node {{ id {field} }} }} }} }}"
    )
}

/// A document of the static resolvers; none where they do not take part.
pub fn async_graphql(shape: Shape) -> Option<String> {
    let scope = "low: $low, high: $high, department: $department";
    let variables = "$low: Int!, $high: Int!, $department: String!";
    Some(match shape {
        Shape::Point => {
            format!("query($id: Int!, {variables}) {{ person(id: $id, {scope}) {{ id {ONE} }} }}")
        }
        Shape::List => format!(
            "query($first: Int!, $after: Int, {variables}) {{ persons(first: $first, \
             after: $after, {scope}) {{ nodes {{ id {LISTED} }} \
             pageInfo {{ hasNextPage endCursor }} }} }}"
        ),
        Shape::Nested => format!(
            "query($after: Int, {variables}) {{ persons(first: 20, after: $after, {scope}) {{ \
             nodes {{ id name birthDate residences(department: $department) {{ id {STAY} }} \
             employments(department: $department) {{ id {JOB} }} }} }} }}"
        ),
        Shape::Filtered => format!(
            "query($since: NaiveDate!, {variables}) {{ persons(first: 50, arrivedSince: $since, \
             youngestFirst: true, {scope}) {{ nodes {{ id {FOUND} }} }} }}"
        ),
        Shape::Portal(_) => return None,
    })
}

/// A document of PostGraphile; none where it does not take part. Where policies bound rows, the
/// document does not.
pub fn postgraphile(shape: Shape, enforced: bool) -> Option<String> {
    let (variables, scope, below, arrived) = match enforced {
        true => ("", String::new(), "", ""),
        false => (
            ", $low: BigInt!, $high: BigInt!, $department: String!",
            "residenceUnitId: { greaterThanOrEqualTo: $low, lessThanOrEqualTo: $high }, \
             collectingDepartment: { equalTo: $department }"
                .to_owned(),
            "(filter: { collectingDepartment: { equalTo: $department } })",
            "collectingDepartment: { equalTo: $department }, ",
        ),
    };
    let filter = if enforced { String::new() } else { format!(", filter: {{ {scope} }}") };
    Some(match shape {
        Shape::Point => format!(
            "query($id: BigInt!) {{ person: personByRowId(rowId: $id) {{ id: rowId {ONE} }} }}"
        ),
        Shape::List => format!(
            "query($first: Int!, $after: Cursor{variables}) {{ persons: allPeople(first: $first, \
             after: $after{filter}) {{ nodes {{ id: rowId {LISTED} }} \
             pageInfo {{ hasNextPage endCursor }} }} }}"
        ),
        Shape::Nested => format!(
            "query($after: Cursor{variables}) {{ persons: allPeople(first: 20, \
             after: $after{filter}) {{ nodes {{ id: rowId name birthDate \
             residences: residenceRegistrationsByPersonId{below} {{ \
             nodes {{ id: rowId {STAY} }} }} \
             employments: employmentsByPersonId{below} {{ nodes {{ id: rowId {JOB} }} }} }} }} }}"
        ),
        Shape::Filtered => format!(
            "query($since: Date!{variables}) {{ persons: allPeople(first: 50, \
             orderBy: [BIRTH_DATE_DESC, ROW_ID_ASC], filter: {{ {scope} \
             residenceRegistrationsByPersonId: {{ some: {{ {arrived}\
             arrivalDate: {{ greaterThanOrEqualTo: $since }} }} }} }}) {{ \
             nodes {{ id: rowId {FOUND} }} }} }}"
        ),
        Shape::Portal(_) => return None,
    })
}

/// PostGraphile's document that walks the police officer's list.
pub fn postgraphile_walk(enforced: bool) -> String {
    let (variables, filter) = match enforced {
        true => ("", ""),
        false => (
            ", $low: BigInt!, $high: BigInt!, $department: String!",
            ", filter: { residenceUnitId: { greaterThanOrEqualTo: $low, \
             lessThanOrEqualTo: $high }, collectingDepartment: { equalTo: $department } }",
        ),
    };
    format!(
        "query($after: Cursor{variables}) {{ persons: allPeople(first: {STRIDE}, \
         after: $after{filter}) {{ edges {{ cursor node {{ id: rowId }} }} }} }}"
    )
}
