//! Limits on what a request may ask, and the checks that need no schema.

use std::{collections::HashSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::error::{Code, GatewayError, Result};

/// Limits on one request. Every one can be configured.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest request body, in bytes.
    pub body_bytes: usize,
    /// Most lexical tokens in a document.
    pub tokens: usize,
    /// Deepest nesting of selections, and of brackets in values.
    pub depth: usize,
    /// Most aliases in a document.
    pub aliases: usize,
    /// Most fields at the root of an operation.
    pub root_fields: usize,
    /// Most directives in a document.
    pub directives: usize,
    /// Most fields after fragments are put in their places.
    pub fields: usize,
    /// Most conditions in filters of one request, values of lists included.
    pub conditions: usize,
    /// Most filters through relations of one request: each is a semi-join to plan and to run.
    pub relation_filters: usize,
    /// Largest `first` or `last`.
    pub page_size: usize,
    /// `first` of connections where the request names none.
    pub default_page_size: usize,
    /// `first` of nested lists where the request names none.
    pub default_nested_size: usize,
    /// Most rows read for one request.
    pub rows: usize,
    /// Longest time for one request, in milliseconds.
    pub request_ms: u64,
    /// Longest time for one statement, in milliseconds.
    pub statement_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 128 * 1024,
            tokens: 4_000,
            depth: 12,
            aliases: 50,
            root_fields: 10,
            directives: 50,
            fields: 1_000,
            conditions: 1_000,
            relation_filters: 12,
            page_size: 500,
            default_page_size: 50,
            default_nested_size: 100,
            rows: 20_000,
            request_ms: 10_000,
            statement_ms: 5_000,
        }
    }
}

impl Limits {
    /// Longest time for one request.
    pub fn request_time(&self) -> Duration {
        Duration::from_millis(self.request_ms)
    }

    /// Longest time for one statement.
    pub fn statement_time(&self) -> Duration {
        Duration::from_millis(self.statement_ms)
    }
}

/// Longest name or number of a document, in bytes: names come back as response keys and stand in
/// access records.
const NAME_BYTES: usize = 128;

/// Deepest nesting of a query for the schema: that of editors and generators is 13 deep and more.
pub const INTROSPECTION_DEPTH: usize = 24;

/// The error for a limit.
pub fn exceeded(what: &str, limit: usize) -> GatewayError {
    GatewayError::new(Code::LimitExceeded, format!("more than {limit} {what}"))
        .with("limit", what)
        .with("maximum", limit)
}

/// What a bracket opened.
enum Frame<'d> {
    /// A selection set, where a key may stand twice.
    Selection,
    /// Arguments or variable definitions; braces within are input objects.
    Arguments,
    /// A list.
    List,
    /// An input object, with the members named so far.
    Object(HashSet<&'d str>),
}

/// Counts tokens and nesting before the document reaches the parser, whose work and stack grow with
/// both, and finds what the parser would drop: a member that an input object names twice.
///
/// # Errors
/// When the document has more tokens or deeper brackets than the limits allow, or such a member.
pub fn check_text(document: &str, limits: &Limits) -> Result<()> {
    let bytes = document.as_bytes();
    let (mut at, mut tokens) = (0, 0usize);
    let mut frames: Vec<Frame<'_>> = Vec::new();
    // A selection set and the objects and lists of its arguments nest within each other.
    let deepest = (2 * limits.depth + 8).max(INTROSPECTION_DEPTH + 8);
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = line_end(bytes, at);
                continue;
            }
            b'"' => at = string_end(bytes, at),
            bracket @ (b'{' | b'[' | b'(') => {
                frames.push(match (bracket, frames.last()) {
                    (b'(', _) => Frame::Arguments,
                    (b'[', _) => Frame::List,
                    (_, None | Some(Frame::Selection)) => Frame::Selection,
                    _ => Frame::Object(HashSet::new()),
                });
                at += 1;
            }
            b'}' | b']' | b')' => {
                frames.pop();
                at += 1;
            }
            byte if is_word(byte) => {
                at += bytes[at..].iter().take_while(|byte| is_word(**byte)).count();
                if at - start > NAME_BYTES {
                    return Err(exceeded("bytes of a name or number", NAME_BYTES));
                }
                if let Some(Frame::Object(named)) = frames.last_mut()
                    && bytes[skip_ignored(bytes, at)..].first() == Some(&b':')
                    && !named.insert(&document[start..at])
                {
                    return Err(GatewayError::new(
                        Code::GraphqlValidationFailed,
                        "an input object names a member twice",
                    ));
                }
            }
            _ => at += 1,
        }
        debug_assert!(at > start, "every token has a length");
        tokens += 1;
        if tokens > limits.tokens {
            return Err(exceeded("tokens", limits.tokens));
        }
        if frames.len() > deepest {
            return Err(exceeded("levels of nesting", deepest));
        }
    }
    Ok(())
}

/// The place of the next token.
fn skip_ignored(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => at += 1,
            b'#' => at = line_end(bytes, at),
            _ => break,
        }
    }
    at
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.') || byte >= 0x80
}

/// The end of a comment.
pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count()
}

/// The end of a string or block string.
pub(super) fn string_end(bytes: &[u8], from: usize) -> usize {
    if bytes[from..].starts_with(b"\"\"\"") {
        let body = &bytes[from + 3..];
        let mut at = 0;
        while at < body.len() {
            if body[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if body[at..].starts_with(b"\"\"\"") {
                return from + 3 + at + 3;
            } else {
                at += 1;
            }
        }
        return bytes.len();
    }
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}
