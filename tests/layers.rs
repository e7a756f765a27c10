//! The modules of the product are layers: each imports only what lies below it. What lies beside or
//! above is reached by a call from above. Tests of a module may import what they like.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests say what they expect by panicking"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The modules, the lowest first.
const LAYERS: [&str; 39] = [
    "clock",
    "files",
    "threads",
    "process",
    "rules",
    "secrets",
    "error",
    "db",
    "read",
    "due",
    "directory",
    "catalogue",
    "policy",
    "auth",
    "graphql",
    "published",
    "config",
    "telemetry",
    "descriptors",
    "audit",
    "log",
    "custody",
    "demo",
    "anonymity",
    "replay",
    "state",
    "grants",
    "oauth",
    "volume",
    "audit_case",
    "identity",
    "acts",
    "admin",
    "app",
    "startup",
    "http",
    "commands",
    "lib",
    "main",
];

/// Imports that run up all the same, and why. One that is gone has to leave the list.
const UPWARD: [(&str, &str, &str); 6] = [
    ("policy", "anonymity", "the matrix tells how many persons a mask hides among others"),
    ("graphql", "volume", "a plan tells what sorts of data it touches, an answer counts them"),
    ("audit", "log", "a record commits with its leaf of the tree"),
    ("demo", "grants", "the demonstration's contracts are proposed and signed as real ones are"),
    ("demo", "oauth", "so are its clients"),
    ("demo", "volume", "as they are"),
];

#[test]
fn no_module_imports_what_lies_above_it() {
    let mut found = BTreeSet::new();
    for (module, file, imported) in imports() {
        let (from, to) = (layer(&module, &file), layer(&imported, &file));
        if to > from {
            found.insert((module, imported));
        }
    }
    let known: BTreeSet<_> =
        UPWARD.iter().map(|(from, to, _)| ((*from).to_owned(), (*to).to_owned())).collect();
    let new: Vec<_> = found.difference(&known).collect();
    assert!(
        new.is_empty(),
        "these import upwards; move what is imported down, or the call up: {new:?}"
    );
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "these import upwards no more; take them off the list: {gone:?}");
}

/// Where a module stands.
fn layer(module: &str, file: &Path) -> usize {
    let found = LAYERS.iter().position(|layer| *layer == module);
    found.unwrap_or_else(|| panic!("{module}, in {}, has no layer here", file.display()))
}

/// Module, file and imported module of every import of the product.
fn imports() -> Vec<(String, PathBuf, String)> {
    let mut imports = Vec::new();
    for (module, file, text) in sources() {
        for imported in imported(&text) {
            if imported != module {
                imports.push((module.clone(), file.clone(), imported));
            }
        }
    }
    assert!(imports.len() > 300, "imports are not found any more: {}", imports.len());
    imports
}

/// Module, file and text of every source that is not a test, without comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files);
    files.into_iter().map(|file| (module(&file), file.clone(), code(&file))).collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        match path.is_dir() {
            _ if name == "tests" => {}
            true => collect(&path, files),
            false if path.extension().is_some_and(|extension| extension == "rs") => {
                files.push(path)
            }
            false => {}
        }
    }
}

/// The first part of a file's path below `src`.
fn module(file: &Path) -> String {
    let below = file.strip_prefix("src").unwrap();
    below.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// The modules that a text names behind `crate::`, by themselves or in a list.
fn imported(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let mut depth = 0_u32;
        let mut begins = true;
        for (at, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ if begins && letter.is_ascii_lowercase() => {
                    found.insert(word(&list[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    // `$crate::` of a macro and types at the root begin otherwise.
    found.retain(|name| !name.is_empty());
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect()
}
