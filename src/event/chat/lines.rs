//! The lines of a message that may be commands: not those that quote somebody, nor those within a code block.

/// The name that people call us by.
const NAME: &str = "chamberlain";
/// As many commands are taken from one message: each becomes a row, a decision and an answer.
pub const MOST_LINES: usize = 20;

/// A line, and whether it begins with our name or a slash.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    pub(super) mentions_us: bool,
}

/// The lines of a message, each without the mention it begins with.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut in_block = false;
    text.lines()
        .map(str::trim)
        .filter(move |line| {
            let fences = line.matches("```").count();
            let is_code = in_block || fences > 0;
            in_block ^= fences % 2 == 1;
            !is_code && !line.is_empty() && !line.starts_with('>')
        })
        .filter_map(|line| {
            let (text, mentions_us) = match without_mention(line) {
                Some(rest) => (rest, true),
                None => (line, false),
            };
            (!text.is_empty()).then_some(Line { text, mentions_us })
        })
}

/// Whether a line of a message begins with our name.
pub(super) fn calls_us(text: &str) -> bool {
    lines(text).any(|line| line.mentions_us)
}

/// The part of a message that is being typed at its end and may become a command: its last line, without the mention.
pub fn being_typed(text: &str) -> Option<&str> {
    let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let line = last.trim_start();
    let is_code = before.matches("```").count() % 2 == 1 || last.contains("```");
    if is_code || line.starts_with('>') {
        return None;
    }
    if line == "/" {
        return Some("");
    }
    match without_mention(line) {
        // Our name alone: a command would stick to it.
        Some("") if line.ends_with(char::is_alphanumeric) => None,
        Some(rest) => Some(rest),
        None => Some(line),
    }
}

/// What stands behind `@chamberlain`, `chamberlain:` or a slash.
fn without_mention(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix('/').filter(|rest| rest.starts_with(char::is_alphabetic)) {
        return Some(strip_name(rest).unwrap_or(rest));
    }
    if let Some(rest) = line.strip_prefix('@').and_then(strip_name) {
        return Some(rest);
    }
    let rest = line.get(NAME.len()..)?.strip_prefix([':', ','])?;
    line.get(..NAME.len())?.eq_ignore_ascii_case(NAME).then(|| rest.trim_start())
}

fn strip_name(text: &str) -> Option<&str> {
    let rest = text.get(NAME.len()..)?;
    let is_whole = rest.is_empty() || rest.starts_with(|letter: char| letter.is_whitespace() || ":,".contains(letter));
    let is_ours = is_whole && text.get(..NAME.len())?.eq_ignore_ascii_case(NAME);
    is_ours.then(|| rest.trim_start_matches([':', ',']).trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_and_code_blocks_are_no_commands() {
        let text = "deploy web\n> deploy api\n```\ndeploy all\n```\n  status  \n```deploy x```\n";
        assert_eq!(lines(text).map(|line| line.text).collect::<Vec<_>>(), ["deploy web", "status"]);
    }

    #[test]
    fn the_line_being_typed_is_the_last_one() {
        for (text, typed) in [
            ("", Some("")),
            ("dep", Some("dep")),
            ("hello\n  deploy ", Some("deploy ")),
            ("/", Some("")),
            ("/dep", Some("dep")),
            ("@chamberlain", None),
            ("@chamberlain ", Some("")),
            ("chamberlain: deploy w", Some("deploy w")),
            ("> dep", None),
            ("```\ndep", None),
            ("```\nx\n```\ndep", Some("dep")),
            ("```x```", None),
        ] {
            assert_eq!(being_typed(text), typed, "{text:?}");
            assert!(typed.is_none_or(|typed| text.ends_with(typed)));
        }
    }

    #[test]
    fn mentions_are_taken_off() {
        for (line, text, mentions_us) in [
            ("@chamberlain deploy", "deploy", true),
            ("@Chamberlain: deploy", "deploy", true),
            ("chamberlain, deploy", "deploy", true),
            ("/deploy web", "deploy web", true),
            ("/chamberlain deploy", "deploy", true),
            ("chamberlains deploy", "chamberlains deploy", false),
            ("@chamberlainx deploy", "@chamberlainx deploy", false),
            ("deploy @chamberlain", "deploy @chamberlain", false),
            ("/ a", "/ a", false),
        ] {
            assert_eq!(lines(line).next().unwrap(), Line { text, mentions_us }, "{line}");
        }
    }
}
