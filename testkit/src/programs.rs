//! Where the PostgreSQL programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

const NEEDED: [&str; 4] = ["initdb", "postgres", "pg_isready", "createdb"];

/// The directory with all the programs: Debian's newest version, or one on the path.
#[expect(clippy::disallowed_methods, reason = "programs are on the path")]
pub fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    debian().into_iter().chain(env::split_paths(&path)).find(|directory| has_all(directory))
}

// Debian keeps the server's programs off the path, by version.
fn debian() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, path)| path).collect()
}

fn has_all(directory: &Path) -> bool {
    NEEDED.iter().all(|program| directory.join(program).is_file())
}
