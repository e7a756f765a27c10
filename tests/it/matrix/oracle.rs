//! What the files of the policy and the floors say, worked out without the policy's own code.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::sharing::{Class, Mask, Type};
use migrant_gateway::{
    catalogue::{Field, Kind, Source, catalogue},
    policy::{Purpose, Role},
};

use crate::support::{demo_request, world::noon};

const GRANTS: &str = include_str!("../../../migration/data/grants.csv");
const ROLES: &str = include_str!("../../../migration/data/roles.csv");
const PURPOSES: &str = include_str!("../../../migration/data/purpose_groups.csv");
const LAWS: &str = include_str!("../../../migration/data/legal_bases.csv");
const FURTHER_LAWS: &str = include_str!("../../../migration/data/legal_bases_2.csv");

/// Content that never leaves health roles and the person.
const PROTECTED: [&str; 4] = ["G16", "G18", "G20", "G21"];

/// What no emergency opens.
const CLOSED_IN_EMERGENCIES: [&str; 2] = ["G18", "G20"];

/// What an aid case is of no use without.
const OF_AID_CASES: [&str; 6] = ["G01", "G02", "G03", "G04", "G06", "G08"];

/// Those who count and see no persons but in their department's own log.
const ANALYSTS: [&str; 5] = ["HA", "PA", "GC", "MC", "FA"];

/// Where in a document a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Selected,
    Filtered,
    Ordered,
    Counted,
}

impl Place {
    pub const ALL: [Place; 4] = [Place::Selected, Place::Filtered, Place::Ordered, Place::Counted];
}

/// How much of a field is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Openness {
    Closed,
    Counts,
    YesNo,
    Masked,
    Full,
}

/// What one role may see for one purpose.
pub struct Oracle {
    pub role: &'static str,
    purpose: &'static str,
    pub covers_minors: bool,
    /// Groups of which an emergency access that is open reaches rows.
    emergencies: HashSet<&'static str>,
    groups: HashMap<&'static str, (Openness, &'static str)>,
}

type Row = HashMap<&'static str, &'static str>;

/// The rows of a file of the policy; a quoted cell holds no quotes.
fn rows(text: &'static str) -> Vec<Row> {
    assert!(!text.contains("\"\""), "a cell holds a quote");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines.map(|line| header.iter().copied().zip(cells(line)).collect()).collect()
}

fn cells(line: &'static str) -> Vec<&'static str> {
    let (mut cells, mut rest) = (Vec::new(), line);
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').expect("the quote ends"),
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return cells,
        }
    }
}

fn row(text: &'static str, column: &str, value: &str) -> Row {
    rows(text).into_iter().find(|row| row[column] == value).expect("the files fit together")
}

impl Openness {
    /// A field that opens no row of anybody is closed, whether or not it could be counted.
    fn max_of_rows(self) -> Openness {
        if self < Openness::Masked { Openness::Closed } else { self }
    }
}

fn field_named(kind: &str, name: &str) -> &'static Field {
    let kind = catalogue().kind_named(kind).expect("the kind exists");
    catalogue().field_named(kind.id, name).expect("the field exists")
}

impl Oracle {
    pub fn of(role: Role, purpose: Purpose) -> Oracle {
        let role_row = row(ROLES, "code", role.code());
        let needed: HashMap<&str, Row> = rows(PURPOSES)
            .into_iter()
            .filter(|row| row["purpose"] == purpose.code())
            .filter(|row| row["roles"].split(';').any(|code| code == role.code()))
            .map(|row| (row["group"], row))
            .collect();
        assert!(!needed.is_empty(), "every role here asks for a purpose of its own");
        let cells = || rows(GRANTS).into_iter().filter(|cell| cell["role"] == role.code());
        let groups = cells()
            .map(|cell| {
                let needed = needed.get(cell["group"]);
                let open = needed
                    .map_or((Openness::Closed, ""), |needed| group(role, &cell, &role_row, needed));
                (cell["group"], open)
            })
            .collect();
        let emergencies = cells()
            .filter(|_| purpose.code() == "P-ETR")
            .filter(is_opened_by_emergency)
            .map(|cell| cell["group"])
            .collect();
        Oracle {
            role: role_row["code"],
            purpose: purpose.code(),
            covers_minors: role_row["covers_minors"] == "true",
            emergencies,
            groups,
        }
    }

