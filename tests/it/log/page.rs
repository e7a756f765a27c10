//! The commands of the page on receipts work as they are pasted.

use std::{os::unix::fs::symlink, process::Command};

use super::desk::Desk;
use crate::{
    pages::blocks::{Language, blocks},
    records::process::{PROGRAM, run},
    support::Backend,
};

const PAGE: &str = include_str!("../../../docs/receipts.md");

/// The commands of the page, in its order.
fn commands() -> String {
    let blocks = blocks(PAGE).into_iter().filter(|block| block.language == Language::Shell);
    blocks.map(|block| block.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "CI says what has to be there")]
async fn the_page_on_receipts_proves_one_with_standard_tools() {
    let tools = ["openssl", "python3", "sha256sum"];
    let is_there = |tool: &&str| {
        Command::new("sh")
            .args(["-c", &format!("command -v {tool}")])
            .output()
            .unwrap()
            .status
            .success()
    };
    if !tools.iter().all(is_there) {
        assert!(std::env::var_os("REQUIRE_CLIENTS").is_none(), "{tools:?} are required");
        return;
    }
    let desk = Desk::new(Backend::Sqlite).await;
    let receipts = desk.serve_and_ask(11).await;
    let programs = desk.installation.path("bin");
    std::fs::create_dir(&programs).unwrap();
    symlink(PROGRAM, programs.join("migrant-gateway")).unwrap();
    for (place, receipt) in (1..).zip(&receipts) {
        let mut shell = Command::new("bash");
        desk.installation.configure(&mut shell);
        let path = std::env::var("PATH").unwrap_or_default();
        shell.env("PATH", format!("{}:{path}", programs.display())).env("RECEIPT", receipt);
        let outcome = run(shell.args(["-euo", "pipefail", "-c", &commands()]));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        for said in [
            "proven: the record of this receipt is in ",
            "Signature Verified Successfully",
            &format!("record {place} of 11 is in the log"),
        ] {
            assert!(outcome.out.contains(said), "{said}: {outcome:?}");
        }
    }
}
