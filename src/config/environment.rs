//! Settings given as environment variables: `CHAMBERLAIN__SERVER__LISTEN` sets `server.listen`.

use std::collections::BTreeMap;

use super::problem::{Fault, Place, Problem};
use super::raw::{Raw, Table, Value};

/// What the name of a variable that sets something begins with. One underscore alone sets nothing.
const PREFIX: &str = "CHAMBERLAIN__";

/// Whether a variable of this name sets something.
pub(super) fn is_setting(name: &str) -> bool {
    name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// Puts the variables that set something over `table`; the others are passed over.
pub(super) fn lay_over(table: &mut Table, variables: Vec<(String, String)>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen: BTreeMap<Vec<String>, (String, String)> = BTreeMap::new();
    for (name, text) in variables.into_iter().filter(|(name, _)| is_setting(name)) {
        let lower = name.to_ascii_lowercase();
        let keys: Vec<String> = lower.split("__").skip(1).map(str::to_owned).collect();
        match seen.get(&keys) {
            Some((first, _)) => problems.push(twice(&name, first)),
            None => {
                seen.insert(keys, (name, text));
            }
        }
    }
    // In this order what is set as a whole comes before what changes a part of it.
    for (keys, (name, text)) in seen {
        if !insert(table, &keys, &name, text) {
            problems.push(in_the_way(&name));
        }
    }
    problems
}

/// Puts the text at its keys; false when something that is no table is in the way.
fn insert(table: &mut Table, keys: &[String], name: &str, text: String) -> bool {
    let Some((key, deeper)) = keys.split_first() else { return false };
    let place = Place::Variable(name.to_owned());
    let raw = |value| Raw { key_place: place.clone(), place: place.clone(), value };
    if deeper.is_empty() {
        table.insert(key.clone(), raw(Value::Loose(text)));
        return true;
    }
    let entry = table.entry(key.clone()).or_insert_with(|| raw(Value::Table(Table::new())));
    if let Some(toml) = entry.as_toml() {
        *entry = toml;
    }
    match &mut entry.value {
        Value::Table(inner) => insert(inner, deeper, name, text),
        _ => false,
    }
}

fn twice(name: &str, first: &str) -> Problem {
    let hint = "Upper and lower case make no difference; give one of them.";
    Fault::new(format!("sets the same as {first}"), hint).all_over(Place::Variable(name.to_owned()))
}

fn in_the_way(name: &str) -> Problem {
    let reason = "sets a part of something that is no table";
    Fault::new(reason, "Set the whole by one variable.").all_over(Place::Variable(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(variables: &[(&str, &str)]) -> (Table, Vec<Problem>) {
        let mut table = Table::new();
        let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let problems = lay_over(&mut table, variables.collect());
        (table, problems)
    }

    #[test]
    fn only_double_underscores_set_something() {
        let (table, problems) = parsed(&[("CHAMBERLAIN_CONFIG", "x"), ("PATH", "y"), ("chamberlain__profile", "dev")]);
        assert_eq!(table.keys().collect::<Vec<_>>(), ["profile"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn a_table_and_an_addition_to_it_are_joined() {
        let (table, problems) =
            parsed(&[("CHAMBERLAIN__LOG__LEVEL", "warn"), ("CHAMBERLAIN__LOG", r#"{format="json"}"#)]);
        let Value::Table(log) = &table["log"].value else { panic!("no table") };
        assert_eq!(log.keys().collect::<Vec<_>>(), ["format", "level"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn two_variables_for_one_setting_are_told() {
        let (_, problems) = parsed(&[("CHAMBERLAIN__PROFILE", "dev"), ("chamberlain__profile", "dev")]);
        assert_eq!(
            problems[0].to_string(),
            "chamberlain__profile: sets the same as CHAMBERLAIN__PROFILE. \
             Upper and lower case make no difference; give one of them."
        );
        let (_, problems) = parsed(&[("CHAMBERLAIN__LOG", "loud"), ("CHAMBERLAIN__LOG__LEVEL", "warn")]);
        assert_eq!(problems.len(), 1);
    }
}
