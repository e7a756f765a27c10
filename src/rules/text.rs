//! What people have to say: whether there is anything to read.

use unicode_properties::{GeneralCategoryGroup as Group, UnicodeGeneralCategory as _};

/// Letters and symbols by their category that show nothing: the fillers of Hangul, the blank of
/// Braille.
const BLANK: [char; 5] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{2800}'];

/// How many characters of a text can be seen: letters, digits, punctuation and symbols; no spaces, no
/// controls, no formats, and no marks without a letter to stand on.
pub fn visible(text: &str) -> usize {
    let is_seen = |c: &char| {
        let group = c.general_category_group();
        !matches!(group, Group::Separator | Group::Other | Group::Mark) && !BLANK.contains(c)
    };
    text.chars().filter(is_seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_no_text() {
        for blank in [
            "",
            " \t\r\n",
            "\u{a0}\u{2003}\u{3000}\u{202f}",
            "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}",
            "\u{202e}\u{2066}\u{e0001}\u{e0041}",
            "\u{3164}\u{115f}\u{1160}\u{ffa0}\u{2800}",
            "\u{301}\u{fe0f}",
            "\u{0}\u{7}\u{85}",
            "\u{e000}\u{10ffff}",
        ] {
            assert_eq!(visible(blank), 0, "{}", blank.escape_unicode());
        }
    }

    #[test]
    fn letters_of_any_script_are_seen() {
        assert_eq!(visible("昏迷 x\u{200b}"), 3);
        assert_eq!(visible("e\u{301}!"), 2);
    }
}
