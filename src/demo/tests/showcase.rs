use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{everything, options, today, units};
use crate::demo::{Kind, draft::latest, in_force, organizations};

#[test]
fn the_first_district_shows_every_caseload_and_every_recipient() {
    let all = everything(options(2_000, 20_151_120));
    let units = units();
    let here: HashSet<i64> = all
        .residence_registrations
        .iter()
        .filter(|row| {
            row.departure_date.is_none() && row.admin_unit_code.as_deref() == Some("220102")
        })
        .map(|row| row.person_id)
        .collect();
    assert!(here.len() * 100 >= all.persons.len() * 8, "only {} live there", here.len());
    let offices = organizations(&in_force(&units, today()));
    let kind_of = |id: i64| &offices.iter().find(|office| office.id == id).unwrap().code[..];
    let open: BTreeSet<&str> = all
        .caseloads
        .iter()
        .filter(|row| here.contains(&row.person_id) && row.ended_on.is_none())
        .map(|row| kind_of(row.organization_id))
        .collect();
    use Kind::*;
    for kind in [Chc, Fpo, Vac, Mch, Cdc, Stg, Smd, Ems, Str, Cao, Grd, Mwc, Soc] {
        assert!(open.contains(&*format!("220102-{}", kind.code())), "{kind:?}");
    }
    assert!(open.contains("220000-DPO"));
    let mut recipients = BTreeMap::<(&str, &str), usize>::new();
    for consent in all.consents.iter().filter(|row| here.contains(&row.person_id)) {
        let lasting =
            consent.expires_at.unwrap() > latest(today()) && consent.withdrawn_at.is_none();
        let recipient = (&*consent.recipient_department, &*consent.purpose);
        *recipients.entry(recipient).or_default() += usize::from(lasting);
    }
    for recipient in [
        ("migrant_workers", "P-EMP"),
        ("migrant_workers", "P-HE"),
        ("social", "P-LB"),
        ("health", "P-HR"),
        ("governance", "P-REF"),
        ("civil_affairs", "P-SA"),
    ] {
        assert!(recipients.get(&recipient).is_some_and(|rows| *rows > 0), "{recipient:?}");
    }
    let collected = |department: &str, by: fn(&entity::person::Model) -> Option<&str>| {
        all.persons.iter().filter(|row| by(row) == Some(department)).count() as f64
            / all.persons.len() as f64
    };
    assert!(collected("civil_affairs", |row| row.phone_collected_by.as_deref()) > 0.15);
    assert!((0.6..0.8).contains(&collected("police", |row| Some(&row.collecting_department))));
}

#[test]
fn organizations_are_one_of_each_kind() {
    let offices = organizations(&in_force(&units(), today()));
    let codes: BTreeSet<&str> = offices.iter().map(|office| &*office.code).collect();
    assert_eq!(offices.len(), 9 * 16 + 2);
    assert_eq!(codes.len(), offices.len());
    assert!(codes.contains("JL-CBS-PSB") && codes.contains("220000-AUD"));
    assert!(!codes.contains("220181-CHC"));
}
