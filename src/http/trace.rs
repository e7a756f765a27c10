//! What tells one request from another in logs here and elsewhere: `X-Request-Id`, and the
//! `traceparent` of W3C Trace Context. Taken over where it is well-formed, else made anew.

use axum::http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use rand::TryRng as _;
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::secrets::hex;

/// The header of request identifiers.
pub const REQUEST_ID: &str = "x-request-id";

/// The header of W3C Trace Context.
pub const TRACEPARENT: &str = "traceparent";

/// The longest request identifier that is taken over.
const LONGEST: usize = 64;

/// Digits in a row from which on a text could be somebody's telephone or identity number.
const NUMBER: usize = 11;

/// Makes identifiers. They need not be secret, only different.
pub struct Ids(Mutex<ChaCha12Rng>);

/// The identifiers of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `X-Request-Id`.
    pub request: String,
    /// The trace that the request belongs to: 32 hexadecimal digits.
    pub trace: String,
    /// The gateway's own part in it: 16 hexadecimal digits.
    pub span: String,
    /// The flags of the trace, as they came.
    pub flags: String,
}

impl Ids {
    /// Identifiers of the system's randomness.
    pub fn of_system() -> Self {
        let mut seed = [0; 32];
        // Without randomness there are no keys either, so the gateway does not get here.
        let _ = rand::rngs::SysRng.try_fill_bytes(&mut seed);
        Self::seeded(seed)
    }

    /// The same identifiers for the same seed.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self(Mutex::new(ChaCha12Rng::from_seed(seed)))
    }

    /// The identifiers of a request.
    pub fn trace(&self, headers: &HeaderMap) -> Trace {
        let mut fresh = [0; 40];
        self.0.lock().fill_bytes(&mut fresh);
        let (trace, flags) = single(headers, TRACEPARENT)
            .and_then(parent)
            .unwrap_or_else(|| (hex(&fresh[..16]), "00".to_owned()));
        let request = single(headers, REQUEST_ID).filter(|id| is_request_id(id));
        Trace {
            request: request.map_or_else(|| hex(&fresh[16..32]), str::to_owned),
            trace,
            span: hex(&fresh[32..]),
            flags,
        }
    }
}

impl Trace {
    /// Puts the identifiers into an answer.
    pub fn name(&self, headers: &mut HeaderMap) {
        let parent = format!("00-{}-{}-{}", self.trace, self.span, self.flags);
        for (name, value) in [(REQUEST_ID, &self.request), (TRACEPARENT, &parent)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// The value of a header that occurs once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Trace and flags of a `traceparent`. Later versions begin as this one does (§3.2.4 there).
fn parent(value: &str) -> Option<(String, String)> {
    let fields: Vec<&str> = value.get(..55)?.split('-').collect();
    let [version, trace, span, flags] = fields.as_slice() else { return None };
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_some = |text: &str| text.bytes().any(|byte| byte != b'0');
    let fits = is_hex(version, 2)
        && *version != "ff"
        && is_hex(trace, 32)
        && is_some(trace)
        && is_hex(span, 16)
        && is_some(span)
        && is_hex(flags, 2);
    let ends = value.len() == 55 || (*version != "00" && value.as_bytes()[55] == b'-');
    // Of the flags of later versions only "sampled" is known here.
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1;
    (fits && ends).then(|| ((*trace).to_owned(), format!("0{sampled}")))
}

/// Whether an identifier can go into the log: short, plain, and nobody's number. UUIDs and the
/// identifiers of traces are taken for what they are, whatever digits they have.
fn is_request_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if !(8..=LONGEST).contains(&id.len()) || !id.bytes().all(is_plain) {
        return false;
    }
    let groups: Vec<&str> = id.split('-').collect();
    let is_uuid = matches!(groups.as_slice(), [a, b, c, d, e]
        if is_hex(a, 8) && is_hex(b, 4) && is_hex(c, 4) && is_hex(d, 4) && is_hex(e, 12));
    let mut digits = id.split(|character: char| !character.is_ascii_digit());
    is_uuid || is_hex(id, 32) || digits.all(|run| run.len() < NUMBER)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Ids, REQUEST_ID, TRACEPARENT};

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        let mut headers = HeaderMap::new();
        for (name, value) in all.iter().map(pair) {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn identifiers_come_of_the_seed_and_differ_from_request_to_request() {
        let (one, other) = (Ids::seeded([1; 32]), Ids::seeded([1; 32]));
        let none = HeaderMap::new();
        let first = one.trace(&none);
        assert_eq!(first, other.trace(&none));
        let second = one.trace(&none);
        assert!(first.request != second.request && first.trace != second.trace);
        assert_ne!(first, Ids::seeded([2; 32]).trace(&none));
        assert_eq!((first.trace.len(), first.span.len(), first.request.len()), (32, 16, 32));
    }

    #[test]
    fn a_well_formed_traceparent_is_continued_and_no_other() {
        let ids = Ids::seeded([3; 32]);
        let trace = "0af7651916cd43dd8448eb211c80319c";
        for (sent, flags) in [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Some("01")),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", Some("00")),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what.the", Some("01")),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what", None),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", None),
            ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", None),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", None),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", None),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", None),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x", None),
            ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01-", None),
            ("", None),
            ("nonsense", None),
        ] {
            let found = ids.trace(&headers(&[(TRACEPARENT, sent)]));
            assert_eq!(found.trace == trace, flags.is_some(), "{sent}");
            assert_ne!(found.span, "b7ad6b7169203331");
            if let Some(flags) = flags {
                assert_eq!(found.flags, flags, "{sent}");
            }
        }
        let one = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let twice = headers(&[(TRACEPARENT, one), (TRACEPARENT, one)]);
        assert_ne!(ids.trace(&twice).trace, trace);
    }

    #[test]
    fn a_request_id_is_taken_over_unless_it_is_long_odd_or_could_be_somebodys_number() {
        let ids = Ids::seeded([4; 32]);
        for (sent, taken) in [
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", true),
            ("f81d4fae-7dec-11d0-a765-123456789012", true),
            ("0af7651916cd43dd8448eb211c80319c", true),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", true),
            ("portal-7.batch_12", true),
            ("229901199501090020", false),
            ("x-10022374572", false),
            ("short", false),
            ("with space here", false),
            ("with\"quote-here", false),
            ("Root=1-67891233-abcdef", false),
        ] {
            let found = ids.trace(&headers(&[(REQUEST_ID, sent)]));
            assert_eq!(found.request == sent, taken, "{sent}");
        }
        let long = "x".repeat(65);
        assert_ne!(ids.trace(&headers(&[(REQUEST_ID, &long)])).request, long);
    }
}
