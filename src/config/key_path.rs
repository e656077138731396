//! The way from the top of the config to one setting.

use std::fmt;

/// One step of a [`KeyPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// A key that the program knows: `server`, `listen`.
    Key(String),
    /// A key that the operator chose: a person's id, a role's name.
    Name(String),
    /// A place in a list, counted from 0.
    Index(usize),
}

/// The way from the top of the config to one setting: `people.ana.name`, `bindings[0].role`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyPath(Vec<Step>);

impl KeyPath {
    /// The setting `key` inside this one.
    pub(super) fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// The operator's own entry `name` inside this one.
    pub(super) fn name(&self, name: &str) -> Self {
        self.then(Step::Name(name.to_owned()))
    }

    /// The item `index` of this list.
    pub(super) fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    /// What this setting lies in.
    pub(super) fn parent(&self) -> Self {
        Self(self.0.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default())
    }

    /// The last step, when it is a key the program knows.
    pub(super) fn last_key(&self) -> Option<&str> {
        match self.0.last() {
            Some(Step::Key(key)) => Some(key),
            Some(Step::Name(_) | Step::Index(_)) | None => None,
        }
    }

    /// Made of keys alone, so that it can be named to somebody who has not written it yet.
    pub(super) fn is_fixed(&self) -> bool {
        self.0.iter().all(|step| matches!(step, Step::Key(_)))
    }

    /// The name of the environment variable that sets it.
    pub(super) fn variable(&self) -> String {
        let steps = self.0.iter().map(|step| match step {
            Step::Key(word) | Step::Name(word) => word.to_uppercase(),
            Step::Index(index) => index.to_string(),
        });
        format!("CHAMBERLAIN__{}", steps.collect::<Vec<_>>().join("__"))
    }

    fn then(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(out, "[{index}]")?,
                Step::Key(word) | Step::Name(word) if number == 0 => out.write_str(word)?,
                Step::Key(word) | Step::Name(word) => write!(out, ".{word}")?,
            }
        }
        Ok(())
    }
}
