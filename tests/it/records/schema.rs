//! `schema`: the definition of everything, or of what one role sees for one purpose.

use std::{collections::BTreeSet, fs, path::Path};

use async_graphql::parser::{parse_schema, types::TypeSystemDefinition};

use super::process::Installation;

fn types(text: &str) -> BTreeSet<String> {
    // This parser does not know yet that a schema may have a description (GraphQL §3.3).
    let text = &text[text.find("schema {").expect("a schema")..];
    let document = parse_schema(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let definitions = document.definitions.into_iter();
    definitions
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node.name.node.to_string()),
            _ => None,
        })
        .collect()
}

fn migrated() -> Installation {
    let installation = Installation::empty();
    installation.install();
    installation
}

#[test]
fn the_committed_schema_is_the_programs() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let committed = fs::read_to_string(committed).expect("schema.graphql is committed");
    let printed = Installation::empty().succeed(&["schema"]);
    assert!(
        committed == printed,
        "schema.graphql is not what `migrant-gateway schema` prints; \
         mend it with: migrant-gateway schema > schema.graphql"
    );
    assert!(types(&printed).contains("MaternalCareRecord"));
}

#[test]
fn a_vaccination_clinic_sees_cards_and_nothing_of_mothers() {
    let schema = migrated().succeed(&["schema", "--role", "HV", "--purpose", "P-IMM"]);
    let types = types(&schema);
    for present in ["Query", "Person", "ImmunizationCard", "ImmunizationDose"] {
        assert!(types.contains(present), "{types:?}");
    }
    assert!(!types.iter().any(|name| name.starts_with("Maternal")), "{types:?}");
    assert!(!schema.to_lowercase().contains("maternal"), "nor a field that leads there");
}

#[test]
fn a_finance_analyst_sees_counts_and_no_persons() {
    let installation = migrated();
    let schema = installation.succeed(&["schema", "--role", "FA"]);
    let types = types(&schema);
    assert!(!types.contains("Person"), "{types:?}");
    assert!(types.iter().any(|name| name.ends_with("Count")), "{types:?}");
    let long = ["schema", "--role", "finance.analyst", "--purpose", "P-FUND"];
    assert_eq!(installation.succeed(&long), schema);
}

#[test]
fn what_cannot_be_shown_is_said() {
    let installation = migrated();
    for (arguments, told) in [
        (&["--role", "HC"][..], "several purposes; name one of P-HR"),
        (&["--role", "HV", "--purpose", "P-FUND"], "P-FUND is not a purpose of HV"),
        (&["--role", "ZZ"], "not a role; the roles are HC"),
        (&["--role", "HC", "--purpose", "X"], "not a purpose; the purposes are P-RES"),
        (&["--purpose", "P-IMM"], "--role"),
    ] {
        let message = installation.fail(&[&["schema"], arguments].concat());
        assert!(message.contains(told), "{arguments:?}: {message}");
    }
    let message = Installation::empty().fail(&["schema", "--role", "FA"]);
    assert!(message.contains("migrant-gateway migrate"), "{message}");
}
