//! Texts that must not be seen: by environment or from a file of their own, never in the config file.

use std::fmt;
use std::path::Path;

use super::name::path;
use super::problem::Fault;
use super::section::Section;

/// A text that must not be seen. It is printed as dots, also by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one who needs it to get in somewhere.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

impl Section<'_> {
    /// The setting `key`, which may hold a secret, or what the file named by its twin `key_file` holds. In the config
    /// file itself only what `is_harmless` may stand.
    pub(super) fn secret<T>(
        &mut self,
        key: &str,
        is_harmless: fn(&str) -> bool,
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let twin = format!("{key}_file");
        self.drop_beaten_twin(key, &twin);
        let exposed = exposed(&self.variable(key), &twin);
        let direct = self.item(key).and_then(|mut item| {
            let may_be_secret = item.is_from_variable();
            item.parse_hidden(|text: String| match parse(&text) {
                Ok(_) if !may_be_secret && !is_harmless(&text) => Err(exposed),
                parsed => parsed,
            })
        });
        let held = self.item(&twin).and_then(|mut item| {
            // Hidden as well: the secret itself is easily put where its file should be named.
            let text = item.parse_hidden(|file| read(&path(file)?))?;
            item.parse_hidden(|_: String| parse(&text))
        });
        direct.or(held)
    }

    /// Leaves at most one of the two: the environment's, or with a complaint the direct one.
    fn drop_beaten_twin(&mut self, key: &str, twin: &str) {
        let (Some(direct), Some(held)) = (self.is_from_variable(key), self.is_from_variable(twin)) else {
            return;
        };
        let beaten = if held && !direct { key } else { twin };
        if let Some(mut item) = self.item(beaten)
            && direct == held
        {
            item.complain_hidden(Fault::new(format!("given beside `{key}`"), "Keep one of the two."));
        }
    }
}

fn exposed(variable: &str, twin: &str) -> Fault {
    Fault::new(
        "holds a secret, which must not stand in the config file",
        format!("Set {variable}, or name a file that holds it as `{twin}`."),
    )
}

/// The text of the file; editors end it with a line break that is no part of the secret.
pub(super) fn read(file: &Path) -> Result<String, Fault> {
    let unreadable = |error| Fault::new(format!("that file cannot be read: {error}"), "Check path and rights.");
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let secret = text.trim_end();
    if secret.is_empty() {
        return Err(Fault::new("that file is empty", "Write the secret into it."));
    }
    Ok(secret.to_owned())
}
