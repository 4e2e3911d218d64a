//! Names that volunteers give themselves: what is allowed and how it is shown. Knows no page.

use crate::limits::MAX_NICK_CHARS;

/// Cuts text at a character boundary so that it has at most `bytes` bytes.
pub fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether a character is drawn and harmless: no controls, no marks that reverse or hide text.
fn is_visible(c: char) -> bool {
    let invisible = matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}');
    !c.is_control() && !invisible
}

/// The nick as it may be stored: trimmed, visible characters only, at most 32 of them; `None` if nothing is left.
pub fn clean(nick: &str) -> Option<String> {
    let visible: String = nick
        .trim()
        .chars()
        .filter(|&c| is_visible(c))
        .take(MAX_NICK_CHARS)
        .collect();
    let trimmed = visible.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nick_is_cut_and_stripped_of_what_cannot_be_seen() {
        assert_eq!(
            clean("  Ada \u{202E}Lovelace\u{0} "),
            Some("Ada Lovelace".into())
        );
        assert_eq!(clean(" \u{200B}\u{FEFF} "), None);
        assert_eq!(
            clean(&"ä".repeat(5000)).map(|n| n.chars().count()),
            Some(32)
        );
        assert_eq!(cut("äöü", 3), "ä");
    }
}
