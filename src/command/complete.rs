//! What may come next on a line that is being typed. It knows the grammar alone: names of things come from the caller.

use std::sync::Arc;

use super::grammar::{Grammar, Spec};
use super::manifest::{Argument, Command, EVERYWHERE, Kind};
use super::parse;
use super::words::{Word, begun};
use crate::domain::CommandName;

/// What may come next.
#[derive(Clone, Debug, Default)]
pub struct Next {
    /// The command under the cursor.
    pub spec: Option<Arc<Spec>>,
    /// Where the word that is being typed begins, in bytes: offers stand in its place.
    pub from: usize,
    /// What the grammar itself offers: names of commands, options, choices.
    pub offers: Vec<Offer>,
    /// What else may stand here, to be filled in by somebody who knows the facts.
    pub wanted: Option<Wanted>,
}

/// A text that may stand where the word is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// As it is to be typed.
    pub text: String,
    /// What it is, in a few words.
    pub hint: String,
    /// How well it fits what was typed; the best is the least.
    pub fit: Fit,
}

/// How a text fits what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It begins with it.
    Begins,
    /// It has it somewhere.
    Within,
}

/// A name of something that may stand here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of what.
    pub what: What,
    /// What was typed of it.
    pub prefix: String,
    /// Names that this argument has already.
    pub given: Vec<String>,
}

/// What a name is wanted of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A component.
    Component,
    /// A branch behind `component@`.
    BranchOf {
        /// The component.
        component: String,
    },
    /// A branch.
    Branch {
        /// Of the repository or component that is called so; of any when none was typed before.
        repository: Option<String>,
    },
    /// A repository, by name or alias.
    Repository,
    /// A person.
    Person,
    /// An iteration.
    Iteration,
    /// An environment.
    Environment,
}

impl Offer {
    /// The text, if it fits what was `typed` and is more than that.
    pub fn fitting(typed: &str, text: &str, hint: &str) -> Option<Self> {
        let (low, typed) = (text.to_lowercase(), typed.to_lowercase());
        let fit = if low.starts_with(&typed) { Fit::Begins } else { Fit::Within };
        (low != typed && low.contains(&typed)).then(|| Self { text: text.to_owned(), hint: hint.to_owned(), fit })
    }
}

/// What may come at the end of `line`, of the commands that `may` be run.
pub fn next(grammar: &Grammar, line: &str, may: impl Fn(&CommandName) -> bool) -> Next {
    let (over, typed, from) = begun(line);
    let names = names(grammar, &over, &typed, &may);
    let all: Vec<Word> = over.iter().chain([&typed]).cloned().collect();
    let Some((spec, taken)) = grammar.longest_name(&all).filter(|(spec, _)| may(&spec.name)) else {
        return Next { spec: None, from, offers: names, wanted: None };
    };
    let mut next = Next { spec: Some(spec.clone()), from, offers: names, wanted: None };
    // While its name is still being typed, nothing can stand behind it.
    if let Some(words) = over.get(taken..) {
        behind(spec, words, &typed, &mut next);
    }
    next
}

/// The names that go on from the words typed so far, and what of them is still to be typed.
fn names(grammar: &Grammar, over: &[Word], typed: &Word, may: impl Fn(&CommandName) -> bool) -> Vec<Offer> {
    if typed.is_quoted || over.iter().any(|word| word.is_quoted) {
        return Vec::new();
    }
    let before: String = over.iter().map(|word| word.text.to_lowercase() + " ").collect();
    let offer = |spec: &Arc<Spec>| {
        let command = &spec.command;
        let mut names = std::iter::once(&command.name).chain(&command.aliases);
        names.find_map(|name| Offer::fitting(&typed.text, name.strip_prefix(&before)?, &command.summary))
    };
    let fitting = grammar.commands().iter().filter_map(|spec| offer(spec).filter(|_| may(&spec.name)));
    fitting.collect()
}

/// What an option begins with; phones make one long dash of two short ones.
const DASHES: [char; 3] = ['-', '—', '–'];

/// Where on the line of a command the word is being typed.
#[derive(Default)]
struct Place<'s> {
    /// The option whose value it is.
    option: Option<&'s Argument>,
    /// How many arguments are over.
    arguments: usize,
    /// All that was given, by name.
    given: Vec<(&'s str, &'s str)>,
    /// The rest of the line is text.
    is_text: bool,
}

/// Offers what may stand behind a command's name and the `words` after it.
fn behind(spec: &Spec, words: &[Word], typed: &Word, next: &mut Next) {
    let Some(place) = place(&spec.command, words) else { return };
    let whole = words.len() - usize::from(place.option.is_some());
    if place.is_text || !parse::is_beginning(spec, &words[..whole]) {
        return;
    }
    let is_dash = !typed.is_quoted && typed.text.starts_with(DASHES);
    if place.option.is_none() && (is_dash || (typed.text.is_empty() && !typed.is_quoted)) {
        next.offers.extend(options(&spec.command, &place, &typed.text));
    }
    let argument = place.option.or_else(|| spec.command.arguments.get(place.arguments).filter(|_| !is_dash));
    let Some(argument) = argument else { return };
    if argument.kind == Kind::Choice {
        let choices = argument.values.iter().filter_map(|value| Offer::fitting(&typed.text, value, &argument.name));
        next.offers.extend(choices);
    }
    let (prefix, mention) = match typed.text.strip_prefix('@') {
        Some(name) if argument.kind == Kind::Person && !typed.is_quoted => (name, 1),
        _ => (typed.text.as_str(), 0),
    };
    next.wanted = wanted(argument, &place, prefix);
    next.from += mention;
}

