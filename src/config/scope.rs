//! To which projects or classes of environments something applies.

use crate::domain::rights::Scope;

use super::item::Item;
use super::name::name;
use super::problem::Fault;
use super::section::Section;

/// How everything is written.
const EVERYTHING: &str = "*";

impl Scope {
    /// The setting `key`; everything when it is not written.
    pub(super) fn read(section: &mut Section<'_>, key: &str) -> Self {
        section.item(key).map_or(Self::All, |mut item| Self::of(&mut item))
    }

    fn of(item: &mut Item<'_>) -> Self {
        let words = item.distinct(|item| item.parse(word));
        item.must_not_be_empty("Write [\"*\"] for everything, or leave the line out.");
        let has_all = words.iter().any(|word| word == EVERYTHING);
        if has_all && words.len() > 1 {
            item.complain(Fault::new("`*` beside names", "`*` means everything: keep it alone, or the names."));
        }
        if has_all { Self::All } else { Self::Only(words) }
    }
}

fn word(text: String) -> Result<String, Fault> {
    if text == EVERYTHING { Ok(text) } else { name(text) }
}
