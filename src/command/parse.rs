//! The arguments behind a command's name: cut by clap, told in our own sentences.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches};

use super::argument;
use super::grammar::Spec;
use super::invocation::{Invocation, Value};
use super::manifest::{Argument, Kind};
use super::suggest::{did_you_mean, nearest};
use super::usage::usage;
use super::words::Word;
use crate::domain::marked::escape;

/// Why a line cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misread {
    /// It names no command.
    Unknown {
        /// The first word.
        name: String,
        /// Commands with a name like it.
        near: Vec<String>,
    },
    /// Its arguments are not the command's.
    Wrong {
        /// The command.
        command: crate::domain::CommandName,
        /// A sentence, marked.
        told: String,
        /// The usage line.
        usage: String,
    },
}

/// Reads the arguments of a command.
pub(super) fn arguments(spec: &Arc<Spec>, words: &[Word]) -> Result<Invocation, Misread> {
    // Asked for, help is given whatever else is missing or wrong.
    if words.iter().any(|word| !word.is_quoted && matches!(word.text.as_str(), "--help" | "-h")) {
        return Ok(Invocation { spec: spec.clone(), values: BTreeMap::new(), as_json: false, asks_help: true });
    }
    let wrong = |told: String| Misread::Wrong { command: spec.name.clone(), told, usage: usage(&spec.command) };
    let matches =
        parser(spec).try_get_matches_from(words.iter().map(shielded)).map_err(|error| wrong(sentence(spec, &error)))?;
    let mut values = BTreeMap::new();
    for (argument, is_option) in all(spec) {
        if let Some(given) = given(argument, is_option, &matches).map_err(wrong)? {
            values.insert(argument.name.clone(), given);
        }
    }
    Ok(Invocation { spec: spec.clone(), values, as_json: matches.get_flag("json"), asks_help: false })
}

/// Whether words may stand behind a command's name, with more to come.
pub(super) fn is_beginning(spec: &Spec, words: &[Word]) -> bool {
    let parser = parser(spec).mut_args(|arg| arg.required(false));
    let Ok(matches) = parser.try_get_matches_from(words.iter().map(shielded)) else { return false };
    all(spec).all(|(argument, is_option)| given(argument, is_option, &matches).is_ok())
}

fn all(spec: &Spec) -> impl Iterator<Item = (&Argument, bool)> {
    let arguments = spec.command.arguments.iter().map(|argument| (argument, false));
    arguments.chain(spec.command.options.iter().map(|option| (option, true)))
}

/// Goes before a quoted word, so that clap takes it for no option; taken off again from the value.
const SHIELD: char = '\u{1}';

fn shielded(word: &Word) -> String {
    let may_be_option = word.is_quoted && word.text.starts_with('-');
    if may_be_option || word.text.starts_with(SHIELD) { format!("{SHIELD}{}", word.text) } else { word.text.clone() }
}

/// Made anew for each line: that takes 3 µs, and a kept one would cost memory for each command.
fn parser(spec: &Spec) -> clap::Command {
    clap::Command::new(spec.name.as_str().to_owned())
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue))
        .args(spec.command.arguments.iter().map(argument))
        .args(spec.command.options.iter().map(option))
}

fn argument(argument: &Argument) -> Arg {
    let arg = Arg::new(argument.name.clone()).required(argument.required);
    let arg = if argument.kind == Kind::Integer { arg.allow_negative_numbers(true) } else { arg };
    match (argument.many, argument.kind) {
        // The rest of the line as it is: what looks like an option is text.
        (true, Kind::Text) => arg.num_args(1..).trailing_var_arg(true).allow_hyphen_values(true),
        (true, _) => arg.num_args(1..).action(ArgAction::Append),
        (false, _) => arg.num_args(1),
    }
}

fn option(option: &Argument) -> Arg {
    let arg = Arg::new(option.name.clone()).long(option.name.clone()).required(option.required);
    match option.kind {
        Kind::Flag => arg.action(ArgAction::SetTrue),
        Kind::Integer => arg.num_args(1).allow_negative_numbers(true),
        _ if option.many => arg.num_args(1).action(ArgAction::Append),
        _ => arg.num_args(1),
    }
}

fn given(argument: &Argument, is_option: bool, matches: &ArgMatches) -> Result<Option<Vec<Value>>, String> {
    if argument.kind == Kind::Flag {
        return Ok(matches.get_flag(&argument.name).then(Vec::new));
    }
    let Some(texts) = matches.get_many::<String>(&argument.name) else { return Ok(None) };
    let texts = texts.map(|text| text.strip_prefix(SHIELD).unwrap_or(text));
    if argument.many && argument.kind == Kind::Text && !is_option {
        return Ok(Some(vec![Value::Text(texts.collect::<Vec<_>>().join(" "))]));
    }
    texts.map(|text| argument::value(argument, is_option, text)).collect::<Result<_, _>>().map(Some)
}

