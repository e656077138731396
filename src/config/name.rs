//! Names that the operator gives to people, roles, groups and the like.

use super::problem::Fault;

/// Ids stand in messages, links and audit lines; longer ones do not fit there.
const LONGEST_NAME: usize = 40;

/// A name that goes on a card.
const LONGEST_TITLE: usize = 80;

/// Whether `text` will do as an id: lower-case letters, digits, `-` and `_`, at most 40.
pub(super) fn check_name(text: &str) -> Result<(), Fault> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let hint = "Use lower-case letters, digits, `-` and `_`, at most 40 of them.";
    match text.chars().count() {
        0 => Err(Fault::new("an empty name", hint)),
        length if length > LONGEST_NAME => Err(Fault::new("too long a name", hint)),
        _ if !text.chars().all(fits) => Err(Fault::new("no name I can use", hint)),
        _ => Ok(()),
    }
}

/// An id, as [`check_name`] takes it.
pub(super) fn name(text: String) -> Result<String, Fault> {
    check_name(&text).map(|()| text)
}

/// A text that people read as a name: anything on one line, at most 80 characters.
pub(super) fn title(text: String) -> Result<String, Fault> {
    let is_good =
        !text.trim().is_empty() && text.chars().count() <= LONGEST_TITLE && !text.chars().any(char::is_control);
    if is_good { Ok(text) } else { Err(Fault::new("no name to show", "Write 1 to 80 characters on one line.")) }
}

/// The path of a file or folder.
pub(super) fn path(text: String) -> Result<std::path::PathBuf, Fault> {
    // The sample's repositories lie below such a path, and would be told instead of it.
    if text.trim().is_empty() || text.contains(char::is_control) {
        return Err(Fault::new("no path", "Write a path on one line, relative to the working folder or absolute."));
    }
    Ok(text.into())
}
