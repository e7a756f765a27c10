//! The commands of the documents work as they are pasted, and answer as is shown below them.

pub mod blocks;
mod running;
mod shown;

use std::{collections::BTreeSet, fs, path::Path};

use blocks::{Block, Language, blocks};
use running::{Page, run};

/// The pages whose commands run here, each from its first line to its last in one shell.
const PAGES: [Page; 4] = [
    Page { file: "docs/administration.md", clients: false },
    Page { file: "docs/operations.md", clients: false },
    Page { file: "docs/partners.md", clients: true },
    Page { file: "docs/portal-developers.md", clients: false },
];

/// Those whose commands do not, and why.
const OTHERS: [(&str, &str); 4] = [
    (
        "README.md",
        "its two commands build and serve the program until it is stopped, and run this test",
    ),
    ("docs/performance.md", "its commands measure for hours, on a machine that does nothing else"),
    ("docs/rules.md", "each runs with the rule that it is of: tests/it/records/rules.rs"),
    ("docs/receipts.md", "they run with a receipt: tests/it/log/page.rs"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn every_page_with_commands_is_run_or_named_with_the_reason() {
    let mut files: BTreeSet<String> = BTreeSet::from(["README.md".to_owned()]);
    for entry in fs::read_dir(root().join("docs")).expect("documents") {
        let name = entry.expect("a document").file_name().into_string().expect("UTF-8");
        if name.ends_with(".md") {
            files.insert(format!("docs/{name}"));
        }
    }
    let has_commands =
        |file: &String| blocks(&text(file)).iter().any(|block| block.language == Language::Shell);
    let found: BTreeSet<String> = files.into_iter().filter(has_commands).collect();
    let run = PAGES.iter().map(|page| page.file);
    let known: BTreeSet<String> =
        run.chain(OTHERS.iter().map(|(file, _)| *file)).map(str::to_owned).collect();
    assert_eq!(found, known);
}

/// Runs a page, and compares what each block printed with what stands below it.
fn check(page: &Page) {
    let all: Vec<Block> = blocks(&text(page.file));
    let Some(printed) = run(page, &all) else { return };
    let mut wrong = String::new();
    for (place, block) in all.iter().enumerate() {
        let Some(printed) = printed.get(&place) else { continue };
        let where_it_is = format!("{}:{}", page.file, block.line);
        if let Some(problem) = running::problem(block, printed) {
            wrong += &format!("\n{where_it_is}: {problem}\n{}\n{}", block.text, printed.text);
        }
        let Some(below) = all.get(place + 1).filter(|next| next.shows(block)) else { continue };
        if let Some(missing) = shown::missing(&below.text, &printed.text) {
            wrong +=
                &format!("\n{where_it_is}: it does not print\n{missing}\nbut\n{}\n", printed.text);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_commands_of_administration_work_as_they_are_pasted() {
    check(&PAGES[0]);
}

#[test]
fn the_commands_of_operations_work_as_they_are_pasted() {
    check(&PAGES[1]);
}

#[test]
fn the_commands_for_partner_systems_work_as_they_are_pasted() {
    check(&PAGES[2]);
}

#[test]
fn the_commands_for_developers_of_portals_work_as_they_are_pasted() {
    check(&PAGES[3]);
}
