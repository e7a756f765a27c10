//! The GraphQL documents of the gateway and of the static resolvers.

use super::{callers::Audience, workload::Shape};

/// Fields of one person.
pub const ONE: &str = "name idNumber sex birthDate ethnicity maritalStatus education";

/// Fields of a person of a list.
pub const LISTED: &str =
    "name idType idNumber sex birthDate ethnicity nationality maritalStatus education";

/// Fields of a person found through a residence.
pub const FOUND: &str = "name idNumber sex birthDate education";

/// Fields of a residence.
pub const STAY: &str = "residenceAddress arrivalDate departureDate dwellingType";

/// Fields of an employment.
pub const JOB: &str = "occupation industry employerName hasLaborContract";

/// Persons read at once when a list is walked.
pub const STRIDE: usize = 500;

/// Persons whose name the caller is shown: the others of its view are of those whose telephone number
/// alone it collected, and contenders do not ask for them.
const NAMED: &str = "where: { name: { isNull: false } }";

/// A document of the gateway.
pub fn gateway(shape: Shape) -> String {
    let page = |first: usize, nodes: &str| {
        format!(
            "query($after: String) {{ persons(first: {first}, after: $after, {NAMED}) {{ \
             nodes {{ id {nodes} }} }} }}"
        )
    };
    match shape {
        Shape::Point => format!("query($id: ID!) {{ person(id: $id) {{ id {ONE} }} }}"),
        Shape::List => format!(
            "query($first: Int!, $after: String) {{ persons(first: $first, after: $after, {NAMED}) \
             {{ nodes {{ id {LISTED} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        ),
        Shape::Nested => page(
            20,
            &format!("name birthDate residences {{ id {STAY} }} employments {{ id {JOB} }}"),
        ),
        Shape::Filtered => format!(
            "query($since: Date!) {{ persons(first: 50, where: {{ \
             name: {{ isNull: false }}, \
             residences: {{ some: {{ arrivalDate: {{ gte: $since }} }} }} }}, \
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
             orderBy: [{ reportedAt: DESC }]) { nodes { id diseaseCode onsetDate freeTreatmentEnrolled \
             person { name birthDate } } } }"
            .to_owned(),
    }
}

/// The gateway's document that walks a list.
pub fn gateway_walk(audience: Audience) -> String {
    let field = if audience == Audience::Population { "ethnicity" } else { "name" };
    format!(
        "query($after: String) {{ persons(first: {STRIDE}, after: $after, {NAMED}) {{ \
         edges {{ cursor node {{ id {field} }} }} }} }}"
    )
}

/// A document of the static resolvers.
pub fn async_graphql(shape: Shape) -> String {
    let unit = "$low: Int!, $high: Int!";
    let police = format!("{unit}, $department: String!");
    let books = format!("{unit}, $organization: Int!, $today: NaiveDate!");
    let of_police = "scope: { low: $low, high: $high, department: $department }";
    let of_books = "scope: { low: $low, high: $high, \
                    books: { organization: $organization, today: $today } }";
    let of_consent = "scope: { low: $low, high: $high, consent: { bornBy: $bornBy, now: $now } }";
    let portal = |variables: &str, scope: &str, nodes: &str| {
        format!(
            "query($after: Int, {variables}) {{ persons(first: 10, after: $after, {scope}) {{ \
             nodes {{ id {nodes} }} }} }}"
        )
    };
    match shape {
        Shape::Point => {
            format!("query($id: Int!, {police}) {{ person(id: $id, {of_police}) {{ id {ONE} }} }}")
        }
        Shape::List => format!(
            "query($first: Int!, $after: Int, {police}) {{ persons(first: $first, \
             after: $after, {of_police}) {{ nodes {{ id {LISTED} }} \
             pageInfo {{ hasNextPage endCursor }} }} }}"
        ),
        Shape::Nested => format!(
            "query($after: Int, {police}) {{ persons(first: 20, after: $after, {of_police}) {{ \
             nodes {{ id name birthDate residences(department: $department) {{ id {STAY} }} \
             employments(department: $department) {{ id {JOB} }} }} }} }}"
        ),
        Shape::Filtered => format!(
            "query($since: NaiveDate!, {police}) {{ persons(first: 50, arrivedSince: $since, \
             youngestFirst: true, {of_police}) {{ nodes {{ id {FOUND} }} }} }}"
        ),
        Shape::Portal(Audience::Police) => portal(
            &police,
            of_police,
            "name idNumber residences(department: $department) { \
             residenceAddress arrivalDate departureDate }",
        ),
        Shape::Portal(Audience::Population) => portal(
            &police,
            of_police,
            "ethnicity householdRegistrations(department: $department) { \
             hukouRegionCode hukouAddress }",
        ),
        Shape::Portal(Audience::Street) => portal(
            &books,
            of_books,
            "name birthDate: birthYear residences { residenceAddress arrivalDate: arrivalMonth }",
        ),
        Shape::Portal(Audience::Workers) => portal(
            &format!("{unit}, $bornBy: NaiveDate!, $now: DateTime!"),
            of_consent,
            "name employments(consentedAt: $now) { occupation industry hasLaborContract }",
        ),
        Shape::Portal(Audience::Clinic) => {
            portal(&books, of_books, "name sex birthDate healthRecords { recordNumber bloodType }")
        }
        Shape::Portal(Audience::Reports) => format!(
            "query($before: DateTime!, {books}) {{ infectiousDiseaseReports(first: 10, \
             before: $before, low: $low, high: $high) {{ nodes {{ id diseaseCode onsetDate freeTreatmentEnrolled \
             person(organization: $organization, today: $today) {{ name birthDate }} }} }} }}"
        ),
    }
}
