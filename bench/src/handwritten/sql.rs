//! Every SELECT of the hand-written contenders, for both databases.

use std::ops::Index;

/// The database's dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Keys are bound as an array.
    Postgres,
    /// Keys are bound as a JSON text.
    Sqlite,
}

/// The name of a SELECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the records they read")]
#[rustfmt::skip]
pub enum Query {
    Person, Listed, Nested, Stay, Job, Found, PolicePerson, PoliceStay, PopulationPerson, Hukou,
    StreetPerson, StreetStay, Worker, WorkerJob, Patient, HealthRecord, Report, Reported,
}

impl Query {
    /// All of them, in order.
    #[rustfmt::skip]
    pub const ALL: [Query; 18] = {
        use Query::*;
        [
            Person, Listed, Nested, Stay, Job, Found, PolicePerson, PoliceStay, PopulationPerson,
            Hukou, StreetPerson, StreetStay, Worker, WorkerJob, Patient, HealthRecord, Report,
            Reported,
        ]
    };

    fn text(self, dialect: Dialect) -> String {
        let keys = match dialect {
            Dialect::Postgres => "= ANY($1)",
            Dialect::Sqlite => "IN (SELECT value FROM json_each($1))",
        };
        let of_department = |columns: &str| {
            format!(
                "SELECT {columns} FROM person WHERE residence_unit_id BETWEEN $1 AND $2 \
                 AND collecting_department = $3 AND id > $4 ORDER BY id LIMIT $5"
            )
        };
        let of_caseload = |columns: &str| {
            format!(
                "SELECT {columns} FROM person p WHERE p.residence_unit_id BETWEEN $1 AND $2 \
                 AND {} AND p.id > $5 ORDER BY p.id LIMIT $6",
                on_books("$3", "$4")
            )
        };
        let below = |columns: &str, table: &str| {
            format!(
                "SELECT person_id AS parent, {columns} FROM {table} WHERE person_id {keys} \
                 ORDER BY person_id, id"
            )
        };
        let below_of_department = |columns: &str, table: &str| {
            format!(
                "SELECT person_id AS parent, {columns} FROM {table} WHERE person_id {keys} \
                 AND collecting_department = $2 ORDER BY person_id, id"
            )
        };
        match self {
            Query::Person => "SELECT id, name, id_number, sex, birth_date, ethnicity, \
                 marital_status, education FROM person WHERE id = $1 \
                 AND residence_unit_id BETWEEN $2 AND $3 AND collecting_department = $4"
                .to_owned(),
            Query::Listed => of_department(
                "id, name, id_type, id_number, sex, birth_date, ethnicity, nationality, \
                 marital_status, education",
            ),
            Query::Nested => of_department("id, name, birth_date"),
            Query::Stay => below_of_department(
                "id, residence_address, arrival_date, departure_date, dwelling_type",
                "residence_registration",
            ),
            Query::Job => below_of_department(
                "id, occupation, industry, employer_name, has_labor_contract",
                "employment",
            ),
            Query::Found => "SELECT p.id, p.name, p.id_number, p.sex, p.birth_date, p.education \
                 FROM person p WHERE p.residence_unit_id BETWEEN $1 AND $2 \
                 AND p.collecting_department = $3 AND EXISTS (SELECT 1 \
                 FROM residence_registration r WHERE r.person_id = p.id \
                 AND r.collecting_department = $3 AND r.arrival_date >= $4) \
                 ORDER BY p.birth_date DESC NULLS FIRST, p.id LIMIT $5"
                .to_owned(),
            Query::PolicePerson => of_department("id, name, id_number"),
            Query::PoliceStay => below_of_department(
                "residence_address, arrival_date, departure_date",
                "residence_registration",
            ),
            Query::PopulationPerson => of_department("id, ethnicity"),
            Query::Hukou => {
                below_of_department("hukou_region_code, hukou_address", "household_registration")
            }
            Query::StreetPerson => {
                of_caseload("p.id, p.name, substr(CAST(p.birth_date AS text), 1, 4) AS birth_date")
            }
            Query::StreetStay => below(
                "residence_address, substr(CAST(arrival_date AS text), 1, 7) AS arrival_date",
                "residence_registration",
            ),
            Query::Worker => format!(
                "SELECT p.id, p.name FROM person p WHERE p.residence_unit_id BETWEEN $1 AND $2 \
                 AND p.birth_date <= $3 AND {} AND p.id > $5 ORDER BY p.id LIMIT $6",
                consented("p.id", "G02", "$4")
            ),
            Query::WorkerJob => format!(
                "SELECT person_id AS parent, occupation, industry, has_labor_contract \
                 FROM employment e WHERE e.person_id {keys} AND {} ORDER BY e.person_id, e.id",
                consented("e.person_id", "G11", "$2")
            ),
            Query::Patient => of_caseload("p.id, p.name, p.sex, p.birth_date"),
            Query::HealthRecord => below("record_number, blood_type", "health_record"),
            Query::Report => {
                "SELECT r.person_id, r.id, r.disease_code, r.onset_date, r.free_treatment_enrolled \
                 FROM infectious_disease_report r WHERE EXISTS (SELECT 1 FROM person p \
                 WHERE p.id = r.person_id AND p.residence_unit_id BETWEEN $1 AND $2) \
                 AND r.reported_at < $3 ORDER BY r.reported_at DESC NULLS FIRST, r.id LIMIT $4"
                    .to_owned()
            }
            Query::Reported => format!(
                "SELECT p.id AS parent, p.name, p.birth_date FROM person p WHERE p.id {keys} \
                 AND {}",
                on_books("$2", "$3")
            ),
        }
    }
}

/// How a unit's persons are asked for: a range of the tree.
const RANGE: &str = "residence_unit_id BETWEEN $1 AND $2";

/// The same of a unit that is a county, by the product's expression index.
const COUNTY: &str = "residence_unit_id / 1000000 = CAST($1 AS bigint) / 1000000 \
    AND CAST($2 AS bigint) > CAST($1 AS bigint)";

fn on_books(organization: &str, today: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM caseload c WHERE c.person_id = p.id \
         AND c.organization_id = {organization} AND c.started_on <= {today} \
         AND (c.ended_on IS NULL OR c.ended_on > {today}))"
    )
}

fn consented(person: &str, group: &str, now: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM consent c WHERE c.person_id = {person} \
         AND c.recipient_department = 'migrant_workers' AND c.purpose = 'P-EMP' \
         AND c.field_group = '{group}' AND c.given_at <= {now} \
         AND (c.expires_at IS NULL OR c.expires_at > {now}) \
         AND (c.withdrawn_at IS NULL OR c.withdrawn_at > {now}))"
    )
}

/// The text of every SELECT; kept for the life of the process.
#[derive(Clone, Debug)]
pub struct Sql(Vec<&'static str>);

impl Sql {
    /// Writes them in a dialect; told so by the environment, with the county as the product's
    /// indexes have it.
    pub fn new(dialect: Dialect) -> Self {
        let by_county = std::env::var_os("BY_COUNTY").is_some();
        let text = |query: &Query| match by_county {
            true => query.text(dialect).replace(RANGE, COUNTY),
            false => query.text(dialect),
        };
        Self(Query::ALL.iter().map(|query| &*text(query).leak()).collect())
    }
}

impl Index<Query> for Sql {
    type Output = &'static str;

    fn index(&self, query: Query) -> &Self::Output {
        &self.0[query as usize]
    }
}
