//! Whether something was printed as a page shows it. The population is another each day, and so are
//! instants, keys and counts: words have to be the same, and the members of JSON.

use serde_json::Value;

/// The first line of what a page shows that was not printed, in its order.
pub fn missing(shown: &str, printed: &str) -> Option<String> {
    let mut printed = printed.lines();
    let whole: Vec<&str> = shown.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in whole {
        // The page leaves something out here.
        if line.trim() == "…" {
            continue;
        }
        if !printed.any(|printed| is_alike(line, printed)) {
            return Some(line.to_owned());
        }
    }
    None
}

fn is_alike(shown: &str, printed: &str) -> bool {
    match (serde_json::from_str(shown), serde_json::from_str(printed)) {
        (Ok(shown), Ok(printed)) => has_shape(&shown, &printed),
        _ => is_text_alike(shown, printed),
    }
}

/// Whether two values have the same members, as far as there is something in both; codes are the
/// same.
fn has_shape(shown: &Value, printed: &Value) -> bool {
    match (shown, printed) {
        (Value::Object(shown), Value::Object(printed)) => {
            shown.len() == printed.len()
                && shown.iter().all(|(name, value)| {
                    let found = printed.get(name);
                    let is_code = ["code", "reason", "__typename"].contains(&name.as_str());
                    found.is_some_and(|found| match is_code {
                        true => found == value,
                        false => has_shape(value, found),
                    })
                })
        }
        (Value::Array(shown), Value::Array(printed)) => match (shown.first(), printed.first()) {
            (Some(shown), Some(printed)) => has_shape(shown, printed),
            (shown, printed) => shown.is_none() == printed.is_none(),
        },
        (Value::Object(_) | Value::Array(_), other)
        | (other, Value::Object(_) | Value::Array(_)) => other.is_null(),
        _ => true,
    }
}

/// Whether two lines have the same words: `…` stands for whatever the page leaves out.
fn is_text_alike(shown: &str, printed: &str) -> bool {
    let printed = words(printed);
    let mut rest = printed.as_str();
    let mut is_first = true;
    let parts: Vec<String> = shown.split('…').map(words).collect();
    for part in &parts {
        match rest.find(part.as_str()) {
            Some(0) => rest = &rest[part.len()..],
            Some(at) if !is_first => rest = &rest[at + part.len()..],
            _ => return false,
        }
        is_first = false;
    }
    parts.len() > 1 || rest.is_empty()
}

/// Days and months, as HTTP writes them.
const CALENDAR: [&str; 19] = [
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A line with `#` for every number, key, instant and word with a digit in it, and for names of
/// people; runs of spaces are one.
fn words(line: &str) -> String {
    let mut out = String::new();
    let mut token = String::new();
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "+/=_-:.".contains(c) || !c.is_ascii();
    for c in line.trim().chars().chain([' ']) {
        if is_inner(c) {
            token.push(c);
            continue;
        }
        let varies = token.chars().any(|c| c.is_ascii_digit() || !c.is_ascii())
            || token.len() > 40
            || CALENDAR.contains(&&*token);
        out += match varies {
            true => "#",
            false => token.as_str(),
        };
        token.clear();
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

#[test]
fn what_varies_is_not_compared_and_what_is_said_is() {
    for (shown, printed, is_shown) in [
        ("intact: 3 records, head 0f2b…", "intact: 17 records, head aa00bb", true),
        ("intact: 3 records", "broken: 3 records", false),
        ("done, and recorded as #1", "done, and recorded as #12", true),
        ("a …\nb", "x\na 1 2\nb", true),
        ("b\na", "a\nb", false),
        (r#"{"data":{"a":[{"b":1}]}}"#, r#"{"data":{"a":[{"b":2},{"b":3}]}}"#, true),
        (r#"{"data":{"a":[{"b":1}]}}"#, r#"{"data":{"a":[{"c":2}]}}"#, false),
        (r#"{"data":{"a":1}}"#, r#"{"errors":[]}"#, false),
        (r#"{"e":{"code":"X"}}"#, r#"{"e":{"code":"Y"}}"#, false),
    ] {
        assert_eq!(missing(shown, printed).is_none(), is_shown, "{shown} / {printed}");
    }
}
