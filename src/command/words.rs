//! Cuts a line into words, as people type them on phones: curly quotes, long dashes, hard spaces.

/// A word, and whether it was quoted: a quoted one is never an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

/// The words of a line. Quotes count only where a word begins, so that `don't` is a word; one that never closes is
/// a letter. No backslashes and no `#`: people don't mean them. `<@U1>` and `` `code` `` stay whole.
pub(super) fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let closings = Closings::of(line);
    let mut rest = line.trim_start_matches(is_space);
    while !rest.is_empty() {
        let (word, after) = closings.quoted(rest).unwrap_or_else(|| closings.bare(rest));
        words.push(word);
        rest = after.trim_start_matches(is_space);
    }
    words
}

/// A line that is still being typed: the words that are over, the one at its end, and where that begins, in bytes.
pub(super) fn begun(line: &str) -> (Vec<Word>, Word, usize) {
    let mut over = Vec::new();
    let closings = Closings::of(line);
    let mut rest = line.trim_start_matches(is_space);
    loop {
        let (word, after) = closings.quoted(rest).or_else(|| opened(rest)).unwrap_or_else(|| closings.bare(rest));
        if after.is_empty() {
            return (over, word, line.len() - rest.len());
        }
        over.push(word);
        rest = after.trim_start_matches(is_space);
    }
}

/// A quote that is not closed yet holds the rest of what is being typed.
fn opened(text: &str) -> Option<(Word, &str)> {
    let inner = text.strip_prefix(OPENING)?;
    Some((Word { text: inner.to_owned(), is_quoted: true }, ""))
}

/// What a quoted word begins with.
const OPENING: [char; 7] = ['"', '“', '”', '„', '\'', '‘', '’'];

fn is_space(letter: char) -> bool {
    // A no-break space (U+00A0) is a space to people.
    letter.is_whitespace()
}

/// What a quoted word ends with, by what it begins with.
const QUOTES: [(&[char], &[char]); 2] =
    [(&['"', '“', '”', '„'], &['"', '”', '“']), (&['\'', '‘', '’'], &['\'', '’', '‘'])];

/// Where in a line quotes of each kind and mentions close for the last time. Behind that nothing needs to be looked for:
/// else a line that opens many and closes none would be walked to its end for each.
struct Closings {
    long: usize,
    quotes: [Option<usize>; 2],
    mention: Option<usize>,
}

impl Closings {
    fn of(line: &str) -> Self {
        let quotes = QUOTES.map(|(_, closing)| {
            let mut ends = line.char_indices().rev().filter(|(_, letter)| closing.contains(letter));
            ends.find(|(at, letter)| ends_word(&line[at + letter.len_utf8()..])).map(|(at, _)| at)
        });
        Self { long: line.len(), quotes, mention: line.rfind('>') }
    }

    /// The quoted word that the rest of the line begins with.
    fn quoted<'t>(&self, rest: &'t str) -> Option<(Word, &'t str)> {
        let mut letters = rest.chars();
        let first = letters.next()?;
        let kind = QUOTES.iter().position(|(opening, _)| opening.contains(&first))?;
        let inner = letters.as_str();
        if self.quotes[kind]? < self.long - inner.len() {
            return None;
        }
        // The quote closes where a word ends, so that an apostrophe within does not.
        let mut ends = inner.char_indices().filter(|(_, letter)| QUOTES[kind].1.contains(letter));
        let (at, letter) = ends.find(|(at, letter)| ends_word(&inner[at + letter.len_utf8()..]))?;
        let word = Word { text: inner[..at].to_owned(), is_quoted: true };
        Some((word, &inner[at + letter.len_utf8()..]))
    }

    /// The word up to the next space; a mention and code are whole.
    fn bare<'t>(&self, text: &'t str) -> (Word, &'t str) {
        let may_close = self.mention.is_some_and(|last| last >= self.long - text.len());
        let marks = [("<@", ">", may_close), ("`", "`", true)];
        let whole = marks.into_iter().filter(|(.., may_close)| *may_close).find_map(|(open, close, _)| {
            let inner = text.strip_prefix(open)?;
            inner.find(close).map(|end| open.len() + end + close.len())
        });
        let from = whole.unwrap_or(0);
        let end = text[from..].find(is_space).map_or(text.len(), |end| from + end);
        let word = text[..end].to_owned();
        let word = match word.strip_prefix(['—', '–']) {
            // A phone made one long dash of two short ones.
            Some(name) if !name.is_empty() => format!("--{}", name.trim_start_matches('-')),
            _ => word,
        };
        (Word { text: word, is_quoted: false }, &text[end..])
    }
}

