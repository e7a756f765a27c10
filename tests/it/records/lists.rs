//! `roles`, `purposes`, `groups`, `reasons`, `organizations`, `units`, `laws`, `code-lists`.

use serde_json::Value;

use super::process::Installation;

fn json(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a list of JSON")
}

#[test]
fn lists_that_the_program_has_need_no_database() {
    let installation = Installation::empty();
    for (name, code, words) in [
        ("roles", "HC", ["社区责任医生/护士", "community clinician"]),
        ("purposes", "P-IMM", ["预防接种", "immunization"]),
        ("groups", "G15", ["预防接种", "immunization"]),
        ("reasons", "UNCONSCIOUS", ["意识丧失", "unconscious"]),
        ("code-lists", "sex", ["性别", "GB/T 2261.1-2003"]),
    ] {
        let text = installation.succeed(&[name]);
        for word in [code, words[0], words[1]] {
            assert!(text.contains(word), "{name}: {word}");
        }
        let rows = json(&installation.succeed(&[name, "--format", "json"]));
        let of = if name == "code-lists" { "name" } else { "code" };
        assert!(rows.iter().any(|row| row[of] == code), "{name}");
        let csv = installation.succeed(&[name, "--format", "csv"]);
        assert_eq!(csv.lines().count(), rows.len() + 1, "{name}");
    }
}

#[test]
fn a_code_list_is_printed_by_its_name_and_by_its_standard() {
    let installation = Installation::empty();
    let text = installation.succeed(&["code-lists", "sex"]);
    assert!(text.contains("男性") && text.contains("female"), "{text}");
    assert_eq!(installation.succeed(&["code-lists", "GB/T 2261.1"]), text);
    let regions = json(&installation.succeed(&["code-lists", "regions", "--format", "json"]));
    let jiutai = regions.iter().find(|entry| entry["code"] == "220181").expect("Jiutai");
    assert_eq!(
        (&jiutai["labelZh"], &jiutai["validUntil"]),
        (&"九台市".into(), &"2014-12-31".into())
    );
    for (name, told) in [("none", "no code list none"), ("administrative-units", "units")] {
        let failed = installation.fail(&["code-lists", name]);
        assert!(failed.contains(told), "{failed}");
    }
}

#[test]
fn lists_of_the_database_are_those_of_the_database() {
    let installation = Installation::empty();
    let failed = installation.fail(&["units"]);
    assert!(failed.contains("database"), "{failed}");
    installation.install();
    let units = json(&installation.succeed(&["units", "--format", "json"]));
    assert!(units.iter().any(|unit| unit["code"] == "JL-CBS"));
    let laws = json(&installation.succeed(&["laws", "--format", "json"]));
    assert!(laws.iter().any(|law| law["code"] == "PIPL-54"));
    assert!(installation.succeed(&["laws"]).starts_with("法律依据 · legal bases"));
    let header = "code,name,kind,kindLabelZh,department,departmentLabelZh,unit";
    let organizations = installation.succeed(&["organizations", "--format", "csv"]);
    assert_eq!(organizations.lines().next(), Some(header));
}

#[test]
fn the_change_log_in_the_documents_is_the_programs() {
    let installation = Installation::empty();
    installation.install();
    let printed = installation.succeed(&["schema", "--change-log"]);
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CHANGELOG.md");
    let written = std::fs::read_to_string(file).expect("the change log");
    assert!(
        printed == written,
        "docs/CHANGELOG.md is not what `migrant-gateway schema --change-log` prints over a new database; \
         mend it with: migrant-gateway schema --change-log > docs/CHANGELOG.md"
    );
}