fn place<'s>(command: &'s Command, words: &'s [Word]) -> Option<Place<'s>> {
    let mut place = Place::default();
    for word in words {
        if let Some(option) = place.option.take() {
            place.given.push((&option.name, &word.text));
            continue;
        }
        let is_option = !word.is_quoted && !place.is_text;
        match word.text.strip_prefix("--").filter(|_| is_option) {
            // Behind two dashes alone nothing is an option any more; nobody types that in a chat.
            Some("") => return None,
            Some(option) => {
                let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
                place.given.push((name, value.unwrap_or_default()));
                let takes_next = |known: &&Argument| known.name == name && known.kind != Kind::Flag && value.is_none();
                place.option = command.options.iter().find(takes_next);
            }
            None => {
                let argument = command.arguments.get(place.arguments)?;
                place.given.push((&argument.name, &word.text));
                place.is_text = argument.many && argument.kind == Kind::Text;
                place.arguments += usize::from(!argument.many);
            }
        }
    }
    Some(place)
}

/// The options that are not given yet; those that every command has once dashes are typed.
fn options(command: &Command, place: &Place<'_>, typed: &str) -> Vec<Offer> {
    let name = typed.trim_start_matches(DASHES);
    let is_open = |option: &str| place.given.iter().all(|(given, _)| *given != option);
    let own = command.options.iter().filter(|option| option.many || is_open(&option.name));
    let own = own.map(|option| (option.name.as_str(), option.help.as_str()));
    let everywhere = EVERYWHERE.iter().filter(|option| !typed.is_empty() && is_open(option));
    let all = own.chain(everywhere.map(|option| (*option, "option")));
    let offers = all.filter_map(|(option, help)| Offer::fitting(name, option, help));
    offers.map(|offer| Offer { text: format!("--{}", offer.text), ..offer }).collect()
}

