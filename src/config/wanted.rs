//! The kinds of value that a setting can want.

use super::raw::{Raw, Table, Value};

/// A kind of value that a setting can want. A variable's text counts as the kind it can be read as.
pub(super) trait Wanted: Sized {
    /// The kind, as a person would call it.
    const KIND: &'static str;
    /// How to write one.
    const HINT: &'static str;

    /// The value, if it is of this kind.
    fn find(raw: &Raw) -> Option<Self>;
}

impl Wanted for String {
    const KIND: &'static str = "a text";
    const HINT: &'static str = "Put it in double quotes.";

    fn find(raw: &Raw) -> Option<Self> {
        match (&raw.value, raw.as_toml().map(|toml| toml.value)) {
            (Value::Loose(_), Some(Value::Text(unquoted))) => Some(unquoted),
            (Value::Text(text) | Value::Loose(text), _) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Wanted for i64 {
    const KIND: &'static str = "a whole number";
    const HINT: &'static str = "Write digits without quotes.";

    fn find(raw: &Raw) -> Option<Self> {
        match read(raw).value {
            Value::Integer(integer) => Some(integer),
            _ => None,
        }
    }
}

impl Wanted for bool {
    const KIND: &'static str = "true or false";
    const HINT: &'static str = "Write true or false without quotes.";

    fn find(raw: &Raw) -> Option<Self> {
        match read(raw).value {
            Value::Boolean(boolean) => Some(boolean),
            _ => None,
        }
    }
}

impl Wanted for Vec<Raw> {
    const KIND: &'static str = "a list";
    const HINT: &'static str = "Write it in brackets: [\"one\", \"two\"].";

    fn find(raw: &Raw) -> Option<Self> {
        match read(raw).value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }
}

impl Wanted for Table {
    const KIND: &'static str = "a table";
    const HINT: &'static str = "Write { key = value }, or in the file its name in brackets and its settings below.";

    fn find(raw: &Raw) -> Option<Self> {
        match read(raw).value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }
}

fn read(raw: &Raw) -> Raw {
    raw.as_toml().unwrap_or_else(|| raw.clone())
}

#[cfg(test)]
mod tests {
    use super::super::problem::Place;
    use super::*;

    fn variable(text: &str) -> Raw {
        let place = Place::Variable("X".to_owned());
        Raw { key_place: place.clone(), place, value: Value::Loose(text.to_owned()) }
    }

    #[test]
    fn a_variable_is_what_is_wanted_if_it_can_be() {
        assert_eq!(i64::find(&variable(" 1_000 ")), Some(1000));
        assert_eq!(bool::find(&variable("true")), Some(true));
        assert_eq!(i64::find(&variable("99999999999999999999")), None);
        assert_eq!(String::find(&variable("true")).as_deref(), Some("true"));
        assert_eq!(String::find(&variable("\"true\"")).as_deref(), Some("true"));
        assert_eq!(Vec::find(&variable("[1, 2]")).map(|items: Vec<Raw>| items.len()), Some(2));
        assert_eq!(Table::find(&variable("{a = 1}")).map(|table| table.len()), Some(1));
        assert!(Table::find(&variable("a = 1")).is_none());
    }
}
