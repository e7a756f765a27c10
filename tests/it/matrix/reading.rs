//! The columns that one role may have read and compared, by the files of the policy.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use entity::sharing::{Computed, Department, Finished, Mask};
use migrant_gateway::{
    auth::Caller,
    catalogue::{Field, Kind, Source, catalogue},
};

use super::oracle::{Openness, Oracle, Place};

/// Columns as `table.column`.
pub type Columns = BTreeSet<String>;

/// Where departments' own values stand, and by which key: by kind.
pub static BESIDE: LazyLock<HashMap<&str, (&str, &str)>> = LazyLock::new(|| {
    HashMap::from([
        ("Person", ("person_collected", "person_id")),
        (
            "ResidenceRegistration",
            ("residence_registration_collected", "residence_registration_id"),
        ),
    ])
});

pub struct Reading {
    pub caller: Caller,
    pub oracle: Oracle,
}

/// Columns of the table of a kind.
pub fn of(kind: &Kind, columns: &[&str]) -> Columns {
    columns.iter().map(|column| format!("{}.{column}", kind.table)).collect()
}

/// The keys of a row and of its person.
pub fn keys(kind: &Kind) -> Columns {
    of(kind, &["id"].into_iter().chain(kind.person()).collect::<Vec<_>>())
}

impl Reading {
    /// The columns a field's value is read from, at the level it is open.
    pub fn inputs(&self, field: &Field) -> Columns {
        let kind = catalogue().kind(field.kind);
        let is_masked = self.oracle.field(field) == Openness::Masked;
        match (self.oracle.mask(field), field.source) {
            (
                Mask::Coarser(coarser) | Mask::OrganizationKind(coarser) | Mask::StreetOf(coarser),
                _,
            ) if is_masked => of(kind, &[coarser]),
            (_, Source::Column(column)) => {
                let mut read = of(kind, &[column]);
                let inputs: Vec<_> = [column].into_iter().chain(field.spec.names_person).collect();
                read.extend(self.own_value(field, &inputs));
                if let Some(person) = field.spec.names_person {
                    // Who is named is shown where its own name may be.
                    read.extend(of(kind, &[person]));
                    read.extend(self.named());
                }
                read
            }
            (_, Source::Finished(Finished::Parts(parts))) => {
                let readable = parts.iter().filter(|(_, group)| {
                    *group == field.spec.group
                        || self.oracle.group(group.code()).0 == Openness::Full
                });
                of(kind, &readable.map(|(column, _)| *column).collect::<Vec<_>>())
            }
            (_, Source::Computed(Computed::Generalized { name, .. }))
                if field.spec.is_whole_to_the_person && self.oracle.role == "SU" =>
            {
                of(kind, &[name])
            }
            (_, source) => {
                let inputs = source.columns();
                let mut read = of(kind, &inputs);
                read.extend(self.own_value(field, &inputs));
                read
            }
        }
    }

    /// What is read of a value beside that of the row, where the caller sees what its own department
    /// collected: the department's own, and by what it is found.
    fn own_value(&self, field: &Field, columns: &[&str]) -> Columns {
        let kind = catalogue().kind(field.kind);
        if !self.may_stand_beside(field) {
            return Columns::new();
        }
        let (table, record) = BESIDE[kind.name];
        let collector = field.spec.collector.unwrap_or("collecting_department");
        let mut all = of(kind, &["id", collector, "collectors_beside"]);
        let found_by = [record, "collecting_department", "replaced_at"];
        let beside = columns.iter().chain(&found_by).map(|column| format!("{table}.{column}"));
        all.extend(beside);
        all
    }

    /// Whether a department's own value may stand beside the row that the caller sees: of what several
    /// departments collect, but for the police's, whose values are those that are shown. A telephone number
    /// is each department's own.
    pub fn may_stand_beside(&self, field: &Field) -> bool {
        let kind = catalogue().kind(field.kind).name;
        let is_own = ["o", "x"].contains(&self.oracle.group(field.spec.group.code()).1);
        let is_police = self.caller.role.department() == Department::Police;
        let names = ["phone", "phoneCollectedBy", "phoneCollectedAt", "phoneUpdatedAt", "hasPhone"];
        is_own
            && match kind {
                "Person" => !is_police || names.contains(&field.spec.name),
                "ResidenceRegistration" => !is_police,
                _ => false,
            }
    }

