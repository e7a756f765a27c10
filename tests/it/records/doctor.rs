//! `doctor` says what is wrong and how to mend it, and then it is mended.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::process::{Installation, free_address};

fn healthy() -> Installation {
    let installation = Installation::empty().with("SERVER__MODE", "production");
    installation.install();
    installation
}

fn assert_healthy(installation: &Installation) {
    let report = installation.succeed(&["doctor"]);
    assert!(report.lines().all(|line| line.starts_with("ok ")), "{report}");
    for check in [
        "keys",
        "tokens",
        "limits",
        "database",
        "migrations",
        "custody",
        "acts",
        "log",
        "definitions",
        "clock",
        "grants",
        "clients",
        "people",
        "emergencies",
        "volume",
    ] {
        assert!(report.contains(&format!("ok    {check}: ")), "{report}");
    }
}

/// Exactly one check fails, and its line tells all of `told`.
fn assert_finds(installation: &Installation, check: &str, told: &[&str]) {
    let outcome = installation.run(&["doctor"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_eq!(outcome.err, "", "findings belong to standard output");
    let failed: Vec<&str> = outcome.out.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert!(failed[0].starts_with(&format!("FAIL  {check}: ")), "{}", failed[0]);
    for words in told {
        assert!(failed[0].contains(words), "{words}: {}", failed[0]);
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn a_healthy_installation_has_no_findings() {
    let installation = healthy();
    assert_healthy(&installation);
    drop(installation.serve());
    assert_healthy(&installation);
}

#[test]
fn a_missing_master_secret_is_found_and_none_is_made() {
    let installation = Installation::empty().with("SERVER__MODE", "production");
    installation.succeed(&["migrate"]);
    let told = ["there is no master key at", "migrant-gateway keys init"];
    assert_finds(&installation, "keys", &told);
    assert!(!installation.path("keys/master.key").exists(), "looking makes no secret");
}

#[test]
fn pending_migrations_are_found() {
    let installation = Installation::empty().with("SERVER__MODE", "production");
    installation.succeed(&["keys", "init"]);
    let told = ["there is no gateway.db", "migrant-gateway migrate"];
    assert_finds(&installation, "database", &told);
    assert!(!installation.path("gateway.db").exists(), "looking makes no database");
    fs::write(installation.path("gateway.db"), "").expect("an empty database");
    assert_finds(
        &installation,
        "migrations",
        &["are pending; apply them", "migrant-gateway migrate"],
    );
    installation.succeed(&["migrate"]);
    assert_healthy(&installation);
}

#[test]
fn an_unreachable_database_is_found() {
    let postgres = format!("postgres://nobody@{}/nothing", free_address());
    for (url, told) in [
        ("sqlite://absent/directory/gateway.db", "there is no absent/directory/gateway.db"),
        (&postgres, "cannot connect: it cannot be reached in time; check database.url"),
        ("mysql://localhost/nothing", "must begin with sqlite:// or postgres://"),
    ] {
        let installation = healthy().with("DATABASE__URL", url);
        assert_finds(&installation, "database", &[told]);
        let message = installation.fail(&["serve"]);
        assert!(message.contains("database"), "{message}");
    }
}

#[test]
fn a_master_secret_that_others_can_read_is_found() {
    let installation = healthy();
    drop(installation.serve());
    let key = installation.path("keys/master.key");
    for mode in [0o644, 0o640, 0o604] {
        set_mode(&key, mode);
        assert_finds(&installation, "keys", &["readable by others", "chmod 600", "master.key"]);
        let message = installation.fail(&["serve"]);
        assert!(message.contains("chmod 600"), "{message}");
    }
    set_mode(&key, 0o600);
    assert_healthy(&installation);
    fs::write(&key, "not a secret").expect("a file");
    assert_finds(&installation, "keys", &["master.key", "64 hexadecimal digits"]);
}

#[test]
fn a_signing_key_that_others_can_read_is_found() {
    let installation = healthy();
    installation.token(&["--role=FA", "--unit=220000"]);
    let key = installation.path("keys/signing.pem");
    set_mode(&key, 0o644);
    assert_finds(&installation, "tokens", &["readable by others", "chmod 600", "signing.pem"]);
    set_mode(&key, 0o600);
    assert_healthy(&installation);
}

#[test]
fn trust_in_nobody_is_found() {
    let installation = healthy().without("TOKENS__ACCEPT_LOCAL");
    let told = ["no issuer is trusted", "tokens.issuers", "tokens.accept_local = true"];
    assert_finds(&installation, "tokens", &told);
    assert_healthy(&installation.with("TOKENS__ACCEPT_LOCAL", "true"));
}

#[test]
fn an_issuer_without_keys_is_found() {
    let installation = healthy();
    let toml = installation.path("migrant-gateway.toml");
    fs::write(&toml, "[[tokens.issuers]]\nissuer = \"elsewhere\"\n").expect("a configuration");
    assert_finds(&installation, "tokens", &["elsewhere", "jwks_file", "jwks_url"]);
}

#[test]
fn a_missing_file_of_keys_is_found_and_named() {
    let installation = healthy();
    let toml = installation.path("migrant-gateway.toml");
    let absent = "[[tokens.issuers]]\nissuer = \"elsewhere\"\njwks_file = \"absent.json\"\n";
    fs::write(&toml, absent).expect("a configuration");
    assert_finds(&installation, "tokens", &["absent.json"]);
}

#[test]
fn synthetic_people_in_production_are_found() {
    let database = "sqlite://gateway.db?mode=rwc";
    let installation = Installation::empty().with("SERVER__MODE", "production");
    installation.succeed(&["demo", "--persons=200", "--database", database, "--load-only"]);
    let told = ["synthetic people", "clean database", "server.mode = \"demonstration\""];
    assert_finds(&installation, "people", &told);
    assert_healthy(&installation.with("SERVER__MODE", "demonstration"));
}

#[test]
fn limits_that_contradict_each_other_are_found() {
    let installation = healthy().with("LIMITS__STATEMENT_MS", "20000");
    assert_finds(&installation, "limits", &["limits.statement_ms", "limits.request_ms"]);
    let installation = healthy().with("LIMITS__DEFAULT_PAGE_SIZE", "501");
    assert_finds(&installation, "limits", &["limits.default_page_size", "limits.page_size"]);
}

#[test]
fn a_configuration_lowers_emergency_limits_and_raises_none() {
    let installation = healthy().with("EMERGENCY__OPEN_AT_ONCE", "1");
    assert_healthy(&installation);
    let installation = installation.with("EMERGENCY__OPENED_A_DAY", "21");
    assert_finds(&installation, "limits", &["emergency.opened_a_day", "20", "two people"]);
    let refused = installation.fail(&["serve"]);
    assert!(refused.contains("limit propose-emergency"), "{refused}");
}

#[expect(clippy::disallowed_types, reason = "the tests look behind the gateway")]
#[test]
fn a_client_whose_purposes_are_its_roles_no_more_is_named_with_what_to_do() {
    let installation = healthy();
    let register =
        ["client", "register", "grid-220102", "--name=网格", "--role=GG", "--unit=220102"];
    installation.succeed(&register);
    let report = installation.succeed(&["doctor"]);
    assert!(report.contains("ok    clients: 1 are registered"), "{report}");
    // As one that was registered before the grid worker's purpose changed.
    let file = installation.path("gateway.db");
    let database = rusqlite::Connection::open(file).expect("the database opens");
    let of_before = "UPDATE oauth_client SET purposes = 'P-RES'";
    database.execute(of_before, []).expect("it is written");
    let report = installation.run(&["doctor"]).out;
    let told =
        "ok    clients: no token for grid-220102 as GG (asks under P-REF); register each anew";
    assert!(report.contains(told), "{report}");
}
