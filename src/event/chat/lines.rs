//! The lines of a message that may be commands: not those that quote somebody, nor those within a code block.

/// The name that people call us by.
const NAME: &str = "chamberlain";

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
