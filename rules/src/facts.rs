//! What reaches a rule: of a case, the fields that the rule declares. Nothing else is there to read.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, NaiveDateTime, TimeZone as _, Utc};
use serde_json::{Map, Value};

use crate::{
    calendar::{Day, day_of, shanghai},
    case::{Case, Row as Values},
    fault::{Code, Fault},
    regions,
    residence::{Absence, Residence, Resident, with_notices},
    rule::{Input, Rule},
};

/// Inputs that make a [`Resident`]; every rule that asks where somebody lives has them.
pub const RESIDENT: [Input; 4] = [
    Input { kind: "Person", fields: &["birthDate"] },
    Input { kind: "HouseholdRegistration", fields: &["hukouRegionCode"] },
    Input {
        kind: "ResidenceRegistration",
        fields: &[
            "residenceRegionCode",
            "adminUnitCode",
            "arrivalDate",
            "departureDate",
            "absences",
            "moveReason",
            "collectedAt",
        ],
    },
    Input {
        kind: "ResidenceNotice",
        fields: &["communityCode", "arrivalDate", "answeredOn", "accepted"],
    },
];

/// Codes of `moveReason` with the words that stand for them.
const MOVE_REASONS: [(&str, &[&str]); 11] = [
    ("1", &["务工经商"]),
    ("2", &["随迁"]),
    ("3", &["投靠"]),
    ("4", &["学习", "上学"]),
    ("5", &["婚嫁"]),
    ("6", &["出差"]),
    ("7", &["就医"]),
    ("8", &["旅游"]),
    ("9", &["探亲"]),
    ("10", &["访友"]),
    ("99", &["其他"]),
];

/// An instant, or the day of it where the time is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The instant.
    Exact(DateTime<Utc>),
    /// A day without a time.
    Day(Day),
}

impl Moment {
    /// Its day in Asia/Shanghai.
    pub fn day(self) -> Day {
        match self {
            Moment::Exact(instant) => day_of(instant),
            Moment::Day(day) => day,
        }
    }
}

/// The facts of a case that a rule may read.
pub struct Facts<'a> {
    rule: &'a Rule,
    rows: BTreeMap<&'static str, Vec<Values>>,
}

