//! The organization of an access is generalized to those who oversee the log, and whole to the person.

use std::collections::BTreeSet;

use migrant_gateway::{
    auth::Caller,
    policy::{Purpose, Role},
};

use crate::{
    records::trail::{follow, query},
    support::{World, ask, backends, caller},
};

#[tokio::test(flavor = "multi_thread")]
async fn who_oversees_the_log_sees_what_sort_of_organization_looked_and_the_person_which() {
    let test = "who_oversees_the_log_sees_what_sort_of_organization_looked_and_the_person_which";
    for backend in backends(test) {
        let world = World::new(backend).await;
        let gateway = world.gateway().await;
        let mut persons = BTreeSet::new();
        for organization in ["220102-CHC", "220102-SMD"] {
            let organization = Some(organization.to_owned());
            let clinician = Caller { organization, ..caller(Role::HC, Purpose::Hr) };
            let list = query("{ persons(first: 20) { nodes { name } } }");
            let seen = follow(&world.db, &gateway, &clinician, None, list).await;
            assert_eq!(seen.record.decision, "allowed", "{}", seen.answer);
            persons = seen.subjects;
        }
        let of_log = |answer: &serde_json::Value| -> BTreeSet<String> {
            let nodes = answer["data"]["accessEvents"]["nodes"].as_array();
            let nodes = nodes.unwrap_or_else(|| panic!("{answer}")).iter();
            nodes.filter_map(|node| node["organization"].as_str().map(str::to_owned)).collect()
        };
        let log = "{ accessEvents(first: 100) { nodes { organization } } }";
        // Of the mental health clinic not even its sort.
        let auditor = caller(Role::AU, Purpose::Aud);
        let shown = of_log(&ask(&gateway, &auditor, log).await);
        let expected = ["community_health_centre", "clinic"].map(str::to_owned);
        assert_eq!(shown, BTreeSet::from(expected), "{backend:?}");

        let herself = Caller { person: persons.first().copied(), ..caller(Role::SU, Purpose::Sar) };
        let shown = of_log(&ask(&gateway, &herself, log).await);
        let looked: BTreeSet<String> = ["220102-CHC", "220102-SMD"].map(str::to_owned).into();
        assert!(looked.is_subset(&shown), "{shown:?}");
        let found = "{ accessEvents(first: 100, where: { organization: { eq: \"220102-SMD\" } }) \
                     { nodes { organization } } }";
        let found = of_log(&ask(&gateway, &herself, found).await);
        assert_eq!(found, BTreeSet::from(["220102-SMD".to_owned()]));
    }
}
