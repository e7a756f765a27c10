//! The command line: grants as a text file, and deciding on them with tokens.

use std::fs;

use crate::records::process::Installation;

const NECESSITY: &str = "needed to register residents at the door";

fn token(installation: &Installation, subject: &str, role: &str) -> String {
    let arguments =
        ["token", "issue", "--role", role, "--unit", "220000", "--purpose", "P-ADM", "--subject"];
    let arguments: Vec<&str> = arguments.into_iter().chain([subject]).collect();
    installation.succeed(&arguments).trim().to_owned()
}

#[test]
fn grants_go_through_a_text_file_and_two_tokens() {
    let installation = Installation::empty();
    installation.install();
    let exported = installation.succeed(&["grant", "export"]);
    let file = installation.path("grants.csv");
    fs::write(&file, &exported).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(installation.succeed(&["grant", "plan", file]), "the grants are so already\n");

    let line = "GG,P-REF,ResidenceRegistration.dwellingType,full,c,RESPERMIT-8,false,,\n";
    fs::write(file, format!("{exported}{line}")).unwrap();
    let plan = installation.succeed(&["grant", "plan", file]);
    assert_eq!(plan, "+ GG P-REF ResidenceRegistration.dwellingType: full c RESPERMIT-8\n");

    let wang = token(&installation, "wang", "SP");
    let propose = ["grant", "propose", file, "--necessity", NECESSITY, "--token"];
    let by = |token: &str, subject: &str| {
        let arguments = propose.iter().copied().chain([token, "--as", subject, "--role", "SP"]);
        let arguments: Vec<&str> = arguments.collect();
        installation.run(&arguments)
    };
    let anothers = by(&wang, "li");
    assert!(anothers.code == Some(1) && anothers.err.contains("another's"), "{anothers:?}");
    let forged = by(&format!("{}x", &wang[..wang.len() - 1]), "wang");
    assert!(forged.code == Some(1) && forged.err.contains("refused"), "{forged:?}");
    let made = by(&wang, "wang");
    assert_eq!(made.out, "proposal 1 is pending, to be signed by SG\n", "{made:?}");

    let own = installation.run(&["grant", "approve", "1", "--token", &wang]);
    assert!(own.code == Some(1) && own.err.contains("FORBIDDEN"), "{own:?}");
    let shown = installation.succeed(&["grant", "show", "1"]);
    assert!(shown.contains("pending") && shown.contains(NECESSITY), "{shown}");
    let impact = installation.succeed(&["grant", "impact", "1"]);
    assert!(
        impact.starts_with("+ GG P-REF ResidenceRegistration.dwellingType: none -> full\n"),
        "{impact}"
    );

    let li = token(&installation, "li", "SG");
    let signed = installation.succeed(&["grant", "approve", "1", "--token", &li]);
    assert_eq!(signed, "proposal 1 is approved: version 3\n");
    let settled = installation.succeed(&["grant", "plan", file]);
    assert_eq!(settled, "the grants are so already\n");
    let explained = installation.succeed(&[
        "grant",
        "explain",
        "GG",
        "P-REF",
        "ResidenceRegistration.dwellingType",
    ]);
    assert!(
        explained.contains("may select ResidenceRegistration.dwellingType")
            && explained.contains("version 3")
    );
    let first = installation.succeed(&["grant", "export", "--version", "2"]);
    assert_eq!(first, exported);

    let revoke =
        ["grant", "revoke", "GG", "P-REF", "ResidenceRegistration.dwellingType", "--token", &wang];
    assert_eq!(installation.succeed(&revoke), "taken away by version 4\n");
    let history = installation.succeed(&["grant", "history"]);
    assert_eq!(history.lines().count(), 4, "{history}");
    let diff = installation.succeed(&["grant", "diff", "3", "4"]);
    assert!(diff.starts_with("- GG P-REF ResidenceRegistration.dwellingType: full c"), "{diff}");
    let restore = ["grant", "restore", "3", "--necessity", NECESSITY, "--token", &wang];
    assert_eq!(installation.succeed(&restore), "proposal 2 is pending, to be signed by SG\n");
    let listed = installation.succeed(&["grant", "list", "--status", "pending"]);
    assert!(listed.starts_with("#2  pending") && listed.lines().count() == 1, "{listed}");
    assert!(installation.succeed(&["audit", "verify"]).starts_with("intact: "));
}

#[test]
fn a_plan_names_every_floor_it_would_hit() {
    let installation = Installation::empty();
    installation.install();
    let exported = installation.succeed(&["grant", "export"]);
    let lines =
        "PO,P-RES,G20,full,j,RESPERMIT-8,false,,\nFA,P-FUND,G02,full,j,RESPERMIT-6,false,,\n";
    let file = installation.path("grants.csv");
    fs::write(&file, format!("{exported}{lines}")).unwrap();
    let plan = installation.succeed(&["grant", "plan", file.to_str().unwrap()]);
    let floors: Vec<&str> = plan.lines().filter(|line| line.starts_with('!')).collect();
    assert_eq!(
        floors,
        [
            "! PO P-RES G20: SPECIALLY_PROTECTED (PIPL 28; 艾滋病防治条例 39; 精神卫生法 4)",
            "! FA P-FUND G02: ANALYSTS_COUNT (统计法 28)",
        ]
    );
}
