//! Which role has which list: by the file of worklists, and by no other way.

use std::collections::BTreeSet;

use migrant_gateway::{
    due,
    policy::{Purpose, Role},
    rules::worklist,
};

use crate::{
    graphql::site::Site,
    support::{CALLERS, backends, caller},
};

/// Lists of the file that have no items here, and why.
const NOT_HERE: [(&str, &str); 7] = [
    ("HIGH_RISK", "no field holds the plan yet"),
    ("SMD_HAND_OVER", "cases are not handed over yet"),
    ("QUALITY_FINDING", "findings come with the import"),
    ("DOUBTFUL_PAIR", "pairs come with the import"),
    ("BREAK_GLASS_REVIEW", "breakGlassEvents(unreviewed: true) is that list"),
    ("SUBJECT_REQUEST", "requests of persons are not kept yet"),
    ("CARD_LATE of HX", "no field of that kind tells when it was reported"),
];

/// The lists of a schema.
fn lists(sdl: &str) -> BTreeSet<String> {
    let Some((_, from)) = sdl.split_once("enum WorklistKind {") else { return BTreeSet::new() };
    let body = from.split('}').next().unwrap_or_default();
    let names = body.lines().map(str::trim).filter(|line| !line.is_empty());
    names.filter(|line| !line.starts_with('"')).map(str::to_owned).collect()
}

#[tokio::test]
async fn each_role_has_the_lists_of_the_file_for_its_purpose_and_no_others() {
    let site = Site::sqlite().await;
    let mut seen = BTreeSet::new();
    for (role, purpose) in CALLERS.iter() {
        let sdl = site.gateway.schema_of(&caller(*role, *purpose), None).unwrap();
        let found = lists(&sdl);
        let is_of =
            |list: &&worklist::Worklist| list.role == role.code() && list.purpose == purpose.code();
        let expected: BTreeSet<String> = worklist::all()
            .iter()
            .filter(is_of)
            .filter(|list| list.id == "SERVICE_DUE" || due::List::parse(&list.id).is_some())
            .filter(|list| (list.id.as_str(), list.role.as_str()) != ("CARD_LATE", "HX"))
            .map(|list| list.id.clone())
            .collect();
        assert_eq!(found, expected, "{role} {purpose}");
        assert_eq!(sdl.contains("worklist("), !expected.is_empty(), "{role} {purpose}");
        seen.extend(found);
    }
    // Every list of the file is served, or it is said why not.
    for list in worklist::all() {
        let is_named = NOT_HERE.iter().any(|(id, _)| id.split(' ').next() == Some(&*list.id));
        assert!(seen.contains(&list.id) || is_named, "{} is nowhere", list.id);
    }
}

#[tokio::test]
async fn a_list_of_others_is_no_value_of_the_callers() {
    for backend in backends("a_list_of_others_is_no_value") {
        let site = Site::new(backend).await;
        let ask = |kind: &str| format!("{{ worklist(kind: {kind}) {{ nodes {{ reasonCode }} }} }}");
        let clinician = caller(Role::HC, Purpose::Hr);
        for kind in ["SMD_FOLLOW_UP", "DOSE_DUE", "ANTENATAL_DUE", "NOTHING"] {
            let code = site.refusal(&clinician, &ask(kind)).await;
            assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{kind}");
        }
        for (role, purpose) in
            [(Role::PO, Purpose::Res), (Role::CW, Purpose::Res), (Role::SU, Purpose::Sar)]
        {
            let code = site.refusal(&caller(role, purpose), &ask("RECORD_DUE")).await;
            assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{role}");
        }
    }
}
