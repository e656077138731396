//! The config as it was written: values that remember their place, not yet checked.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeInteger, DeString, DeTable, DeValue};

use super::problem::{Place, Shown};

/// A value longer than this many characters is cut when a problem shows it.
const SHOWN_CHARACTERS: usize = 60;

/// The settings of a section, or the operator's own entries, by key.
pub(super) type Table = BTreeMap<String, Raw>;

/// One value as it was written.
#[derive(Clone)]
pub(super) struct Raw {
    /// Where its key stands; for an item of a list, where the item stands.
    pub(super) key_place: Place,
    /// Where the value stands.
    pub(super) place: Place,
    /// What stands there.
    pub(super) value: Value,
}

/// What was written.
#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Raw>),
    Table(Table),
    /// The text of an environment variable: which of the above it is depends on what is wanted.
    Loose(String),
    /// Something that no setting takes, by its kind.
    Other(&'static str),
}

impl Raw {
    /// Takes a parsed TOML value; `place_of` tells where an offset of the parsed text stands.
    fn of_toml(key_place: Place, toml: &Spanned<DeValue<'_>>, place_of: &dyn Fn(usize) -> Place) -> Self {
        let place = place_of(toml.span().start);
        let item = |item: &Spanned<DeValue<'_>>| Self::of_toml(place_of(item.span().start), item, place_of);
        let value = match toml.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(integer) => of_integer(integer),
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Array(items) => Value::List(items.iter().map(item).collect()),
            DeValue::Table(entries) => Value::Table(table_of_toml(entries, place_of)),
            DeValue::Float(_) => Value::Other("a number with a fraction"),
            DeValue::Datetime(_) => Value::Other("a date"),
        };
        Self { key_place, place, value }
    }

    /// A variable's text read as TOML, if it is TOML; `None` also for what is no variable's text.
    pub(super) fn as_toml(&self) -> Option<Self> {
        let Value::Loose(text) = &self.value else { return None };
        let toml = DeValue::parse(text.trim()).ok()?;
        Some(Self::of_toml(self.key_place.clone(), &toml, &|_| self.place.clone()))
    }

    /// The kind of the value, as a person would call it.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) | Value::Loose(_) => "a text",
            Value::Integer(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(kind) => kind,
        }
    }

    /// The value as a problem may show it.
    pub(super) fn shown(&self) -> Shown {
        match &self.value {
            Value::Text(text) | Value::Loose(text) => Shown::Value(quoted(text)),
            Value::Integer(integer) => Shown::Value(integer.to_string()),
            Value::Boolean(boolean) => Shown::Value(boolean.to_string()),
            Value::List(_) | Value::Table(_) | Value::Other(_) => Shown::Value(self.kind().to_owned()),
        }
    }
}

/// Takes a parsed TOML table; `place_of` tells where an offset of the parsed text stands.
pub(super) fn table_of_toml(entries: &DeTable<'_>, place_of: &dyn Fn(usize) -> Place) -> Table {
    let entry = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        let key_place = place_of(key.span().start);
        (key.get_ref().to_string(), Raw::of_toml(key_place, value, place_of))
    };
    entries.iter().map(entry).collect()
}

/// Adds to `top` what only `bottom` has. Tables are joined key by key; anything else is replaced whole.
pub(super) fn lay_under(top: &mut Table, bottom: Table) {
    for (key, below) in bottom {
        match (top.get_mut(&key).map(|above| &mut above.value), below.value) {
            (None, value) => {
                top.insert(key, Raw { value, ..below });
            }
            (Some(Value::Table(above)), Value::Table(below)) => lay_under(above, below),
            (Some(_), _) => {}
        }
    }
}

fn of_integer(integer: &DeInteger<'_>) -> Value {
    i64::from_str_radix(integer.as_str(), integer.radix())
        .map_or(Value::Other("a number beyond 64 bits"), Value::Integer)
}

fn quoted(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN_CHARACTERS).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{:?}", format!("{cut}{more}"))
}