/// Whether a word is over before `after`.
fn ends_word(after: &str) -> bool {
    after.is_empty() || after.starts_with(is_space)
}

/// A word as it is to be typed so that it is read back whole, and never as an option.
pub fn quoted_if_needed(word: &str) -> String {
    let begins_oddly = word.starts_with(['-', '—', '–', '"', '“', '”', '„', '\'', '‘', '’', '`', '<']);
    if !word.is_empty() && !begins_oddly && !word.contains(is_space) {
        return word.to_owned();
    }
    let quote = if word.contains(['"', '“', '”']) { '\'' } else { '"' };
    format!("{quote}{word}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        words(line).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn lines_as_people_type_them() {
        let rows: &[(&str, &[&str])] = &[
            ("deploy web", &["deploy", "web"]),
            ("  deploy \u{a0} web  ", &["deploy", "web"]),
            ("say \"two words\" more", &["say", "two words", "more"]),
            ("say “two words” more", &["say", "two words", "more"]),
            ("say ‘two words’", &["say", "two words"]),
            ("I don't know", &["I", "don't", "know"]),
            ("say 'I don't know' now", &["say", "I don't know", "now"]),
            ("open \"quote", &["open", "\"quote"]),
            ("deploy —dry-run", &["deploy", "--dry-run"]),
            ("a — b", &["a", "—", "b"]),
            ("fix #12 C:\\tmp", &["fix", "#12", "C:\\tmp"]),
            ("may <@ana b> `x y` z", &["may", "<@ana b>", "`x y`", "z"]),
        ];
        for (line, expected) in rows {
            assert_eq!(texts(line), *expected, "{line}");
        }
    }

    #[test]
    fn the_word_being_typed_is_found() {
        for (line, over, typed, from) in [
            ("", 0, "", 0),
            ("  de", 0, "de", 2),
            ("deploy ", 1, "", 7),
            ("deploy\u{a0}we", 1, "we", 8),
            ("say \"two wo", 1, "two wo", 4),
            ("say \"two words\"", 1, "two words", 4),
            ("say \"two words\" ", 2, "", 16),
            ("hold —fo", 1, "--fo", 5),
        ] {
            let (words, word, at) = begun(line);
            assert_eq!((words.len(), word.text.as_str(), at), (over, typed, from), "{line}");
        }
    }

    #[test]
    fn a_line_of_opening_quotes_is_not_walked_for_each() {
        let line = "'a \"b <@c ".repeat(20_000);
        let begun_at = std::time::Instant::now();
        assert_eq!(words(&line).len(), 60_000);
        assert!(begun_at.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun_at.elapsed());
    }

    #[test]
    fn a_quoted_dash_is_no_option() {
        assert_eq!(words("\"--x\""), [Word { text: "--x".into(), is_quoted: true }]);
    }

    proptest::proptest! {
        #[test]
        fn a_word_quoted_where_needed_is_read_back(word in "[-a-z/#店—–\"'`<>@\u{a0}]{1,12}") {
            let is_odd = word.contains(['"', '\'']) && word.contains('\u{a0}');
            proptest::prop_assume!(!is_odd);
            let read = words(&quoted_if_needed(&word));
            proptest::prop_assert_eq!(read.iter().map(|read| read.text.as_str()).collect::<Vec<_>>(), [word.as_str()]);
            proptest::prop_assert!(read[0].is_quoted || !word.starts_with('-'));
        }

        #[test]
        fn quoting_brings_any_words_back(texts in proptest::collection::vec("[a-z —–'#\\\\]{1,12}", 1..4)) {
            let texts: Vec<String> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
            let line = texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" ");
            let read: Vec<String> = words(&line).into_iter().map(|word| word.text).collect();
            proptest::prop_assert_eq!(read, texts);
        }
    }
}
