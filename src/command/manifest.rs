//! A skill's manifest, `skill.toml`: its commands, who helps with what, and a sample of each of its texts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// What a skill folder says of itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// One line of what it is for.
    pub summary: String,
    /// The heading that `help` lists it under.
    pub group: String,
    /// Its commands.
    #[serde(rename = "command")]
    pub commands: Vec<Command>,
    /// For each template of the folder, a context that it is tried with before it is taken.
    #[serde(default)]
    pub samples: BTreeMap<String, toml::Table>,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Its words, lower case: `iteration start`.
    pub name: String,
    /// Other words for the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One line of what it does.
    pub summary: String,
    /// Lines to copy.
    #[serde(default)]
    pub examples: Vec<String>,
    /// What stands behind the name, in order.
    #[serde(default, rename = "argument")]
    pub arguments: Vec<Argument>,
    /// What is named by `--…`.
    #[serde(default, rename = "option")]
    pub options: Vec<Argument>,
    /// How it is filled in, where a chat has forms.
    #[serde(default)]
    pub form: Option<FormWords>,
}

/// What a command's form says, and from where it opens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormWords {
    /// What is read above it.
    pub title: String,
    /// What is read on the button that sends it.
    pub submit: String,
    /// The arguments and options that are filled in, in this order.
    pub fields: Vec<String>,
    /// The name of the shortcut that opens it from everywhere.
    #[serde(default)]
    pub shortcut: Option<String>,
    /// The name of the shortcut that opens it at a message, with what that names filled in.
    #[serde(default)]
    pub message_shortcut: Option<String>,
}

/// An argument or option.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// As usage lines name it, lower case.
    pub name: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// One line of what it means.
    pub help: String,
    /// What a form says above it; its name when left out.
    #[serde(default)]
    pub label: Option<String>,
    /// What a form says below it; its help when left out.
    #[serde(default)]
    pub hint: Option<String>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// Whether it may be given several times; for the last argument of type `text`: whether it takes the rest.
    #[serde(default)]
    pub many: bool,
    /// The words of a `choice`.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any words.
    Text,
    /// A whole number.
    Integer,
    /// A span of time: `90s`, `30m`, `2h`, `3days`.
    Duration,
    /// A repository's name.
    Repository,
    /// A branch's name.
    Branch,
    /// A component, with `@branch`, `@version` or `:pin` behind it where the command takes that.
    Component,
    /// An environment's name.
    Environment,
    /// An iteration's key.
    Iteration,
    /// A person: id, name or mention.
    Person,
    /// One of the `values`.
    Choice,
    /// There or not; options only.
    Flag,
}

impl Kind {
    /// As a usage line says it.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Integer => "NUMBER",
            Self::Duration => "DURATION",
            Self::Repository => "REPOSITORY",
            Self::Branch => "BRANCH",
            Self::Component => "COMPONENT",
            Self::Environment => "ENVIRONMENT",
            Self::Iteration => "ITERATION",
            Self::Person => "PERSON",
            Self::Choice => "CHOICE",
            Self::Flag => "",
        }
    }

    /// As a sentence says it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Duration => "a duration like `30m` or `2h`",
            Self::Repository => "a repository",
            Self::Branch => "a branch",
            Self::Component => "a component",
            Self::Environment => "an environment",
            Self::Iteration => "an iteration",
            Self::Person => "a person",
            Self::Choice => "one of its choices",
            Self::Flag => "no value",
        }
    }
}

/// Options that every command has.
pub(super) const EVERYWHERE: &[&str] = &["json", "help"];

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// Every problem found, each naming its place; text that is no TOML or has unknown keys gives the parser's one.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let manifest: Self = toml::from_str(text).map_err(|cause| vec![cause.to_string().trim_end().to_owned()])?;
        let mut problems: Vec<String> = manifest.commands.iter().flat_map(problems).collect();
        problems.extend(named_twice(&manifest.commands));
        if problems.is_empty() { Ok(manifest) } else { Err(problems) }
    }
}

/// Of two commands with one name, nobody could tell which is meant.
fn named_twice(commands: &[Command]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = commands.iter().flat_map(|command| {
        std::iter::once(&command.name).chain(&command.aliases).map(move |name| (&command.name, name))
    });
    let twice = names.filter(|(_, name)| !seen.insert(*name));
    twice.map(|(command, name)| format!("command `{command}`: the name `{name}` is given twice")).collect()
}