    /// The columns that tell whether the name of a further person may be shown.
    fn named(&self) -> Columns {
        let person = catalogue().kind_named("Person").expect("there are persons");
        let mut read = self.scopes(person, catalogue().field_named(person.id, "name"));
        if self.oracle.group("G02").1 == "b" {
            // The patient of an emergency lives anywhere.
            read.remove("person.residence_unit_id");
        }
        read
    }

    /// The columns that row scopes of these fields compare.
    pub fn scopes<'f>(&self, kind: &Kind, fields: impl IntoIterator<Item = &'f Field>) -> Columns {
        let mut all = keys(kind);
        // Rows of a unit are bounded by it.
        all.extend(of(kind, &kind.subject.column().into_iter().collect::<Vec<_>>()));
        all.extend(["person.id", "person.residence_unit_id"].map(str::to_owned));
        if kind.name == "AccessEvent" {
            // The persons of the record, by whose index its rows are found.
            all.extend(of(kind, &["subjects"]));
        }
        if !self.oracle.names_persons() && kind.name == "ResidenceRegistration" {
            all.insert("residence_registration.departure_date".to_owned());
        }
        all.extend(match kind.name {
            // What is told later, and what tells a guardian of something closed.
            "AccessEvent" if self.oracle.role == "SU" => {
                of(kind, &["protected", "at", "subject_visible_from", "fields"])
            }
            "AccessEvent" => of(kind, &["protected"]),
            "Consent" => of(kind, &["field_group"]),
            "Survey" => of(kind, &["instrument"]),
            _ => Columns::new(),
        });
        if !self.oracle.covers_minors {
            all.insert("person.birth_date".to_owned());
        }
        for field in fields {
            let parts: &[_] = match field.source {
                Source::Finished(Finished::Parts(parts)) => parts,
                _ => &[],
            };
            let of_parts = parts.iter().map(|(_, group)| group.code());
            let collector = field.spec.collector.unwrap_or("collecting_department");
            if self.may_stand_beside(field) {
                all.extend(of(kind, &["collectors_beside"]));
            }
            for group in of_parts.chain([field.spec.group.code()]) {
                all.extend(scope_columns(kind, self.oracle.group(group).1, collector));
                if self.oracle.in_emergency(group) {
                    all.extend(scope_columns(kind, "b", collector));
                }
            }
        }
        all
    }

    /// The fields of a kind that may stand at a place.
    pub fn fields_at(&self, kind: &Kind, place: Place) -> Vec<&'static Field> {
        let fields = catalogue().fields_of(kind.id);
        fields.filter(|field| self.oracle.may(field, place)).collect()
    }
}

fn scope_columns(kind: &Kind, scope: &str, collector: &str) -> Columns {
    let facts: &[&str] = match scope {
        "c" => &[
            "caseload.person_id",
            "caseload.organization_id",
            "caseload.started_on",
            "caseload.ended_on",
        ],
        "k" => &[
            "consent.person_id",
            "consent.recipient_department",
            "consent.purpose",
            "consent.field_group",
            "consent.given_at",
            "consent.expires_at",
            "consent.withdrawn_at",
        ],
        "s" => &[
            "household_member.person_id",
            "household_member.guardian_person_id",
            "person.birth_date",
            "guardian_closing.person_id",
            "guardian_closing.field_group",
            "guardian_closing.closed_at",
            "guardian_closing.valid_until",
            "guardian_closing.reopened_at",
        ],
        "b" => &[
            "break_glass.person_id",
            "break_glass.subject",
            "break_glass.issuer",
            "break_glass.role",
            "break_glass.organization_id",
            "break_glass.issuer",
            "break_glass.opened_at",
            "break_glass.expires_at",
            "break_glass.closed_at",
        ],
        "o" | "x" => return of(kind, &[collector]),
        _ => &[],
    };
    facts.iter().map(|column| (*column).to_owned()).collect()
}
