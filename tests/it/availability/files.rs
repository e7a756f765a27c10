//! What the program leaves on disk, others may not read.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::records::process::Installation;

#[test]
fn new_sqlite_files_are_for_their_owner_alone() {
    let installation = Installation::empty();
    installation.install();
    let server = installation.serve();
    for name in ["gateway.db", "gateway.db-wal", "gateway.db-shm"] {
        let mode = fs::metadata(installation.path(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(server);
}

#[test]
fn a_file_that_is_there_keeps_its_mode() {
    let installation = Installation::empty();
    let file = installation.path("gateway.db");
    fs::write(&file, "").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("its mode");
    installation.install();
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o640);
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_writes_no_memory_to_disk() {
    let installation = Installation::empty();
    installation.install();
    let server = installation.serve();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).expect("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    assert_eq!(core.split_whitespace().nth(5), Some("0"), "{core}");
}
