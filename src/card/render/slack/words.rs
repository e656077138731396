//! Letters as Slack takes them: without hidden ones, escaped, counted, and cut between what a reader sees as one.

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

/// Stands where something was cut off.
const MORE: &str = "…";

/// The same words without control letters and without those that turn the direction of reading.
pub(super) fn clean(words: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => Some(letter),
        // Slack's clients break lines there too.
        '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        _ => (!letter.is_control()).then_some(letter),
    };
    words.chars().filter_map(shown).collect()
}

/// The same as one line.
pub(super) fn one_line(words: &str) -> String {
    clean(words).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The three letters that mean something wherever Slack reads marks.
pub(super) fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// How long Slack may find the words: escaped, and a letter outside the first plane as two.
pub(super) fn length(words: &str) -> usize {
    words
        .chars()
        .map(|letter| match letter {
            '&' => "&amp;".len(),
            '<' | '>' => "&lt;".len(),
            _ => letter.len_utf16(),
        })
        .sum()
}

/// Everything that is read in a block and that travels with it.
pub(super) fn weight(block: &Value) -> usize {
    match block {
        Value::String(words) => length(words),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "type").map(|(_, value)| weight(value)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// As much of the beginning as has room, and the rest; never between letters that are read as one.
pub(super) fn split(words: &str, room: usize) -> (&str, &str) {
    let mut taken = 0;
    for (place, letter) in words.grapheme_indices(true) {
        taken += length(letter);
        if taken > room {
            return words.split_at(place);
        }
    }
    (words, "")
}

/// The words, or their beginning and a sign that there is more.
pub(super) fn cut(words: &str, room: usize) -> String {
    if length(words) <= room {
        return words.to_owned();
    }
    format!("{}{MORE}", split(words, room.saturating_sub(length(MORE))).0.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_between_what_is_read_as_one() {
        for (words, room, kept) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("a<<", 9, "a<<"),
            ("a<<<", 9, "a<…"),
            ("ab e\u{301}e", 5, "ab…"),
            ("👩‍👩‍👧ab", 8, "…"),
            ("冲刺冲刺", 3, "冲刺…"),
            ("abcd", 0, "…"),
        ] {
            assert_eq!(cut(words, room), kept, "{words}");
        }
    }

    #[test]
    fn hidden_letters_are_gone() {
        assert_eq!(clean("a\u{202e}b\u{0}c\u{1b}[1m\r\nd\u{2028}e\tf"), "abc[1m\nd\ne\tf");
        assert_eq!(one_line(" a\n\t b "), "a b");
    }
}