fn wanted(argument: &Argument, place: &Place<'_>, prefix: &str) -> Option<Wanted> {
    let given = |name: &str| -> Vec<String> {
        let of_name = place.given.iter().filter(|(given, value)| *given == name && !value.is_empty());
        of_name.map(|(_, value)| (*value).to_owned()).collect()
    };
    let (what, prefix) = match (argument.kind, prefix.split_once('@')) {
        // One component stands for itself; where many are chosen, each may have its version.
        (Kind::Component, Some((component, branch))) if argument.many => {
            (What::BranchOf { component: component.to_owned() }, branch)
        }
        (Kind::Component, _) => (What::Component, prefix),
        (Kind::Branch, _) => (What::Branch { repository: given("repository").pop() }, prefix),
        (Kind::Repository, _) => (What::Repository, prefix),
        (Kind::Person, _) => (What::Person, prefix),
        (Kind::Iteration, _) => (What::Iteration, prefix),
        (Kind::Environment, _) => (What::Environment, prefix),
        (Kind::Text | Kind::Integer | Kind::Duration | Kind::Choice | Kind::Flag, _) => return None,
    };
    Some(Wanted { what, prefix: prefix.to_owned(), given: given(&argument.name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Manifest;
    use crate::command::promises::offers_can_be_read;

    fn grammar() -> Grammar {
        let manifest = r#"
            summary = "s"
            group = "g"
            [[command]]
            name = "deploy"
            aliases = ["ship it"]
            summary = "s"
            argument = [{ name = "component", type = "component", help = "h", many = true }]
            option = [
                { name = "all-branches", type = "branch", help = "h" },
                { name = "dry-run", type = "flag", help = "h" },
                { name = "in", type = "iteration", help = "h" },
                { name = "level", type = "choice", help = "h", values = ["low", "high"] },
            ]
            [[command]]
            name = "deploy status"
            summary = "s"
            [[command]]
            name = "branch"
            summary = "s"
            argument = [
                { name = "repository", type = "repository", help = "h" },
                { name = "branch", type = "branch", help = "h" },
            ]
            [[command]]
            name = "iteration add"
            summary = "s"
            argument = [{ name = "person", type = "person", help = "h", required = true }]
            option = [{ name = "in", type = "iteration", help = "h" }]
            [[command]]
            name = "iteration start"
            summary = "s"
            argument = [{ name = "name", type = "text", help = "h", required = true, many = true }]
            option = [{ name = "for", type = "duration", help = "h" }]
            [[command]]
            name = "logs"
            summary = "s"
            argument = [{ name = "component", type = "component", help = "h", required = true }]
            option = [{ name = "lines", type = "integer", help = "h" }]
            [[command]]
            name = "secret"
            summary = "s"
            option = [{ name = "in", type = "iteration", help = "h" }]
        "#;
        let mut grammar = Grammar::default();
        grammar.add("test", &Manifest::read(manifest).unwrap()).unwrap();
        grammar
    }

    fn at(line: &str) -> Next {
        next(&grammar(), line, |name| name.as_str() != "secret")
    }

    #[test]
    fn what_the_grammar_offers() {
        for (line, from, offers) in [
            ("", 0, "deploy, deploy status, branch, iteration add, iteration start, logs"),
            ("iter", 0, "iteration add, iteration start"),
            ("start", 0, "iteration start"),
            ("ITERATION st", 10, "start"),
            ("iteration ", 10, "add, start"),
            ("ship", 0, "ship it"),
            ("deploy", 0, "deploy status"),
            ("deploy s", 7, "status"),
            ("deploy ", 7, "status, --all-branches, --dry-run, --in, --level"),
            ("deploy web --", 11, "--all-branches, --dry-run, --in, --level, --json, --help"),
            ("deploy web --dry-run --in x —", 28, "--all-branches, --level, --json, --help"),
            ("deploy --run", 7, "--dry-run"),
            ("deploy --level ", 15, "low, high"),
            ("deploy --level H", 15, "high"),
            ("deploy --level odd --", 19, ""),
            ("deploy --odd --", 13, ""),
            ("deploy -- --", 10, ""),
            ("deploy \"--", 7, ""),
            ("\"iter", 0, ""),
            ("secret --", 7, ""),
            ("secr", 0, ""),
            ("branch a b ", 11, ""),
            ("branch a b c ", 13, ""),
            ("iteration start ", 16, "--for"),
            ("iteration start --for 2h --", 25, "--json, --help"),
            ("iteration start Sprint --", 23, ""),
        ] {
            let next = at(line);
            let texts: Vec<&str> = next.offers.iter().map(|offer| offer.text.as_str()).collect();
            assert_eq!((next.from, texts.join(", ").as_str()), (from, offers), "{line}");
        }
    }

    #[test]
    fn what_is_wanted_of_the_facts() {
        let of = |component: &str| What::BranchOf { component: component.into() };
        let branch = |repository: Option<&str>| What::Branch { repository: repository.map(str::to_owned) };
        for (line, from, wanted) in [
            ("deploy w", 7, Some((What::Component, "w", vec![]))),
            ("deploy web@x a", 13, Some((What::Component, "a", vec!["web@x"]))),
            ("deploy web@fea", 7, Some((of("web"), "fea", vec![]))),
            ("logs web@fea", 5, Some((What::Component, "web@fea", vec![]))),
            ("deploy \"two wo", 7, Some((What::Component, "two wo", vec![]))),
            ("deploy --in spr", 12, Some((What::Iteration, "spr", vec![]))),
            ("deploy --all-branches f", 22, Some((branch(None), "f", vec![]))),
            ("deploy --", 7, None),
            ("deploy", 0, None),
            ("branch w", 7, Some((What::Repository, "w", vec![]))),
            ("branch web f", 11, Some((branch(Some("web")), "f", vec![]))),
            ("branch web \"-", 11, Some((branch(Some("web")), "-", vec![]))),
            ("iteration add @c", 15, Some((What::Person, "c", vec![]))),
            ("iteration add --in x c", 21, Some((What::Person, "c", vec![]))),
            ("iteration start a", 16, None),
            ("logs web --lines ", 17, None),
            ("logs web ", 9, None),
        ] {
            let next = at(line);
            let found = next.wanted.map(|wanted| (wanted.what, wanted.prefix, wanted.given));
            let wanted = wanted.map(|(what, prefix, given)| {
                (what, prefix.to_owned(), given.into_iter().map(str::to_owned).collect::<Vec<_>>())
            });
            assert_eq!((next.from, found), (from, wanted), "{line}");
        }
    }

    #[test]
    fn the_command_under_the_cursor_is_told() {
        let name = |line: &str| at(line).spec.map(|spec| spec.name.to_string());
        assert_eq!(name("ship it web").as_deref(), Some("deploy"));
        assert_eq!(name("deploy status").as_deref(), Some("deploy status"));
        assert_eq!(name("deploy stat").as_deref(), Some("deploy"));
        assert_eq!((name("secret "), name("iteration "), name("hello")), (None, None, None));
    }

    proptest::proptest! {
        #[test]
        fn what_is_offered_can_be_read(
            any in "\\PC{0,40}",
            words in "((deploy|ship it|iteration|start|add|branch|logs|status|secret|web|a@b|\"x y\"|'|—in|--level|--lines|--for|--json|--|-|low|2h|3|=|😀) ?){0,7}",
        ) {
            for line in [any, words].iter().flat_map(|line| line.char_indices().map(|(at, _)| &line[..at]).chain([line.as_str()])) {
                offers_can_be_read(&grammar(), line, |name| name.as_str() != "secret");
            }
        }
    }
}
