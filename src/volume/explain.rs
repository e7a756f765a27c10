//! Why a person could be read: something on file within 24 hours that brings this caller to this person
//! for this purpose. Lists are explained by nothing; whoever takes lists has a contracted volume.
//!
//! The sources are a table, and the caller's own records: what it read of its worklists.

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::{
    clock::day_in_shanghai,
    error::Result,
    graphql::{context::Context, sql::Params, worklist},
    policy::{Purpose, Role},
    read::{Dialect, Reader, Value},
    rules::{break_glass, consent},
};

/// How old what explains a read may be.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// Something that explains reads of the person it tells of.
struct Source {
    /// For which purposes; none named is all.
    purposes: &'static [Purpose],
    /// The table; its rows are `s`, and name the person in `person_id`.
    table: &'static str,
    /// When a row explains: `:since`, `:now` are instants, `:yesterday`, `:today` days, all others the
    /// caller's.
    when: &'static str,
    /// What must hold of the row besides, under its alias and at an instant.
    holds: Option<fn(&str, &str) -> String>,
}

const fn source(purposes: &'static [Purpose], table: &'static str, when: &'static str) -> Source {
    Source { purposes, table, when, holds: None }
}

impl Source {
    const fn while_it(self, holds: fn(&str, &str) -> String) -> Self {
        Self { holds: Some(holds), ..self }
    }

    fn condition(&self) -> String {
        match self.holds {
            Some(holds) => format!("{} AND {}", self.when, holds("s", ":now")),
            None => self.when.to_owned(),
        }
    }
}

/// Rows that the caller's department recorded within 24 hours.
const RECORDED: &str =
    "s.collecting_department = :department AND s.recorded_at > :since AND s.recorded_at <= :now";

#[rustfmt::skip]
static SOURCES: [Source; 14] = {
    use Purpose::*;
    [
        // Taken on the organization's books.
        source(&[], "caseload", "s.organization_id = :organization AND s.started_on BETWEEN :yesterday AND :today"),
        // Consented, which is how a person applies for what the department offers; not any more where
        // the consent is over.
        source(&[], "consent", "s.recipient_department = :department AND s.purpose = :purpose AND s.given_at > :since").while_it(consent::row_is_in_force_sql),
        // An emergency that is open.
        source(&[Etr], "break_glass", "s.subject = :subject AND s.issuer = :issuer AND s.role = :role AND s.organization_id = :organization").while_it(break_glass::is_open_sql),
        // Applied for assistance, or was decided on.
        source(&[Sa, Ema, Lb], "assistance_case", "(s.recorded_at > :since AND s.recorded_at <= :now OR s.decision_on BETWEEN :yesterday AND :today)"),
        // Was given a dose; was reported; was seen or written up.
        source(&[Imm], "immunization_dose", "s.collecting_department = :department AND s.occurrence_date BETWEEN :yesterday AND :today"),
        source(&[Imm], "immunization_card", RECORDED),
        source(&[Idc], "infectious_disease_report", "s.reported_at > :since AND s.reported_at <= :now"),
        source(&[Stg], "stigmatized_disease_report", RECORDED),
        source(&[Hr, Ncd], "health_record", "s.collecting_department = :department AND (s.recorded_at > :since AND s.recorded_at <= :now OR s.last_updated_on BETWEEN :yesterday AND :today)"),
        source(&[Mch, Fp], "maternal_care_record", RECORDED),
        source(&[Smd], "severe_mental_disorder_record", "s.collecting_department = :department AND (s.recorded_at > :since AND s.recorded_at <= :now OR s.follow_up_on BETWEEN :yesterday AND :today)"),
        // Registered, or applied for a permit.
        source(&[Res], "residence_registration", RECORDED),
        source(&[Res], "residence_permit", RECORDED),
        source(&[Emp], "employment", RECORDED),
    ]
};

/// Those of some persons whom something on file explains.
///
/// # Errors
/// When the database cannot be read.
pub async fn explained(
    reader: &dyn Reader,
    context: &Context<'_>,
    (caller, role): (&str, Role),
    persons: Vec<i64>,
) -> Result<Vec<i64>> {
    if persons.is_empty() {
        return Ok(persons);
    }
    let mut params = Params::new(reader.dialect());
    let names = names(context, (caller, role));
    let applies =
        |source: &&Source| source.purposes.is_empty() || source.purposes.contains(&context.purpose);
    let mut bound: Vec<Option<String>> = vec![None; names.len()];
    let mut any = Vec::new();
    let filed = SOURCES.iter().filter(applies).map(|source| (source.table, source.condition()));
    for (table, mut when) in filed.chain([("access_event", on_worklist(reader.dialect()))]) {
        for ((name, value), placeholder) in names.iter().zip(&mut bound) {
            if when.contains(name) {
                let placeholder = placeholder.get_or_insert_with(|| params.bind(value.clone()));
                when = when.replace(name, placeholder);
            }
        }
        any.push(format!("EXISTS (SELECT 1 FROM {table} s WHERE s.person_id = p.id AND {when})"));
    }
    let is_one = params.one_of("p.id", persons);
    let sql = format!("SELECT p.id FROM person p WHERE {is_one} AND ({})", any.join(" OR "));
    let rows = reader.read(&params.finish(sql)).await?;
    Ok((0..rows.len()).filter_map(|row| rows.int(row, 0)).collect())
}

/// An item of a worklist that the caller read for this purpose. What a record names of a person is what was
/// shown of that person: who was only asked about beside a list is not on it.
fn on_worklist(dialect: Dialect) -> String {
    // As its index finds the records of a person.
    let of_person = match dialect {
        Dialect::Postgres => "s.subjects @> ARRAY[p.id] AND ",
        Dialect::Sqlite => "",
    };
    format!(
        "{of_person}s.actor = :caller AND s.purpose = :purpose AND s.at > :since \
         AND s.fields LIKE '%{}.%'",
        worklist::RECORDED
    )
}

/// What the names in the table of sources stand for.
fn names(context: &Context<'_>, (caller, role): (&str, Role)) -> [(&'static str, Value); 11] {
    let text = |text: &str| Value::Text(text.to_owned());
    let yesterday = context.today.checked_sub_days(Days::new(1)).unwrap_or(context.today);
    let since: DateTime<Utc> = context.now - FRESH;
    debug_assert!(day_in_shanghai(since) == yesterday, "a day has 24 hours there");
    [
        (":since", Value::Instant(since)),
        (":now", Value::Instant(context.now)),
        (":yesterday", Value::Date(yesterday)),
        (":today", Value::Date(context.today)),
        // A caller without an organization has nobody on its books.
        (":organization", Value::Int(context.organization.unwrap_or(0))),
        (":department", text(context.department.code())),
        (":purpose", text(context.purpose.code())),
        (":subject", text(context.subject)),
        (":issuer", text(context.issuer)),
        (":role", text(role.code())),
        (":caller", text(caller)),
    ]
}
