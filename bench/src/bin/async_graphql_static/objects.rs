//! The output types.

use async_graphql::{ComplexObject, Context, Result, SimpleObject, dataloader::DataLoader};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{infectious_disease_report, person};

use crate::{
    below::{Below, EmploymentsOf, HealthRecordsOf, HouseholdsOf, PersonOnBooks, ResidencesOf},
    scope::Books,
};

#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Person {
    id: i64,
    name: Option<String>,
    id_type: Option<String>,
    id_number: Option<String>,
    sex: Option<String>,
    birth_date: Option<NaiveDate>,
    ethnicity: Option<String>,
    nationality: Option<String>,
    marital_status: Option<String>,
    education: Option<String>,
}

#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Residence {
    pub id: i64,
    pub residence_address: Option<String>,
    pub arrival_date: Option<NaiveDate>,
    pub departure_date: Option<NaiveDate>,
    pub dwelling_type: Option<String>,
}

#[derive(Clone, SimpleObject)]
pub struct Employment {
    pub id: i64,
    pub occupation: Option<String>,
    pub industry: Option<String>,
    pub employer_name: Option<String>,
    pub has_labor_contract: Option<bool>,
}

#[derive(Clone, SimpleObject)]
pub struct HouseholdRegistration {
    pub id: i64,
    pub hukou_region_code: Option<String>,
    pub hukou_address: Option<String>,
}

#[derive(Clone, SimpleObject)]
pub struct HealthRecord {
    pub id: i64,
    pub record_number: Option<String>,
    pub blood_type: Option<String>,
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct InfectiousDiseaseReport {
    id: i64,
    #[graphql(skip)]
    person_id: i64,
    disease_code: Option<String>,
    onset_date: Option<NaiveDate>,
    free_treatment_enrolled: Option<bool>,
}

#[derive(SimpleObject)]
pub struct PersonConnection {
    pub nodes: Vec<Person>,
    pub page_info: PageInfo,
}

#[derive(SimpleObject)]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<i64>,
}

#[derive(SimpleObject)]
pub struct ReportConnection {
    pub nodes: Vec<InfectiousDiseaseReport>,
}

impl From<person::Model> for Person {
    fn from(row: person::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            id_type: row.id_type,
            id_number: row.id_number,
            sex: row.sex,
            birth_date: row.birth_date,
            ethnicity: row.ethnicity,
            nationality: row.nationality,
            marital_status: row.marital_status,
            education: row.education,
        }
    }
}

impl From<infectious_disease_report::Model> for InfectiousDiseaseReport {
    fn from(row: infectious_disease_report::Model) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            disease_code: row.disease_code,
            onset_date: row.onset_date,
            free_treatment_enrolled: row.free_treatment_enrolled,
        }
    }
}

fn below<'a>(ctx: &Context<'a>) -> &'a DataLoader<Below> {
    ctx.data_unchecked()
}

#[ComplexObject]
impl Person {
    async fn birth_year(&self) -> Option<String> {
        self.birth_date.map(|date| date.format("%Y").to_string())
    }

    async fn residences(
        &self,
        ctx: &Context<'_>,
        department: Option<String>,
    ) -> Result<Vec<Residence>> {
        let key = ResidencesOf { person: self.id, department, consented_at: None };
        Ok(below(ctx).load_one(key).await?.unwrap_or_default())
    }

    async fn employments(
        &self,
        ctx: &Context<'_>,
        department: Option<String>,
        consented_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Employment>> {
        let key = EmploymentsOf { person: self.id, department, consented_at };
        Ok(below(ctx).load_one(key).await?.unwrap_or_default())
    }

    async fn household_registrations(
        &self,
        ctx: &Context<'_>,
        department: Option<String>,
    ) -> Result<Vec<HouseholdRegistration>> {
        let key = HouseholdsOf { person: self.id, department, consented_at: None };
        Ok(below(ctx).load_one(key).await?.unwrap_or_default())
    }

    async fn health_records(&self, ctx: &Context<'_>) -> Result<Vec<HealthRecord>> {
        let key = HealthRecordsOf { person: self.id, department: None, consented_at: None };
        Ok(below(ctx).load_one(key).await?.unwrap_or_default())
    }
}

#[ComplexObject]
impl Residence {
    async fn arrival_month(&self) -> Option<String> {
        self.arrival_date.map(|date| date.format("%Y-%m").to_string())
    }
}

#[ComplexObject]
impl InfectiousDiseaseReport {
    async fn person(
        &self,
        ctx: &Context<'_>,
        organization: i64,
        today: NaiveDate,
    ) -> Result<Option<Person>> {
        let books = Books { organization, today };
        let key = PersonOnBooks { person: self.person_id, books };
        Ok(below(ctx).load_one(key).await?)
    }
}
