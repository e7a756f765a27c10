//! The names of kinds and fields that cases are given in: those of the data dictionary, and the few
//! that a question needs beside them.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::table;

/// A field of the dictionary.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its class, C0 to C4; several where items differ.
    pub class: String,
    /// The department whose value stands.
    pub owner: String,
}

/// What each row says about itself.
const ENVELOPE: [&str; 4] = ["collectedAt", "collectedBy", "recordedAt", "updatedAt"];

/// Kinds and fields beside the dictionary's: kind, field, class, owner.
///
/// A card says with which unit it is, as a record does by `managingOrg`. The hand-over of a case and
/// the question itself (`unit`, `field`) are no records.
const BESIDE: [(&str, &str, &str, &str); 10] = [
    ("ImmunizationCard", "managingOrg", "C2", "卫生计生"),
    ("InfectiousDiseaseReport", "freeTreatmentEnrolled", "C3", "卫生计生"),
    ("CaseHandOver", "sender", "C1", "gateway"),
    ("CaseHandOver", "receiver", "C1", "gateway"),
    ("CaseHandOver", "proposedOn", "C1", "gateway"),
    ("CaseHandOver", "acceptedOn", "C1", "gateway"),
    ("CaseHandOver", "sentBackOn", "C1", "gateway"),
    ("ResidenceNotice", "accepted", "C1", "gateway"),
    ("Question", "unit", "C1", "gateway"),
    ("Question", "field", "C1", "gateway"),
];

/// Short names of kinds that nothing else is called.
const SHORT: [(&str, &str); 7] = [
    ("residence", "ResidenceRegistration"),
    ("hukou", "HouseholdRegistration"),
    ("permit", "ResidencePermit"),
    ("card", "ImmunizationCard"),
    ("dose", "ImmunizationDose"),
    ("notice", "ResidenceNotice"),
    ("handOver", "CaseHandOver"),
];

type Kinds = BTreeMap<String, BTreeMap<String, Field>>;

static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    let mut kinds = Kinds::new();
    let mut add = |kind: &str, field: &str, class: &str, owner: &str| {
        let field_of = Field { class: class.to_owned(), owner: owner.to_owned() };
        kinds.entry(kind.to_owned()).or_default().entry(field.to_owned()).or_insert(field_of);
    };
    for row in table::rows(include_str!("../../entity/data/dictionary.csv")) {
        add(&row[0], &row[2], &row[7], &row[9]);
    }
    for (kind, field, class, owner) in BESIDE {
        add(kind, field, class, owner);
    }
    kinds
});

/// The kind that a name stands for: the dictionary's, in the plural or singular, with a small or a
/// capital letter first.
pub fn kind(name: &str) -> Option<&'static str> {
    let is = |kind: &str| {
        let plural = kind.strip_suffix('y').map(|stem| format!("{stem}ies"));
        name.eq_ignore_ascii_case(kind)
            || name.strip_suffix('s').is_some_and(|name| name.eq_ignore_ascii_case(kind))
            || plural.is_some_and(|plural| name.eq_ignore_ascii_case(&plural))
    };
    let short = SHORT.iter().find(|(short, _)| is(short)).map(|(_, kind)| *kind);
    short.or_else(|| KINDS.keys().map(String::as_str).find(|kind| is(kind)))
}

/// A field of a kind.
pub fn field(kind: &str, name: &str) -> Option<&'static Field> {
    KINDS.get(kind)?.get(name)
}

/// Whether a row of a kind may have a field: one of its own, or one that tells where a row is from.
pub fn has(kind: &str, name: &str) -> bool {
    field(kind, name).is_some() || (ENVELOPE.contains(&name) && KINDS.contains_key(kind))
}

/// The fields of a kind, in order.
pub fn fields(kind: &str) -> impl Iterator<Item = &'static str> {
    let own = KINDS.get(kind).into_iter().flatten().map(|(name, _)| name.as_str());
    own.chain(ENVELOPE)
}

/// The kinds that have a field.
pub fn kinds_with(name: &str) -> Vec<&'static str> {
    KINDS.keys().map(String::as_str).filter(|kind| has(kind, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_by_the_dictionarys_name_in_any_number() {
        for name in ["ResidenceRegistration", "residenceRegistrations", "residences"] {
            assert_eq!(kind(name), Some("ResidenceRegistration"), "{name}");
        }
        assert_eq!(kind("facilities"), Some("Facility"));
        assert_eq!(kind("resident"), None);
    }

    #[test]
    fn fields_are_the_dictionarys() {
        assert!(has("Person", "birthDate") && has("ResidencePermit", "permitStatus"));
        assert_eq!(field("MaternalCareRecord", "lmpDate").unwrap().class, "C4");
        assert_eq!(kinds_with("hukouRegionCode"), ["HouseholdRegistration"]);
        assert!(!has("Person", "shoeSize"));
    }
}