impl<'a> Facts<'a> {
    /// The facts of a case for a rule: fields that it does not declare are taken away.
    pub fn new(case: Case, rule: &'a Rule) -> Facts<'a> {
        let mut rows = case.rows;
        rows.retain(|kind, rows| {
            for row in rows.iter_mut() {
                row.retain(|field, _| rule.reads(kind, field));
            }
            rule.inputs.iter().any(|input| input.kind == *kind)
        });
        Facts { rule, rows }
    }

    /// The rows of a kind.
    pub fn rows<'b>(&'b self, kind: &'static str) -> impl Iterator<Item = Row<'b>> {
        let rows = self.rows.get(kind).into_iter().flatten();
        rows.map(move |values| Row { kind, values, rule: self.rule })
    }

    /// The first row of a kind of which there is one; an empty one where it is missing.
    ///
    /// # Errors
    /// When there are several.
    pub fn one(&self, kind: &'static str) -> Result<Row<'_>, Fault> {
        static EMPTY: LazyLock<Values> = LazyLock::new(Values::new);
        let mut rows = self.rows(kind);
        let first = rows.next();
        if rows.next().is_some() {
            let message = format!("{kind} stands once in a case");
            return Err(Fault::new(Code::InvalidShape, message));
        }
        Ok(first.unwrap_or(Row { kind, values: &EMPTY, rule: self.rule }))
    }

    /// The residences, hukou and birth date.
    ///
    /// # Errors
    /// When a value cannot be read.
    pub fn resident(&self) -> Result<Resident, Fault> {
        let registered = self.rows("ResidenceRegistration").map(residence);
        let registered = registered.collect::<Result<Vec<_>, _>>()?;
        let mut notices = Vec::new();
        for row in self.rows("ResidenceNotice") {
            if row.boolean("accepted")? == Some(true) {
                notices.push(Residence {
                    region: row.region("communityCode")?,
                    arrival: row.needed_day("arrivalDate")?,
                    departure: None,
                    absences: Vec::new(),
                    move_reason: None,
                    collected: row.day("answeredOn")?,
                });
            }
        }
        Ok(Resident {
            birth: self.one("Person")?.day("birthDate")?,
            hukou: self.one("HouseholdRegistration")?.region("hukouRegionCode")?,
            residences: with_notices(registered, notices),
        })
    }
}

fn residence(row: Row<'_>) -> Result<Residence, Fault> {
    let mut absences = Vec::new();
    for part in row.parts("absences", &["from", "until"])? {
        let from = part.needed_day("from")?;
        let until = part.day("until")?;
        if until.is_some_and(|until| until < from) {
            return Err(row.fault(Code::InvalidValue, "absences", "ends before it begins"));
        }
        absences.push(Absence { from, until });
    }
    let arrival = row.needed_day("arrivalDate")?;
    let departure = row.day("departureDate")?;
    if departure.is_some_and(|departure| departure < arrival) {
        return Err(row.fault(Code::InvalidValue, "departureDate", "is before arrivalDate"));
    }
    let code = row.region("residenceRegionCode")?;
    // A management unit says more than the six digits of a county.
    let unit = row.region("adminUnitCode")?;
    let region = match (code, unit) {
        (Some(code), unit) if code.len() > 6 || unit.is_none() => Some(code),
        (code, unit) => unit.or(code),
    };
    Ok(Residence {
        region,
        arrival,
        departure,
        absences,
        move_reason: row.code("moveReason", &MOVE_REASONS)?,
        collected: row.moment("collectedAt")?.map(Moment::day),
    })
}

/// A row, or a part of one, of which declared fields can be read.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    kind: &'static str,
    values: &'a Values,
    rule: &'a Rule,
}

impl<'a> Row<'a> {
    /// A fault about a field of the row.
    pub fn fault(&self, code: Code, field: &str, what: &str) -> Fault {
        Fault::new(code, format!("{}.{field} {what}", self.kind))
    }

    /// The value of a field; none where it is missing, null or an empty text.
    ///
    /// # Errors
    /// When the rule does not declare the field.
    pub fn value(&self, field: &str) -> Result<Option<&'a Value>, Fault> {
        if !self.rule.reads(self.kind, field) {
            return Err(self.fault(Code::UndeclaredInput, field, "is no input of the rule"));
        }
        Ok(self.values.get(field).filter(|value| !is_empty(value)))
    }

    /// Whether the field has a value.
    ///
    /// # Errors
    /// When the rule does not declare the field.
    pub fn has(&self, field: &str) -> Result<bool, Fault> {
        Ok(self.value(field)?.is_some())
    }

    /// A day; of an instant the day in Asia/Shanghai.
    ///
    /// # Errors
    /// When it is none.
    pub fn day(&self, field: &str) -> Result<Option<Day>, Fault> {
        self.value(field)?.map_or(Ok(None), |value| read_day(&self.name(field), value))
    }

    /// A day without which there is no answer.
    ///
    /// # Errors
    /// When it is missing or none.
    pub fn needed_day(&self, field: &str) -> Result<Day, Fault> {
        self.day(field)?.ok_or_else(|| self.fault(Code::MissingField, field, "is missing"))
    }

    /// An instant, or its day.
    ///
    /// # Errors
    /// When it is neither.
    pub fn moment(&self, field: &str) -> Result<Option<Moment>, Fault> {
        self.value(field)?.map_or(Ok(None), |value| read_moment(&self.name(field), value))
    }

    /// A text or a number as text.
    ///
    /// # Errors
    /// When it is neither.
    pub fn text(&self, field: &str) -> Result<Option<String>, Fault> {
        let wrong = || self.fault(Code::InvalidValue, field, "is a text");
        self.value(field)?.map(|value| text_of(value).ok_or_else(wrong)).transpose()
    }

