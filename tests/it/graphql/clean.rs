//! What the text of an error may not hold.

use migrant_gateway::catalogue::catalogue;

/// Traces of the machinery: SQL, drivers, source files, panics.
const MACHINERY: [&str; 14] = [
    "SELECT ",
    " FROM ",
    " WHERE ",
    " LIMIT ",
    "INSERT ",
    "sqlx",
    "rusqlite",
    "sqlite",
    "postgres",
    "syntax error",
    "panicked",
    ".rs:",
    "backtrace",
    "t0.",
];

/// What the hostile requests of these tests submit where values stand.
pub const SECRET: &str = "SECRET31337";

/// Asserts that an error tells neither of the machinery nor of what was submitted.
pub fn assert_clean(text: &str) {
    for trace in MACHINERY {
        assert!(!text.contains(trace), "{trace:?} in an error: {text}");
    }
    for kind in catalogue().kinds() {
        let internal = kind.table.contains('_') && text.contains(kind.table);
        assert!(!internal, "the table {} in an error: {text}", kind.table);
    }
    assert!(!text.contains(SECRET), "a submitted value in an error: {text}");
}
