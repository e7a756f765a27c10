//! How many files and connections the system lets this process have open, and who gets them.
//!
//! A process without descriptors can neither read nor record, and nobody can even ask whether it
//! is well. So connections get what is left when database, log and health checks have theirs.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::{config::Config, db, threads};

/// Connections where the configuration does not say.
const DEFAULT: usize = 4096;

/// Fewer are no service.
const FEWEST: usize = 16;

/// For the log, the listener, event queues of the threads, key files, name resolution, temporary
/// files of SQLite, connections for health checks, those that are heard out before they are refused,
/// and those that are ending while others have their places.
const RESERVED: usize = 256;

/// Files that SQLite has open for a connection: database, log, index of the log.
const SQLITE_FILES: usize = 3;

/// Connections of the write path.
const WRITERS: usize = 5;

/// Raises the limit of open files as far as the system allows, and returns it.
pub fn raise_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let mut raised = limit;
    raised.current = limit.maximum;
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // No limit is as good as this one.
    current.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// How many connections may be open at once under a limit of open files.
///
/// # Errors
/// When the configured number does not fit, or too few fit.
pub fn connections(config: &Config, limit: usize) -> anyhow::Result<usize> {
    let left = limit.saturating_sub(reserved(config));
    let Some(configured) = config.server.max_connections else {
        anyhow::ensure!(
            left >= FEWEST,
            "{limit} files may be open at once, and {} are needed: raise the limit \
             (ulimit -n, or LimitNOFILE of the service)",
            reserved(config) + FEWEST
        );
        return Ok(left.min(DEFAULT));
    };
    let configured = configured.get();
    anyhow::ensure!(
        configured <= left,
        "server.max_connections = {configured} does not fit: {limit} files may be open at once, and \
         {} are for the database, the log and health checks; lower it to at most {left}, or raise \
         the limit (ulimit -n, or LimitNOFILE of the service)",
        reserved(config)
    );
    Ok(configured)
}

fn reserved(config: &Config) -> usize {
    let reads = config.database.read_connections.max(1);
    let database = match db::sqlite_file(&config.database.url) {
        Some(_) => SQLITE_FILES * (reads + 1),
        None => reads.next_multiple_of(threads::count()) + WRITERS,
    };
    RESERVED + database
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(max_connections: Option<usize>) -> Config {
        let mut config = Config::default();
        config.server.max_connections = max_connections.and_then(std::num::NonZero::new);
        config
    }

    #[test]
    fn connections_get_what_the_database_leaves() {
        assert_eq!(connections(&config(None), 1024).unwrap(), 1024 - 256 - 15);
        assert_eq!(connections(&config(None), 1_000_000).unwrap(), 4096);
        assert_eq!(connections(&config(None), usize::MAX).unwrap(), 4096);
        assert_eq!(connections(&config(Some(10_000)), 20_000).unwrap(), 10_000);
        assert_eq!(connections(&config(Some(1)), 1024).unwrap(), 1, "as configured");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let error = connections(&config(Some(1000)), 1024).unwrap_err().to_string();
        assert!(error.contains("at most 753") && error.contains("ulimit -n"), "{error}");
        let error = connections(&config(None), 260).unwrap_err().to_string();
        assert!(error.contains("260 files") && error.contains("LimitNOFILE"), "{error}");
        assert!(connections(&config(Some(1)), 64).is_err());
    }
}
