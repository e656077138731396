//! The last form of a message: plain words that Slack takes whatever it does not like about the blocks.

use crate::card::model::Content;
use crate::card::render::text;

/// As many characters as Slack takes for a changed message.
const LONGEST: usize = 4000;
const CUT: &str = " …";

/// The plain form, escaped as Slack wants it and cut to what it takes.
pub(super) fn plain(content: &Content) -> String {
    escaped(&text::content(content), LONGEST)
}

/// Escaped for Slack, at most `longest` characters; never cut within an entity.
pub(super) fn escaped(text: &str, longest: usize) -> String {
    let whole: Vec<String> = text.chars().map(entity).collect();
    if whole.iter().map(|letter| letter.chars().count()).sum::<usize>() <= longest {
        return whole.concat();
    }
    let mut left = longest - CUT.chars().count();
    let fits = whole.iter().take_while(|letter| {
        let length = letter.chars().count();
        let fits = length <= left;
        left = left.saturating_sub(length);
        fits
    });
    fits.map(String::as_str).chain([CUT]).collect()
}

/// What Slack escaped, as it was written.
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn entity(letter: char) -> String {
    match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_by_foreign_words() {
        assert_eq!(escaped("<!channel> a & b", 250), "&lt;!channel&gt; a &amp; b");
        assert_eq!(unescaped(&escaped("<!channel> &lt; & b", 250)), "<!channel> &lt; & b");
    }

    #[test]
    fn what_is_cut_is_cut_between_entities() {
        assert_eq!(escaped("ab<cd", 8), "ab&lt;cd");
        assert_eq!(escaped("ab<cde", 8), "ab&lt; …");
        assert_eq!(escaped("ab<<", 8), "ab&lt; …");
        assert_eq!(escaped("abcd<<", 8), "abcd …");
    }

    proptest::proptest! {
        #[test]
        fn it_is_never_too_long(text in "[a<&é]{0,40}", longest in 8_usize..30) {
            let cut = escaped(&text, longest);
            proptest::prop_assert!(cut.chars().count() <= longest);
            proptest::prop_assert!(text.starts_with(unescaped(&cut).trim_end_matches(CUT)));
        }
    }
}
