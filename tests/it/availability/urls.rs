//! Whatever is wrong with the URL of the database, its password is nobody's to read.

use crate::records::process::Installation;

/// What no output may hold.
const SECRET: &str = "Kq7xWv";

const COMMANDS: [&[&str]; 5] =
    [&["serve"], &["migrate"], &["doctor"], &["audit", "verify"], &["client", "list"]];

/// URLs with a password and a mistake, or with none and a server that is not there.
const URLS: [&str; 20] = [
    "postgres://u:Kq7xWv@127.0.0.1:1/db",
    "postgres://u:Kq7xWv@host.invalid/db",
    "postgres://u:Kq7xWv@127.0.0.1:port/db",
    "postgres://u:Kq7xWv@127.0.0.1:999999/db",
    "postgres://u:Kq7xWv%zz@127.0.0.1:1/db",
    "postgres://u:Kq7xWv%@127.0.0.1:1/db",
    "postgres://u:p@Kq7xWv@127.0.0.1:1/db",
    "postgres://u:p/Kq7xWv@127.0.0.1:1/db",
    "postgres://u:1/Kq7xWv@127.0.0.1:1/db",
    "postgres://u:p?Kq7xWv@127.0.0.1:1/db",
    "postgres://u:1#Kq7xWv@127.0.0.1:1/db",
    "postgres://u:Kq7 xWv@127.0.0.1:1/db",
    "postgres://u:Kq7xWv@127.0.0.1:1/db?sslmode=require",
    "postgres://u:Kq7xWv@127.0.0.1:1/db?password=Kq7xWv&unknown=Kq7xWv",
    "mysql://u:Kq7xWv@127.0.0.1:1/db",
    "postgres//u:Kq7xWv@127.0.0.1:1/db",
    "://u:Kq7xWv@127.0.0.1:1/db",
    "sqlite://u:Kq7xWv@127.0.0.1:1/db",
    "sqlite://gateway.db?mode=Kq7xWv",
    "Kq7xWv",
];

fn assert_hides(installation: &Installation, arguments: &[&str], what: &str) {
    let outcome = installation.run(arguments);
    assert!(matches!(outcome.code, Some(1 | 2)), "{what} {arguments:?}: {outcome:?}");
    for secret in [SECRET, "Kq7"] {
        let said = format!("{}{}", outcome.out, outcome.err);
        assert!(!said.contains(secret), "{what} {arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{what} {arguments:?}: {said}");
    }
}

#[test]
fn no_command_says_a_password_of_the_environment() {
    for url in URLS {
        let installation = Installation::empty().with("DATABASE__URL", url);
        for command in COMMANDS {
            assert_hides(&installation, command, url);
        }
    }
}

#[test]
fn no_command_says_a_password_of_the_file() {
    let installation = Installation::empty().without("DATABASE__URL").without("SERVER__MODE");
    for url in URLS {
        let toml = format!("[database]\nurl = \"{url}\"\n");
        std::fs::write(installation.path("migrant-gateway.toml"), toml).expect("a file");
        assert_hides(&installation, &["serve"], url);
    }
    for toml in [
        "[database]\nurl = \"postgres://u:Kq7xWv@h/db\n",
        "[database]\nurl = postgres://u:Kq7xWv@h/db\n",
        "database = \"postgres://u:Kq7xWv@h/db\"\n",
        "[database]\nurl = [\"postgres://u:Kq7xWv@h/db\"]\n",
        "[database]\nurl = \"x\"\nurl = \"postgres://u:Kq7xWv@h/db\"\n",
        "[database]\nread_connections = \"postgres://u:Kq7xWv@h/db\"\n",
        "[server]\nmode = \"postgres://u:Kq7xWv@h/db\"\n",
        "[server]\nlisten = \"postgres://u:Kq7xWv@h/db\"\n",
        "[log]\nformat = \"Kq7xWv\"\n",
        "[log]\nfilter = \"Kq7xWv=Kq7xWv\"\n",
        "\"postgres://u:Kq7xWv@h/db\" = 1\n",
        "[keys]\nsigning_pem = 7\ndirectory = { a = \"Kq7xWv\" }\n",
    ] {
        std::fs::write(installation.path("migrant-gateway.toml"), toml).expect("a file");
        for command in COMMANDS {
            if command != ["serve"] && toml.starts_with("[log]\nfilter") {
                continue;
            }
            assert_hides(&installation, command, toml);
        }
    }
}

#[test]
fn no_command_says_a_password_of_a_key_that_is_misspelled() {
    let url = "postgres://u:Kq7xWv@127.0.0.1:1/db";
    for key in ["DATABASE", "DATABASE_URL", "DATABASE__URL__X", "DATABASE__READ_CONNECTIONS"] {
        let installation = Installation::empty().without("DATABASE__URL").with(key, url);
        for command in COMMANDS {
            assert_hides(&installation, command, key);
        }
    }
}

#[test]
fn the_demonstration_says_no_password_of_its_argument() {
    let installation = Installation::empty();
    for url in URLS {
        assert_hides(&installation, &["demo", "--database", url, "--load-only"], url);
    }
}
