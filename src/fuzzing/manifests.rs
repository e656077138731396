//! What operators write: a skill's manifest, and the config file. Any text is tried as both.

use std::path::PathBuf;

use crate::command::{Grammar, Manifest, Misread, form, promises, usage};
use crate::config::{self, Place, Problem, Sources};

/// Any text.
///
/// # Panics
/// When something does not hold that must.
pub fn manifests(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Manifest::read(text) {
        Err(problems) => {
            assert!(!problems.is_empty(), "a manifest is not taken, and nobody knows why");
            for problem in problems {
                let names_its_place = problem.contains("line ") || problem.starts_with("command `");
                assert!(names_its_place, "{problem:?} names no place");
            }
        }
        Ok(manifest) => is_usable(&manifest),
    }
    // A setting may name a file, which would be read.
    if !text.contains("_file") && !text.contains('\\') {
        of_config(text);
    }
}

/// What is taken can be typed, explained, completed and filled in.
fn is_usable(manifest: &Manifest) {
    let mut grammar = Grammar::default();
    let added = grammar.add("skill", manifest);
    assert_eq!(added, Ok(()), "a manifest by itself collides with nobody");
    for spec in grammar.commands() {
        let name = spec.name.as_str();
        for called in std::iter::once(name).chain(spec.command.aliases.iter().map(String::as_str)) {
            assert_eq!(grammar.find(called), Some(spec), "`{called}` means the command that says so");
            promises::offers_can_be_read(&grammar, called, |_| true);
            promises::offers_can_be_read(&grammar, &format!("{called} "), |_| true);
            promises::offers_can_be_read(&grammar, &format!("{called} --"), |_| true);
            let asks = grammar.parse(&format!("{called} --help"));
            assert!(asks.is_ok_and(|asked| asked.asks_help && asked.spec == *spec), "`{called}` can be asked for help");
            match grammar.parse(called) {
                Ok(invocation) => assert_eq!(invocation.spec, *spec, "`{called}` is read as itself"),
                Err(Misread::Wrong { command, .. }) => assert_eq!(command, spec.name, "`{called}` is told as itself"),
                Err(Misread::Unknown { .. }) => panic!("`{called}` is unknown"),
            }
        }
        assert!(usage(&spec.command).starts_with(name), "the usage of `{name}` begins with its name");
        drop(form(spec, &["api".to_owned(), "web".to_owned()]));
        promises::forms_and_lines_say_the_same(&grammar, &format!("{name}|one|two words|3|2h|-x|'y'"));
        for example in &spec.command.examples {
            drop(grammar.parse(example));
        }
    }
}

fn of_config(text: &str) {
    let file = Some((PathBuf::from("config.toml"), text.to_owned()));
    let sources = Sources { file, environment: Vec::new() };
    let Err(problems) = config::load(sources) else { return };
    assert!(!problems.is_empty(), "a config is not taken, and nobody knows why");
    let lines = text.matches('\n').count() + 1;
    for problem in &problems {
        let Problem { place, reason, hint, .. } = problem;
        if let Place::Spot { line, column, .. } = place {
            assert!((1..=lines).contains(line) && *column > 0, "{problem} is told of no place in the file");
        }
        assert!(!reason.is_empty() && !hint.is_empty(), "{problem} says too little");
        assert!(!problem.to_string().contains('\n'), "{problem} is more than a line");
    }
}
