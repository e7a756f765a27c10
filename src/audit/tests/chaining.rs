//! The pure functions of the chain.

use entity::access_record::Model;

use super::super::chain::{ChainKey, GENESIS, divided_digest, link, subjects_digest};
use super::super::record::Entry;
use super::store::{draft, secrets};
use crate::secrets::Secrets;

#[test]
fn no_two_records_serialize_alike() {
    let key = ChainKey::derive(&secrets());
    let record = Entry::from(draft(1)).record;
    let hash = link(&key, GENESIS, 1, &record);

    let mut absent_is_not_empty = record.clone();
    absent_is_not_empty.organization = Some(String::new());
    let mut boundary = record.clone();
    let moved = boundary.caller.pop().unwrap();
    boundary.token_id.insert(0, moved);
    for other in [absent_is_not_empty, boundary] {
        assert_ne!(link(&key, GENESIS, 1, &other), hash);
    }
    assert_ne!(link(&key, GENESIS, 2, &record), hash);
    assert_ne!(link(&key, &hash, 1, &record), hash);
    assert_ne!(link(&ChainKey::derive(&Secrets::new([8; 32])), GENESIS, 1, &record), hash);
}

/// Written down from the description of the format: HMAC-SHA-256 over values behind their lengths.
#[test]
fn records_of_the_first_format_have_the_hash_they_always_had() {
    let record = Entry::from(draft(1)).record;
    assert_eq!(record.shown, None);
    let hash = link(&ChainKey::derive(&secrets()), GENESIS, 1, &record);
    assert_eq!(hash, "8108d53a22f0ecb2754bfbae13c5af68ec88dd2916b6e90d50cb59ac0021c24a");
}

#[test]
fn what_was_shown_of_persons_is_on_the_chain() {
    let key = ChainKey::derive(&secrets());
    let Entry { record, subjects, sets } = Entry::from(draft(4));
    assert_eq!((record.shown.as_deref(), subjects.as_slice()), (Some("01 11"), &[4, 104][..]));
    assert_eq!(sets, [1, 2]);
    let hash = link(&key, GENESIS, 4, &record);
    let with = |change: Option<&str>, shown: Option<&str>| {
        let (change, shown) = (change.map(str::to_owned), shown.map(str::to_owned));
        link(&key, GENESIS, 4, &Model { change, shown, ..record.clone() })
    };
    assert_eq!(with(None, Some("01 11")), hash);
    // Neither another set, nor none, nor the text in the place of another.
    for other in [
        with(None, Some("11 11")),
        with(None, None),
        with(Some("01 11"), None),
        with(Some("01 11"), Some("")),
        with(Some(""), Some("01 11")),
    ] {
        assert_ne!(other, hash);
    }
    let digest = divided_digest(&subjects, &sets);
    assert_eq!(record.subjects_digest, digest);
    for other in [&[][..], &[1, 1], &[2, 1], &[1, 2, 2]] {
        assert_ne!(divided_digest(&subjects, other), digest);
    }
}

#[test]
fn the_digest_covers_number_and_order() {
    assert_ne!(subjects_digest(&[]), subjects_digest(&[0]));
    assert_ne!(subjects_digest(&[1, 2]), subjects_digest(&[2, 1]));
}

#[test]
fn a_draft_is_made_storable() {
    let mut draft = draft(1);
    draft.caller = "a\0b".into();
    let entry = Entry::from(draft);
    assert_eq!(entry.subjects, [1, 101]);
    assert_eq!(entry.record.subject_count, 2);
    assert_eq!(entry.record.at.timestamp_subsec_nanos(), 123_456_000);
    assert_eq!(entry.record.caller, "a\u{fffd}b");
}
