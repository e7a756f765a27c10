//! Hashes as text.

/// The bytes of a hash written in lower-case hexadecimal; none where it is anything else.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    if digits.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    const_hex::decode_to_array(digits).ok()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const_hex::encode(bytes)
}
