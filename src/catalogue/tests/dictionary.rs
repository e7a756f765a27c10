//! The catalogue against the data dictionary (数据字典): group, class, mask, type, owner and label of
//! every field. What differs on purpose stands in `differences.csv`, each with its reason; a
//! difference that is not there is an error, and so is one that is no difference any more.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Field, catalogue, export::type_name};

const DICTIONARY: &str = include_str!("../../../entity/data/dictionary.csv");
const DIFFERENCES: &str = include_str!("../../../entity/data/differences.csv");

/// A row of a file, by the names of its columns.
type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.unwrap()).collect()
}

/// What, attribute, in the catalogue, in the dictionary.
type Difference = (String, &'static str, String, String);

/// What the two say of a field that both have.
fn compare(field: &Field, row: &Row) -> Vec<Difference> {
    let spec = &field.spec;
    // What can be absent is for grants and scopes to say.
    let ty = type_name(spec.ty).replace('!', "");
    [
        ("label", spec.label_zh, "label_zh"),
        ("type", &ty, "type"),
        ("group", spec.group.code(), "field_group"),
        ("class", spec.class.code(), "sensitivity"),
        ("mask", spec.mask_style, "mask"),
        ("owner", spec.steward, "owner"),
    ]
    .into_iter()
    .filter(|(_, here, there)| *here != row[*there])
    .map(|(what, here, there)| (field.path(), what, here.to_owned(), row[there].clone()))
    .collect()
}

fn found() -> BTreeSet<Difference> {
    let dictionary = rows(DICTIONARY);
    let mut all = BTreeSet::new();
    // The history of a row is of no kind in particular, and the dictionary does not repeat it.
    let history = ["sourceSystem", "collectedBy", "collectedAt", "recordedAt", "updatedAt"];
    for field in catalogue().fields() {
        let kind = catalogue().kind(field.kind).name;
        let row =
            dictionary.iter().find(|row| row["entity"] == kind && row["field"] == field.spec.name);
        match row {
            Some(row) => all.extend(compare(field, row)),
            None if history.contains(&field.spec.name) => {}
            None => _ = all.insert((field.path(), "field", "shown".to_owned(), String::new())),
        }
    }
    for row in &dictionary {
        let named = || "named".to_owned();
        match catalogue().kind_named(&row["entity"]) {
            None => _ = all.insert((row["entity"].clone(), "kind", String::new(), named())),
            Some(kind) if catalogue().field_named(kind.id, &row["field"]).is_none() => {
                let path = format!("{}.{}", kind.name, row["field"]);
                all.insert((path, "field", String::new(), named()));
            }
            Some(_) => {}
        }
    }
    all
}

#[test]
fn the_catalogue_says_what_the_data_dictionary_says_or_why_not() {
    let mut known = BTreeSet::new();
    let attributes = ["class", "field", "group", "kind", "label", "mask", "owner", "type"];
    for row in rows(DIFFERENCES) {
        let attribute = attributes.into_iter().find(|attribute| row["attribute"] == *attribute);
        let attribute = attribute.unwrap_or_else(|| panic!("no attribute: {row:?}"));
        assert!(row["reason"].len() > 10, "no reason: {row:?}");
        let (here, there) = (row["catalogue"].clone(), row["dictionary"].clone());
        assert!(known.insert((row["what"].clone(), attribute, here, there)), "twice: {row:?}");
    }
    let found = found();
    let unnamed: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(
        unnamed.is_empty(),
        "mend the entity, or name the difference with its reason in entity/data/differences.csv: \
         {unnamed:#?}"
    );
    assert!(gone.is_empty(), "no differences any more; take them out: {gone:#?}");
}

#[test]
fn the_data_dictionary_names_each_field_once() {
    let mut seen = BTreeSet::new();
    for row in rows(DICTIONARY) {
        let path = format!("{}.{}", row["entity"], row["field"]);
        assert!(seen.insert(path.clone()), "{path} stands twice");
        assert!(entity::sharing::Group::parse(&row["field_group"]).is_some(), "{path}");
    }
}
