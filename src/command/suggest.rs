//! "Did you mean": the names nearest to what was typed.

/// At most this many are offered.
const MOST: usize = 3;

/// The names within a third of the letters of `typed`, nearest first.
pub fn nearest<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    let reach = (length / 3).clamp(1, 3);
    let near = names.into_iter().filter_map(|name| {
        // Cheap before dear: a name of another length cannot be near.
        if name.chars().count().abs_diff(length) > reach {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&typed, &name.to_lowercase());
        (distance <= reach).then_some((distance, name))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// ` Did you mean …?` with a space before it, or nothing.
pub(super) fn did_you_mean(near: &[&str]) -> String {
    let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    match near.as_slice() {
        [] => String::new(),
        [one] => format!(" Did you mean {one}?"),
        [others @ .., last] => format!(" Did you mean {} or {last}?", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_and_far_ones_not() {
        let names = ["deploy", "delay", "status", "help"];
        assert_eq!(nearest("deplyo", names), ["deploy"]);
        assert_eq!(nearest("DEPLOI", names), ["deploy"]);
        assert_eq!(nearest("frobnicate", names), Vec::<&str>::new());
        assert_eq!(did_you_mean(&["a", "b"]), " Did you mean `a` or `b`?");
    }
}
