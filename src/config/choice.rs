//! Words of which one must be chosen, and what was probably meant when none was.

use super::problem::Fault;

/// A parser that takes one of `words` and gives what stands beside it.
pub(super) fn one_of<T: Copy, const N: usize>(
    words: [(&'static str, T); N],
) -> impl FnOnce(String) -> Result<T, Fault> {
    move |text| match words.iter().find(|(word, _)| *word == text) {
        Some((_, chosen)) => Ok(*chosen),
        None => Err(no_such("no word for this setting", &text, words.iter().map(|(word, _)| *word))),
    }
}

/// The fault of naming something that is not among `known`.
pub(super) fn no_such<'a>(reason: &str, text: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let known: Vec<&str> = known.collect();
    let hint = match (nearest(text, known.iter().copied()), known.as_slice()) {
        (Some(meant), _) => format!("Did you mean `{meant}`?"),
        (None, []) => "There are none yet.".to_owned(),
        (None, [only]) => format!("There is `{only}`."),
        (None, all) => format!("There are `{}`.", all.join("`, `")),
    };
    Fault::new(reason, hint)
}

/// The one of `known` that was probably meant, when one is near enough to be a slip of the finger.
pub(super) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    let (far, word) = known.map(|word| (strsim::damerau_levenshtein(&text, word), word)).min()?;
    let near = (word.chars().count() / 3).clamp(1, 3);
    (far <= near).then_some(word)
}
