//! Settings that were written and that the program does not know.

use std::collections::BTreeSet;

use super::choice::nearest;
use super::key_path::KeyPath;
use super::problem::{Fault, Place, Problem, Shown};

/// One problem for each setting in `left`, with the setting of `asked` that was probably meant.
pub(super) fn problems(left: &[(Place, KeyPath)], asked: &BTreeSet<KeyPath>) -> Vec<Problem> {
    let problem = |(place, path): &(Place, KeyPath)| {
        let fault = Fault::new("is no setting that I know", hint(path, asked));
        // The value of a misspelt `token` is still a token.
        fault.at(place.clone(), path, Shown::Nothing)
    };
    left.iter().map(problem).collect()
}

fn hint(path: &KeyPath, asked: &BTreeSet<KeyPath>) -> String {
    let keys = asked.iter().filter(|known| known.parent() == path.parent()).filter_map(KeyPath::last_key);
    let keys: Vec<&str> = keys.collect();
    let meant = path.last_key().and_then(|key| nearest(key, keys.iter().copied()));
    meant
        .map(|key| format!("Did you mean `{}`?", path.parent().key(key)))
        .or_else(|| elsewhere(path, asked))
        .unwrap_or_else(|| format!("Settings here: `{}`.", keys.join("`, `")))
}

/// The right name in the wrong section.
fn elsewhere(path: &KeyPath, asked: &BTreeSet<KeyPath>) -> Option<String> {
    let same = asked.iter().filter(|known| known.is_fixed() && known.last_key() == path.last_key());
    let same: Vec<String> = same.map(|known| format!("`{known}`")).collect();
    (!same.is_empty()).then(|| format!("Did you mean {}?", same.join(" or ")))
}
