//! The pure functions of the chain.

use super::super::chain::{ChainKey, GENESIS, link, subjects_digest};
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