    /// A code of a list, given as code, number or word.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn code(&self, field: &str, codes: &[(&str, &[&str])]) -> Result<Option<String>, Fault> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let is = |(code, words): &&(&str, &[&str])| *code == text || words.contains(&&*text);
        let found = codes.iter().find(is).map(|(code, _)| Some((*code).to_owned()));
        found.ok_or_else(|| {
            let known: Vec<&str> = codes.iter().map(|(code, _)| *code).collect();
            self.fault(Code::InvalidCode, field, &format!("is one of {}", known.join(", ")))
        })
    }

    /// The code of a place.
    ///
    /// # Errors
    /// When it is none.
    pub fn region(&self, field: &str) -> Result<Option<String>, Fault> {
        let code = self.text(field)?;
        if code.as_deref().is_some_and(|code| !regions::is_code(code)) {
            let what = "is a region code of 6, 9 or 12 digits, or a management unit";
            return Err(self.fault(Code::InvalidCode, field, what));
        }
        Ok(code)
    }

    /// The unit of an organization: its code, or an object with `unit` or `unitCode`. None where the
    /// organization is known by a reference alone.
    ///
    /// # Errors
    /// When it is neither text nor object.
    pub fn unit(&self, field: &str) -> Result<Option<String>, Fault> {
        let code = match self.value(field)? {
            Some(Value::Object(org)) => {
                org.get("unit").or_else(|| org.get("unitCode")).and_then(text_of)
            }
            _ => self.text(field)?,
        };
        Ok(code.filter(|code| regions::is_code(code)))
    }

    /// Yes or no.
    ///
    /// # Errors
    /// When it is neither.
    pub fn boolean(&self, field: &str) -> Result<Option<bool>, Fault> {
        let wrong = || self.fault(Code::InvalidValue, field, "is true or false");
        self.value(field)?.map(|value| value.as_bool().ok_or_else(wrong)).transpose()
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is none.
    pub fn int(&self, field: &str) -> Result<Option<i64>, Fault> {
        let wrong = || self.fault(Code::InvalidValue, field, "is a whole number");
        let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        self.value(field)?.map(|value| number(value).ok_or_else(wrong)).transpose()
    }

    /// The objects of a list, or the one object.
    ///
    /// # Errors
    /// When it is another thing, or a name in one is not among the known ones.
    pub fn parts(
        &self,
        field: &'static str,
        known: &'static [&'static str],
    ) -> Result<Vec<Part<'a>>, Fault> {
        let objects = match self.value(field)? {
            None => return Ok(Vec::new()),
            Some(Value::Array(objects)) => objects.iter().collect(),
            Some(value) => vec![value],
        };
        let of = |value: &'a Value| -> Result<Part<'a>, Fault> {
            match value {
                Value::Object(values) => {
                    if let Some(name) = values.keys().find(|name| !known.contains(&name.as_str())) {
                        let what = format!("has no part {name}; it has {}", known.join(", "));
                        return Err(self.fault(Code::UnknownField, field, &what));
                    }
                    Ok(Part { of: self.name(field), values: Some(values), only: None, known })
                }
                Value::String(_) => {
                    Ok(Part { of: self.name(field), values: None, only: Some(value), known })
                }
                _ => Err(self.fault(Code::InvalidShape, field, "is a list of objects")),
            }
        };
        objects.into_iter().filter(|value| !is_empty(value)).map(of).collect()
    }

    fn name(&self, field: &str) -> String {
        format!("{}.{field}", self.kind)
    }
}

/// An object within a field: a visit, an absence. A text alone stands for its first part.
pub struct Part<'a> {
    of: String,
    values: Option<&'a Map<String, Value>>,
    only: Option<&'a Value>,
    known: &'static [&'static str],
}

