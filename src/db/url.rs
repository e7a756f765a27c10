//! What a database URL may look like.
//!
//! Drivers quote what they cannot read, and read what is misspelled in ways of their own: the half
//! of a password before an `@` becomes a host, the half after it the name of a database. So a URL
//! is looked at before any driver sees it, and what is said of it never quotes it.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use percent_encoding::percent_decode_str;
use tokio_postgres::config::SslMode;
use url::{Url, form_urlencoded};

const HINT: &str = "write special characters of user and password percent-encoded: @ as %40, \
    : as %3A, / as %2F, ? as %3F, # as %23, % as %25, a space as %20";

/// Parameters that both drivers know.
const POSTGRES_PARAMETERS: [&str; 8] =
    ["application_name", "dbname", "host", "hostaddr", "options", "password", "port", "user"];

/// Parameters with numbers that the driver of reads knows and that of writes passes over.
const POSTGRES_NUMBERS: [&str; 6] = [
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "tcp_user_timeout",
];

const SQLITE_MODES: [&str; 3] = ["ro", "rw", "rwc"];

/// Checks a URL.
///
/// # Errors
/// When it is not one that both drivers read as it is meant. The message does not quote it.
pub fn check(url: &str) -> anyhow::Result<()> {
    let strange = |c: char| c.is_whitespace() || c.is_control();
    ensure!(!url.contains(strange), "the database URL holds a space or line break: {HINT}");
    ensure!(is_encoded(url), "the database URL holds a % that encodes nothing: {HINT}");
    if url.starts_with("sqlite:") {
        return check_sqlite(url);
    }
    ensure!(is_postgres(url), "the database URL must begin with sqlite:// or postgres://");
    check_postgres(url)
}

/// Whether a URL is PostgreSQL's.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn check_sqlite(url: &str) -> anyhow::Result<()> {
    let (path, query) = split_sqlite(url).unwrap_or_default();
    ensure!(!path.is_empty(), "the database URL names no file: sqlite://FILE?mode=rwc");
    ensure!(
        !path.contains(['@', '#']),
        "the database URL begins with sqlite:// and holds an @ or #: SQLite has no user and \
         password; PostgreSQL's URL begins with postgres://, and in a file's name they are %40 \
         and %23"
    );
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let known = match name.as_ref() {
            "mode" => SQLITE_MODES.contains(&value.as_ref()),
            "immutable" => ["true", "false", "0", "1"].contains(&value.as_ref()),
            "cache" => ["private", "shared"].contains(&value.as_ref()),
            _ => false,
        };
        ensure!(known, "the database URL has a parameter or value that SQLite does not: mode=rwc");
    }
    Ok(())
}

fn check_postgres(url: &str) -> anyhow::Result<()> {
    let parsed = Url::parse(url)
        .map_err(|error| anyhow::anyhow!("the database URL is not valid ({error}): {HINT}"))?;
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ensure!(authority.matches('@').count() <= 1, "the database URL holds more than one @: {HINT}");
    ensure!(parsed.fragment().is_none(), "the database URL holds a #: {HINT}");
    let name = parsed.path().trim_start_matches('/');
    ensure!(
        !name.contains(['@', ':', '/']),
        "the name of the database in its URL holds an @, : or /: {HINT}"
    );
    for (name, value) in parsed.query_pairs() {
        let known = match name.as_ref() {
            "sslmode" => ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
                .contains(&value.as_ref()),
            name if POSTGRES_NUMBERS.contains(&name) => value.parse::<u32>().is_ok(),
            name => POSTGRES_PARAMETERS.contains(&name) && !value.contains('@'),
        };
        ensure!(known, "the database URL has a parameter or value that is not known: {HINT}");
    }
    postgres(url).map(drop)
}

/// How to connect to PostgreSQL without SeaORM, which carries more than reading and loading need.
///
/// # Errors
/// When the URL is not valid, or requires TLS.
pub fn postgres(url: &str) -> anyhow::Result<tokio_postgres::Config> {
    let parsed = url.parse::<tokio_postgres::Config>().ok();
    let required = |url: &str| url.contains("sslmode=require") || url.contains("sslmode=verify");
    ensure!(
        !required(url)
            && parsed.as_ref().is_none_or(|config| config.get_ssl_mode() != SslMode::Require),
        "reads and the demonstration's load speak plain TCP or Unix sockets: put TLS in a local \
         proxy, or leave out sslmode=require"
    );
    parsed.with_context(|| format!("the database URL is not valid: {HINT}"))
}

/// The file of a SQLite URL; none for another database.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let (path, _) = split_sqlite(url)?;
    Some(PathBuf::from(percent_decode_str(path).decode_utf8_lossy().into_owned()))
}