    /// Whether an emergency access that is open reaches rows of a group.
    pub fn in_emergency(&self, code: &str) -> bool {
        self.emergencies.contains(code) && self.group(code).0 >= Openness::YesNo
    }

    /// What is open of a whole group, and the letter of its scope.
    pub fn group(&self, code: &str) -> (Openness, &'static str) {
        self.groups[code]
    }

    /// What is open of a field.
    pub fn field(&self, field: &Field) -> Openness {
        let spec = &field.spec;
        let open = self.alone(field);
        let mask = self.mask(field);
        let is_crowd = !self.names_persons() && mask == Mask::Redact;
        if open == Openness::YesNo && is_crowd && self.group(spec.group.code()).0 > open {
            return Openness::Closed;
        }
        if open < Openness::Masked {
            return open;
        }
        if spec.is_provenance {
            return self.history(field, open);
        }
        if ["guardianOf", "emergencyContact", "caregiver"].contains(&spec.name) {
            return open.min(self.named("Person", "name")).max_of_rows();
        }
        let is_masked_away = matches!(mask, Mask::Redact | Mask::AggregateOnly);
        if open == Openness::Masked && is_masked_away { Openness::Closed } else { open }
    }

    /// Whether anybody is known by name or number: where nobody is, masks are coarser.
    pub fn names_persons(&self) -> bool {
        // Names, numbers, telephones, addresses of both sorts.
        ["G02", "G03", "G06", "G07", "G08"]
            .iter()
            .any(|group| self.group(group).0 == Openness::Full)
    }

    /// What is left of a field at `masked`.
    pub fn mask(&self, field: &Field) -> Mask {
        field.spec.coarse.filter(|_| !self.names_persons()).unwrap_or(field.spec.mask)
    }

    fn named(&self, kind: &str, name: &str) -> Openness {
        self.field(field_named(kind, name))
    }

    /// The history of a row beside the dates of its kind: not finer than the coarsest of them.
    fn history(&self, field: &Field, open: Openness) -> Openness {
        let spec = &field.spec;
        if spec.ty != Type::DateTime {
            let is_closed = !self.names_persons() || spec.mask == Mask::Redact;
            return match open {
                Openness::Masked if is_closed => Openness::Closed,
                Openness::Full if !self.names_persons() => Openness::Closed,
                other => other,
            };
        }
        let dates: Vec<&Field> = catalogue()
            .fields_of(field.kind)
            .filter(|other| !other.spec.is_provenance)
            .filter(|other| matches!(other.spec.ty, Type::Date | Type::DateTime))
            .collect();
        let hidden = |date: &&Field| (self.alone(date) != Openness::Full).then(|| self.mask(date));
        let masks: Vec<Mask> = dates.iter().filter_map(hidden).collect();
        let shown = |mask: &Mask| matches!(mask, Mask::Year | Mask::Quarter | Mask::YearMonth);
        let is_nothing = |mask: &Mask| matches!(mask, Mask::Redact | Mask::AggregateOnly);
        let is_crowd = !self.names_persons();
        let birth = field_named("Person", "birthDate");
        match open {
            _ if masks.contains(&Mask::AgeBand) => Openness::Closed,
            _ if is_crowd && masks.iter().any(is_nothing) => Openness::Closed,
            _ if is_crowd && masks.iter().any(shown) && spec.coarse.is_some() => Openness::Closed,
            _ if masks.iter().any(shown) => Openness::Masked,
            Openness::Masked if dates.is_empty() => match self.alone(birth) {
                Openness::Full => Openness::Masked,
                _ if self.mask(birth) == Mask::AgeBand => Openness::Closed,
                _ => Openness::Masked,
            },
            Openness::Masked if self.mask(field) == Mask::Redact => Openness::Closed,
            other => other,
        }
    }