impl<'a> Part<'a> {
    /// The value of a part.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        let only = self.only.filter(|_| self.known.first() == Some(&name));
        self.values.and_then(|values| values.get(name)).or(only).filter(|value| !is_empty(value))
    }

    /// A day.
    ///
    /// # Errors
    /// When it is none.
    pub fn day(&self, name: &str) -> Result<Option<Day>, Fault> {
        self.value(name).map_or(Ok(None), |value| read_day(&format!("{}.{name}", self.of), value))
    }

    /// A day without which there is no answer.
    ///
    /// # Errors
    /// When it is missing or none.
    pub fn needed_day(&self, name: &str) -> Result<Day, Fault> {
        let missing = || Fault::new(Code::MissingField, format!("{}.{name} is missing", self.of));
        self.day(name)?.ok_or_else(missing)
    }

    /// A text or a number as text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).and_then(text_of)
    }

    /// A count.
    ///
    /// # Errors
    /// When it is no whole number from 0 on.
    pub fn count(&self, name: &str) -> Result<u64, Fault> {
        let wrong =
            || Fault::new(Code::InvalidValue, format!("{}.{name} is a count from 0 on", self.of));
        self.value(name).map_or(Ok(0), |value| value.as_u64().ok_or_else(wrong))
    }
}

/// Whether a value says nothing: null, or an empty text.
pub fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A text, or a number or yes and no as text.
pub fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A day: `2015-07-31`, `20150731`, or an instant.
///
/// # Errors
/// When it is none.
pub fn read_day(name: &str, value: &Value) -> Result<Option<Day>, Fault> {
    let wrong = || Fault::new(Code::InvalidDate, format!("{name} is a day: YYYY-MM-DD"));
    if is_empty(value) {
        return Ok(None);
    }
    let text = text_of(value).ok_or_else(wrong)?;
    let day = text.parse().ok().or_else(|| Day::parse_from_str(&text, "%Y%m%d").ok());
    let day = day.filter(|_| text.len() == 10 || text.len() == 8);
    let day = day.or_else(|| instant(&text).map(day_of));
    day.map(Some).ok_or_else(wrong)
}

/// An instant, or a day without a time. A time without an offset is one of Asia/Shanghai; one to the
/// hour is that hour's start.
///
/// # Errors
/// When it is neither.
pub fn read_moment(name: &str, value: &Value) -> Result<Option<Moment>, Fault> {
    if let Some(instant) = text_of(value).as_deref().and_then(instant) {
        return Ok(Some(Moment::Exact(instant)));
    }
    let wrong = |_| {
        let message = format!("{name} is an instant: 2015-05-01T14:30:00+08:00, or a day");
        Fault::new(Code::InvalidDate, message)
    };
    Ok(read_day(name, value).map_err(wrong)?.map(Moment::Day))
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let text = text.replacen(' ', "T", 1);
    // Minutes with an offset, which RFC 3339 does not have; then local times, to the second, the
    // minute or the hour.
    if let Ok(instant) = DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M%:z") {
        return Some(instant.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
    let to_the_hour = || {
        let (day, hour) = text.split_once('T')?;
        let hour = Some(hour).filter(|hour| hour.len() == 2)?.parse().ok()?;
        day.parse::<Day>().ok()?.and_hms_opt(hour, 0, 0)
    };
    let local = local.or_else(to_the_hour)?;
    shanghai().from_local_datetime(&local).single().map(|instant| instant.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::day;

    #[test]
    fn days_and_instants_are_read_in_every_form_that_is_clear() {
        let read = |text: &str| read_day("x", &Value::from(text)).unwrap();
        for text in ["2015-07-31", "20150731", "2015-07-30T16:00:00Z", "2015-07-31T00:00"] {
            assert_eq!(read(text), Some(day("2015-07-31")), "{text}");
        }
        assert_eq!(read(""), None);
        for wrong in ["2015-02-30", "31.07.2015", "2015-7-31", "0", "2015"] {
            assert!(read_day("x", &Value::from(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_to_the_hour_is_the_hours_start_and_a_day_has_no_time() {
        let read = |text: &str| read_moment("x", &Value::from(text)).unwrap().unwrap();
        let two = Moment::Exact("2015-05-01T06:00:00Z".parse().unwrap());
        for text in [
            "2015-05-01T14",
            "2015-05-01 14",
            "2015-05-01 14:00",
            "2015-05-01T14:00:00+08:00",
            "2015-05-01T14:00+08:00",
            "2015-05-01T06:00:00Z",
        ] {
            assert_eq!(read(text), two, "{text}");
        }
        assert_eq!(read("2015-05-01"), Moment::Day(day("2015-05-01")));
    }
}