/// clap checks these by debug assertion only, so in a release build nobody would.
fn problems(command: &Command) -> Vec<String> {
    let mut problems = Vec::new();
    let mut tell = |problem: String| problems.push(format!("command `{}`: {problem}", command.name));
    for name in std::iter::once(&command.name).chain(&command.aliases) {
        if !is_name(name) {
            tell(format!(
                "`{name}` is no command name: lower-case words of letters, digits and `-`, one space between"
            ));
        }
    }
    let mut seen: BTreeSet<&str> = EVERYWHERE.iter().copied().collect();
    for argument in command.arguments.iter().chain(&command.options) {
        if !is_word(&argument.name) {
            tell(format!("`{}` is no name: lower-case letters, digits and `-`, no space", argument.name));
        }
        if !seen.insert(&argument.name) {
            tell(format!("`{}` is named twice", argument.name));
        }
        if (argument.kind == Kind::Choice) == argument.values.is_empty() {
            tell(format!("`{}`: `values` and the type `choice` go together", argument.name));
        }
    }
    problems_of_form(command, &mut tell);
    for (number, argument) in command.arguments.iter().enumerate() {
        let is_last = number + 1 == command.arguments.len();
        if argument.kind == Kind::Flag {
            tell(format!("`{}`: a flag is an option, not an argument", argument.name));
        }
        if argument.many && !is_last {
            tell(format!("`{}`: only the last argument takes many", argument.name));
        }
        let is_behind_optional = command.arguments[..number].iter().any(|before| !before.required);
        if argument.required && is_behind_optional {
            tell(format!("`{}`: a required argument cannot stand behind an optional one", argument.name));
        }
    }
    problems
}

/// What stands above a form, on its button and in a list of shortcuts has at most so many letters: Slack's limit, the
/// narrowest of the chats.
const SHORT: usize = 24;

fn problems_of_form(command: &Command, tell: &mut impl FnMut(String)) {
    let Some(form) = &command.form else { return };
    let short = [("title", Some(&form.title)), ("submit", Some(&form.submit)), ("shortcut", form.shortcut.as_ref())];
    for (key, text) in short.into_iter().chain([("message_shortcut", form.message_shortcut.as_ref())]) {
        if text.is_some_and(|text| text.trim().is_empty() || text.chars().count() > SHORT) {
            tell(format!("the form's `{key}` needs 1 to {SHORT} letters"));
        }
    }
    let all: Vec<&Argument> = command.arguments.iter().chain(&command.options).collect();
    for field in &form.fields {
        match all.iter().find(|argument| argument.name == *field) {
            None => tell(format!("the form's field `{field}` is no argument or option of it")),
            Some(argument) if argument.many && !matches!(argument.kind, Kind::Text | Kind::Component) => {
                tell(format!("the form's field `{field}` takes many, which a form cannot"));
            }
            Some(_) => {}
        }
    }
    for argument in all.iter().filter(|argument| argument.required && !form.fields.contains(&argument.name)) {
        tell(format!("the form lacks `{}`, which must be given", argument.name));
    }
}

fn is_name(name: &str) -> bool {
    name.split(' ').all(is_word)
}

fn is_word(word: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !word.is_empty() && !word.starts_with('-') && word.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(commands: &str) -> Vec<String> {
        Manifest::read(&format!("summary = 's'\ngroup = 'g'\n{commands}")).unwrap_err()
    }

    #[test]
    fn a_name_is_given_once() {
        let twice =
            told("[[command]]\nname = 'a'\nsummary = 's'\naliases = ['b']\n[[command]]\nname = 'b'\nsummary = 's'");
        assert_eq!(twice, ["command `b`: the name `b` is given twice"]);
        let aliases = told("[[command]]\nname = 'a'\nsummary = 's'\naliases = ['c', 'c']");
        assert_eq!(aliases, ["command `a`: the name `c` is given twice"]);
    }

    #[test]
    fn what_cannot_be_typed_is_no_name() {
        for name in ["", "-x", "--x", "b c", "d=e", "X", "冲"] {
            let option = format!("option = [{{ name = '{name}', type = 'flag', help = 'h' }}]");
            let told = told(&format!("[[command]]\nname = 'a'\nsummary = 's'\n{option}"));
            assert_eq!(
                told,
                [format!("command `a`: `{name}` is no name: lower-case letters, digits and `-`, no space")]
            );
        }
        assert_eq!(told("[[command]]\nname = 'a -x'\nsummary = 's'").len(), 1);
    }
}