    /// What is open of a field by its own grant, whatever stands beside it.
    fn alone(&self, field: &Field) -> Openness {
        let spec = &field.spec;
        let of_group = self.group(spec.group.code()).0;
        let is_yes_no = spec.ty == Type::Boolean && spec.mask == Mask::Predicate;
        let is_masked_away = matches!(spec.mask, Mask::Redact | Mask::AggregateOnly);
        if spec.class == Class::C4 && !sees_protected(self.role) {
            return Openness::Closed;
        }
        let alone: &[&str] = match spec.name {
            "contraindication" => &["HV", "SU"],
            "birthDefect" => &["HM", "SU"],
            "maritalChildbearingCert" => &["SU"],
            // Of a card itself who reports and who counts; to others that there is one says enough.
            "reportCategory" | "reportedAt" | "timely"
                if kind_of(field) == "StigmatizedDiseaseReport" =>
            {
                &["HA", "HI", "HX", "SU"]
            }
            _ => &[],
        };
        if !alone.is_empty() && !alone.contains(&self.role) {
            return Openness::Closed;
        }
        // Who prevents the infection of a newborn reads the results, and under that purpose alone.
        let is_prevented = ["pmtctHiv", "pmtctSyphilis", "pmtctHepB"].contains(&spec.name);
        if (self.role, self.purpose) == ("HM", "P-MCH") && is_prevented {
            return Openness::Full;
        }
        if tells_of_unit(field) {
            let is_public =
                spec.class == Class::C0 || ["Survey", "Indicator"].contains(&kind_of(field));
            return match (of_group, self.group(spec.group.code()).1) {
                // Of what is public or counted already there is nothing to count.
                (Openness::Counts, _) if is_public => Openness::Full,
                (Openness::Counts, _) => Openness::Counts,
                // Of persons alone.
                (_, "s" | "b") => Openness::Closed,
                (Openness::YesNo, _) => Openness::Closed,
                (Openness::Masked, _) if is_masked_away => Openness::Closed,
                (other, _) => other,
            };
        }
        match of_group {
            Openness::YesNo | Openness::Masked if is_yes_no => Openness::YesNo,
            Openness::YesNo => Openness::Closed,
            Openness::Masked if is_masked_away => Openness::Closed,
            other => other,
        }
    }

    /// Of which rows a field is shown: by scope, whether minors are among them, whether emergencies reach them.
    pub fn rows(&self, field: &Field) -> (&'static str, bool, bool) {
        let group = field.spec.group.code();
        match (tells_of_unit(field), self.group(group).1) {
            (true, "x") => ("x", true, false),
            // The own unit stands in the place of caseloads, of own collection and of consent.
            (true, _) => ("j", true, false),
            (false, scope) => (scope, self.covers_minors, self.in_emergency(group)),
        }
    }

    /// Whether a field may stand at a place.
    pub fn may(&self, field: &Field, place: Place) -> bool {
        let open = self.field(field);
        fits(field, place)
            && match place {
                Place::Selected => open >= Openness::YesNo,
                Place::Filtered => {
                    matches!(open, Openness::YesNo | Openness::Full) || self.is_searched(field)
                }
                Place::Ordered => open == Openness::Full || self.is_searched(field),
                Place::Counted => {
                    matches!(open, Openness::Counts | Openness::YesNo | Openness::Full)
                }
            }
    }

    /// What the auditor finds accesses by, although its log is masked: these have no mask.
    fn is_searched(&self, field: &Field) -> bool {
        self.role == "AU"
            && ["AccessEvent.at", "AccessEvent.department", "AccessEvent.purpose"]
                .contains(&field.path().as_str())
            && self.field(field) == Openness::Masked
    }

    /// Whether anything of a kind may be seen.
    pub fn shows(&self, kind: &Kind) -> bool {
        catalogue().fields_of(kind.id).any(|field| self.may(field, Place::Selected))
    }
}

fn kind_of(field: &Field) -> &'static str {
    catalogue().kind(field.kind).name
}

/// Whether a field is of a kind that tells of a unit and of nobody.
pub fn tells_of_unit(field: &Field) -> bool {
    let kinds = [
        "HealthEducationEvent",
        "Facility",
        "ImmunizationCampaign",
        "OutbreakEvent",
        "Survey",
        "Indicator",
        "DataExchangeBatch",
    ];
    kinds.contains(&kind_of(field))
}

