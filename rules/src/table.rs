//! Comma-separated lists kept beside the rules.

/// The rows of a list, without its heading.
#[expect(clippy::expect_used, reason = "the lists are the project's own, and tests read them")]
pub fn rows(text: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().collect::<Result<_, _>>().expect("a list that can be read")
}
