//! The usage line of a command.

use super::manifest::{Argument, Command, Kind};

/// `deploy [COMPONENT…] [--all-branches BRANCH] [--dry-run]`
pub fn usage(command: &Command) -> String {
    let arguments = command.arguments.iter().map(argument);
    let options = command.options.iter().map(option);
    std::iter::once(command.name.clone()).chain(arguments).chain(options).collect::<Vec<_>>().join(" ")
}

fn argument(argument: &Argument) -> String {
    let more = if argument.many { "…" } else { "" };
    bracketed(argument, &format!("{}{more}", placeholder(argument)))
}

fn option(option: &Argument) -> String {
    let value = match option.kind {
        Kind::Flag => String::new(),
        Kind::Choice => format!(" {}", placeholder(option)),
        // `--in ITERATION`: the name says what for, so the value says what.
        kind => format!(" {}", kind.placeholder()),
    };
    bracketed(option, &format!("--{}{value}", option.name))
}

fn placeholder(argument: &Argument) -> String {
    match argument.kind {
        Kind::Choice => argument.values.join("|"),
        _ => argument.name.to_uppercase(),
    }
}

fn bracketed(argument: &Argument, text: &str) -> String {
    if argument.required { text.to_owned() } else { format!("[{text}]") }
}