fn is_in_force(law: &Row) -> bool {
    let instant = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    let ended = law["in_force_until"];
    instant(law["in_force_from"]) <= noon() && (ended.is_empty() || noon() < instant(ended))
}

fn sees_protected(role: &str) -> bool {
    role == "SU" || row(ROLES, "code", role)["department"] == "卫生计生"
}

/// How much a word of the files opens.
fn openness(decision: &str) -> Openness {
    match decision {
        "none" => Openness::Closed,
        "aggregate" => Openness::Counts,
        "predicate" => Openness::YesNo,
        "masked" => Openness::Masked,
        // Of purposes: no cap.
        "full" | "" => Openness::Full,
        other => panic!("an unknown decision: {other}"),
    }
}

fn group(role: Role, cell: &Row, role_row: &Row, needed: &Row) -> (Openness, &'static str) {
    let closed = (Openness::Closed, "");
    let code = cell["group"];
    let law_code = needed["legal_basis_code"];
    let law = [LAWS, FURTHER_LAWS].into_iter().flat_map(rows);
    let law = law.into_iter().find(|law| law["code"] == law_code).expect("a law");
    assert!(is_in_force(&law), "{law_code} is in force");
    if PROTECTED.contains(&code) && !sees_protected(role_row["code"]) {
        return closed;
    }
    let open = openness(cell["decision"]).min(openness(needed["max_level"]));
    match open {
        Openness::Closed => return closed,
        Openness::Counts => return (open, ""),
        _ => {}
    }
    let purpose = needed["purpose"];
    let scope = match (role_row["code"], purpose) {
        // By consent; never a caseload that somebody else filled.
        ("GG", _) => "k",
        // The auditor's unit.
        ("AU", _) => "j",
        ("HE", "P-EMA") if OF_AID_CASES.contains(&code) => "c",
        _ => cell["row_scope"],
    };
    let is_analyst_abroad = ANALYSTS.contains(&role_row["code"]) && code != "G30";
    if law["instrument"] == "policy" || is_analyst_abroad {
        return closed;
    }
    let request = demo_request(role);
    let reaches_rows = match scope {
        // What the own department collected; batches of others are not there yet.
        "j" | "o" | "k" | "x" => true,
        "c" => request.organization.is_some(),
        "s" => request.person.is_some(),
        "b" => purpose == "P-ETR" && request.organization.is_some() && is_opened_by_emergency(cell),
        "" | "+e" => false,
        other => panic!("an unknown scope: {other}"),
    };
    if reaches_rows { (open, scope) } else { closed }
}

/// Whether an emergency opens a cell: the emergency clinician's as it stands; of community and mental
/// health clinicians what is in full theirs within the caseload.
fn is_opened_by_emergency(cell: &Row) -> bool {
    !CLOSED_IN_EMERGENCIES.contains(&cell["group"])
        && match cell["row_scope"] {
            "b" => true,
            "c" => ["HC", "HP"].contains(&cell["role"]) && cell["decision"] == "full",
            _ => false,
        }
}

/// Whether a field could stand at a place by its type, whoever asks.
pub fn fits(field: &Field, place: Place) -> bool {
    use Type::*;
    let is_computed_outside = matches!(field.source, Source::Finished(_));
    let ty = field.spec.ty;
    match place {
        Place::Selected => true,
        Place::Filtered => {
            !is_computed_outside && matches!(ty, String | Code | Boolean | Int | Date | DateTime)
        }
        Place::Ordered => {
            matches!(field.source, Source::Column(_))
                && !["guardianOf", "caregiver"].contains(&field.spec.name)
                && matches!(ty, String | Code | Int | Date | DateTime)
        }
        Place::Counted => {
            let is_sum = ["Survey", "Indicator"].contains(&kind_of(field));
            !is_computed_outside && matches!(ty, Code | Boolean) && !is_sum
        }
    }
}

#[test]
fn no_role_holds_a_masked_identity_number() {
    // So the floor on masks that identify together has nothing to close in the policy's matrix.
    let masked = rows(GRANTS)
        .into_iter()
        .find(|cell| cell["group"] == "G03" && cell["decision"] == "masked");
    assert_eq!(masked, None);
}
