//! Escapes of strings in documents (GraphQL §2.9.4). The parser knows those of four digits; what
//! lies beyond the basic plane, as 𠮷 in names, is written in braces or as a surrogate pair.

use std::borrow::Cow;

use super::limits::{line_end, string_end};

/// A document in which such escapes are the characters they stand for. Spaces behind the string make
/// up for their length, so that every place stays where it was. An escape of no character, as half
/// of a pair, is left for the parser to refuse.
pub fn unescape(document: &str) -> Cow<'_, str> {
    if !document.contains("\\u") {
        return Cow::Borrowed(document);
    }
    let bytes = document.as_bytes();
    let mut plain = String::with_capacity(document.len());
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at = line_end(bytes, at),
            b'"' => {
                let end = string_end(bytes, at);
                if !bytes[at..].starts_with(b"\"\"\"") {
                    plain.push_str(&document[copied..at]);
                    string(&document[at..end], &mut plain);
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    plain.push_str(&document[copied..]);
    Cow::Owned(plain)
}

/// One string, its quotes included.
fn string(text: &str, plain: &mut String) {
    let mut rest = text;
    let mut saved = 0;
    while let Some(place) = rest.find('\\') {
        plain.push_str(&rest[..place]);
        rest = &rest[place..];
        match escaped(rest) {
            Some((character, length)) => {
                let before = plain.len();
                push(character, plain);
                saved += length - plain[before..].chars().count();
                rest = &rest[length..];
            }
            None => {
                // The escape as it is: a backslash and what it escapes.
                let length = rest.chars().take(2).map(char::len_utf8).sum();
                plain.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    plain.push_str(rest);
    plain.extend(std::iter::repeat_n(' ', saved));
}

/// The character of an escape that the parser does not know, and the escape's length.
fn escaped(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("\\u")?;
    if let Some(braced) = digits.strip_prefix('{') {
        let end = braced.find('}')?;
        let code = &braced[..end];
        let is_hex = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_hexdigit());
        let significant = code.trim_start_matches('0');
        let code = match significant {
            _ if !is_hex => return None,
            "" => 0,
            digits => u32::from_str_radix(digits, 16).ok()?,
        };
        return Some((char::from_u32(code)?, "\\u{}".len() + end));
    }
    let high = four(digits)?;
    let low = four(digits.get(4..)?.strip_prefix("\\u")?)?;
    let is_pair = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    let code = is_pair.then(|| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?;
    char::from_u32(code).map(|character| (character, 12))
}

fn four(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// A character as it may stand in a string.
fn push(character: char, plain: &mut String) {
    match character {
        '"' => plain.push_str("\\\""),
        '\\' => plain.push_str("\\\\"),
        '\n' => plain.push_str("\\n"),
        '\r' => plain.push_str("\\r"),
        other => plain.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn an_escape_becomes_its_character_and_what_follows_stays_in_its_place() {
        for (written, meant) in [
            (r#"{ a(b: "\ud842\udfb7") c }"#, "{ a(b: \"𠮷\"           ) c }"),
            (r#"{ a(b: "\uD842\uDFB7田") c }"#, "{ a(b: \"𠮷田\"           ) c }"),
            (r#"{ a(b: "\u{20BB7}") c }"#, "{ a(b: \"𠮷\"        ) c }"),
            (r#"{ a(b: "\u{0000020bb7}") }"#, "{ a(b: \"𠮷\"             ) }"),
            (r#"["\u{41}" "\u{22}" "\u{5c}" "\u{A}"]"#, r#"["A"      "\""     "\\"     "\n"   ]"#),
        ] {
            let found = unescape(written);
            assert_eq!(found, meant);
            assert_eq!(found.chars().count(), written.chars().count());
        }
    }

    #[test]
    fn what_is_no_such_escape_is_left_as_it_is() {
        for text in [
            r#"{ a(b: "\u5317") }"#,
            r#"{ a(b: "\\ud842\\udfb7") }"#,
            r#"{ a(b: "\\u{20BB7}") }"#,
            r#"{ a(b: "\ud842") }"#,
            r#"{ a(b: "\udfb7\ud842") }"#,
            r#"{ a(b: "\ud842\u{dfb7}") }"#,
            r#"{ a(b: "\u{d842}\u{dfb7}") }"#,
            r#"{ a(b: "\u{110000}" c: "\u{}" d: "\u{x}" e: "\u{1") }"#,
            "{ a } # \"\\ud842\\udfb7\"",
            "{ a(b: \"\"\"\\ud842\\udfb7\"\"\") }",
            r#"{ a(b: "\u{20BB7"#,
            r#"{ a(b: "\"#,
        ] {
            assert_eq!(unescape(text), text);
        }
    }
}