/// Whether a SQLite URL lets its file be created.
pub fn creates_file(url: &str) -> bool {
    let query = split_sqlite(url).map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).any(|pair| pair == ("mode".into(), "rwc".into()))
}

fn split_sqlite(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    Some(rest.split_once('?').unwrap_or((rest, "")))
}

/// Whether each percent sign begins an encoded byte, and the bytes are UTF-8 without zeros.
fn is_encoded(url: &str) -> bool {
    let mut pieces = url.split('%');
    let is_byte =
        |piece: &str| piece.len() >= 2 && piece.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    pieces.next();
    pieces.all(is_byte)
        && percent_decode_str(url).decode_utf8().is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What no message may hold.
    const SECRET: &str = "Kq7xWv";

    #[test]
    fn urls_that_both_drivers_read_alike_are_taken() {
        for url in [
            "sqlite://gateway.db?mode=rwc",
            "sqlite:gateway.db",
            "sqlite:///var/lib/a%20b.db?mode=ro&immutable=true",
            "postgres://u@localhost/db",
            "postgresql://u:p%40ss%2Fword%3F@127.0.0.1:5432/db?sslmode=prefer",
            "postgres:///db?host=/var/run/postgresql&user=u&password=p",
            "postgres://u@%2Fvar%2Frun/db?connect_timeout=3&application_name=x",
            "postgres://u:p@[::1]:5432/db",
        ] {
            check(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        }
    }

    #[test]
    fn urls_that_hide_a_mistake_are_refused() {
        for url in [
            "",
            "gateway.db",
            "mysql://u:Kq7xWv@h/db",
            "postgres:/u:Kq7xWv@h/db",
            "postgres//u:Kq7xWv@h/db",
            "postgres://u:Kq7xWv@h:port/db",
            "postgres://u:Kq7xWv@h:99999/db",
            "postgres://u:p@Kq7xWv@h/db",
            "postgres://u:p/Kq7xWv@h/db",
            "postgres://u:1/Kq7xWv@h/db",
            "postgres://u:p?Kq7xWv@h/db",
            "postgres://u:1?Kq7xWv@h/db",
            "postgres://u:p#Kq7xWv@h/db",
            "postgres://u:1#Kq7xWv@h/db",
            "postgres://u:Kq7xWv%@h/db",
            "postgres://u:Kq7xWv%zz@h/db",
            "postgres://u:Kq7xWv%ff@h/db",
            "postgres://u:Kq7xWv%00@h/db",
            "postgres://u:Kq7 xWv@h/db",
            "postgres://u:Kq7xWv@h/db\n",
            "postgres://u:p@h/db?pass=Kq7xWv",
            "postgres://u:p@h/db?sslmode=Kq7xWv",
            "postgres://u:p@h/db?connect_timeout=Kq7xWv",
            "postgres://u:p@h/db?port=Kq7xWv",
            "postgres://u:Kq7xWv@h/db?sslmode=require",
            "sqlite://u:Kq7xWv@h/db",
            "sqlite://x.db?password=Kq7xWv",
            "sqlite://x.db?mode=Kq7xWv",
            "sqlite://?mode=rwc",
        ] {
            let error = format!("{:#}", check(url).expect_err(url));
            assert!(!error.contains("Kq7"), "{url}: {error}");
        }
    }

    #[test]
    fn a_file_is_the_one_that_the_driver_opens() {
        let file = |url| sqlite_file(url).expect("a file");
        assert_eq!(file("sqlite://a%20b%40c.db?mode=rwc"), PathBuf::from("a b@c.db"));
        assert_eq!(file("sqlite:/x/y.db"), PathBuf::from("/x/y.db"));
        assert_eq!(sqlite_file("postgres://h/db"), None);
        assert!(creates_file("sqlite://x?cache=private&mode=rwc"));
        assert!(!creates_file("sqlite://mode=rwc"));
    }

    proptest! {
        /// Whatever stands around a password, and wherever it is cut.
        #[test]
        fn no_message_quotes_a_url(
            scheme in "(postgres|postgresql|sqlite|mysql|)(:|:/|://|)",
            user in "[a-z@:/?#% ]{0,4}",
            before in "[a-z0-9@:/?#%&= \\[\\]]{0,3}",
            after in "[a-z0-9@:/?#%&= \\[\\]]{0,3}",
            host in "(127\\.0\\.0\\.1|h|)(:[0-9a-z]{0,6}|)(/[a-z@]{0,3}|)(\\?[a-z]{0,8}=?|)",
        ) {
            let url = format!("{scheme}{user}:{before}{SECRET}{after}@{host}");
            if let Err(error) = check(&url) {
                prop_assert!(!format!("{error:#} {error:?}").contains(SECRET), "{url}: {error:#}");
            }
        }
    }
}
