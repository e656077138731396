//! A line, understood: which command, with which arguments.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::grammar::Spec;

/// An argument's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words, a name, a choice.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A span of time.
    Duration(Duration),
}

/// A command with its arguments.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The command.
    pub spec: Arc<Spec>,
    /// What was given, by the argument's name. A flag that was given has no values.
    pub(super) values: BTreeMap<String, Vec<Value>>,
    /// `--json`: answer for a program.
    pub as_json: bool,
    /// `--help`: explain instead of doing.
    pub asks_help: bool,
}

impl Invocation {
    /// Whether an option was given.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The words of an argument.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// The words of an argument that may be given several times.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.get(name).into_iter().flatten().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Integer(_) | Value::Duration(_) => None,
        })
    }

    /// The number of an argument.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name).into_iter().flatten().find_map(|value| match value {
            Value::Integer(number) => Some(*number),
            Value::Text(_) | Value::Duration(_) => None,
        })
    }

    /// The span of time of an argument.
    pub fn duration(&self, name: &str) -> Option<Duration> {
        self.values.get(name).into_iter().flatten().find_map(|value| match value {
            Value::Duration(time) => Some(*time),
            Value::Text(_) | Value::Integer(_) => None,
        })
    }
}