/// Our own sentence for what clap found: its own speak of programs and exit codes.
fn sentence(spec: &Spec, error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.replace(SHIELD, ""),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let name = &spec.name;
    // clap names an option with its value's placeholder: `--branch <branch>`.
    let invalid = context(ContextKind::InvalidArg);
    let invalid = invalid.split_once(" <").map_or(invalid.as_str(), |(option, _)| option);
    let shown = escape(&invalid.chars().take(60).collect::<String>());
    match error.kind() {
        ErrorKind::UnknownArgument if invalid.starts_with('-') => {
            let options: Vec<String> = spec.command.options.iter().map(|option| format!("--{}", option.name)).collect();
            let known = options.iter().map(String::as_str).chain(["--json", "--help"]);
            let near = nearest(invalid, known);
            let takes_names = near.is_empty() && !spec.command.arguments.is_empty();
            let quotes = if takes_names { " A name that begins with `-` goes in quotes." } else { "" };
            format!("`{name}` has no option `{shown}`.{}{quotes}", did_you_mean(&near))
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => {
            format!("`{name}` does not know what to do with `{shown}`.")
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = context(ContextKind::InvalidArg).replace(['<', '>', '.'], "").to_uppercase();
            format!("`{name}` needs {}.", escape(&missing))
        }
        ErrorKind::ArgumentConflict => format!("`{shown}` is given twice."),
        ErrorKind::InvalidValue | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues | ErrorKind::NoEquals => {
            format!("`{shown}` needs a value.")
        }
        _ => format!("`{name}` cannot be read like this."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Grammar, Manifest};

    fn grammar() -> Grammar {
        let manifest = Manifest::read(
            r#"
            summary = "s"
            group = "g"
            [[command]]
            name = "deploy"
            aliases = ["ship it"]
            summary = "s"
            argument = [{ name = "component", type = "component", help = "h", many = true }]
            option = [
                { name = "branch", type = "branch", help = "h" },
                { name = "dry-run", type = "flag", help = "h" },
                { name = "for", type = "duration", help = "h" },
                { name = "level", type = "choice", help = "h", values = ["low", "high"] },
                { name = "offset", type = "integer", help = "h" },
            ]
            [[command]]
            name = "deploy status"
            summary = "s"
            argument = [{ name = "person", type = "person", help = "h", required = true }]
            [[command]]
            name = "echo"
            summary = "s"
            argument = [{ name = "text", type = "text", help = "h", many = true }]
            "#,
        );
        let mut grammar = Grammar::default();
        grammar.add("test", &manifest.unwrap()).unwrap();
        grammar
    }

    fn read(line: &str) -> Invocation {
        grammar().parse(line).unwrap_or_else(|misread| panic!("{line}: {misread:?}"))
    }

    fn told(line: &str) -> String {
        match grammar().parse(line) {
            Err(Misread::Wrong { told, .. }) => told,
            Err(Misread::Unknown { name, near }) => format!("{name}? {}", near.join(", ")),
            Ok(_) => format!("{line} was read"),
        }
    }

    #[test]
    fn lines_are_read() {
        assert_eq!(read("Ship It web api").texts("component").collect::<Vec<_>>(), ["web", "api"]);
        assert_eq!(read("deploy status @ana").spec.name.as_str(), "deploy status");
        assert_eq!(read("deploy status <@ana>").text("person"), Some("ana"));
        assert_eq!(read("deploy —for 2h —dry-run").duration("for"), Some(std::time::Duration::from_hours(2)));
        assert!(read("deploy --dry-run").has("dry-run") && !read("deploy").has("dry-run"));
        assert_eq!(read("deploy --offset -3").integer("offset"), Some(-3));
        assert_eq!(read("deploy --level HIGH").text("level"), Some("high"));
        assert_eq!(read("deploy web --branch \"-x\"").text("branch"), Some("-x"));
        assert_eq!(read("echo \u{1}x \u{1}").text("text"), Some("\u{1}x \u{1}"));
        assert_eq!(read("echo it's --dry-run #1").text("text"), Some("it's --dry-run #1"));
        assert!(read("deploy --json").as_json && read("deploy -h").asks_help);
    }

    #[test]
    fn mistakes_are_told_with_what_would_be_right() {
        insta::assert_snapshot!(
            [
                "deploy --brnch x",
                "deploy status",
                "deploy status a b",
                "deploy --for soon",
                "deploy --level hihg",
                "deploy --branch",
                "deploy --dry-run --dry-run",
                "deplyo web",
                "DEPLOI statsu",
                "zzz",
                "deploy --offset x",
                "deploy -branch",
            ]
            .map(|line| format!("{line}: {}", told(line)))
            .join("\n")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_or_told_never_a_panic(line in "\\PC{0,80}", tail in "(--[a-z]{0,8} ?|[a-z]{0,4} ?){0,6}") {
            for line in [line.clone(), format!("deploy {line}"), format!("deploy {tail}"), format!("echo {line}")] {
                drop(grammar().parse(&line));
            }
        }
    }
}
