//! Names like one that does not exist.

use crate::domain::artifact::Branch;

/// How many are offered.
const OFFERED: usize = 3;

/// The longest text that is compared: a longer one is no typing mistake, and comparing costs its square.
const COMPARED: usize = 120;

/// Up to three branches whose names hold the typed text or differ from it by little, best first.
pub(super) fn near(typed: &str, branches: &[Branch]) -> Vec<String> {
    let typed = typed.to_lowercase();
    let letters = typed.chars().count();
    if letters == 0 || letters > COMPARED {
        return Vec::new();
    }
    let mut found: Vec<_> = branches
        .iter()
        .filter_map(|branch| Some((distance(&typed, letters, &branch.name.as_str().to_lowercase())?, &branch.name)))
        .collect();
    found.sort();
    found.into_iter().take(OFFERED).map(|(_, name)| name.as_str().to_owned()).collect()
}

/// How many letters differ; nothing when the names are not alike.
fn distance(typed: &str, letters: usize, name: &str) -> Option<usize> {
    let bound = (letters / 3).max(2);
    let apart = name.chars().count().abs_diff(letters);
    if name.contains(typed) {
        return Some(apart);
    }
    let distance = || strsim::damerau_levenshtein(typed, name);
    (apart <= bound).then(distance).filter(|distance| *distance <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::artifact::{BranchName, Digest};

    #[test]
    fn the_nearest_come_first() {
        let branch = |name: &&str| Branch { name: BranchName::new(*name), head: Digest::new("") };
        let branches: Vec<_> = ["feature/dark", "feature/pay", "main", "PAY-7"].iter().map(branch).collect();
        assert_eq!(near("feature/pya", &branches), ["feature/pay"]);
        assert_eq!(near("pay", &branches), ["PAY-7", "feature/pay"]);
        assert_eq!(near("mian", &branches), ["main"]);
        assert!(near("something else", &branches).is_empty());
        assert!(near("", &branches).is_empty());
    }
}
