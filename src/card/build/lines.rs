//! Lines of a log, made harmless for every surface: the one place where what programs write comes into a card.

/// More of a line is not shown.
const LONGEST: usize = 400;

/// The lines without colours, control characters and marks that turn the direction of writing.
pub fn plain(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| one(line, LONGEST)).collect()
}

/// The same with long lines whole, for files.
pub fn whole(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| one(line, usize::MAX)).collect()
}

fn one(line: &str, longest: usize) -> String {
    // A terminal shows what was written over the line last.
    let line = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
    let mut plain = String::with_capacity(line.len().min(longest));
    let mut letters = line.chars().peekable();
    let mut count = 0;
    while let Some(letter) = letters.next() {
        match letter {
            // A colour or a move of the cursor: digits and signs up to one letter.
            '\u{1b}' if letters.next_if_eq(&'[').is_some() => {
                letters.by_ref().find(|letter| ('@'..='~').contains(letter));
                continue;
            }
            // A title or a link of a terminal, up to a bell or `ESC \`.
            '\u{1b}' if letters.next_if_eq(&']').is_some() => {
                if letters.by_ref().find(|letter| matches!(letter, '\u{7}' | '\u{1b}')) == Some('\u{1b}') {
                    letters.next_if_eq(&'\\');
                }
                continue;
            }
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => continue,
            '\t' => plain.push(' '),
            letter if letter.is_control() => continue,
            letter => plain.push(letter),
        }
        count += 1;
        if count == longest {
            if letters.peek().is_some() {
                plain.push('…');
            }
            break;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_taken_out() {
        for (written, shown) in [
            ("\u{1b}[31mtwo\u{1b}[0m\tx\u{7}", "two x"),
            ("\u{1b}]0;title\u{7}after", "after"),
            ("\u{1b}]8;;http://x/\u{1b}\\link", "link"),
            ("10%\r20%\r100%\r", "100%"),
            ("<b>`*` \u{202e}end", "<b>`*` end"),
            ("\u{1b}[31", ""),
            ("lost \u{1b}", "lost "),
        ] {
            assert_eq!(one(written, LONGEST), shown, "{written:?}");
        }
        assert_eq!(one(&"x".repeat(500), LONGEST).chars().count(), LONGEST + 1);
        assert_eq!(whole(&["x".repeat(500)]), ["x".repeat(500)]);
    }

    proptest! {
        #[test]
        fn no_control_character_is_left(line in "(\\PC|\u{1b}|[\u{0}-\u{1f}]|\\[|\\]|m){0,60}") {
            prop_assert!(!one(&line, LONGEST).chars().any(char::is_control));
        }
    }
}
